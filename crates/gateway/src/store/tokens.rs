//! Sealed tokens, one row an account, replaced only by who has seen the newest version.

use jiff::Timestamp;

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
    pub(crate) async fn tokens(&self, account: &AccountId) -> Result<Option<StoredTokens>, StoreError> {
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
    pub(crate) async fn replace_tokens(
        &self,
        account: &AccountId,
        expected: i64,
        new_version: i64,
        sealed: &SealedTokens,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "UPDATE tokens SET version = $1, sealed = $2, updated_at = $3 WHERE account_id = $4 AND version = $5",
        )
        .bind(new_version)
        .bind(sealed.0.as_slice())
        .bind(millis(now))
        .bind(account.as_str())
        .bind(expected)
        .execute(&self.writer)
        .await?;
        Ok(done.rows_affected() == 1)
    }
}
