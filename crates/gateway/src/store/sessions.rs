//! Browser sessions.

use std::sync::Arc;

use jiff::Timestamp;
use tokio::time::Instant;

use super::id::id_type;
use super::recent::Changed;
use super::{AccountId, Store, StoreError, millis, time};
use crate::digest::Digest;

id_type! {
    /// What a session is called, `ses_…`; whoever knows it is not signed in by it.
    SessionId, "ses_"
}

/// A session about to be written.
pub(crate) struct NewSession {
    pub(crate) id: SessionId,
    pub(crate) id_digest: Digest,
    pub(crate) write_digest: Digest,
    pub(crate) expires_at: Timestamp,
    pub(crate) user_agent: String,
}

/// A session as found.
pub(crate) struct StoredSession {
    pub(crate) id: SessionId,
    pub(crate) account: AccountId,
    pub(crate) kakao_app: String,
    pub(crate) write_digest: Vec<u8>,
    pub(crate) created_at: Timestamp,
    pub(crate) last_seen_at: Timestamp,
}

/// A session as its owner sees it in a list.
pub(crate) struct ListedSession {
    pub(crate) id: SessionId,
    pub(crate) created_at: Timestamp,
    pub(crate) last_seen_at: Timestamp,
    pub(crate) user_agent: String,
}

impl Store {
    /// Finds a session of this Kakao app; whether it still lives is for `session` to say.
    pub(crate) async fn session(
        &self,
        id_digest: &Digest,
        kakao_app: &str,
    ) -> Result<Option<Arc<StoredSession>>, StoreError> {
        let found = self.recent_sessions.or(id_digest, Instant::now(), self.read_session(id_digest)).await?;
        Ok(found.filter(|session| session.kakao_app == kakao_app))
    }

    async fn read_session(&self, id_digest: &Digest) -> Result<Option<StoredSession>, StoreError> {
        let row: Option<(String, String, String, Vec<u8>, i64, i64)> = sqlx::query_as(
            "SELECT s.id, s.account_id, a.kakao_app, s.write_digest, s.created_at, s.last_seen_at
             FROM sessions s JOIN accounts a ON a.id = s.account_id
             WHERE s.id_digest = $1",
        )
        .bind(id_digest.as_slice())
        .fetch_optional(&self.readers)
        .await?;
        Ok(row.map(|(id, account, kakao_app, write_digest, created_at, last_seen_at)| StoredSession {
            id: SessionId(id),
            account: AccountId(account),
            kakao_app,
            write_digest,
            created_at: time(created_at),
            last_seen_at: time(last_seen_at),
        }))
    }

    /// Notes that a session is in use.
    pub(crate) async fn session_seen(
        &self,
        id: &SessionId,
        now: Timestamp,
        expires_at: Timestamp,
    ) -> Result<(), StoreError> {
        let _changing = self.changing(Changed::Session(id));
        sqlx::query("UPDATE sessions SET last_seen_at = $1, expires_at = $2 WHERE id = $3")
            .bind(millis(now))
            .bind(millis(expires_at))
            .bind(id.0.as_str())
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    /// The sessions of an account, the one in use last first; also those that have run out since the last sweep.
    pub(crate) async fn sessions(&self, account: &AccountId) -> Result<Vec<ListedSession>, StoreError> {
        let rows: Vec<(String, i64, i64, String)> = sqlx::query_as(
            "SELECT id, created_at, last_seen_at, user_agent FROM sessions
             WHERE account_id = $1 ORDER BY last_seen_at DESC, id DESC",
        )
        .bind(account.as_str())
        .fetch_all(&self.readers)
        .await?;
        let listed = |(id, created_at, last_seen_at, user_agent)| ListedSession {
            id: SessionId(id),
            created_at: time(created_at),
            last_seen_at: time(last_seen_at),
            user_agent,
        };
        Ok(rows.into_iter().map(listed).collect())
    }

    /// Ends one session of the account; `false` when it has none of this name.
    pub(crate) async fn end_session(&self, account: &AccountId, id: &SessionId) -> Result<bool, StoreError> {
        let _changing = self.changing(Changed::Session(id));
        let done = sqlx::query("DELETE FROM sessions WHERE id = $1 AND account_id = $2")
            .bind(id.0.as_str())
            .bind(account.as_str())
            .execute(&self.writer)
            .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Ends every session of the account but one.
    pub(crate) async fn end_other_sessions(
        &self,
        account: &AccountId,
        kept: &SessionId,
    ) -> Result<(), StoreError> {
        let _changing = self.changing(Changed::Account(account));
        let mut tx = self.begin().await?;
        self.hold_account(&mut tx, account).await?;
        sqlx::query("DELETE FROM sessions WHERE account_id = $1 AND id <> $2")
            .bind(account.as_str())
            .bind(kept.0.as_str())
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(())
    }
}
