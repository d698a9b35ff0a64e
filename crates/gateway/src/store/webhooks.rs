//! Webhooks of people's own, and the posts that are due to them.
//!
//! Whoever writes to a webhook and to its posts in one transaction takes the webhook first, as a deletion does.

use std::fmt;

use jiff::Timestamp;
use sqlx::{Any, AssertSqlSafe, Row as _, Transaction};

use super::changes::{self, COLUMNS};
use super::id::{id_type, time_ordered};
use super::rows::batches;
use super::{AccountId, Engine, Store, StoreError, millis, time};
use crate::digest::sha256;
use crate::outbox::changes::Change;
use crate::outbox::webhook;
use crate::seal::SealedDataKey;

id_type! {
    /// What a webhook is called, `whk_…`.
    WebhookId, "whk_"
}

impl fmt::Display for WebhookId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a post is called, `evt_…`: the same in each attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PostId(String);

impl PostId {
    const PREFIX: &'static str = "evt_";

    pub(crate) fn new(now: Timestamp, chance: [u8; 10]) -> Self {
        Self(time_ordered(Self::PREFIX, now, chance))
    }

    /// The same whenever it is asked for: a change that is noted twice is posted once.
    fn of(change: &Change) -> Self {
        let digest = sha256(format!("{}/{}/{}", change.delivery, change.state, change.at).as_bytes());
        Self::new(change.at, digest.first_chunk().copied().expect("a digest is longer"))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// A webhook as it is kept.
#[derive(Clone, Debug)]
pub(crate) struct StoredWebhook {
    pub(crate) id: WebhookId,
    pub(crate) account: AccountId,
    /// Its target.
    pub(crate) sealed: Vec<u8>,
    pub(crate) created_at: Timestamp,
    pub(crate) last_success_at: Option<Timestamp>,
    pub(crate) failing_since: Option<Timestamp>,
    /// Since when, and why.
    pub(crate) disabled: Option<(Timestamp, String)>,
}

/// What is sealed of a webhook, with the key that opens it.
pub(crate) struct SealedWebhook {
    pub(crate) id: WebhookId,
    pub(crate) account: AccountId,
    pub(crate) data_key: Option<SealedDataKey>,
    pub(crate) sealed: Vec<u8>,
}

/// A post that somebody has taken on.
#[derive(Debug)]
pub(crate) struct DuePost {
    pub(crate) id: PostId,
    pub(crate) payload: String,
    /// This is the first, second, … one.
    pub(crate) attempt: i64,
}

/// What became of an attempt.
#[derive(Debug)]
pub(crate) struct Posted {
    pub(crate) id: PostId,
    pub(crate) attempt: i64,
    pub(crate) outcome: String,
    pub(crate) is_done: bool,
    pub(crate) retry_at: Option<Timestamp>,
}

/// A post as the owner of its webhook sees it.
#[derive(Debug)]
pub(crate) struct ListedPost {
    pub(crate) id: PostId,
    pub(crate) payload: String,
    pub(crate) created_at: Timestamp,
    pub(crate) next_attempt_at: Option<Timestamp>,
    pub(crate) attempts: i64,
    pub(crate) outcome: Option<String>,
}

type Row = (String, String, Vec<u8>, i64, Option<i64>, Option<i64>, Option<i64>, Option<String>);

fn read(row: Row) -> StoredWebhook {
    let (id, account, sealed, created_at, last_success_at, failing_since, disabled_at, disabled_for) = row;
    StoredWebhook {
        id: WebhookId(id),
        account: AccountId(account),
        sealed,
        created_at: time(created_at),
        last_success_at: last_success_at.map(time),
        failing_since: failing_since.map(time),
        disabled: disabled_at.map(time).zip(disabled_for),
    }
}

impl Store {
    /// Keeps a new webhook unless the account has `most` already; says whether it did.
    pub(crate) async fn insert_webhook(
        &self,
        webhook: &StoredWebhook,
        most: i64,
    ) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        // Of two that come at once, the second counts the first.
        self.hold_account(&mut tx, &webhook.account).await?;
        let held: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM webhooks WHERE account_id = $1")
            .bind(webhook.account.as_str())
            .fetch_one(&mut *tx)
            .await?;
        if held >= most {
            return Ok(false);
        }
        sqlx::query("INSERT INTO webhooks (id, account_id, sealed, created_at) VALUES ($1, $2, $3, $4)")
            .bind(webhook.id.as_str())
            .bind(webhook.account.as_str())
            .bind(webhook.sealed.as_slice())
            .bind(millis(webhook.created_at))
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(true)
    }

    /// The webhooks of an account, the newest first.
    pub(crate) async fn webhooks(&self, account: &AccountId) -> Result<Vec<StoredWebhook>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT id, account_id, sealed, created_at, last_success_at, failing_since, disabled_at, disabled_for
             FROM webhooks WHERE account_id = $1 ORDER BY id DESC",
        )
        .bind(account.as_str())
        .fetch_all(&self.readers)
        .await?;
        Ok(rows.into_iter().map(read).collect())
    }

    /// A webhook of the account.
    pub(crate) async fn webhook(
        &self,
        account: &AccountId,
        id: &WebhookId,
    ) -> Result<Option<StoredWebhook>, StoreError> {
        let row: Option<Row> = sqlx::query_as(
            "SELECT id, account_id, sealed, created_at, last_success_at, failing_since, disabled_at, disabled_for
             FROM webhooks WHERE id = $1 AND account_id = $2",
        )
        .bind(id.as_str())
        .bind(account.as_str())
        .fetch_optional(&self.readers)
        .await?;
        Ok(row.map(read))
    }

    /// Puts another target in the place of the one that was found: compare-and-set.
    pub(crate) async fn replace_webhook_target(
        &self,
        found: &StoredWebhook,
        sealed: &[u8],
    ) -> Result<bool, StoreError> {
        let done = sqlx::query("UPDATE webhooks SET sealed = $1 WHERE id = $2 AND sealed = $3")
            .bind(sealed)
            .bind(found.id.as_str())
            .bind(found.sealed.as_slice())
            .execute(&self.writer)
            .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Deletes a webhook of the account with all its posts; `false` when it has none of this name.
    pub(crate) async fn delete_webhook(
        &self,
        account: &AccountId,
        id: &WebhookId,
    ) -> Result<bool, StoreError> {
        let done = sqlx::query("DELETE FROM webhooks WHERE id = $1 AND account_id = $2")
            .bind(id.as_str())
            .bind(account.as_str())
            .execute(&self.writer)
            .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Notes that a webhook works, whatever was the matter with it before.
    pub(crate) async fn enable_webhook(
        &self,
        webhook: &StoredWebhook,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE webhooks SET last_success_at = $1, failing_since = NULL, disabled_at = NULL,
             disabled_for = NULL WHERE id = $2",
        )
        .bind(millis(now))
        .bind(webhook.id.as_str())
        .execute(&self.writer)
        .await?;
        Ok(())
    }

    /// The last posts of a webhook, the newest first.
    pub(crate) async fn last_posts(
        &self,
        webhook: &WebhookId,
        limit: i64,
    ) -> Result<Vec<ListedPost>, StoreError> {
        type Row = (String, String, i64, Option<i64>, i64, Option<String>);
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT id, payload, created_at, due_at, attempts, outcome FROM webhook_posts
             WHERE webhook_id = $1 ORDER BY id DESC LIMIT $2",
        )
        .bind(webhook.as_str())
        .bind(limit)
        .fetch_all(&self.readers)
        .await?;
        let listed = |(id, payload, created_at, due_at, attempts, outcome): Row| ListedPost {
            id: PostId(id),
            payload,
            created_at: time(created_at),
            next_attempt_at: due_at.map(time),
            attempts,
            outcome,
        };
        Ok(rows.into_iter().map(listed).collect())
    }

    /// The next webhooks after one, in the order of their ids, each with the key that opens it.
    pub(crate) async fn sealed_webhooks(
        &self,
        after: &str,
        limit: i64,
    ) -> Result<Vec<SealedWebhook>, StoreError> {
        type Row = (String, String, Option<Vec<u8>>, Vec<u8>);
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT w.id, w.account_id, a.data_key, w.sealed
             FROM webhooks w JOIN accounts a ON a.id = w.account_id
             WHERE w.id > $1 ORDER BY w.id LIMIT $2",
        )
        .bind(after)
        .bind(limit)
        .fetch_all(&self.readers)
        .await?;
        let webhook = |(id, account, data_key, sealed): Row| SealedWebhook {
            id: WebhookId(id),
            account: AccountId(account),
            data_key: data_key.map(SealedDataKey),
            sealed,
        };
        Ok(rows.into_iter().map(webhook).collect())
    }

    /// Webhooks that something is due to.
    pub(crate) async fn due_webhooks(
        &self,
        now: Timestamp,
        limit: i64,
    ) -> Result<Vec<StoredWebhook>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT id, account_id, sealed, created_at, last_success_at, failing_since, disabled_at, disabled_for
             FROM webhooks w WHERE EXISTS
             (SELECT 1 FROM webhook_posts p WHERE p.webhook_id = w.id AND p.due_at <= $1) LIMIT $2",
        )
        .bind(millis(now))
        .bind(limit)
        .fetch_all(&self.readers)
        .await?;
        Ok(rows.into_iter().map(read).collect())
    }

    /// Takes on some of what is due to a webhook; whoever dies over it leaves it due again at `until`.
    pub(crate) async fn claim_posts(
        &self,
        webhook: &WebhookId,
        now: Timestamp,
        until: Timestamp,
        limit: i64,
    ) -> Result<Vec<DuePost>, StoreError> {
        let rows: Vec<(String, String, i64)> = sqlx::query_as(self.choose(
            "UPDATE webhook_posts SET due_at = $1, attempts = attempts + 1 WHERE webhook_id = $2 AND id IN
             (SELECT id FROM webhook_posts WHERE webhook_id = $2 AND due_at <= $3
              ORDER BY due_at, id LIMIT $4)
             RETURNING id, payload, attempts",
            "UPDATE webhook_posts SET due_at = $1, attempts = attempts + 1 WHERE webhook_id = $2 AND id IN
             (SELECT id FROM webhook_posts WHERE webhook_id = $2 AND due_at <= $3
              ORDER BY due_at, id LIMIT $4 FOR UPDATE SKIP LOCKED)
             RETURNING id, payload, attempts",
        ))
        .bind(millis(until))
        .bind(webhook.as_str())
        .bind(millis(now))
        .bind(limit)
        .fetch_all(&self.writer)
        .await?;
        let due = |(id, payload, attempt)| DuePost { id: PostId(id), payload, attempt };
        Ok(rows.into_iter().map(due).collect())
    }

    /// Notes what became of posts, and of their webhook; an attempt that another has taken over counts no more.
    pub(crate) async fn note_posted(
        &self,
        webhook: &WebhookId,
        posted: &[Posted],
        disabled_for: Option<&str>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let now = millis(now);
        let success = posted.iter().any(|posted| posted.is_done).then_some(now);
        let failure = posted.iter().any(|posted| !posted.is_done).then_some(now);
        let mut tx = self.begin().await?;
        sqlx::query(
            "UPDATE webhooks SET last_success_at = COALESCE($1, last_success_at),
             failing_since = CASE WHEN $1 IS NULL THEN COALESCE(failing_since, $2) ELSE $2 END,
             disabled_at = CASE WHEN $3 IS NULL THEN disabled_at ELSE COALESCE(disabled_at, $4) END,
             disabled_for = COALESCE(disabled_for, $3)
             WHERE id = $5",
        )
        .bind(success)
        .bind(failure)
        .bind(disabled_for)
        .bind(now)
        .bind(webhook.as_str())
        .execute(&mut *tx)
        .await?;
        for posted in posted {
            sqlx::query(
                "UPDATE webhook_posts SET due_at = $1, outcome = $2
                 WHERE webhook_id = $3 AND id = $4 AND attempts = $5",
            )
            .bind(posted.retry_at.map(millis))
            .bind(posted.outcome.as_str())
            .bind(webhook.as_str())
            .bind(posted.id.as_str())
            .bind(posted.attempt)
            .execute(&mut *tx)
            .await?;
        }
        if disabled_for.is_some() {
            sqlx::query(
                "UPDATE webhook_posts SET due_at = NULL WHERE webhook_id = $1 AND due_at IS NOT NULL",
            )
            .bind(webhook.as_str())
            .execute(&mut *tx)
            .await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// Throws out posts with which nothing is to be done and that were written before `before`.
    pub(crate) async fn forget_posts(&self, before: Timestamp) -> Result<(), StoreError> {
        sqlx::query(self.choose(
            "DELETE FROM webhook_posts WHERE due_at IS NULL AND created_at <= $1",
            "DELETE FROM webhook_posts WHERE (webhook_id, id) IN
             (SELECT webhook_id, id FROM webhook_posts WHERE due_at IS NULL AND created_at <= $1
              FOR UPDATE SKIP LOCKED)",
        ))
        .bind(millis(before))
        .execute(&self.writer)
        .await?;
        Ok(())
    }
}

/// Writes what is to be posted of changed deliveries.
pub(super) async fn write_posts(
    tx: &mut Transaction<'static, Any>,
    engine: &Engine,
    changed: &[i64],
) -> Result<(), StoreError> {
    // Most gateways have no webhooks: nothing is put together for them.
    let somebody: Option<i64> =
        sqlx::query_scalar("SELECT 1 FROM webhooks WHERE disabled_at IS NULL LIMIT 1")
            .fetch_optional(&mut **tx)
            .await?;
    if somebody.is_none() {
        return Ok(());
    }
    let mut posts = Vec::new();
    for batch in batches(changed) {
        // A webhook that is deleted meanwhile is waited for and left out: it would fail the whole transaction.
        let lock = engine.choose("", " FOR KEY SHARE OF w");
        let statement = AssertSqlSafe(format!(
            "SELECT w.id, {COLUMNS} FROM deliveries d JOIN messages m ON m.seq = d.message_seq
             JOIN webhooks w ON w.account_id = d.account_id AND w.disabled_at IS NULL
             WHERE d.seq IN ({}) ORDER BY d.seq{lock}",
            batch.list(0)
        ));
        let mut query = sqlx::query(statement);
        for seq in batch.padded() {
            query = query.bind(seq.copied());
        }
        for row in query.fetch_all(&mut **tx).await? {
            let change = (
                row.try_get(1)?,
                row.try_get(2)?,
                row.try_get(3)?,
                row.try_get(4)?,
                row.try_get(5)?,
                row.try_get(6)?,
                row.try_get(7)?,
                row.try_get(8)?,
            );
            posts.extend(changes::read(change).map(|change| (row.get::<String, _>(0), change)));
        }
    }
    for batch in batches(&posts) {
        let statement = AssertSqlSafe(format!(
            "INSERT INTO webhook_posts (webhook_id, id, payload, created_at, due_at)
             SELECT * FROM ({}) AS v WHERE v.column1 IS NOT NULL ON CONFLICT DO NOTHING",
            batch.values(engine, 5)
        ));
        let mut query = sqlx::query(statement);
        for post in batch.padded() {
            let change = post.map(|(_, change)| change);
            query = query
                .bind(post.map(|(webhook, _)| webhook.as_str()))
                .bind(change.map(|change| PostId::of(change).0))
                .bind(change.map(webhook::payload))
                .bind(change.map(|change| millis(change.at)))
                .bind(change.map(|change| millis(change.at)));
        }
        query.execute(&mut **tx).await?;
    }
    Ok(())
}
