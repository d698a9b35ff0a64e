//! The token file: 0600, replaced whole or not at all, safe when two commands refresh at once.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use katok_client::{Replaced, TokenStore, Tokens, Version, Versioned};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use zeroize::Zeroizing;

const FORMAT: u32 = 1;

/// How long to leave a lock alone that somebody else holds.
const LOCK_PAUSE: Duration = Duration::from_millis(20);

/// Why the file cannot serve; Korean line first, English second.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TokenFileError {
    #[error("토큰 파일을 읽거나 쓸 수 없습니다: {path} ({source}). 권한과 남은 공간을 확인하세요.\nThe token file cannot be read or written: {path} ({source}). Check its permissions and the free space.", path = .path.display())]
    Io { path: PathBuf, source: io::Error },
    #[error("토큰 파일을 해석할 수 없습니다: {path}. 다른 곳으로 옮기고 katok login을 실행하세요.\nThe token file cannot be understood: {path}. Move it away and run katok login.", path = .0.display())]
    Damaged(PathBuf),
}

#[derive(Serialize, Deserialize)]
struct Content {
    format: u32,
    /// By Kakao app and address: an emulator's tokens never reach Kakao.
    accounts: BTreeMap<String, Entry>,
}

#[derive(Serialize, Deserialize)]
struct Entry {
    version: i64,
    tokens: Box<RawValue>,
}

/// All signed-in accounts of this user, in one file.
#[derive(Clone, Debug)]
pub(crate) struct TokenFile {
    path: PathBuf,
}

impl TokenFile {
    pub(crate) fn in_folder(data_dir: &Path) -> Self {
        Self { path: data_dir.join("tokens.json") }
    }

    /// Keeps the tokens of a new sign-in, whatever was there before.
    pub(crate) fn save(&self, key: &str, tokens: &Tokens, now: Timestamp) -> Result<(), TokenFileError> {
        self.change(|content| {
            // Higher than any before, also than those of an account that was forgotten: a refresh that began
            // before this sign-in must lose against it.
            let highest = content.accounts.values().map(|entry| entry.version).max().unwrap_or(0);
            let version = now.as_millisecond().max(highest + 1);
            content.accounts.insert(key.to_owned(), Entry { version, tokens: raw(tokens) });
            true
        })?;
        Ok(())
    }

    /// Forgets an account.
    pub(crate) fn forget(&self, key: &str) -> Result<(), TokenFileError> {
        self.change(|content| content.accounts.remove(key).is_some())?;
        Ok(())
    }

    /// Reads, changes and replaces the file under its lock; says whether it was changed.
    fn change(&self, change: impl FnOnce(&mut Content) -> bool) -> Result<bool, TokenFileError> {
        let lock = self.open_lock("lock").map_err(|source| self.io(source))?;
        lock.lock().map_err(|source| self.io(source))?;
        let mut content = self.read()?.unwrap_or(Content { format: FORMAT, accounts: BTreeMap::new() });
        let changed = change(&mut content);
        if changed {
            self.write(&content).map_err(|source| self.io(source))?;
        }
        Ok(changed)
    }

    fn read(&self) -> Result<Option<Content>, TokenFileError> {
        let text = match fs::read_to_string(&self.path) {
            Ok(text) => Zeroizing::new(text),
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(self.io(source)),
        };
        let content: Content = serde_json::from_str(&text).map_err(|_| self.damaged())?;
        if content.format == FORMAT { Ok(Some(content)) } else { Err(self.damaged()) }
    }

    /// Writes beside the file and renames: whoever reads sees the old or the new, never half.
    fn write(&self, content: &Content) -> io::Result<()> {
        let text = Zeroizing::new(serde_json::to_string_pretty(content).map_err(io::Error::other)?);
        let fresh = self.path.with_extension("json.new");
        let mut file = open_private(OpenOptions::new().write(true).create(true).truncate(true), &fresh)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&fresh, &self.path)
    }

    fn open_lock(&self, kind: &str) -> io::Result<File> {
        if let Some(folder) = self.path.parent() {
            katok_gateway::make_private_folder(folder)?;
        }
        let path = self.path.with_extension(format!("json.{kind}"));
        open_private(OpenOptions::new().write(true).create(true).truncate(false), &path)
    }

    fn io(&self, source: io::Error) -> TokenFileError {
        TokenFileError::Io { path: self.path.clone(), source }
    }

    fn damaged(&self) -> TokenFileError {
        TokenFileError::Damaged(self.path.clone())
    }
}

fn open_private(options: &mut OpenOptions, path: &Path) -> io::Result<File> {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options.open(path)
}

fn raw(tokens: &Tokens) -> Box<RawValue> {
    RawValue::from_string(tokens.to_json().to_string()).expect("the client writes JSON")
}

impl TokenStore for TokenFile {
    type Key = String;
    type Guard = File;
    type Error = TokenFileError;

    async fn load(&self, key: &String) -> Result<Option<Versioned<Tokens>>, TokenFileError> {
        let Some(entry) = self.read()?.and_then(|mut content| content.accounts.remove(key)) else {
            return Ok(None);
        };
        let tokens = Tokens::from_json(entry.tokens.get()).map_err(|_| self.damaged())?;
        Ok(Some(Versioned { value: tokens, version: Version(entry.version) }))
    }

    async fn replace(
        &self,
        key: &String,
        expected: Version,
        tokens: &Tokens,
    ) -> Result<Replaced, TokenFileError> {
        let version = expected.0 + 1;
        let done = self.change(|content| match content.accounts.get_mut(key) {
            Some(entry) if entry.version == expected.0 => {
                *entry = Entry { version, tokens: raw(tokens) };
                true
            }
            _ => false,
        })?;
        Ok(if done { Replaced::Done(Version(version)) } else { Replaced::Lost })
    }

    /// The right to refresh, across processes: the system frees it also when a process is killed.
    async fn lock(&self, _key: &String) -> Result<File, TokenFileError> {
        let lock = self.open_lock("refresh").map_err(|source| self.io(source))?;
        // Asked for again and again, because a thread that waits in the system cannot be called back: whoever
        // has waited long enough could not end.
        loop {
            match lock.try_lock() {
                Ok(()) => return Ok(lock),
                Err(TryLockError::WouldBlock) => tokio::time::sleep(LOCK_PAUSE).await,
                Err(TryLockError::Error(source)) => return Err(self.io(source)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::runtime::Builder;
    use tokio::time::timeout;

    use super::*;

    #[test]
    fn nothing_waits_on_for_a_lock_that_was_given_up() {
        let folder = tempfile::tempdir().unwrap();
        let file = TokenFile::in_folder(folder.path());
        let key = String::new();
        let runtime = Builder::new_current_thread().enable_time().build().unwrap();
        let held = runtime.block_on(file.lock(&key)).unwrap();
        assert!(runtime.block_on(async { timeout(LOCK_PAUSE * 3, file.lock(&key)).await }).is_err());
        // Would not return while a thread of the runtime still waits.
        drop(runtime);

        drop(held);
        let runtime = Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(file.lock(&key)).unwrap();
    }
}
