//! Settling deliveries: what became of them, and the attempt that came to it.

use std::collections::HashSet;
use std::time::Duration;

use jiff::Timestamp;
use sqlx::{Any, AssertSqlSafe, Transaction};

use super::Receiver;
use crate::day::Day;
use crate::outbox::quota::Exhausted;
use crate::outbox::{Next, State};
use crate::store::rows::batches;
use crate::store::{AccountId, Engine, Store, StoreError, changes, millis};

/// What became of deliveries of one lane.
#[derive(Clone, Debug)]
pub(crate) struct Settle {
    pub(crate) account: AccountId,
    pub(crate) kakao_app: String,
    pub(crate) deliveries: Vec<Settled>,
    pub(crate) now: Timestamp,
    /// Whether the lane's holder, if there is one, does not know of it.
    pub(crate) is_news: bool,
}

/// What became of one delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Settled {
    pub(crate) seq: i64,
    /// The state from which it comes: if it is in another one meanwhile, nothing is changed.
    pub(crate) from: State,
    /// How many calls were begun for it.
    pub(crate) attempts: u32,
    pub(crate) next: Next,
    /// The consent items that its message waits for from now on.
    pub(crate) scopes: Option<(i64, String)>,
    pub(crate) attempt: Option<Attempt>,
    /// The places in Kakao's quotas that it did not need.
    pub(crate) unused: Option<Unused>,
}

/// Places in Kakao's quotas that were taken on a day for a delivery, and are free again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unused {
    pub(crate) day: Day,
    pub(crate) receiver: Receiver,
    /// Which quota is used up although there seemed to be room.
    pub(crate) full: Option<Exhausted>,
}

/// One delivery's part in one call to Kakao.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Attempt {
    pub(crate) begun_at: Timestamp,
    /// Unknown when the gateway died over it.
    pub(crate) took: Option<Duration>,
    pub(crate) outcome: &'static str,
    pub(crate) code: Option<String>,
}

/// Notes what became of deliveries; answers for each group with those it did become so of.
pub(super) async fn settle(
    tx: &mut Transaction<'static, Any>,
    engine: &Engine,
    settles: &[Settle],
) -> Result<Vec<Vec<Settled>>, StoreError> {
    if settles.is_empty() {
        return Ok(Vec::new());
    }
    lock_in_order(tx, engine, settles).await?;
    let all: Vec<(&Settled, Timestamp)> = settles
        .iter()
        .flat_map(|settle| settle.deliveries.iter().map(|settled| (settled, settle.now)))
        .collect();
    let changed = change(tx, engine, &all).await?;
    note_attempts(tx, engine, &all).await?;
    for (settled, _) in &all {
        if let Some((message, scopes)) = &settled.scopes {
            sqlx::query("UPDATE messages SET scopes = $1 WHERE seq = $2")
                .bind(scopes.as_str())
                .bind(message)
                .execute(&mut **tx)
                .await?;
        }
    }
    announce(tx, settles).await?;
    changes::note(tx, engine, &changed).await?;
    let of_lane = |settle: &Settle| {
        settle.deliveries.iter().filter(|settled| changed.contains(&settled.seq)).cloned().collect()
    };
    Ok(settles.iter().map(of_lane).collect())
}

/// The places in Kakao's quotas that are free again, by account and Kakao app.
pub(super) fn unused(settles: &[Settle], settled: &[Vec<Settled>]) -> Vec<(AccountId, String, Unused)> {
    std::iter::zip(settles, settled)
        .flat_map(|(settle, settled)| {
            let unused = settled.iter().filter_map(|settled| settled.unused.clone());
            unused.map(|unused| (settle.account.clone(), settle.kakao_app.clone(), unused))
        })
        .collect()
}

