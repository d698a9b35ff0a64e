//! Beginning deliveries: what Kakao is about to be asked for stands on the disk before it is asked.

use std::collections::{BTreeSet, HashMap};

use jiff::Timestamp;
use sqlx::{Any, AssertSqlSafe, Transaction};

use super::pauses::not_paused;
use super::{Holder, Receiver, Unused};
use crate::day::Day;
use crate::outbox::quota::{Exhausted, Limits};
use crate::store::rows::batches;
use crate::store::{AccountId, Engine, StoreError, millis, quota};

/// Deliveries of one lane for which Kakao is about to be asked.
#[derive(Debug)]
pub(crate) struct Begin {
    pub(crate) account: AccountId,
    pub(crate) holder: Holder,
    pub(crate) deliveries: Vec<BeginDelivery>,
    pub(crate) now: Timestamp,
    pub(crate) kakao_app: String,
    pub(crate) limits: Limits,
}

/// A delivery as it was read.
#[derive(Clone, Debug)]
pub(crate) struct BeginDelivery {
    pub(crate) seq: i64,
    pub(crate) attempts: u32,
    pub(crate) receiver: Receiver,
}

/// Which deliveries were begun.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Begun {
    /// These, by their `seq`, and those for which a quota has no place left; the others were taken back meanwhile.
    These { begun: Vec<i64>, no_place: Vec<(i64, Exhausted)> },
    /// Somebody else holds the lane.
    LaneLost,
}

/// Begins deliveries of lanes that are still held, as far as Kakao's quotas have places for them; what was settled gives
/// its places back before.
pub(super) async fn begin(
    tx: &mut Transaction<'static, Any>,
    engine: &Engine,
    begins: &[Begin],
    unused: &[(AccountId, String, Unused)],
) -> Result<Vec<Begun>, StoreError> {
    let held = if begins.is_empty() { HashMap::new() } else { held_lanes(tx, engine, begins).await? };
    let is_held = |begin: &Begin| held.get(begin.account.as_str()) == Some(&begin.holder.0);
    let wanted: Vec<i64> = begins
        .iter()
        .filter(|begin| is_held(begin))
        .flat_map(|begin| begin.deliveries.iter().map(|delivery| delivery.seq))
        .collect();
    let now = begins.iter().map(|begin| begin.now).max().unwrap_or(Timestamp::MIN);
    let waiting = waiting(tx, engine, &wanted, now).await?;
    let is_unchanged = |delivery: &&BeginDelivery| {
        waiting.get(&delivery.seq).is_some_and(|attempts| *attempts == i64::from(delivery.attempts))
    };
    let wanted: Vec<(&Begin, Vec<&BeginDelivery>)> = begins
        .iter()
        .map(|begin| {
            let these = begin.deliveries.iter().filter(|_| is_held(begin)).filter(is_unchanged);
            (begin, these.collect())
        })
        .collect();
    let no_place = take_places(tx, engine, &wanted, unused).await?;
    let mut begun = Vec::with_capacity(begins.len());
    let mut sending = Vec::new();
    for (begin, deliveries) in wanted {
        begun.push(if is_held(begin) {
            let has_place = |seq: &i64| !no_place.contains_key(seq);
            let seqs = deliveries.iter().map(|delivery| delivery.seq);
            let these: Vec<i64> = seqs.clone().filter(has_place).collect();
            sending.extend(these.iter().map(|seq| (*seq, begin.now)));
            let refused = seqs.filter_map(|seq| Some((seq, *no_place.get(&seq)?)));
            Begun::These { begun: these, no_place: refused.collect() }
        } else {
            Begun::LaneLost
        });
    }
    mark_sending(tx, &sending).await?;
    Ok(begun)
}

