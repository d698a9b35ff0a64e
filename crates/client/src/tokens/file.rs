//! Tokens in a file: private, replaced whole or not at all, safe when several programs refresh at once.

use std::collections::BTreeMap;
use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use zeroize::Zeroizing;

use crate::{Replaced, TokenStore, Tokens, Version, Versioned};

const FORMAT: u32 = 1;

/// What a file that does not exist yet says.
const EMPTY: &str = r#"{"format":1,"accounts":{}}"#;

/// How long to leave a lock alone that somebody else holds.
const LOCK_PAUSE: Duration = Duration::from_millis(20);

/// Keeps the tokens of some accounts in one JSON file, for a command or a small service; clones share it.
///
/// - Whole: it is written beside the file, brought to the disk and renamed. Whoever is killed, or loses power,
///   leaves the old file or the new one.
/// - Private: only its owner may read it (mode 0600 on Unix; elsewhere the folder decides), and a missing folder
///   is made for the owner alone. A file that others may read is tightened when it is opened, with a warning in
///   the log.
/// - Shared by processes: two lock files, `….lock` and `….refresh`, stand beside it, and the system frees them when
///   a process dies. One account is refreshed at a time, whichever it is; a service with many users keeps tokens
///   in its database, with a [`TokenStore`] of its own. File systems without locks, such as some network shares,
///   will not do.
/// - Where it leads: if the path is a symbolic link, the file at its end is replaced and the link stays.
///
/// It works inside a Tokio runtime, whose blocking threads read and write the file.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = tempfile::tempdir()?;
/// # let home = folder.path();
/// use katok_client::{FileTokenStore, TokenStore};
///
/// let store = FileTokenStore::new(home.join("my-program/tokens.json"));
/// assert_eq!(store.load(&"mina".to_owned()).await?, None);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct FileTokenStore(Arc<Path>);

/// Why a token file cannot serve.
#[derive(Debug, thiserror::Error)]
pub enum FileTokenStoreError {
    /// The system refuses to read, write or lock it.
    #[error("the token file cannot be read or written: {path} ({source}): check its permissions and the free space", path = .path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// It holds something else than tokens, or tokens that a later version of this crate wrote.
    #[error("the token file cannot be understood: {path}: move it away and sign in again", path = .0.display())]
    Damaged(PathBuf),
}

#[derive(Serialize, Deserialize)]
struct Content<'a> {
    format: u32,
    #[serde(borrow)]
    accounts: BTreeMap<String, Entry<'a>>,
}

#[derive(Serialize, Deserialize)]
struct Entry<'a> {
    version: i64,
    /// As they were written, so that one account's tokens are no matter for another's.
    #[serde(borrow)]
    tokens: &'a RawValue,
}

enum Change {
    Put(Tokens, Timestamp),
    Replace(Version, Tokens),
    Remove,
}

