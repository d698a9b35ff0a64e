//! The client's `TokenStore` over sealed rows: one refresh at a time per account.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use katok_client::{Clock, LoginEnd, Replaced, TokenStore, Tokens, Version, Versioned};

use super::Vault;
use crate::seal::{DataKey, DoesNotOpen, KeyId, Purpose, SealedBy, SealedDataKey};
use crate::store::{AccountId, AccountLock, SealedTokens, Store, StoreError, StoredTokens};

/// Why tokens could not be read or kept.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TokenVaultError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    DoesNotOpen(#[from] DoesNotOpen),
}

/// Kakao's tokens of every account, sealed.
#[derive(Clone, Debug)]
pub(crate) struct TokenVault {
    store: Store,
    vault: Arc<Vault>,
    clock: Arc<dyn Clock>,
    /// One lock an account, as long as somebody holds or awaits it.
    refreshing: Arc<Mutex<HashMap<AccountId, Weak<tokio::sync::Mutex<()>>>>>,
}

impl TokenVault {
    pub(crate) fn new(store: Store, vault: Arc<Vault>, clock: Arc<dyn Clock>) -> Self {
        Self { store, vault, clock, refreshing: Arc::default() }
    }

    /// The key to seal whatever is kept of an account; `None` when there is no such account.
    pub(crate) async fn data_key(&self, account: &AccountId) -> Result<Option<DataKey>, TokenVaultError> {
        let held = self.store.tokens(account).await?;
        let mut sealed = held.and_then(|held| held.data_key.clone());
        if sealed.is_none() {
            sealed = self.store.data_key(account).await?;
        }
        if sealed.is_none() {
            let make_key = |account: &AccountId, writing| self.make_data_key(account, writing);
            let seal_again = |held: StoredTokens| {
                let data_key = held.data_key.as_ref().ok_or(DoesNotOpen::Damaged)?;
                self.seal(account, held.version, data_key, &self.open(account, &held)?)
            };
            sealed = self.store.give_data_key(account, make_key, seal_again).await?;
        }
        Ok(sealed.map(|sealed| self.vault.data_key(account, &sealed)).transpose()?)
    }

    /// Makes a data key for an account, sealed by the vault key that writes.
    pub(crate) fn make_data_key(
        &self,
        account: &AccountId,
        writing: KeyId,
    ) -> Result<SealedDataKey, DoesNotOpen> {
        self.vault.make_data_key(account, writing)
    }

    pub(crate) fn seal(
        &self,
        account: &AccountId,
        version: i64,
        data_key: &SealedDataKey,
        tokens: &Tokens,
    ) -> Result<SealedTokens, DoesNotOpen> {
        Ok(seal(&self.vault.data_key(account, data_key)?, account, version, tokens))
    }

    pub(crate) fn open(&self, account: &AccountId, held: &StoredTokens) -> Result<Tokens, DoesNotOpen> {
        let purpose = Purpose::Tokens { account: account.as_str(), version: held.version };
        let sealed = held.sealed.0.as_slice();
        let plain = match (SealedBy::of(sealed)?.0, &held.data_key) {
            (SealedBy::Account, Some(data_key)) => {
                self.vault.data_key(account, data_key)?.open(purpose, sealed)?
            }
            _ => self.vault.open(purpose, sealed)?,
        };
        let tokens = std::str::from_utf8(&plain).ok().and_then(|text| Tokens::from_json(text).ok());
        tokens.ok_or(DoesNotOpen::Damaged)
    }

    /// Seals the tokens of a new login, which take over the former login's share in the limits on token issue.
    pub(crate) fn seal_login(
        &self,
        account: &AccountId,
        version: i64,
        data_key: &SealedDataKey,
        tokens: Tokens,
        former: Option<&StoredTokens>,
    ) -> Result<SealedTokens, DoesNotOpen> {
        // Former tokens that do not open are no reason to turn somebody away.
        let tokens = match former.and_then(|former| self.open(account, former).ok()) {
            Some(former) => tokens.succeeding(&former),
            None => tokens,
        };
        self.seal(account, version, data_key, &tokens)
    }

    fn lock_of(&self, account: &AccountId) -> Arc<tokio::sync::Mutex<()>> {
        let mut locks = self.refreshing.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(lock) = locks.get(account).and_then(Weak::upgrade) {
            return lock;
        }
        locks.retain(|_, lock| lock.strong_count() > 0);
        let lock = Arc::new(tokio::sync::Mutex::new(()));
        locks.insert(account.clone(), Arc::downgrade(&lock));
        lock
    }
}

fn seal(data_key: &DataKey, account: &AccountId, version: i64, tokens: &Tokens) -> SealedTokens {
    let purpose = Purpose::Tokens { account: account.as_str(), version };
    SealedTokens(data_key.seal(purpose, tokens.to_json().as_bytes()))
}

impl TokenStore for TokenVault {
    type Key = AccountId;
    type Guard = (AccountLock, tokio::sync::OwnedMutexGuard<()>);
    type Error = TokenVaultError;

    async fn load(&self, account: &AccountId) -> Result<Option<Versioned<Tokens>>, TokenVaultError> {
        let Some(held) = self.store.tokens(account).await? else { return Ok(None) };
        Ok(Some(Versioned { value: self.open(account, &held)?, version: Version(held.version) }))
    }

    async fn replace(
        &self,
        account: &AccountId,
        expected: Version,
        tokens: &Tokens,
    ) -> Result<Replaced, TokenVaultError> {
        let version = expected.0 + 1;
        let Some(data_key) = self.data_key(account).await? else { return Ok(Replaced::Lost) };
        let sealed = seal(&data_key, account, version, tokens);
        let (due, now) = (tokens.keep_alive_due(), self.clock.now());
        let done = self.store.replace_tokens(account, (expected.0, version), &sealed, due, now).await?;
        Ok(if done { Replaced::Done(Version(version)) } else { Replaced::Lost })
    }

    async fn end(
        &self,
        account: &AccountId,
        version: Version,
        ended: LoginEnd,
    ) -> Result<(), TokenVaultError> {
        tracing::info!(account.id = %account, %ended, "vault.login_ended");
        Ok(self.store.end_login(account, version.0, ended, self.clock.now()).await?)
    }

    async fn lock(&self, account: &AccountId) -> Result<Self::Guard, TokenVaultError> {
        // First here, so that of all who wait in this gateway only one asks the others.
        let here = self.lock_of(account).lock_owned().await;
        Ok((self.store.lock_account(account).await?, here))
    }
}
