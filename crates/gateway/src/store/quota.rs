//! The counts of Kakao's quotas: read to take places, written back, looked at for forecasts.
//!
//! However many counters there are, they go to the database as one JSON text, so that a statement stays the same
//! and is prepared once.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use katok_client::FriendUuid;
use serde_json::{Map, Value, json};
use sqlx::{Any, Transaction};

use super::{AccountId, Engine, Store, StoreError, millis};
use crate::day::Day;
use crate::outbox::quota::{Coming, Count, Ledger, counters, pairs_of};

/// How many counts one sweep throws out at most: it must not keep others from writing for long.
const SWEPT_AT_ONCE: i64 = 5_000;

const READ_IN_SQLITE: &str = "SELECT counter, used, is_full FROM quota_counts
     WHERE day = $1 AND kakao_app = $2 AND counter IN (SELECT value FROM json_each($3))";

const READ_IN_POSTGRES: &str = "SELECT counter, used, is_full FROM quota_counts
     WHERE day = $1 AND kakao_app = $2
     AND counter = ANY (ARRAY(SELECT json_array_elements_text($3::json)))";

const PAIRS: &str = "SELECT counter FROM quota_counts
     WHERE day = $1 AND kakao_app = $2 AND counter > $3 AND counter < $4 AND used > 0";

type Row = (String, i64, i64);

/// Reads what these messages count towards on a day; until the transaction ends, nobody else takes a place there.
///
/// Whoever holds other locks takes these last, and of two days the earlier first.
pub(super) async fn ledger<'a>(
    tx: &mut Transaction<'static, Any>,
    engine: &Engine,
    kakao_app: &str,
    day: Day,
    messages: impl IntoIterator<Item = (&'a AccountId, Option<&'a FriendUuid>)>,
) -> Result<Ledger, StoreError> {
    let counters = counters(messages);
    if counters.is_empty() {
        return Ok(Ledger::new(day, counters, []));
    }
    if let Engine::Postgres { .. } = engine {
        // Every message counts towards the app, so its row is the lock of all the others, there or not yet.
        sqlx::query(
            "INSERT INTO quota_counts (day, kakao_app, counter, used, is_full) VALUES ($1, $2, 'app', 0, 0)
             ON CONFLICT (day, kakao_app, counter) DO UPDATE SET used = quota_counts.used",
        )
        .bind(day.number())
        .bind(kakao_app)
        .execute(&mut **tx)
        .await?;
    }
    let rows: Vec<Row> = sqlx::query_as(engine.choose(READ_IN_SQLITE, READ_IN_POSTGRES))
        .bind(day.number())
        .bind(kakao_app)
        .bind(json!(counters).to_string())
        .fetch_all(&mut **tx)
        .await?;
    Ok(read(day, counters, rows))
}

/// Writes down what was taken, given back and found full in a ledger that was read in the same transaction.
pub(super) async fn write_ledger(
    tx: &mut Transaction<'static, Any>,
    engine: &Engine,
    kakao_app: &str,
    ledger: &Ledger,
) -> Result<(), StoreError> {
    let changes: Map<String, Value> = ledger
        .changes()
        .map(|(counter, count)| (counter.to_owned(), json!([count.used, i64::from(count.is_full)])))
        .collect();
    if changes.is_empty() {
        return Ok(());
    }
    let write = engine.choose(
        "INSERT INTO quota_counts (day, kakao_app, counter, used, is_full)
         SELECT $1, $2, key, value ->> 0, value ->> 1 FROM json_each($3) WHERE true
         ON CONFLICT (day, kakao_app, counter)
         DO UPDATE SET used = excluded.used, is_full = excluded.is_full",
        "INSERT INTO quota_counts (day, kakao_app, counter, used, is_full)
         SELECT $1, $2, key, (value ->> 0)::bigint, (value ->> 1)::bigint FROM json_each($3::json)
         ON CONFLICT (day, kakao_app, counter)
         DO UPDATE SET used = excluded.used, is_full = excluded.is_full",
    );
    sqlx::query(write)
        .bind(ledger.day().number())
        .bind(kakao_app)
        .bind(Value::from(changes).to_string())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

impl Store {
    /// Looks at what these messages would count towards, as it is at the moment.
    pub(crate) async fn look_at_ledger<'a>(
        &self,
        kakao_app: &str,
        day: Day,
        messages: impl IntoIterator<Item = (&'a AccountId, Option<&'a FriendUuid>)>,
    ) -> Result<Ledger, StoreError> {
        let counters = counters(messages);
        let rows: Vec<Row> = sqlx::query_as(self.choose(READ_IN_SQLITE, READ_IN_POSTGRES))
            .bind(day.number())
            .bind(kakao_app)
            .bind(json!(counters).to_string())
            .fetch_all(&self.readers)
            .await?;
        Ok(read(day, counters, rows))
    }

    /// The friends whom an account has sent to on a day.
    pub(crate) async fn friends_sent_to(
        &self,
        kakao_app: &str,
        day: Day,
        account: &AccountId,
    ) -> Result<BTreeSet<FriendUuid>, StoreError> {
        let pairs = pairs_of(account);
        // The text ends with a space, and this is the character after it.
        let end = format!("{}!", pairs.trim_end());
        let rows: Vec<String> = sqlx::query_scalar(PAIRS)
            .bind(day.number())
            .bind(kakao_app)
            .bind(pairs.as_str())
            .bind(end)
            .fetch_all(&self.readers)
            .await?;
        Ok(rows.iter().filter_map(|pair| pair.strip_prefix(&pairs)).map(FriendUuid::new).collect())
    }

    /// What an account has still to send before then.
    pub(crate) async fn coming(&self, account: &AccountId, until: Timestamp) -> Result<Coming, StoreError> {
        let rows: Vec<(String, i64)> = sqlx::query_as(
            "SELECT receiver, COUNT(*) FROM deliveries
             WHERE account_id = $1 AND due_at < $2 AND state IN ('scheduled', 'queued', 'waiting_quota')
             GROUP BY receiver",
        )
        .bind(account.as_str())
        .bind(millis(until))
        .fetch_all(&self.readers)
        .await?;
        let mut to_friends: BTreeMap<_, _> =
            rows.into_iter().map(|(receiver, messages)| (FriendUuid::new(receiver), messages)).collect();
        let to_oneself = to_friends.remove(&FriendUuid::new("me")).unwrap_or_default();
        Ok(Coming { to_oneself, to_friends })
    }

    /// Throws out some of the counts of days before this one.
    pub(crate) async fn throw_out_quota_counts(&self, before: Day) -> Result<(), StoreError> {
        let statement = self.choose(
            "DELETE FROM quota_counts WHERE (day, kakao_app, counter) IN
             (SELECT day, kakao_app, counter FROM quota_counts WHERE day < $1 LIMIT $2)",
            "DELETE FROM quota_counts WHERE (day, kakao_app, counter) IN
             (SELECT day, kakao_app, counter FROM quota_counts WHERE day < $1 LIMIT $2 FOR UPDATE SKIP LOCKED)",
        );
        sqlx::query(statement).bind(before.number()).bind(SWEPT_AT_ONCE).execute(&self.writer).await?;
        Ok(())
    }
}

fn read(day: Day, counters: BTreeSet<String>, rows: Vec<Row>) -> Ledger {
    let found =
        rows.into_iter().map(|(counter, used, is_full)| (counter, Count { used, is_full: is_full != 0 }));
    Ledger::new(day, counters, found)
}

#[cfg(test)]
mod tests;
