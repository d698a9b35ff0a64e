//! API keys: what is kept of them, and the count of what each has sent today.

use std::sync::Arc;

use jiff::Timestamp;
use sqlx::{Any, Executor};
use tokio::time::Instant;

use super::id::id_type;
use super::recent::Changed;
use super::{AccountId, Engine, Store, StoreError, millis, time};
use crate::day::Day;
use crate::digest::Digest;

id_type! {
    /// What a key is called, `key_…`; whoever knows it cannot use it.
    ApiKeyId, "key_"
}

/// A key as its owner sees it in a list.
#[derive(Clone, Debug)]
pub(crate) struct ListedApiKey {
    pub(crate) id: ApiKeyId,
    pub(crate) prefix: String,
    pub(crate) name: String,
    /// Separated by spaces.
    pub(crate) scopes: String,
    pub(crate) created_at: Timestamp,
    pub(crate) expires_at: Option<Timestamp>,
    pub(crate) last_used_at: Option<Timestamp>,
    pub(crate) daily_cap: Option<i64>,
}

/// A key as found when a request shows it.
#[derive(Clone, Debug)]
pub(crate) struct StoredApiKey {
    pub(crate) id: ApiKeyId,
    pub(crate) account: AccountId,
    pub(crate) scopes: String,
    pub(crate) expires_at: Option<Timestamp>,
    pub(crate) last_used_at: Option<Timestamp>,
    pub(crate) daily_cap: Option<i64>,
}

type ListedRow = (String, String, String, String, i64, Option<i64>, Option<i64>, Option<i64>);
type StoredRow = (String, String, String, Option<i64>, Option<i64>, Option<i64>);

fn stored((id, account, scopes, expires_at, last_used_at, daily_cap): StoredRow) -> StoredApiKey {
    StoredApiKey {
        id: ApiKeyId(id),
        account: AccountId(account),
        scopes,
        expires_at: expires_at.map(time),
        last_used_at: last_used_at.map(time),
        daily_cap,
    }
}

impl Store {
    /// Keeps a new key unless the account has `most` already; says whether it did.
    pub(crate) async fn insert_api_key(
        &self,
        account: &AccountId,
        key: &ListedApiKey,
        digest: &Digest,
        most: i64,
    ) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        // Of two that come at once, the second counts the first.
        self.hold_account(&mut tx, account).await?;
        let held: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM api_keys WHERE account_id = $1")
            .bind(account.as_str())
            .fetch_one(&mut *tx)
            .await?;
        if held >= most {
            return Ok(false);
        }
        // What was not there is not remembered.
        sqlx::query(
            "INSERT INTO api_keys
             (id, account_id, key_digest, prefix, name, scopes, created_at, expires_at, daily_cap)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        )
        .bind(key.id.0.as_str())
        .bind(account.as_str())
        .bind(digest.as_slice())
        .bind(key.prefix.as_str())
        .bind(key.name.as_str())
        .bind(key.scopes.as_str())
        .bind(millis(key.created_at))
        .bind(key.expires_at.map(millis))
        .bind(key.daily_cap)
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Finds a key of this Kakao app; whether it still lives is for `api_key` to say.
    pub(crate) async fn api_key(
        &self,
        digest: &Digest,
        kakao_app: &str,
    ) -> Result<Option<Arc<StoredApiKey>>, StoreError> {
        let read = self.read_api_key(digest, kakao_app);
        match self.engine {
            Engine::Sqlite => self.recent_keys.or(digest, Instant::now(), read).await,
            // Another gateway may revoke it.
            Engine::Postgres { .. } => Ok(read.await?.map(Arc::new)),
        }
    }

    async fn read_api_key(
        &self,
        digest: &Digest,
        kakao_app: &str,
    ) -> Result<Option<StoredApiKey>, StoreError> {
        let row: Option<StoredRow> = sqlx::query_as(
            "SELECT k.id, k.account_id, k.scopes, k.expires_at, k.last_used_at, k.daily_cap
             FROM api_keys k JOIN accounts a ON a.id = k.account_id
             WHERE k.key_digest = $1 AND a.kakao_app = $2",
        )
        .bind(digest.as_slice())
        .bind(kakao_app)
        .fetch_optional(&self.readers)
        .await?;
        Ok(row.map(stored))
    }