impl FileTokenStore {
    /// The tokens in this file, which is made when the first account is stored.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self(path.into().into())
    }

    /// Where the file is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The accounts whose tokens are stored.
    pub async fn keys(&self) -> Result<Vec<String>, FileTokenStoreError> {
        self.on_a_thread(|store| {
            let text = store.read()?;
            Ok(store.parse(&text)?.accounts.into_keys().collect())
        })
        .await
    }

    /// Stores the tokens of a login that was completed now, in place of any there are.
    pub async fn put(&self, key: &str, tokens: Tokens, now: Timestamp) -> Result<(), FileTokenStoreError> {
        self.change(key, Change::Put(tokens, now)).await.map(drop)
    }

    /// Forgets an account's tokens.
    pub async fn remove(&self, key: &str) -> Result<(), FileTokenStoreError> {
        self.change(key, Change::Remove).await.map(drop)
    }

    /// Changes an account under the file's lock; answers the version under which new tokens are stored.
    async fn change(&self, key: &str, change: Change) -> Result<Option<Version>, FileTokenStoreError> {
        let lock = self.wait_for_lock("lock").await?;
        let key = key.to_owned();
        self.on_a_thread(move |store| {
            let changed = store.apply(key, change);
            drop(lock);
            changed
        })
        .await
    }

    fn apply(&self, key: String, change: Change) -> Result<Option<Version>, FileTokenStoreError> {
        let text = self.read()?;
        let mut content = self.parse(&text)?;
        let former = content.accounts.get(&key);
        let fresh = match change {
            Change::Put(tokens, now) => {
                // Higher than any before, also than those of an account that was forgotten: a refresh that
                // began before this login must lose against it.
                let highest = content.accounts.values().map(|entry| entry.version).max().unwrap_or(0);
                let version = now.as_millisecond().max(highest + 1);
                // Tokens that cannot be read are no reason to refuse those that can.
                let former = former.and_then(|entry| Tokens::from_json(entry.tokens.get()).ok());
                Some((version, former.iter().fold(tokens, Tokens::succeeding)))
            }
            Change::Replace(expected, tokens) if former.is_some_and(|entry| entry.version == expected.0) => {
                Some((expected.0 + 1, tokens))
            }
            Change::Remove if former.is_some() => None,
            Change::Replace(..) | Change::Remove => return Ok(None),
        };
        let json;
        let version = if let Some((version, tokens)) = fresh {
            json = tokens.to_json();
            let tokens = serde_json::from_str(&json).map_err(|_| self.damaged())?;
            content.accounts.insert(key, Entry { version, tokens });
            Some(Version(version))
        } else {
            content.accounts.remove(&key);
            None
        };
        self.write(&content).map_err(|source| self.io(source))?;
        Ok(version)
    }

    fn read(&self) -> Result<Zeroizing<String>, FileTokenStoreError> {
        let mut file = match File::open(&self.0) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Zeroizing::new(EMPTY.to_owned())),
            Err(source) => return Err(self.io(source)),
        };
        tighten(&file, &self.0).map_err(|source| self.io(source))?;
        let mut text = Zeroizing::new(String::new());
        match file.read_to_string(&mut text) {
            Ok(_) => Ok(text),
            Err(error) if error.kind() == ErrorKind::InvalidData => Err(self.damaged()),
            Err(source) => Err(self.io(source)),
        }
    }

    fn parse<'a>(&self, text: &'a str) -> Result<Content<'a>, FileTokenStoreError> {
        let content: Content<'_> = serde_json::from_str(text).map_err(|_| self.damaged())?;
        if content.format == FORMAT { Ok(content) } else { Err(self.damaged()) }
    }

    fn find(&self, key: &str) -> Result<Option<Versioned<Tokens>>, FileTokenStoreError> {
        let text = self.read()?;
        let Some(entry) = self.parse(&text)?.accounts.remove(key) else { return Ok(None) };
        let tokens = Tokens::from_json(entry.tokens.get()).map_err(|_| self.damaged())?;
        Ok(Some(Versioned { value: tokens, version: Version(entry.version) }))
    }

    /// Writes beside the file and renames: whoever reads sees the old or the new, never half.
    fn write(&self, content: &Content<'_>) -> io::Result<()> {
        let text = Zeroizing::new(serde_json::to_vec_pretty(content).map_err(io::Error::other)?);
        let target = self.target()?;
        let fresh = with_ending(&target, "new");
        // What a killed process has left may be readable by others; what we write must not go there.
        match fs::remove_file(&fresh) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut file = open_private(OpenOptions::new().write(true).create_new(true), &fresh)?;
        file.write_all(&text)?;
        file.sync_all()?;
        fs::rename(&fresh, &target)?;
        sync_folder(&target)
    }

    /// The file itself, at the end of all symbolic links.
    fn target(&self) -> io::Result<PathBuf> {
        match fs::canonicalize(&self.0) {
            Err(error) if error.kind() == ErrorKind::NotFound && !self.0.is_symlink() => {
                Ok(self.0.to_path_buf())
            }
            found => found,
        }
    }

    /// Waits for one of the locks beside the file; the system frees it also when a process is killed.
    async fn wait_for_lock(&self, kind: &'static str) -> Result<File, FileTokenStoreError> {
        let lock =
            self.on_a_thread(move |store| store.open_lock(kind).map_err(|source| store.io(source))).await?;
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

    fn open_lock(&self, kind: &str) -> io::Result<File> {
        let target = self.target()?;
        if let Some(folder) = folder_of(&target) {
            make_private_folder(folder)?;
        }
        let path = with_ending(&target, kind);
        open_private(OpenOptions::new().write(true).create(true).truncate(false), &path)
    }

    async fn on_a_thread<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Self) -> Result<T, FileTokenStoreError> + Send + 'static,
    ) -> Result<T, FileTokenStoreError> {
        let store = self.clone();
        let done = tokio::task::spawn_blocking(move || work(&store)).await;
        done.unwrap_or_else(|error| match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_) => Err(self.io(io::Error::other("the program is ending"))),
        })
    }

    fn io(&self, source: io::Error) -> FileTokenStoreError {
        FileTokenStoreError::Io { path: self.0.to_path_buf(), source }
    }

    fn damaged(&self) -> FileTokenStoreError {
        FileTokenStoreError::Damaged(self.0.to_path_buf())
    }
}

impl TokenStore for FileTokenStore {
    type Key = String;
    type Guard = File;
    type Error = FileTokenStoreError;

    async fn load(&self, key: &String) -> Result<Option<Versioned<Tokens>>, FileTokenStoreError> {
        let key = key.clone();
        self.on_a_thread(move |store| store.find(&key)).await
    }

    async fn replace(
        &self,
        key: &String,
        expected: Version,
        tokens: &Tokens,
    ) -> Result<Replaced, FileTokenStoreError> {
        let stored = self.change(key, Change::Replace(expected, tokens.clone())).await?;
        Ok(stored.map_or(Replaced::Lost, Replaced::Done))
    }

    async fn lock(&self, _key: &String) -> Result<File, FileTokenStoreError> {
        self.wait_for_lock("refresh").await
    }
}

/// The path of a file beside this one: `tokens.json` and `lock` make `tokens.json.lock`.
fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    name.into()
}

/// The folder of a file, unless it is the current one.
fn folder_of(path: &Path) -> Option<&Path> {
    path.parent().filter(|folder| !folder.as_os_str().is_empty())
}

fn make_private_folder(path: &Path) -> io::Result<()> {
    let mut folder = DirBuilder::new();
    folder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut folder, 0o700);
    folder.create(path)
}

fn open_private(options: &mut OpenOptions, path: &Path) -> io::Result<File> {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options.open(path)
}

#[cfg(unix)]
fn tighten(file: &File, path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    if file.metadata()?.permissions().mode() & 0o077 != 0 {
        tracing::warn!(path = %path.display(), "others could read the token file; now only its owner can");
        file.set_permissions(fs::Permissions::from_mode(0o600))?;
    }
    Ok(())
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "on Unix it can fail")]
fn tighten(_: &File, _: &Path) -> io::Result<()> {
    Ok(())
}

/// Brings a rename to the disk, without which a power cut could undo it and with it a new refresh token.
#[cfg(unix)]
fn sync_folder(file: &Path) -> io::Result<()> {
    File::open(folder_of(file).unwrap_or(Path::new(".")))?.sync_all()
}

/// Elsewhere a folder is no file that could be brought to the disk.
#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "on Unix it can fail")]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}
