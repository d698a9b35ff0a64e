//! What has changed of deliveries: read again from the database, and announced within the transaction that changes it.

use std::collections::HashSet;

use jiff::Timestamp;
use sqlx::postgres::PgListener;
use sqlx::{Any, AssertSqlSafe, Transaction};

use super::rows::batches;
use super::{AccountId, Engine, MessageId, Store, StoreError, time, webhooks};
use crate::outbox::State;
use crate::outbox::changes::Change;

/// Where gateways on one PostgreSQL tell each other whose deliveries have changed, and nothing else of it.
const CHANNEL: &str = "katok_changes";

/// How far somebody has read: a time, and the delivery that changed last of those of that time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) at: i64,
    pub(crate) seq: i64,
}

impl Place {
    /// Before everything that happened at this time.
    pub(crate) fn before(at: Timestamp) -> Self {
        Self { at: at.as_millisecond(), seq: -1 }
    }
}

impl Store {
    /// The next deliveries of an account that have changed after a place, as they stand now, oldest change first.
    pub(crate) async fn changed_deliveries(
        &self,
        account: &AccountId,
        after: Place,
        limit: i64,
    ) -> Result<Vec<(Place, Change)>, StoreError> {
        let statement = AssertSqlSafe(format!(
            "SELECT {COLUMNS} FROM deliveries d JOIN messages m ON m.seq = d.message_seq
             WHERE d.account_id = $1 AND (d.changed_at, d.seq) > ($2, $3)
             ORDER BY d.changed_at, d.seq LIMIT $4"
        ));
        let rows: Vec<Row> = sqlx::query_as(statement)
            .bind(account.as_str())
            .bind(after.at)
            .bind(after.seq)
            .bind(limit)
            .fetch_all(&self.readers)
            .await?;
        let change = |row: Row| Some((Place { at: row.7, seq: row.0 }, read(row)?));
        Ok(rows.into_iter().filter_map(change).collect())
    }

    /// Whether other gateways work on the same database.
    pub(crate) fn is_shared(&self) -> bool {
        matches!(self.engine, Engine::Postgres { .. })
    }

    /// Listens for what gateways announce, this one included; `None` where there can be no other.
    pub(crate) async fn listen_for_changes(&self) -> Result<Option<Announcements>, StoreError> {
        let Engine::Postgres { locks } = &self.engine else { return Ok(None) };
        let mut listener = PgListener::connect_with(locks).await?;
        listener.listen(CHANNEL).await?;
        Ok(Some(Announcements(listener)))
    }
}

/// What gateways announce on one PostgreSQL.
pub(crate) struct Announcements(PgListener);

impl Announcements {
    /// Whose deliveries have changed. A connection that is lost is made anew, and what was said meanwhile is missed.
    pub(crate) async fn next(&mut self) -> Result<AccountId, StoreError> {
        Ok(AccountId(self.0.recv().await?.payload().to_owned()))
    }
}

/// Tells other gateways of changed deliveries, and notes them for people's webhooks, within the transaction that
/// changes them.
pub(super) async fn note(
    tx: &mut Transaction<'static, Any>,
    engine: &Engine,
    changed: &HashSet<i64>,
) -> Result<(), StoreError> {
    let mut changed: Vec<i64> = changed.iter().copied().collect();
    changed.sort_unstable();
    if let Engine::Postgres { .. } = engine {
        announce(tx, &changed).await?;
    }
    webhooks::write_posts(tx, engine, &changed).await
}

async fn announce(tx: &mut Transaction<'static, Any>, changed: &[i64]) -> Result<(), StoreError> {
    for batch in batches(changed) {
        let statement = AssertSqlSafe(format!(
            "WITH whose AS MATERIALIZED (SELECT DISTINCT account_id FROM deliveries WHERE seq IN ({})),
             told AS MATERIALIZED (SELECT pg_notify($1, account_id) FROM whose)
             SELECT COUNT(*) FROM told",
            batch.list(1)
        ));
        let mut query = sqlx::query(statement).bind(CHANNEL);
        for seq in batch.padded() {
            query = query.bind(seq.copied());
        }
        query.execute(&mut **tx).await?;
    }
    Ok(())
}

/// A delivery as it stands now.
pub(super) type Row = (i64, String, String, i64, String, String, Option<String>, i64);

/// What is read of a delivery: its `seq`, account, message, place in it, receiver, state, code, and time.
pub(super) const COLUMNS: &str = "d.seq, d.account_id, m.id,
    (SELECT COUNT(*) FROM deliveries o WHERE o.message_seq = d.message_seq AND o.seq < d.seq),
    d.receiver, d.state, d.code, d.changed_at";

pub(super) fn read((_, account, message, place, receiver, state, code, at): Row) -> Option<Change> {
    let message = MessageId(message);
    Some(Change {
        account: AccountId(account),
        delivery: message.delivery(usize::try_from(place).ok()?).0,
        message: message.0,
        receiver,
        state: State::parse(&state)?.as_str(),
        code,
        at: time(at),
        error: None,
    })
}
