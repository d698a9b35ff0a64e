//! Everything that is sealed, page by page: for who checks it, and for who seals it anew.

use jiff::Timestamp;

use super::recent::Changed;
use super::{AccountId, MessageId, SealedTokens, Store, StoreError, StoredTokens, millis};
use crate::seal::{KeyId, SealedDataKey};

/// An account with all of it that is sealed.
pub(crate) struct SealedAccount {
    pub(crate) id: AccountId,
    /// Missing in accounts of the first schema.
    pub(crate) data_key: Option<SealedDataKey>,
    pub(crate) tokens: Option<StoredTokens>,
}

/// A message with what it says, and the key that opens it.
pub(crate) struct SealedMessage {
    pub(crate) seq: i64,
    pub(crate) id: MessageId,
    pub(crate) account: AccountId,
    pub(crate) data_key: Option<SealedDataKey>,
    pub(crate) sealed: Vec<u8>,
}

/// A data key as it was found, and as another vault key has sealed it.
pub(crate) struct SealedAnew {
    pub(crate) account: AccountId,
    pub(crate) found: SealedDataKey,
    pub(crate) anew: SealedDataKey,
}

impl Store {
    /// How many accounts hang on which vault key; `None` is the one key of a schema that did not note it.
    pub(crate) async fn accounts_by_key(&self) -> Result<Vec<(Option<KeyId>, u64)>, StoreError> {
        let rows: Vec<(Option<String>, i64)> = sqlx::query_as(
            "SELECT vault_key_id, COUNT(*) FROM accounts GROUP BY vault_key_id ORDER BY vault_key_id",
        )
        .fetch_all(&self.readers)
        .await?;
        let counted = |(id, count): (Option<String>, i64)| {
            Ok((id.map(|id| id.parse()).transpose()?, count.unsigned_abs()))
        };
        rows.into_iter().map(counted).collect()
    }

    /// The next accounts after one, in the order of their ids.
    pub(crate) async fn sealed_accounts(
        &self,
        after: &str,
        limit: i64,
    ) -> Result<Vec<SealedAccount>, StoreError> {
        type Row = (String, Option<Vec<u8>>, Option<i64>, Option<Vec<u8>>);
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT a.id, a.data_key, t.version, t.sealed
             FROM accounts a LEFT JOIN tokens t ON t.account_id = a.id
             WHERE a.id > $1 ORDER BY a.id LIMIT $2",
        )
        .bind(after)
        .bind(limit)
        .fetch_all(&self.readers)
        .await?;
        let account = |(id, data_key, version, sealed): Row| {
            let data_key = data_key.map(SealedDataKey);
            let tokens = version.zip(sealed).map(|(version, sealed)| StoredTokens {
                version,
                sealed: SealedTokens(sealed),
                data_key: data_key.clone(),
            });
            SealedAccount { id: AccountId(id), data_key, tokens }
        };
        Ok(rows.into_iter().map(account).collect())
    }

    /// What is sealed of the login attempts under way.
    pub(crate) async fn sealed_login_attempts(&self, now: Timestamp) -> Result<Vec<Vec<u8>>, StoreError> {
        let attempts = sqlx::query_scalar("SELECT sealed FROM login_attempts WHERE expires_at > $1");
        Ok(attempts.bind(millis(now)).fetch_all(&self.readers).await?)
    }

    /// The next messages after one that are kept with what they say, in the order of acceptance.
    pub(crate) async fn sealed_messages(
        &self,
        after: i64,
        limit: i64,
    ) -> Result<Vec<SealedMessage>, StoreError> {
        type Row = (i64, String, String, Option<Vec<u8>>, Vec<u8>);
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT m.seq, m.id, m.account_id, a.data_key, m.sealed
             FROM messages m JOIN accounts a ON a.id = m.account_id
             WHERE m.seq > $1 AND m.sealed IS NOT NULL ORDER BY m.seq LIMIT $2",
        )
        .bind(after)
        .bind(limit)
        .fetch_all(&self.readers)
        .await?;
        let message = |(seq, id, account, data_key, sealed): Row| {
            let (id, account) = (MessageId(id), AccountId(account));
            SealedMessage { seq, id, account, data_key: data_key.map(SealedDataKey), sealed }
        };
        Ok(rows.into_iter().map(message).collect())
    }

    /// The next accounts after one whose data key is missing, or sealed by another vault key than this.
    pub(crate) async fn accounts_not_sealed_by(
        &self,
        writing: KeyId,
        after: &str,
        limit: i64,
    ) -> Result<Vec<(AccountId, Option<SealedDataKey>)>, StoreError> {
        let rows: Vec<(String, Option<Vec<u8>>)> = sqlx::query_as(
            "SELECT id, data_key FROM accounts
             WHERE id > $1 AND (vault_key_id IS NULL OR vault_key_id <> $2 OR data_key IS NULL)
             ORDER BY id LIMIT $3",
        )
        .bind(after)
        .bind(writing.to_string())
        .bind(limit)
        .fetch_all(&self.readers)
        .await?;
        Ok(rows.into_iter().map(|(id, key)| (AccountId(id), key.map(SealedDataKey))).collect())
    }

    /// Puts data keys that were sealed anew in the place of those found, and counts them: compare-and-set.
    pub(crate) async fn replace_data_keys(
        &self,
        keys: &[SealedAnew],
        writing: KeyId,
    ) -> Result<u64, StoreError> {
        let _changing = self.changing(Changed::Anyone);
        let mut replaced = 0;
        let mut tx = self.begin().await?;
        for key in keys {
            let done = sqlx::query(
                "UPDATE accounts SET data_key = $1, vault_key_id = $2 WHERE id = $3 AND data_key = $4",
            )
            .bind(key.anew.0.as_slice())
            .bind(writing.to_string())
            .bind(key.account.as_str())
            .bind(key.found.0.as_slice())
            .execute(&mut *tx)
            .await?;
            replaced += done.rows_affected();
        }
        tx.commit().await?;
        Ok(replaced)
    }
}
