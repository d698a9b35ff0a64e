//! Browser sessions.

use jiff::Timestamp;

use super::{AccountId, Store, StoreError, time};
use crate::digest::Digest;

/// A session about to be written.
pub(crate) struct NewSession {
    pub(crate) id_digest: Digest,
    pub(crate) write_digest: Digest,
    pub(crate) expires_at: Timestamp,
}

/// A session as found.
pub(crate) struct StoredSession {
    pub(crate) account: AccountId,
    pub(crate) write_digest: Vec<u8>,
    pub(crate) expires_at: Timestamp,
}

impl Store {
    /// Finds a session of this Kakao app; whether it still lives is for `session` to say.
    pub(crate) async fn session(
        &self,
        id_digest: &Digest,
        kakao_app: &str,
    ) -> Result<Option<StoredSession>, StoreError> {
        let row: Option<(String, Vec<u8>, i64)> = sqlx::query_as(
            "SELECT s.account_id, s.write_digest, s.expires_at
             FROM sessions s JOIN accounts a ON a.id = s.account_id
             WHERE s.id_digest = $1 AND a.kakao_app = $2",
        )
        .bind(id_digest.as_slice())
        .bind(kakao_app)
        .fetch_optional(&self.readers)
        .await?;
        Ok(row.map(|(account, write_digest, expires_at)| StoredSession {
            account: AccountId(account),
            write_digest,
            expires_at: time(expires_at),
        }))
    }
}
