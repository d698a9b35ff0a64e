//! Which vault key writes, which are still in use, and the sealed data key of each account.

use sqlx::{Any, Transaction};

use super::recent::{Changed, Changing};
use super::{AccountId, SealedTokens, Store, StoreError, StoredTokens};
use crate::seal::{DoesNotOpen, KeyId, SealedDataKey};

/// Writing passes from one vault key to another, which nobody sees before it is done.
pub(crate) struct WritingKeyHandover {
    tx: Transaction<'static, Any>,
    /// The key that has been writing.
    pub(crate) held: KeyId,
    /// Whether accounts are left that other keys have sealed.
    pub(crate) unfinished: bool,
}

impl WritingKeyHandover {
    pub(crate) async fn to(mut self, key: KeyId) -> Result<(), StoreError> {
        sqlx::query("UPDATE vault_writing_key SET id = $1 WHERE one = 1")
            .bind(key.to_string())
            .execute(&mut *self.tx)
            .await?;
        self.tx.commit().await?;
        Ok(())
    }
}

impl Store {
    /// The vault key that seals from now on; none in a database that is new or of the first schema.
    pub(crate) async fn writing_key(&self) -> Result<Option<KeyId>, StoreError> {
        let id: Option<String> = sqlx::query_scalar("SELECT id FROM vault_writing_key WHERE one = 1")
            .fetch_optional(&self.readers)
            .await?;
        Ok(id.map(|id| id.parse()).transpose()?)
    }

