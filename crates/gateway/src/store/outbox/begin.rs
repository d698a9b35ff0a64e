//! Beginning deliveries: what Kakao is about to be asked for stands on the disk before it is asked.

use std::collections::HashMap;

use jiff::Timestamp;
use sqlx::{Any, AssertSqlSafe, Transaction};

use super::Holder;
use crate::store::rows::{first_rows, list};
use crate::store::{AccountId, Engine, StoreError, millis};

/// Deliveries of one lane for which Kakao is about to be asked.
#[derive(Debug)]
pub(crate) struct Begin {
    pub(crate) account: AccountId,
    pub(crate) holder: Holder,
    pub(crate) deliveries: Vec<BeginDelivery>,
    pub(crate) now: Timestamp,
}

/// A delivery as it was read.
#[derive(Clone, Debug)]
pub(crate) struct BeginDelivery {
    pub(crate) seq: i64,
    pub(crate) attempts: u32,
}

/// Which deliveries were begun.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Begun {
    /// These, by their `seq`; the others were taken back meanwhile.
    These(Vec<i64>),
    /// Somebody else holds the lane.
    LaneLost,
}

/// Begins deliveries of lanes that are still held.
pub(super) async fn begin(
    tx: &mut Transaction<'static, Any>,
    engine: &Engine,
    begins: &[Begin],
) -> Result<Vec<Begun>, StoreError> {
    if begins.is_empty() {
        return Ok(Vec::new());
    }
    let held = held_lanes(tx, engine, begins).await?;
    let is_held = |begin: &Begin| held.get(begin.account.as_str()) == Some(&begin.holder.0);
    let wanted: Vec<i64> = begins
        .iter()
        .filter(|begin| is_held(begin))
        .flat_map(|begin| begin.deliveries.iter().map(|delivery| delivery.seq))
        .collect();
    let waiting = waiting(tx, engine, &wanted).await?;
    let is_unchanged = |delivery: &&BeginDelivery| {
        waiting.get(&delivery.seq).is_some_and(|attempts| *attempts == i64::from(delivery.attempts))
    };
    let mut begun = Vec::with_capacity(begins.len());
    let mut seqs = Vec::new();
    for begin in begins {
        if !is_held(begin) {
            begun.push(Begun::LaneLost);
            continue;
        }
        let these: Vec<i64> =
            begin.deliveries.iter().filter(is_unchanged).map(|delivery| delivery.seq).collect();
        seqs.extend(these.iter().map(|seq| (*seq, begin.now)));
        begun.push(Begun::These(these));
    }
    mark_sending(tx, &seqs).await?;
    Ok(begun)
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
    let mut rest = accounts.as_slice();
    while !rest.is_empty() {
        let (rows, others) = first_rows(rest);
        rest = others;
        let (clock, lock) = (engine.clock(), engine.choose("", " FOR UPDATE"));
        let statement = AssertSqlSafe(format!(
            "SELECT account_id, holder FROM lanes
             WHERE held_until > {clock} AND account_id IN ({}) ORDER BY account_id{lock}",
            list(0, rows.len())
        ));
        let mut query = sqlx::query_as::<_, (String, String)>(statement);
        for account in rows {
            query = query.bind(*account);
        }
        held.extend(query.fetch_all(&mut **tx).await?);
    }
    Ok(held)
}

/// Of deliveries those that wait to be sent, with how often it was tried; nobody can take them back before this
/// transaction ends.
async fn waiting(
    tx: &mut Transaction<'static, Any>,
    engine: &Engine,
    seqs: &[i64],
) -> Result<HashMap<i64, i64>, StoreError> {
    let mut seqs = seqs.to_vec();
    seqs.sort_unstable();
    let mut waiting = HashMap::new();
    let mut rest = seqs.as_slice();
    while !rest.is_empty() {
        let (rows, others) = first_rows(rest);
        rest = others;
        let lock = engine.choose("", " FOR UPDATE");
        let statement = AssertSqlSafe(format!(
            "SELECT seq, attempts FROM deliveries
             WHERE seq IN ({}) AND state IN ('scheduled', 'queued', 'waiting_quota') ORDER BY seq{lock}",
            list(0, rows.len())
        ));
        let mut query = sqlx::query_as::<_, (i64, i64)>(statement);
        for seq in rows {
            query = query.bind(*seq);
        }
        waiting.extend(query.fetch_all(&mut **tx).await?);
    }
    Ok(waiting)
}

async fn mark_sending(
    tx: &mut Transaction<'static, Any>,
    seqs: &[(i64, Timestamp)],
) -> Result<(), StoreError> {
    let mut rest = seqs;
    while !rest.is_empty() {
        let (rows, others) = first_rows(rest);
        rest = others;
        // Due at once: if this gateway dies over them, whoever takes the lane over sees them first.
        let statement = AssertSqlSafe(format!(
            "UPDATE deliveries SET state = 'sending', due_at = 0, attempts = attempts + 1, changed_at = $1
             WHERE seq IN ({})",
            list(1, rows.len())
        ));
        let now = rows.iter().map(|(_, now)| millis(*now)).max().unwrap_or_default();
        let mut query = sqlx::query(statement).bind(now);
        for (seq, _) in rows {
            query = query.bind(*seq);
        }
        query.execute(&mut **tx).await?;
    }
    Ok(())
}
