//! Vault keys as people keep them: given by a setting, or in a file that is made once beside the data.

use std::fs::{self, File, Metadata};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use tempfile::NamedTempFile;
use zeroize::Zeroizing;

use crate::config::{VaultKeyText, keys_in};
use crate::data_folder::DataFolder;
use crate::seal::KeyBytes;

/// Where the keys came from; a key made just now is worth a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum KeyOrigin {
    Settings,
    File(PathBuf),
    MadeNow(PathBuf),
}

/// Why there is no usable key.
#[derive(Debug, thiserror::Error)]
pub(crate) enum KeyError {
    #[error("the vault key is not 32 bytes in base64")]
    Malformed { path: Option<PathBuf> },
    #[error("the vault key file cannot be read or written: {source}")]
    File { path: PathBuf, source: std::io::Error },
}

/// The keys that a setting or a file holds, the first one first.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) keys: Vec<KeyBytes>,
    pub(super) origin: KeyOrigin,
}

/// Finds the keys; `None` when no setting names any and the data folder has no key file.
pub(super) fn find(given: Option<&VaultKeyText>, data: &Path) -> Result<Option<Found>, KeyError> {
    let path = match given {
        Some(VaultKeyText { file: Some(path), .. }) => path.clone(),
        Some(text) => {
            let keys = keys_in(&text.text).ok_or(KeyError::Malformed { path: None })?;
            return Ok(Some(Found { keys, origin: KeyOrigin::Settings }));
        }
        None => in_folder(data),
    };
    match read(&path) {
        Ok(keys) => Ok(Some(Found { keys, origin: KeyOrigin::File(path) })),
        Err(KeyError::File { source, .. }) if source.kind() == ErrorKind::NotFound && given.is_none() => {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// Keeps a key in a new file beside the data.
pub(super) fn keep(key: KeyBytes, data: &DataFolder) -> Result<Found, KeyError> {
    let path = in_folder(data.path());
    write_new(&path, &key).map_err(|source| KeyError::File { path: path.clone(), source })?;
    Ok(Found { keys: vec![key], origin: KeyOrigin::MadeNow(path) })
}

/// Takes back a key that was made just now and has sealed nothing.
pub(super) fn withdraw(path: PathBuf) -> Result<(), KeyError> {
    fs::remove_file(&path).map_err(|source| KeyError::File { path, source })
}

pub(super) fn in_folder(data: &Path) -> PathBuf {
    data.join("vault.key")
}

/// Reads a key file.
pub(super) fn read(path: &Path) -> Result<Vec<KeyBytes>, KeyError> {
    let text = fs::read_to_string(path)
        .map(Zeroizing::new)
        .map_err(|source| KeyError::File { path: path.to_owned(), source })?;
    keys_in(&text).ok_or_else(|| KeyError::Malformed { path: Some(path.to_owned()) })
}

/// Puts a key before those of a file, which keep their places; whoever reads it meanwhile sees all or nothing.
pub(super) fn put_first(key: &KeyBytes, path: &Path, now: Timestamp) -> Result<(), KeyError> {
    replace(key, path, now).map_err(|source| KeyError::File { path: path.to_owned(), source })
}

fn replace(key: &KeyBytes, path: &Path, now: Timestamp) -> std::io::Result<()> {
    // A name that leads to the file goes on leading there.
    let path = fs::canonicalize(path)?;
    let former = Zeroizing::new(fs::read(&path)?);
    let mut file = NamedTempFile::new_in(path.parent().unwrap_or(&path))?;
    writeln!(file, "# {}", now.strftime("%Y-%m-%d"))?;
    write_key(file.as_file_mut(), key)?;
    file.write_all(&former)?;
    belongs_as(file.as_file(), &fs::metadata(&path)?)?;
    file.as_file().sync_all()?;
    file.persist(&path)?;
    Ok(())
}

/// Whoever could read the former file, such as the gateway's user when root does this, can read the new one.
fn belongs_as(file: &File, former: &Metadata) -> std::io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::{MetadataExt as _, fchown};
        let made = file.metadata()?;
        if (made.uid(), made.gid()) != (former.uid(), former.gid()) {
            fchown(file, Some(former.uid()), Some(former.gid()))?;
        }
    }
    file.set_permissions(former.permissions())
}

fn write_new(path: &Path, key: &KeyBytes) -> std::io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    write_key(&mut file, key)?;
    file.sync_all()
}

fn write_key(file: &mut File, key: &KeyBytes) -> std::io::Result<()> {
    file.write_all(Zeroizing::new(STANDARD.encode(key.as_slice())).as_bytes())?;
    file.write_all(b"\n")
}