/// Takes a place in Kakao's quotas for each delivery; answers with those that got none. Places that were not needed are
/// given back first, day by day.
async fn take_places(
    tx: &mut Transaction<'static, Any>,
    engine: &Engine,
    wanted: &[(&Begin, Vec<&BeginDelivery>)],
    unused: &[(AccountId, String, Unused)],
) -> Result<HashMap<i64, Exhausted>, StoreError> {
    let mut no_place = HashMap::new();
    let days: BTreeSet<(&str, Day)> = wanted
        .iter()
        .filter(|(_, deliveries)| !deliveries.is_empty())
        .map(|(begin, _)| (begin.kakao_app.as_str(), Day::of(begin.now)))
        .chain(unused.iter().map(|(_, kakao_app, unused)| (kakao_app.as_str(), unused.day)))
        .collect();
    for (kakao_app, day) in days {
        let of_day = |begin: &Begin| begin.kakao_app == kakao_app && Day::of(begin.now) == day;
        let given_back = || unused.iter().filter(|(_, app, unused)| app == kakao_app && unused.day == day);
        let mut counted = Vec::new();
        for (begin, deliveries) in wanted.iter().filter(|(begin, _)| of_day(begin)) {
            counted.extend(deliveries.iter().map(|delivery| (&begin.account, delivery.receiver.friend())));
        }
        counted.extend(given_back().map(|(account, _, unused)| (account, unused.receiver.friend())));
        let mut ledger = quota::ledger(tx, engine, kakao_app, day, counted).await?;
        for (account, _, Unused { receiver, full, .. }) in given_back() {
            ledger.give_back(account, receiver.friend());
            if let Some(full) = full {
                ledger.fill(*full, account, receiver.friend());
            }
        }
        for (begin, deliveries) in wanted.iter().filter(|(begin, _)| of_day(begin)) {
            for delivery in deliveries {
                let taken = ledger.take(&begin.limits, &begin.account, delivery.receiver.friend());
                if let Err(exhausted) = taken {
                    no_place.insert(delivery.seq, exhausted);
                }
            }
        }
        quota::write_ledger(tx, engine, kakao_app, &ledger).await?;
    }
    Ok(no_place)
}

/// Who holds the lanes, by account; nobody can take one of them over before this transaction ends.
async fn held_lanes(
    tx: &mut Transaction<'static, Any>,
    engine: &Engine,
    begins: &[Begin],
) -> Result<HashMap<String, String>, StoreError> {
    let mut accounts: Vec<&str> = begins.iter().map(|begin| begin.account.as_str()).collect();
    accounts.sort_unstable();
    let mut held = HashMap::new();
    for batch in batches(&accounts) {
        let (clock, lock) = (engine.clock(), engine.choose("", " FOR UPDATE"));
        let statement = AssertSqlSafe(format!(
            "SELECT account_id, holder FROM lanes
             WHERE held_until > {clock} AND account_id IN ({}) ORDER BY account_id{lock}",
            batch.list(0)
        ));
        let mut query = sqlx::query_as::<_, (String, String)>(statement);
        for account in batch.padded() {
            query = query.bind(account.copied());
        }
        held.extend(query.fetch_all(&mut **tx).await?);
    }
    Ok(held)
}

/// Of deliveries those that wait to be sent, and were not put off meanwhile, with how often it was tried; nobody can take
/// them back before this transaction ends.
async fn waiting(
    tx: &mut Transaction<'static, Any>,
    engine: &Engine,
    seqs: &[i64],
    now: Timestamp,
) -> Result<HashMap<i64, i64>, StoreError> {
    let mut seqs = seqs.to_vec();
    seqs.sort_unstable();
    let mut waiting = HashMap::new();
    for batch in batches(&seqs) {
        let lock = engine.choose("", " FOR UPDATE");
        let statement = AssertSqlSafe(format!(
            "SELECT d.seq, d.attempts FROM deliveries d
             WHERE d.due_at <= $1 AND d.seq IN ({}) AND d.state IN ('scheduled', 'queued', 'waiting_quota')
             AND {} ORDER BY d.seq{lock}",
            batch.list(1),
            not_paused("d")
        ));
        let mut query = sqlx::query_as::<_, (i64, i64)>(statement).bind(millis(now));
        for seq in batch.padded() {
            query = query.bind(seq.copied());
        }
        waiting.extend(query.fetch_all(&mut **tx).await?);
    }
    Ok(waiting)
}

async fn mark_sending(
    tx: &mut Transaction<'static, Any>,
    seqs: &[(i64, Timestamp)],
) -> Result<(), StoreError> {
    for batch in batches(seqs) {
        // Due at once: if this gateway dies over them, whoever takes the lane over sees them first.
        let statement = AssertSqlSafe(format!(
            "UPDATE deliveries SET state = 'sending', due_at = 0, attempts = attempts + 1, changed_at = $1
             WHERE seq IN ({})",
            batch.list(1)
        ));
        let now = batch.rows().iter().map(|(_, now)| millis(*now)).max().unwrap_or_default();
        let mut query = sqlx::query(statement).bind(now);
        for row in batch.padded() {
            query = query.bind(row.map(|(seq, _)| *seq));
        }
        query.execute(&mut **tx).await?;
    }
    Ok(())
}
