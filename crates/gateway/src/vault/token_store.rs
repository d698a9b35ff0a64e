//! The client's `TokenStore` over sealed rows: one refresh at a time per account.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use katok_client::{Clock, Replaced, TokenStore, Tokens, Version, Versioned};

use super::{DoesNotOpen, Purpose, Vault};
use crate::store::{AccountId, AccountLock, SealedTokens, Store, StoreError};

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

    pub(crate) fn seal(&self, account: &AccountId, version: i64, tokens: &Tokens) -> SealedTokens {
        let purpose = Purpose::Tokens { account: account.as_str(), version };
        SealedTokens(self.vault.seal(purpose, tokens.to_json().as_bytes()))
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

impl TokenStore for TokenVault {
    type Key = AccountId;
    type Guard = (AccountLock, tokio::sync::OwnedMutexGuard<()>);
    type Error = TokenVaultError;

    async fn load(&self, account: &AccountId) -> Result<Option<Versioned<Tokens>>, TokenVaultError> {
        let Some((version, sealed)) = self.store.tokens(account).await? else { return Ok(None) };
        let purpose = Purpose::Tokens { account: account.as_str(), version };
        let plain = self.vault.open(purpose, &sealed.0)?;
        let tokens = std::str::from_utf8(&plain).ok().and_then(|text| Tokens::from_json(text).ok());
        Ok(Some(Versioned { value: tokens.ok_or(DoesNotOpen)?, version: Version(version) }))
    }

    async fn replace(
        &self,
        account: &AccountId,
        expected: Version,
        tokens: &Tokens,
    ) -> Result<Replaced, TokenVaultError> {
        let version = expected.0 + 1;
        let sealed = self.seal(account, version, tokens);
        let done = self.store.replace_tokens(account, expected.0, version, &sealed, self.clock.now()).await?;
        Ok(if done { Replaced::Done(Version(version)) } else { Replaced::Lost })
    }

    async fn lock(&self, account: &AccountId) -> Result<Self::Guard, TokenVaultError> {
        // First here, so that of all who wait in this gateway only one asks the others.
        let here = self.lock_of(account).lock_owned().await;
        Ok((self.store.lock_account(account).await?, here))
    }
}