/// Makes lanes due in which something is now due.
async fn announce(tx: &mut Transaction<'static, Any>, settles: &[Settle]) -> Result<(), StoreError> {
    let mut news: Vec<&Settle> = settles.iter().filter(|settle| settle.is_news).collect();
    news.sort_by_key(|settle| settle.account.as_str());
    for settle in news {
        let due_at = settle.deliveries.iter().filter_map(|settled| settled.next.due_at).map(millis).min();
        sqlx::query(
            "UPDATE lanes SET news = news + 1, due_at = CASE WHEN $1 < due_at THEN $1 ELSE due_at END
             WHERE account_id = $2",
        )
        .bind(due_at.map_or(i64::MAX, |due_at| due_at.max(millis(settle.now))))
        .bind(settle.account.as_str())
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}

/// Two gateways that settle the same deliveries in different orders would wait for one another.
async fn lock_in_order(
    tx: &mut Transaction<'static, Any>,
    engine: &Engine,
    settles: &[Settle],
) -> Result<(), StoreError> {
    if let Engine::Sqlite = engine {
        return Ok(());
    }
    let mut seqs: Vec<i64> =
        settles.iter().flat_map(|settle| &settle.deliveries).map(|settled| settled.seq).collect();
    seqs.sort_unstable();
    for batch in batches(&seqs) {
        let places = batch.list(0);
        let statement = AssertSqlSafe(format!(
            "SELECT seq FROM deliveries WHERE seq IN ({places}) ORDER BY seq FOR UPDATE"
        ));
        let mut query = sqlx::query(statement);
        for seq in batch.padded() {
            query = query.bind(seq.copied());
        }
        query.execute(&mut **tx).await?;
    }
    Ok(())
}

async fn change(
    tx: &mut Transaction<'static, Any>,
    engine: &Engine,
    all: &[(&Settled, Timestamp)],
) -> Result<HashSet<i64>, StoreError> {
    let mut changed = HashSet::new();
    for batch in batches(all) {
        // The truth about a call may come after it was given up as unconfirmed.
        let statement = AssertSqlSafe(format!(
            "UPDATE deliveries SET state = v.column4, code = v.column5, due_at = v.column6, changed_at = v.column7
             FROM ({}) AS v
             WHERE deliveries.seq = v.column1 AND deliveries.attempts = v.column3
             AND (deliveries.state = v.column2 OR v.column2 = 'sending' AND deliveries.state = 'unconfirmed')
             RETURNING deliveries.seq",
            batch.values(engine, 7)
        ));
        let mut query = sqlx::query_scalar::<_, i64>(statement);
        for row in batch.padded() {
            let settled = row.map(|(settled, _)| *settled);
            query = query
                .bind(settled.map(|settled| settled.seq))
                .bind(settled.map(|settled| settled.from.as_str()))
                .bind(settled.map(|settled| i64::from(settled.attempts)))
                .bind(settled.map(|settled| settled.next.state.as_str()))
                .bind(settled.and_then(|settled| settled.next.code.as_deref()))
                .bind(settled.and_then(|settled| settled.next.due_at).map(millis))
                .bind(row.map(|(_, now)| millis(*now)));
        }
        changed.extend(query.fetch_all(&mut **tx).await?);
    }
    Ok(changed)
}

async fn note_attempts(
    tx: &mut Transaction<'static, Any>,
    engine: &Engine,
    all: &[(&Settled, Timestamp)],
) -> Result<(), StoreError> {
    let attempts: Vec<(&Settled, &Attempt)> =
        all.iter().filter_map(|(settled, _)| Some((*settled, settled.attempt.as_ref()?))).collect();
    for batch in batches(&attempts) {
        let statement = AssertSqlSafe(format!(
            "INSERT INTO attempts (delivery_seq, number, begun_at, duration_ms, outcome, code)
             SELECT * FROM ({}) AS v WHERE v.column1 IS NOT NULL
             ON CONFLICT (delivery_seq, number) DO UPDATE
             SET duration_ms = excluded.duration_ms, outcome = excluded.outcome, code = excluded.code",
            batch.values(engine, 6)
        ));
        let mut query = sqlx::query(statement);
        for row in batch.padded() {
            let (settled, attempt) = row.copied().unzip();
            let took = attempt.and_then(|attempt| attempt.took);
            query = query
                .bind(settled.map(|settled| settled.seq))
                .bind(settled.map(|settled| i64::from(settled.attempts)))
                .bind(attempt.map(|attempt| millis(attempt.begun_at)))
                .bind(took.map(|took| i64::try_from(took.as_millis()).unwrap_or(i64::MAX)))
                .bind(attempt.map(|attempt| attempt.outcome))
                .bind(attempt.and_then(|attempt| attempt.code.as_deref()));
        }
        query.execute(&mut **tx).await?;
    }
    Ok(())
}

impl Store {
    /// Lets a message be tried until then.
    pub(crate) async fn extend_message(&self, seq: i64, expires_at: Timestamp) -> Result<(), StoreError> {
        sqlx::query("UPDATE messages SET expires_at = $1 WHERE seq = $2 AND expires_at < $1")
            .bind(millis(expires_at))
            .bind(seq)
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    /// Sets another time for a message that nobody has begun to send.
    pub(crate) async fn reschedule_message(
        &self,
        seq: i64,
        send_at: Timestamp,
        expires_at: Timestamp,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE messages SET send_at = $1, expires_at = $2 WHERE seq = $3 AND NOT EXISTS
             (SELECT 1 FROM deliveries d WHERE d.message_seq = messages.seq AND d.attempts > 0)",
        )
        .bind(millis(send_at))
        .bind(millis(expires_at))
        .bind(seq)
        .execute(&self.writer)
        .await?;
        Ok(())
    }
}
