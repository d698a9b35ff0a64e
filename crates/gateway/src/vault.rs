//! The vault: seals what must not be read on disk, and keeps Kakao's tokens.

mod key;
mod token_store;

use aws_lc_rs::aead::{AES_256_GCM, Aad, Nonce, RandomizedNonceKey};
use zeroize::Zeroizing;

use crate::config::VaultKeyText;
use crate::data_folder::DataFolder;
use crate::store::{Store, StoreError};

pub(crate) use key::{KeyError, KeyOrigin};
pub(crate) use token_store::{TokenVault, TokenVaultError};

const FORMAT: u8 = 1;
const NONCE: usize = 12;

/// What a sealed value is for; bound into the seal, so that no row can stand in for another.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Purpose<'a> {
    /// The tokens of one account, in one version.
    Tokens { account: &'a str, version: i64 },
    /// What a login attempt needs when the browser comes back.
    LoginAttempt,
    /// The row that proves the key.
    Check,
}

impl Purpose<'_> {
    fn context(self) -> String {
        match self {
            Self::Tokens { account, version } => format!("katok/1/tokens/{account}/{version}"),
            Self::LoginAttempt => "katok/1/login-attempt".to_owned(),
            Self::Check => "katok/1/check".to_owned(),
        }
    }
}

/// The sealed bytes were made with another key, for another purpose, or are damaged.
#[derive(Debug, thiserror::Error)]
#[error("a sealed value does not open with this vault key")]
pub(crate) struct DoesNotOpen;

/// Why the vault could not be opened at the start.
#[derive(Debug, thiserror::Error)]
pub(crate) enum VaultError {
    #[error(transparent)]
    Key(#[from] KeyError),
    #[error("the database was sealed with another vault key")]
    WrongKey,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Seals and opens with one key (AES-256-GCM, a random nonce each time).
pub(crate) struct Vault {
    key: RandomizedNonceKey,
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Vault")
    }
}

impl Vault {
    /// Finds or makes the key and proves that it is the one this database was sealed with.
    pub(crate) async fn unlock(
        given: Option<&VaultKeyText>,
        data: &DataFolder,
        store: &Store,
        chance: &dyn katok_client::Chance,
    ) -> Result<(Self, KeyOrigin), VaultError> {
        let check = store.vault_check().await?;
        let (key, origin) = key::find_or_make(given, data, check.is_none(), chance)?;
        let vault = Self::with_key(&key);
        let check = match check {
            Some(check) => Some(check),
            None if store.write_vault_check(&vault.seal(Purpose::Check, b"katok")).await? => None,
            None => store.vault_check().await?,
        };
        if check.is_some_and(|check| vault.open(Purpose::Check, &check).is_err()) {
            if let KeyOrigin::MadeNow(path) = origin {
                // Another gateway was first with a key of its own; the next start must not take this one.
                key::withdraw(path)?;
            }
            return Err(VaultError::WrongKey);
        }
        Ok((vault, origin))
    }

    fn with_key(key: &[u8; 32]) -> Self {
        Self { key: RandomizedNonceKey::new(&AES_256_GCM, key).expect("AES-256 takes a key of 32 bytes") }
    }

    pub(crate) fn seal(&self, purpose: Purpose<'_>, plain: &[u8]) -> Vec<u8> {
        let mut body = plain.to_vec();
        let nonce = self
            .key
            .seal_in_place_append_tag(Aad::from(purpose.context()), &mut body)
            .expect("sealing fails only beyond 64 GiB");
        [&[FORMAT], nonce.as_ref().as_slice(), &body].concat()
    }

    pub(crate) fn open(
        &self,
        purpose: Purpose<'_>,
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, DoesNotOpen> {
        let (&format, rest) = sealed.split_first().ok_or(DoesNotOpen)?;
        let (nonce, body) = rest.split_first_chunk::<NONCE>().ok_or(DoesNotOpen)?;
        if format != FORMAT {
            return Err(DoesNotOpen);
        }
        let mut body = Zeroizing::new(body.to_vec());
        let length = self
            .key
            .open_in_place(Nonce::from(nonce), Aad::from(purpose.context()), &mut body)
            .map_err(|_| DoesNotOpen)?
            .len();
        body.truncate(length);
        Ok(body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vault(byte: u8) -> Vault {
        Vault::with_key(&[byte; 32])
    }

    #[test]
    fn what_is_sealed_opens_again_and_never_looks_the_same() {
        let purpose = Purpose::Tokens { account: "acc_1", version: 3 };
        let (one, two) = (vault(1).seal(purpose, b"token"), vault(1).seal(purpose, b"token"));
        assert_ne!(one, two);
        assert!(!one.windows(5).any(|window| window == b"token"));
        assert_eq!(vault(1).open(purpose, &one).unwrap().as_slice(), b"token");
    }

    #[test]
    fn a_seal_opens_only_with_its_key_and_for_its_purpose() {
        let purpose = Purpose::Tokens { account: "acc_1", version: 3 };
        let sealed = vault(1).seal(purpose, b"token");
        assert!(vault(2).open(purpose, &sealed).is_err());
        assert!(vault(1).open(Purpose::Tokens { account: "acc_2", version: 3 }, &sealed).is_err());
        assert!(vault(1).open(Purpose::Tokens { account: "acc_1", version: 4 }, &sealed).is_err());
        assert!(vault(1).open(Purpose::LoginAttempt, &sealed).is_err());
    }

    #[test]
    fn damaged_bytes_are_refused_wherever_they_are_cut_or_changed() {
        let sealed = vault(1).seal(Purpose::Check, b"katok");
        for length in 0..sealed.len() {
            assert!(vault(1).open(Purpose::Check, &sealed[..length]).is_err());
        }
        for place in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[place] ^= 1;
            assert!(vault(1).open(Purpose::Check, &changed).is_err());
        }
    }
}