    /// The row of the first schema that only its one vault key opens.
    pub(crate) async fn vault_check(&self) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(sqlx::query_scalar("SELECT sealed FROM vault_check WHERE one = 1")
            .fetch_optional(&self.readers)
            .await?)
    }

    /// Makes a key the one that writes unless there is one already, and answers which it is.
    ///
    /// What the first schema holds was sealed by this key.
    pub(crate) async fn set_first_writing_key(&self, id: KeyId) -> Result<KeyId, StoreError> {
        // By which key something is sealed is not remembered.
        let mut tx = self.begin().await?;
        let done =
            sqlx::query("INSERT INTO vault_writing_key (one, id) VALUES (1, $1) ON CONFLICT DO NOTHING")
                .bind(id.to_string())
                .execute(&mut *tx)
                .await?;
        if done.rows_affected() == 1 {
            sqlx::query("UPDATE accounts SET vault_key_id = $1 WHERE vault_key_id IS NULL")
                .bind(id.to_string())
                .execute(&mut *tx)
                .await?;
            sqlx::query("DELETE FROM vault_check").execute(&mut *tx).await?;
        }
        let held = writing_key_in(self, &mut tx).await?;
        tx.commit().await?;
        Ok(held)
    }

    /// Every vault key that something of an account is sealed with.
    pub(crate) async fn keys_in_use(&self) -> Result<Vec<KeyId>, StoreError> {
        let mut keys = Vec::new();
        let mut last = String::new();
        // From one to the next by the index: DISTINCT would read every account.
        loop {
            let next: Option<String> =
                sqlx::query_scalar("SELECT MIN(vault_key_id) FROM accounts WHERE vault_key_id > $1")
                    .bind(&last)
                    .fetch_one(&self.readers)
                    .await?;
            let Some(next) = next else { return Ok(keys) };
            keys.push(next.parse()?);
            last = next;
        }
    }

    /// How many accounts cannot be read without a vault key; `None` is the one key of the first schema.
    pub(crate) async fn accounts_under(&self, key: Option<KeyId>) -> Result<u64, StoreError> {
        let all = sqlx::query_scalar("SELECT COUNT(*) FROM accounts");
        let count: i64 = match key {
            None => all.fetch_one(&self.readers).await?,
            Some(key) => {
                sqlx::query_scalar("SELECT COUNT(*) FROM accounts WHERE vault_key_id = $1")
                    .bind(key.to_string())
                    .fetch_one(&self.readers)
                    .await?
            }
        };
        Ok(count.unsigned_abs())
    }

    /// Begins to make another vault key the one that writes.
    ///
    /// Nobody else does meanwhile, and whoever seals a new data key comes before or after.
    pub(crate) async fn hand_over_writing(&self) -> Result<WritingKeyHandover, StoreError> {
        let mut tx = self.begin().await?;
        let held: Option<String> = sqlx::query_scalar(self.choose(
            "SELECT id FROM vault_writing_key WHERE one = 1",
            "SELECT id FROM vault_writing_key WHERE one = 1 FOR UPDATE",
        ))
        .fetch_optional(&mut *tx)
        .await?;
        let held = held.ok_or(StoreError::Older)?;
        let left: Option<String> = sqlx::query_scalar(
            "SELECT id FROM accounts WHERE vault_key_id IS NULL OR vault_key_id <> $1 LIMIT 1",
        )
        .bind(&held)
        .fetch_optional(&mut *tx)
        .await?;
        Ok(WritingKeyHandover { tx, held: held.parse()?, unfinished: left.is_some() })
    }

    /// The data key of an account, if there is such an account and it has one.
    pub(crate) async fn data_key(&self, account: &AccountId) -> Result<Option<SealedDataKey>, StoreError> {
        let held: Option<Option<Vec<u8>>> = sqlx::query_scalar("SELECT data_key FROM accounts WHERE id = $1")
            .bind(account.as_str())
            .fetch_optional(&self.readers)
            .await?;
        Ok(held.flatten().map(SealedDataKey))
    }

    /// Gives an account of the first schema its data key, and seals its tokens by it.
    ///
    /// `None` when the account is gone.
    pub(crate) async fn give_data_key(
        &self,
        account: &AccountId,
        make_key: impl FnOnce(&AccountId, KeyId) -> Result<SealedDataKey, DoesNotOpen>,
        seal_again: impl FnOnce(StoredTokens) -> Result<SealedTokens, DoesNotOpen>,
    ) -> Result<Option<SealedDataKey>, StoreError> {
        let changing = self.changing(Changed::Account(account));
        let mut tx = self.begin().await?;
        let Some(data_key) = self.data_key_or_new(&mut tx, account, make_key, &changing).await? else {
            return Ok(None);
        };
        let tokens: Option<(i64, Vec<u8>)> =
            sqlx::query_as("SELECT version, sealed FROM tokens WHERE account_id = $1")
                .bind(account.as_str())
                .fetch_optional(&mut *tx)
                .await?;
        if let Some((version, sealed)) = tokens {
            let sealed = SealedTokens(sealed);
            let tokens = StoredTokens { version, sealed, data_key: Some(data_key.clone()) };
            sqlx::query("UPDATE tokens SET sealed = $1 WHERE account_id = $2 AND version = $3")
                .bind(seal_again(tokens)?.0)
                .bind(account.as_str())
                .bind(version)
                .execute(&mut *tx)
                .await?;
        }
        tx.commit().await?;
        Ok(Some(data_key))
    }

    /// The data key of an account, or one made now if it has none; `None` when the account is gone.
    ///
    /// Its row is locked, and `make_key` seals with the key that writes as long as the transaction lasts.
    pub(super) async fn data_key_or_new(
        &self,
        tx: &mut Transaction<'static, Any>,
        account: &AccountId,
        make_key: impl FnOnce(&AccountId, KeyId) -> Result<SealedDataKey, DoesNotOpen>,
        _: &Changing<'_>,
    ) -> Result<Option<SealedDataKey>, StoreError> {
        let held: Option<Option<Vec<u8>>> = sqlx::query_scalar(self.choose(
            "SELECT data_key FROM accounts WHERE id = $1",
            "SELECT data_key FROM accounts WHERE id = $1 FOR NO KEY UPDATE",
        ))
        .bind(account.as_str())
        .fetch_optional(&mut **tx)
        .await?;
        match held {
            Some(Some(held)) => return Ok(Some(SealedDataKey(held))),
            Some(None) => {}
            None => return Ok(None),
        }
        let writing = writing_key_in(self, tx).await?;
        let made = make_key(account, writing)?;
        sqlx::query("UPDATE accounts SET data_key = $1, vault_key_id = $2 WHERE id = $3")
            .bind(made.0.as_slice())
            .bind(writing.to_string())
            .bind(account.as_str())
            .execute(&mut **tx)
            .await?;
        Ok(Some(made))
    }
}

/// The key that writes; no other takes its place before the transaction ends.
async fn writing_key_in(store: &Store, tx: &mut Transaction<'static, Any>) -> Result<KeyId, StoreError> {
    let id: String = sqlx::query_scalar(store.choose(
        "SELECT id FROM vault_writing_key WHERE one = 1",
        "SELECT id FROM vault_writing_key WHERE one = 1 FOR SHARE",
    ))
    .fetch_one(&mut **tx)
    .await?;
    Ok(id.parse()?)
}
