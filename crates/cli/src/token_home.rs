//! Where people's tokens are kept, and what may be done with them there.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use katok_client::{
    AccessToken, FileTokenStore, FileTokenStoreError, IssueLog, RefreshToken, Replaced, ScopeSet, TokenStore,
    Tokens, Version, Versioned,
};
use zeroize::Zeroizing;

/// The tokens of every profile; clones share them.
#[derive(Clone, Debug)]
pub(crate) struct TokenHome {
    file: FileTokenStore,
}

/// Why tokens cannot be had.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TokenHomeError {
    #[error(transparent)]
    File(#[from] FileTokenStoreError),
    /// There is an access token alone, which has ended.
    #[error("there is no refresh token")]
    NoRefreshToken,
}

impl TokenHome {
    pub(crate) fn new(data: &Path) -> Self {
        Self { file: FileTokenStore::new(data.join("tokens.json")) }
    }

    /// The file they are in.
    pub(crate) fn path(&self) -> &Path {
        self.file.path()
    }

    /// The keys of all whose tokens there are.
    pub(crate) async fn keys(&self) -> Result<Vec<String>, TokenHomeError> {
        Ok(self.file.keys().await?)
    }

    /// Keeps the tokens of a login that was completed now, in place of any there are.
    pub(crate) async fn put(&self, key: &str, tokens: Tokens, now: Timestamp) -> Result<(), TokenHomeError> {
        Ok(self.file.put(key, tokens, now).await?)
    }

    /// Forgets somebody's tokens.
    pub(crate) async fn remove(&self, key: &str) -> Result<(), TokenHomeError> {
        Ok(self.file.remove(key).await?)
    }

    /// Copies the tokens there are of somebody into a file of their own; says which.
    pub(crate) async fn back_up(&self, key: &str, now: Timestamp) -> Result<Option<PathBuf>, TokenHomeError> {
        let Some(stored) = self.load(&key.to_owned()).await? else { return Ok(None) };
        let date = now.strftime("%Y-%m-%dT%H-%M-%SZ");
        let mut number = 1;
        loop {
            let again = if number == 1 { String::new() } else { format!(".{number}") };
            let path = self.path().with_file_name(format!("tokens.{date}{again}.json"));
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
        Ok(self.file.load(key).await?)
    }

    async fn replace(
        &self,
        key: &String,
        expected: Version,
        tokens: &Tokens,
    ) -> Result<Replaced, TokenHomeError> {
        Ok(self.file.replace(key, expected, tokens).await?)
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
