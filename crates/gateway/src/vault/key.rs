//! The vault key: given by the person, or made once and kept beside the data.

use std::fs;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use katok_client::Chance;
use zeroize::Zeroizing;

use crate::config::VaultKeyText;
use crate::data_folder::DataFolder;

/// Where the key came from; a key made just now is worth a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum KeyOrigin {
    Settings,
    File,
    MadeNow(PathBuf),
}

/// Why there is no usable key.
#[derive(Debug, thiserror::Error)]
pub(crate) enum KeyError {
    #[error("the vault key is not 32 bytes in base64")]
    Malformed { path: Option<PathBuf> },
    #[error("the vault key file cannot be read or written: {source}")]
    File { path: PathBuf, source: std::io::Error },
    #[error("the database exists but its vault key file is gone")]
    Gone { path: PathBuf },
}

type Key = Zeroizing<[u8; 32]>;

/// A key is made only for a database that nothing was sealed in yet: for any other it would be the wrong one.
pub(super) fn find_or_make(
    given: Option<&VaultKeyText>,
    data: &DataFolder,
    nothing_sealed_yet: bool,
    chance: &dyn Chance,
) -> Result<(Key, KeyOrigin), KeyError> {
    if let Some(text) = given {
        return Ok((parse(&text.0).ok_or(KeyError::Malformed { path: None })?, KeyOrigin::Settings));
    }
    let path = data.path().join("vault.key");
    match fs::read_to_string(&path).map(Zeroizing::new) {
        Ok(text) => {
            let key = parse(&text).ok_or(KeyError::Malformed { path: Some(path) })?;
            Ok((key, KeyOrigin::File))
        }
        Err(error) if error.kind() == ErrorKind::NotFound && !nothing_sealed_yet => {
            Err(KeyError::Gone { path })
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let mut key = Zeroizing::new([0; 32]);
            chance.fill(key.as_mut_slice());
            write_new(&path, &key).map_err(|source| KeyError::File { path: path.clone(), source })?;
            Ok((key, KeyOrigin::MadeNow(path)))
        }
        Err(source) => Err(KeyError::File { path, source }),
    }
}

/// Takes back a key that was made just now and has sealed nothing.
pub(super) fn withdraw(path: PathBuf) -> Result<(), KeyError> {
    fs::remove_file(&path).map_err(|source| KeyError::File { path, source })
}

fn parse(text: &str) -> Option<Key> {
    let text = text.trim();
    let bytes = Zeroizing::new(STANDARD.decode(text).or_else(|_| URL_SAFE_NO_PAD.decode(text)).ok()?);
    bytes.as_slice().try_into().map(Zeroizing::new).ok()
}

fn write_new(path: &Path, key: &[u8; 32]) -> std::io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(Zeroizing::new(STANDARD.encode(key)).as_bytes())?;
    file.write_all(b"\n")?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_from_both_base64_alphabets_with_space_around_it() {
        let bytes = [0xfb; 32];
        for text in [STANDARD.encode(bytes), format!(" {}\n", URL_SAFE_NO_PAD.encode(bytes))] {
            assert_eq!(parse(&text).unwrap().as_slice(), bytes);
        }
    }

    #[test]
    fn a_key_of_another_length_or_alphabet_is_no_key() {
        for text in ["", "passphrase", &"fb".repeat(32), &STANDARD.encode([1; 16])] {
            assert!(parse(text).is_none(), "{text}");
        }
    }
}
