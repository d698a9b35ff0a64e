//! Where people's tokens are kept, and what may be done with them there.

pub(crate) mod given;
pub(crate) mod import;
mod in_keyring;
#[cfg_attr(not(target_os = "linux"), path = "tokens/no_keyring.rs")]
pub(crate) mod keyring;

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use katok_client::{
    AccessToken, FileTokenStore, FileTokenStoreError, IssueLog, RefreshToken, Replaced, ScopeSet, TokenStore,
    Tokens, Version, Versioned,
};
use zeroize::Zeroizing;

use crate::tokens::in_keyring::KeyringTokens;
use crate::tokens::keyring::KeyringError;

/// Where a sign-in is to put its tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Choice {
    /// Into the keyring if there is one that is open, else into the file.
    #[default]
    Auto,
    File,
    Keyring,
}

impl Choice {
    /// `KATOK_TOKENS`
    pub(crate) fn parse(text: &str) -> Option<Self> {
        match text {
            "" | "auto" => Some(Self::Auto),
            "file" => Some(Self::File),
            "keyring" => Some(Self::Keyring),
            _ => None,
        }
    }
}

/// Where somebody's tokens are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum KeptIn {
    File(PathBuf),
    Keyring,
}

/// The tokens of every profile, wherever they are; clones share them.
#[derive(Clone, Debug)]
pub(crate) struct TokenHome {
    file: FileTokenStore,
    keyring: KeyringTokens,
    choice: Choice,
}

/// Why tokens cannot be had.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TokenHomeError {
    #[error(transparent)]
    File(#[from] FileTokenStoreError),
    #[error(transparent)]
    Keyring(KeyringError),
    /// The keyring's entry is none of ours.
    #[error("the entry in the keyring cannot be understood")]
    Unreadable,
    /// There is an access token alone, which has ended.
    #[error("there is no refresh token")]
    NoRefreshToken,
}

impl TokenHome {
    pub(crate) fn new(data: &Path, choice: Choice) -> Self {
        let file = FileTokenStore::new(data.join("tokens.json"));
        Self { file, keyring: KeyringTokens::of(data), choice }
    }

    /// The keys of all whose tokens there are, as far as they can be seen.
    pub(crate) async fn keys(&self) -> Result<Vec<String>, TokenHomeError> {
        let mut keys = self.file.keys().await?;
        keys.extend(self.keyring.keys().await.unwrap_or_default());
        keys.sort();
        keys.dedup();
        Ok(keys)
    }

    /// Where somebody's tokens are that there are.
    pub(crate) async fn kept_in(&self, key: &str) -> Result<KeptIn, TokenHomeError> {
        let is_in_the_file = self.file.load(&key.to_owned()).await?.is_some();
        Ok(if is_in_the_file { KeptIn::File(self.file.path().to_owned()) } else { KeptIn::Keyring })
    }

    /// Keeps the tokens of a login that was completed now, in place of any there are.
    pub(crate) async fn put(&self, key: &str, tokens: Tokens, now: Timestamp) -> Result<(), TokenHomeError> {
        if self.choice != Choice::File {
            match self.put_into_the_keyring(key, tokens.clone(), now).await {
                Err(TokenHomeError::Keyring(_)) if self.choice == Choice::Auto => {}
                done => return done,
            }
        }
        self.file.put(key, tokens, now).await?;
        // One that is locked keeps what counts no longer.
        let _ = self.keyring.remove(key).await;
        Ok(())
    }

    async fn put_into_the_keyring(
        &self,
        key: &str,
        tokens: Tokens,
        now: Timestamp,
    ) -> Result<(), TokenHomeError> {
        let former = self.file.load(&key.to_owned()).await?;
        let above = former.as_ref().map_or(0, |former| former.version.0);
        let tokens = former.iter().fold(tokens, |tokens, former| tokens.succeeding(&former.value));
        self.keyring.put(key, tokens, above, now).await?;
        // Last: what is in the file counts first, so whoever is killed here leaves the former login.
        Ok(self.file.remove(key).await?)
    }

    /// Forgets somebody's tokens.
    pub(crate) async fn remove(&self, key: &str) -> Result<(), TokenHomeError> {
        match self.kept_in(key).await? {
            KeptIn::File(_) => {
                // What a sign-in could not take out of a locked keyring.
                let _ = self.keyring.remove(key).await;
                Ok(self.file.remove(key).await?)
            }
            KeptIn::Keyring => self.keyring.remove(key).await,
        }
    }

    /// Copies the tokens there are of somebody into a file of their own; says which.
    pub(crate) async fn back_up(&self, key: &str, now: Timestamp) -> Result<Option<PathBuf>, TokenHomeError> {
        let stored = match self.load(&key.to_owned()).await {
            // What cannot be reached is not overwritten either.
            Err(TokenHomeError::Keyring(_)) => None,
            stored => stored?,
        };
        let Some(stored) = stored else { return Ok(None) };
        let date = now.strftime("%Y-%m-%dT%H-%M-%SZ");
        let mut number = 1;
        loop {
            let again = if number == 1 { String::new() } else { format!(".{number}") };
            let path = self.file.path().with_file_name(format!("tokens.{date}{again}.json"));
            match write_new(&path, key, &stored) {
                Ok(()) => return Ok(Some(path)),
                Err(error) if error.kind() == ErrorKind::AlreadyExists => number += 1,
                Err(source) => return Err(FileTokenStoreError::Io { path, source }.into()),
            }
        }
    }
}

/// Writes the tokens of one account as a token file holds them, where nothing is yet.
fn write_new(path: &Path, key: &str, stored: &Versioned<Tokens>) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let (key, version, tokens) = (serde_json::Value::from(key), stored.version.0, stored.value.to_json());
    let text = Zeroizing::new(format!(
        "{{\"format\": 1, \"accounts\": {{{key}: {{\"version\": {version}, \"tokens\": {}}}}}}}\n",
        *tokens
    ));
    let mut file = options.open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

impl TokenStore for TokenHome {
    type Key = String;
    type Guard = File;
    type Error = TokenHomeError;

    async fn load(&self, key: &String) -> Result<Option<Versioned<Tokens>>, TokenHomeError> {
        match self.file.load(key).await? {
            Some(stored) => Ok(Some(stored)),
            None => self.keyring.load(key).await,
        }
    }

    async fn replace(
        &self,
        key: &String,
        expected: Version,
        tokens: &Tokens,
    ) -> Result<Replaced, TokenHomeError> {
        match self.kept_in(key).await? {
            KeptIn::File(_) => Ok(self.file.replace(key, expected, tokens).await?),
            KeptIn::Keyring => self.keyring.replace(key, expected, tokens).await,
        }
    }

    /// Nobody is to ask Kakao for new tokens who has nothing to ask with.
    async fn lock(&self, key: &String) -> Result<File, TokenHomeError> {
        match self.load(key).await? {
            Some(stored) if !can_refresh(&stored.value) => Err(TokenHomeError::NoRefreshToken),
            _ => Ok(self.file.lock(key).await?),
        }
    }
}

/// An access token without a refresh token.
pub(crate) fn access_only(access_token: AccessToken, ends_at: Timestamp, now: Timestamp) -> Tokens {
    Tokens {
        access_token,
        access_token_expires_at: ends_at,
        refresh_token: RefreshToken::new(""),
        refresh_token_expires_at: ends_at,
        scopes: ScopeSet::default(),
        issue_log: IssueLog::of_login(now),
    }
}

/// Whether there is a refresh token among them.
pub(crate) fn can_refresh(tokens: &Tokens) -> bool {
    !tokens.refresh_token.secret().is_empty()
}
