//! What has changed of deliveries: read again from the database, and announced within the transaction that changes it.

use std::collections::BTreeSet;

use jiff::Timestamp;
use sqlx::postgres::PgListener;
use sqlx::{Any, Transaction};

use super::{AccountId, Engine, Store, StoreError, time, webhooks};
use crate::outbox::changes::Change;
use crate::outbox::state::State;

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
        type Row = (i64, String, i64, String, String, Option<String>, i64);
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT d.seq, m.id,
             (SELECT COUNT(*) FROM deliveries o WHERE o.message_seq = d.message_seq AND o.seq < d.seq),
             d.receiver, d.state, d.code, d.changed_at
             FROM deliveries d JOIN messages m ON m.seq = d.message_seq
             WHERE d.account_id = $1 AND (d.changed_at, d.seq) > ($2, $3)
             ORDER BY d.changed_at, d.seq LIMIT $4",
        )
        .bind(account.as_str())
        .bind(after.at)
        .bind(after.seq)
        .bind(limit)
        .fetch_all(&self.readers)
        .await?;
        let change = |(seq, message, place, receiver, state, code, at): Row| {
            let change = Change {
                account: account.clone(),
                delivery: format!("dlv_{}_{}", message.trim_start_matches("msg_"), place + 1),
                message,
                receiver,
                state: State::parse(&state)?.as_str(),
                code,
                at: time(at),
                error: None,
            };
            Some((Place { at, seq }, change))
        };
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

/// Notes changes for people's webhooks and tells other gateways of them, within the transaction that makes them; says
/// how many posts are due now.
pub(super) async fn note_changes(
    tx: &mut Transaction<'static, Any>,
    engine: &Engine,
    changes: &[Change],
) -> Result<u64, StoreError> {
    if changes.is_empty() {
        return Ok(0);
    }
    let posts = webhooks::write_posts(tx, engine, changes).await?;
    if let Engine::Postgres { .. } = engine {
        let accounts: BTreeSet<&str> = changes.iter().map(|change| change.account.as_str()).collect();
        sqlx::query(
            "WITH told AS MATERIALIZED
             (SELECT pg_notify($1, account) FROM jsonb_array_elements_text(CAST($2 AS jsonb)) AS account)
             SELECT COUNT(*) FROM told",
        )
        .bind(CHANNEL)
        .bind(serde_json::json!(accounts).to_string())
        .execute(&mut **tx)
        .await?;
    }
    Ok(posts)
}
