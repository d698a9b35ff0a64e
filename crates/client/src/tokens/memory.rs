//! Tokens in memory: for tests, and for programs that may forget.

use std::collections::HashMap;
use std::convert::Infallible;
use std::fmt::Debug;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::OwnedMutexGuard;

use crate::{Replaced, TokenStore, Tokens, Version, Versioned};

/// Keeps tokens until the program ends; clones share one memory.
#[derive(Debug, Clone)]
pub struct MemoryTokenStore<K>(Arc<Mutex<HashMap<K, Account>>>);

/// It outlives its tokens: a version that began again could be taken for the former one.
#[derive(Debug, Default)]
struct Account {
    version: i64,
    tokens: Option<Tokens>,
    refreshing: Arc<tokio::sync::Mutex<()>>,
}

impl Account {
    fn set(&mut self, tokens: Option<Tokens>) {
        self.version += 1;
        self.tokens = tokens;
    }
}

impl<K: Eq + Hash> MemoryTokenStore<K> {
    /// A store that knows nobody.
    #[must_use]
    pub fn new() -> Self {
        Self(Arc::default())
    }

    /// Stores the tokens of a login, in place of any there are.
    pub fn put(&self, key: K, tokens: Tokens) {
        let mut accounts = self.accounts();
        let account = accounts.entry(key).or_default();
        let tokens = match &account.tokens {
            Some(former) => tokens.succeeding(former),
            None => tokens,
        };
        account.set(Some(tokens));
    }

    /// Forgets an account's tokens.
    pub fn remove(&self, key: &K) {
        if let Some(account) = self.accounts().get_mut(key) {
            account.set(None);
        }
    }

    fn accounts(&self) -> MutexGuard<'_, HashMap<K, Account>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Eq + Hash> Default for MemoryTokenStore<K> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K: Clone + Debug + Eq + Hash + Send + Sync + 'static> TokenStore for MemoryTokenStore<K> {
    type Key = K;
    type Guard = OwnedMutexGuard<()>;
    type Error = Infallible;

    async fn load(&self, key: &K) -> Result<Option<Versioned<Tokens>>, Infallible> {
        let accounts = self.accounts();
        let Some(account) = accounts.get(key) else { return Ok(None) };
        let version = Version(account.version);
        Ok(account.tokens.clone().map(|value| Versioned { version, value }))
    }

    async fn replace(&self, key: &K, expected: Version, tokens: &Tokens) -> Result<Replaced, Infallible> {
        match self.accounts().get_mut(key) {
            Some(account) if account.tokens.is_some() && Version(account.version) == expected => {
                account.set(Some(tokens.clone()));
                Ok(Replaced::Done(Version(account.version)))
            }
            _ => Ok(Replaced::Lost),
        }
    }

    async fn lock(&self, key: &K) -> Result<OwnedMutexGuard<()>, Infallible> {
        let refreshing = self.accounts().entry(key.clone()).or_default().refreshing.clone();
        Ok(refreshing.lock_owned().await)
    }
}
