//! Sealed tokens, one row an account, replaced only by who has seen the newest version.

use std::sync::Arc;

use jiff::Timestamp;
use tokio::time::Instant;

use super::recent::Changed;
use super::{AccountId, Store, StoreError, millis};
use crate::seal::SealedDataKey;

/// Tokens after the vault sealed them.
pub(crate) struct SealedTokens(pub(crate) Vec<u8>);

/// Tokens as found, with the key that opens them.
pub(crate) struct StoredTokens {
    pub(crate) version: i64,
    pub(crate) sealed: SealedTokens,
    /// Missing in rows of the first schema.
    pub(crate) data_key: Option<SealedDataKey>,
}

impl Store {
    pub(crate) async fn tokens(&self, account: &AccountId) -> Result<Option<Arc<StoredTokens>>, StoreError> {
        self.recent_tokens.or(account, Instant::now(), self.read_tokens(account)).await
    }

    async fn read_tokens(&self, account: &AccountId) -> Result<Option<StoredTokens>, StoreError> {
        let row: Option<(i64, Vec<u8>, Option<Vec<u8>>)> = sqlx::query_as(
            "SELECT t.version, t.sealed, a.data_key
             FROM tokens t JOIN accounts a ON a.id = t.account_id
             WHERE t.account_id = $1",
        )
        .bind(account.as_str())
        .fetch_optional(&self.readers)
        .await?;
        Ok(row.map(|(version, sealed, data_key)| StoredTokens {
            version,
            sealed: SealedTokens(sealed),
            data_key: data_key.map(SealedDataKey),
        }))
    }

    /// Compare-and-set: `false` when somebody stored other tokens, or dropped them, meanwhile.
    ///
    /// Tokens that are to be kept alive already leave that time to `keep_alive`, which may have put it off.
    pub(crate) async fn replace_tokens(
        &self,
        account: &AccountId,
        (expected, new_version): (i64, i64),
        sealed: &SealedTokens,
        keep_alive_due: Timestamp,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let _changing = self.changing(Changed::Account(account));
        let keep_alive_at = (keep_alive_due > now).then_some(millis(keep_alive_due));
        let done = sqlx::query(
            "UPDATE tokens SET version = $1, sealed = $2, updated_at = $3,
             keep_alive_at = COALESCE($4, keep_alive_at),
             keep_alive_attempts = CASE WHEN $4 IS NULL THEN keep_alive_attempts ELSE 0 END
             WHERE account_id = $5 AND version = $6",
        )
        .bind(new_version)
        .bind(sealed.0.as_slice())
        .bind(millis(now))
        .bind(keep_alive_at)
        .bind(account.as_str())
        .bind(expected)
        .execute(&self.writer)
        .await?;
        Ok(done.rows_affected() == 1)
    }
}
