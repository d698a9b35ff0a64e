//! The vault: the keys that seal the accounts' own keys, and Kakao's tokens sealed by those.

mod key;
mod token_store;

use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};

use katok_client::Chance;
use zeroize::Zeroizing;

use crate::config::VaultKeyText;
use crate::data_folder::DataFolder;
use crate::seal::{DataKey, DoesNotOpen, KeyId, Purpose, SealedBy, SealedDataKey, VaultKey};
use crate::store::{AccountId, Store, StoreError};

pub(crate) use key::{KeyError, KeyOrigin};
pub(crate) use token_store::{TokenVault, TokenVaultError};

/// Why the vault could not be opened at the start.
#[derive(Debug, thiserror::Error)]
pub(crate) enum VaultError {
    #[error(transparent)]
    Key(#[from] KeyError),
    /// Which key is missing; `None` in a database whose schema did not note it.
    #[error("the database was sealed with another vault key")]
    WrongKey(Option<KeyId>),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The vault keys of this gateway: all of them open, and the database says which one seals.
pub(crate) struct Vault {
    ring: RwLock<Ring>,
    /// Read again when a key turns up that nobody here knows: another program may have put it there.
    file: Option<PathBuf>,
    chance: Arc<dyn Chance>,
}

struct Ring {
    keys: Vec<Arc<VaultKey>>,
    /// As the database said when it was asked last.
    writing: Arc<VaultKey>,
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Vault")
    }
}

impl Vault {
    /// Finds or makes the key and proves that all there is in the database can be opened.
    pub(crate) async fn unlock(
        given: Option<&VaultKeyText>,
        data: &DataFolder,
        store: &Store,
        chance: Arc<dyn Chance>,
    ) -> Result<(Self, KeyOrigin), VaultError> {
        let writing = store.writing_key().await?;
        let check = store.vault_check().await?;
        let found = match key::find(given, data.path())? {
            Some(found) => found,
            // For a database in which something is sealed, a new key would be the wrong one.
            None if writing.is_some() || check.is_some() => {
                return Err(KeyError::Gone { path: key::in_folder(data.path()) }.into());
            }
            None => key::keep(DataKey::generate(chance.as_ref()), data)?,
        };
        let keys: Vec<_> = found.keys.iter().map(|bytes| Arc::new(VaultKey::new(bytes))).collect();
        let known = |id| keys.iter().find(|key| key.id == id).cloned().ok_or(VaultError::WrongKey(Some(id)));
        let writing = match (writing, check) {
            (Some(id), _) => known(id)?,
            (None, check) => {
                let opens = |key: &&Arc<VaultKey>| {
                    check.as_ref().is_none_or(|check| key.open(Purpose::Check, check).is_ok())
                };
                let first = keys.iter().find(opens).ok_or(VaultError::WrongKey(None))?;
                let writing = known(store.set_first_writing_key(first.id).await?);
                if let (Err(_), KeyOrigin::MadeNow(path)) = (&writing, &found.origin) {
                    // Another gateway was first with a key of its own; the next start must not take this one.
                    key::withdraw(path.clone())?;
                }
                writing?
            }
        };
        for id in store.keys_in_use().await? {
            known(id)?;
        }
        let file = match &found.origin {
            KeyOrigin::Settings => None,
            KeyOrigin::File(path) | KeyOrigin::MadeNow(path) => Some(path.clone()),
        };
        Ok((Self { ring: RwLock::new(Ring { keys, writing }), file, chance }, found.origin))
    }

    /// Seals what belongs to no account.
    pub(crate) fn seal(&self, purpose: Purpose<'_>, plain: &[u8]) -> Vec<u8> {
        let writing = self.ring.read().unwrap_or_else(PoisonError::into_inner).writing.clone();
        writing.seal(purpose, plain)
    }

    /// Opens what a vault key has sealed.
    pub(crate) fn open(
        &self,
        purpose: Purpose<'_>,
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, DoesNotOpen> {
        match SealedBy::of(sealed)?.0 {
            SealedBy::Vault(id) => self.key(id)?.open(purpose, sealed),
            SealedBy::First => {
                let keys = self.ring.read().unwrap_or_else(PoisonError::into_inner).keys.clone();
                keys.iter().find_map(|key| key.open(purpose, sealed).ok()).ok_or(DoesNotOpen::Damaged)
            }
            SealedBy::Account => Err(DoesNotOpen::Damaged),
        }
    }

    /// Makes a data key for an account, sealed by the key that writes.
    pub(crate) fn make_data_key(
        &self,
        account: &AccountId,
        writing: KeyId,
    ) -> Result<SealedDataKey, DoesNotOpen> {
        let writing = self.key(writing)?;
        let made = DataKey::generate(self.chance.as_ref());
        let sealed = writing.seal(Purpose::DataKey { account: account.as_str() }, made.as_slice());
        self.ring.write().unwrap_or_else(PoisonError::into_inner).writing = writing;
        Ok(SealedDataKey(sealed))
    }

    /// Opens the data key of an account.
    pub(crate) fn data_key(
        &self,
        account: &AccountId,
        sealed: &SealedDataKey,
    ) -> Result<DataKey, DoesNotOpen> {
        let plain = self.open(Purpose::DataKey { account: account.as_str() }, &sealed.0)?;
        DataKey::new(&plain)
    }

    fn key(&self, id: KeyId) -> Result<Arc<VaultKey>, DoesNotOpen> {
        if let Some(key) = self.known(id) {
            return Ok(key);
        }
        self.read_file_again();
        self.known(id).ok_or(DoesNotOpen::KeyMissing(id))
    }

    fn known(&self, id: KeyId) -> Option<Arc<VaultKey>> {
        let ring = self.ring.read().unwrap_or_else(PoisonError::into_inner);
        ring.keys.iter().find(|key| key.id == id).cloned()
    }

    /// Takes in the keys that were put into the file since; none is given up.
    fn read_file_again(&self) {
        let Some(path) = &self.file else { return };
        let found = match key::read(path) {
            Ok(found) => found,
            Err(error) => return tracing::error!(%error, "vault.key_file_unreadable"),
        };
        let mut ring = self.ring.write().unwrap_or_else(PoisonError::into_inner);
        for key in found.iter().map(VaultKey::new) {
            if !ring.keys.iter().any(|known| known.id == key.id) {
                ring.keys.push(Arc::new(key));
            }
        }
    }
}
