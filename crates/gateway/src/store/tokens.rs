//! Sealed tokens, one row an account, replaced only by who has seen the newest version.

use jiff::Timestamp;

use super::{AccountId, Store, StoreError, millis};

/// Tokens after the vault sealed them.
pub(crate) struct SealedTokens(pub(crate) Vec<u8>);

impl Store {
    pub(crate) async fn tokens(
        &self,
        account: &AccountId,
    ) -> Result<Option<(i64, SealedTokens)>, StoreError> {
        let row: Option<(i64, Vec<u8>)> =
            sqlx::query_as("SELECT version, sealed FROM tokens WHERE account_id = $1")
                .bind(account.as_str())
                .fetch_optional(&self.readers)
                .await?;
        Ok(row.map(|(version, sealed)| (version, SealedTokens(sealed))))
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
