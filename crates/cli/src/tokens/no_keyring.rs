//! Where no keyring is supported: there is none.

use std::path::Path;

use zeroize::Zeroizing;

/// No entries.
#[derive(Clone, Debug)]
pub(crate) struct Keyring;

/// Why a keyring cannot serve.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum KeyringError {
    #[error("there is no keyring")]
    Absent,
    #[error("the keyring is locked")]
    #[expect(dead_code, reason = "where there is one, it can be")]
    Locked,
}

#[expect(clippy::unused_async, clippy::unused_self, reason = "where there is a keyring, it takes its time")]
impl Keyring {
    pub(crate) fn of(_: &Path) -> Self {
        Self
    }

    pub(crate) async fn is_open(&self) -> Result<(), KeyringError> {
        Err(KeyringError::Absent)
    }

    pub(crate) async fn read(&self, _: &str) -> Result<Option<Zeroizing<Vec<u8>>>, KeyringError> {
        Err(KeyringError::Absent)
    }

    pub(crate) async fn write(&self, _: &str, _: &[u8]) -> Result<(), KeyringError> {
        Err(KeyringError::Absent)
    }

    pub(crate) async fn delete(&self, _: &str) -> Result<(), KeyringError> {
        Err(KeyringError::Absent)
    }

    pub(crate) async fn keys(&self) -> Result<Vec<String>, KeyringError> {
        Err(KeyringError::Absent)
    }
}