    /// Finds a key by its name, to send in its name without its being shown.
    pub(crate) async fn api_key_called(&self, id: &ApiKeyId) -> Result<Option<StoredApiKey>, StoreError> {
        let row: Option<StoredRow> = sqlx::query_as(
            "SELECT id, account_id, scopes, expires_at, last_used_at, daily_cap FROM api_keys WHERE id = $1",
        )
        .bind(id.0.as_str())
        .fetch_optional(&self.readers)
        .await?;
        Ok(row.map(stored))
    }

    /// The keys of an account, the newest first.
    pub(crate) async fn api_keys(&self, account: &AccountId) -> Result<Vec<ListedApiKey>, StoreError> {
        let rows: Vec<ListedRow> = sqlx::query_as(
            "SELECT id, prefix, name, scopes, created_at, expires_at, last_used_at, daily_cap
             FROM api_keys WHERE account_id = $1 ORDER BY created_at DESC, id DESC",
        )
        .bind(account.as_str())
        .fetch_all(&self.readers)
        .await?;
        let listed =
            |(id, prefix, name, scopes, created_at, expires_at, last_used_at, daily_cap): ListedRow| {
                ListedApiKey {
                    id: ApiKeyId(id),
                    prefix,
                    name,
                    scopes,
                    created_at: time(created_at),
                    expires_at: expires_at.map(time),
                    last_used_at: last_used_at.map(time),
                    daily_cap,
                }
            };
        Ok(rows.into_iter().map(listed).collect())
    }

    /// Revokes a key of the account and holds what it has still to send; `false` when there is none of this name.
    pub(crate) async fn delete_api_key(
        &self,
        account: &AccountId,
        id: &ApiKeyId,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let _changing = self.changing(Changed::ApiKey(id));
        let mut tx = self.begin().await?;
        let done = sqlx::query("DELETE FROM api_keys WHERE id = $1 AND account_id = $2")
            .bind(id.0.as_str())
            .bind(account.as_str())
            .execute(&mut *tx)
            .await?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        // From this moment on nothing of it is begun, also if the gateway dies before it is cancelled.
        sqlx::query(
            "INSERT INTO outbox_pauses (scope, paused_by, paused_at) VALUES ($1, 'revocation', $2)
             ON CONFLICT DO NOTHING",
        )
        .bind(id.0.as_str())
        .bind(millis(now))
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Notes that a key is in use.
    pub(crate) async fn api_key_used(&self, id: &ApiKeyId, now: Timestamp) -> Result<(), StoreError> {
        let _changing = self.changing(Changed::ApiKey(id));
        sqlx::query("UPDATE api_keys SET last_used_at = $1 WHERE id = $2")
            .bind(millis(now))
            .bind(id.0.as_str())
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    /// Counts what a key is about to send on a day; `false`, and nothing counted, when that is beyond its cap.
    pub(crate) async fn count_sends(&self, id: &ApiKeyId, day: Day, sends: i64) -> Result<bool, StoreError> {
        count_sends(&self.writer, id, day, sends).await
    }
}

/// The same where something else is written with it.
///
/// One statement, so that those who send at once cannot exceed it together. A gateway whose clock is
/// behind counts on in the day that has begun for others.
pub(super) async fn count_sends(
    database: impl Executor<'_, Database = Any>,
    id: &ApiKeyId,
    day: Day,
    sends: i64,
) -> Result<bool, StoreError> {
    // The count is not remembered.
    let done = sqlx::query(
        "UPDATE api_keys
         SET counted = CASE WHEN counted_day >= $1 THEN counted ELSE 0 END + $2,
             counted_day = CASE WHEN counted_day >= $1 THEN counted_day ELSE $1 END
         WHERE id = $3 AND CASE WHEN counted_day >= $1 THEN counted ELSE 0 END + $2 <= daily_cap",
    )
    .bind(day.number())
    .bind(sends)
    .bind(id.0.as_str())
    .execute(database)
    .await?;
    Ok(done.rows_affected() == 1)
}
