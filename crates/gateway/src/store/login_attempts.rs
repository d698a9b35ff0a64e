//! Login attempts: made at `/authorize`, used up once at `/redirect`.

use jiff::Timestamp;

use super::{Store, StoreError, millis};
use crate::digest::Digest;

/// An attempt as it is kept: what the callback needs is sealed.
pub(crate) struct StoredAttempt {
    pub(crate) state_digest: Digest,
    pub(crate) browser_digest: Digest,
    pub(crate) sealed: Vec<u8>,
    pub(crate) expires_at: Timestamp,
}

impl Store {
    /// Keeps an attempt until somebody comes back for it, or too late.
    pub(crate) async fn insert_login_attempt(&self, attempt: &StoredAttempt) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO login_attempts (state_digest, browser_digest, sealed, expires_at) VALUES ($1, $2, $3, $4)",
        )
        .bind(attempt.state_digest.as_slice())
        .bind(attempt.browser_digest.as_slice())
        .bind(attempt.sealed.as_slice())
        .bind(millis(attempt.expires_at))
        .execute(&self.writer)
        .await?;
        Ok(())
    }

    /// Uses up an attempt in one statement, so that of two callbacks only one wins.
    ///
    /// An attempt that another browser began stays: a stranger's callback must not spoil it.
    pub(crate) async fn consume_login_attempt(
        &self,
        state_digest: &Digest,
        browser_digest: &Digest,
        now: Timestamp,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let sealed = sqlx::query_scalar(
            "DELETE FROM login_attempts
             WHERE state_digest = $1 AND browser_digest = $2 AND expires_at > $3
             RETURNING sealed",
        )
        .bind(state_digest.as_slice())
        .bind(browser_digest.as_slice())
        .bind(millis(now))
        .fetch_optional(&self.writer)
        .await?;
        Ok(sealed)
    }
}
