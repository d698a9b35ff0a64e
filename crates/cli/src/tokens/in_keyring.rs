//! Tokens in the keyring: one entry an account, changed under a lock in the data folder, as the keyring has none.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::Error;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use katok_client::{FileTokenStoreError, Replaced, Tokens, Version, Versioned};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tokio::time::sleep;
use zeroize::Zeroizing;

use crate::tokens::TokenHomeError;
use crate::tokens::keyring::{Keyring, KeyringError};

const LOCK_PAUSE: Duration = Duration::from_millis(20);

/// An entry, as it is kept.
#[derive(Serialize, Deserialize)]
struct Entry<'a> {
    version: i64,
    #[serde(borrow)]
    tokens: &'a RawValue,
}

/// The tokens of one data folder in the keyring; clones share them.
#[derive(Clone, Debug)]
pub(crate) struct KeyringTokens {
    keyring: Keyring,
    lock: PathBuf,
}

impl KeyringTokens {
    pub(crate) fn of(data: &Path) -> Self {
        Self { keyring: Keyring::of(data), lock: data.join("tokens.keyring.lock") }
    }

    /// Whether there were ever any, so that a keyring out of reach may hold some.
    fn was_used(&self) -> bool {
        self.lock.exists()
    }

    pub(crate) async fn keys(&self) -> Result<Vec<String>, TokenHomeError> {
        if self.was_used() { Ok(self.keyring.keys().await?) } else { Ok(Vec::new()) }
    }

    pub(crate) async fn load(&self, key: &str) -> Result<Option<Versioned<Tokens>>, TokenHomeError> {
        if !self.was_used() {
            return Ok(None);
        }
        let Some(text) = self.keyring.read(key).await? else { return Ok(None) };
        Ok(Some(parse(&text)?))
    }

    /// Stores the tokens of a login under a version above this one and above that of those it replaces.
    pub(crate) async fn put(
        &self,
        key: &str,
        tokens: Tokens,
        above: i64,
        now: Timestamp,
    ) -> Result<(), TokenHomeError> {
        // First: the lock file says that it was used.
        self.keyring.is_open().await?;
        let _lock = self.lock().await?;
        let former = self.keyring.read(key).await?.and_then(|text| parse(&text).ok());
        let highest = former.as_ref().map_or(0, |former| former.version.0).max(above);
        let tokens = former.iter().fold(tokens, |tokens, former| tokens.succeeding(&former.value));
        self.write(key, now.as_millisecond().max(highest + 1), &tokens).await
    }

    pub(crate) async fn replace(
        &self,
        key: &str,
        expected: Version,
        tokens: &Tokens,
    ) -> Result<Replaced, TokenHomeError> {
        let _lock = self.lock().await?;
        match self.load(key).await? {
            Some(stored) if stored.version == expected => {
                self.write(key, expected.0 + 1, tokens).await?;
                Ok(Replaced::Done(Version(expected.0 + 1)))
            }
            _ => Ok(Replaced::Lost),
        }
    }

    pub(crate) async fn remove(&self, key: &str) -> Result<(), TokenHomeError> {
        if self.was_used() {
            let _lock = self.lock().await?;
            self.keyring.delete(key).await?;
        }
        Ok(())
    }

    async fn write(&self, key: &str, version: i64, tokens: &Tokens) -> Result<(), TokenHomeError> {
        let tokens = tokens.to_json();
        let tokens = serde_json::from_str(&tokens).map_err(|_| TokenHomeError::Unreadable)?;
        let entry = serde_json::to_vec(&Entry { version, tokens }).map_err(|_| TokenHomeError::Unreadable)?;
        Ok(self.keyring.write(key, &Zeroizing::new(entry)).await?)
    }

    /// Waits for the right to change something; the system gives it back when a process dies.
    async fn lock(&self) -> Result<File, TokenHomeError> {
        let failed = |source: Error| FileTokenStoreError::Io { path: self.lock.clone(), source };
        if let Some(folder) = self.lock.parent() {
            katok_gateway::make_private_folder(folder).map_err(failed)?;
        }
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&self.lock).map_err(failed)?;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(file),
                Err(TryLockError::WouldBlock) => sleep(LOCK_PAUSE).await,
                Err(TryLockError::Error(source)) => return Err(failed(source).into()),
            }
        }
    }
}

fn parse(text: &[u8]) -> Result<Versioned<Tokens>, TokenHomeError> {
    let entry: Entry<'_> = serde_json::from_slice(text).map_err(|_| TokenHomeError::Unreadable)?;
    let value = Tokens::from_json(entry.tokens.get()).map_err(|_| TokenHomeError::Unreadable)?;
    Ok(Versioned { version: Version(entry.version), value })
}

impl From<KeyringError> for TokenHomeError {
    fn from(error: KeyringError) -> Self {
        Self::Keyring(error)
    }
}
