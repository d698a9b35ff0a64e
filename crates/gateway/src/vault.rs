//! The vault: the keys that seal the accounts' own keys, and Kakao's tokens sealed by those.

mod inspection;
mod key;
mod rotation;
mod token_store;

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use katok_client::Chance;
use zeroize::Zeroizing;

use crate::config::VaultKeyText;
use crate::data_folder::DataFolder;
use crate::seal::{DataKey, DoesNotOpen, KeyId, Purpose, SealedBy, SealedDataKey, VaultKey};
use crate::store::{AccountId, Store, StoreError};

pub(crate) use inspection::inspect;
pub use inspection::{Inspection, KeyInUse};
use key::Found;
pub(crate) use key::{KeyError, KeyOrigin};
pub use rotation::Rotation;
pub(crate) use rotation::rotate;
pub(crate) use token_store::{TokenVault, TokenVaultError};

/// Why the vault could not be opened at the start.
#[derive(Debug, thiserror::Error)]
pub(crate) enum VaultError {
    #[error(transparent)]
    Key(#[from] KeyError),
    #[error("a vault key that sealed {} accounts is not here", .0.accounts)]
    Lost(LostKey),
    /// Only a person can add one where none is kept in a file.
    #[error("there is no other vault key to write with")]
    NoNewKey,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A vault key that is not here although something needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LostKey {
    /// Where a file ought to be; without one, keys are there, but not this one.
    pub(crate) file: Option<PathBuf>,
    /// `None` in a database whose schema did not note it.
    pub(crate) id: Option<KeyId>,
    /// How many accounts cannot be read without it.
    pub(crate) accounts: u64,
}

impl LostKey {
    async fn among(store: &Store, file: Option<PathBuf>, id: Option<KeyId>) -> Result<Self, StoreError> {
        Ok(Self { file, id, accounts: store.accounts_under(id).await? })
    }
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
                let file = Some(key::in_folder(data.path()));
                return Err(VaultError::Lost(LostKey::among(store, file, writing).await?));
            }
            None => key::keep(DataKey::generate(chance.as_ref()), data)?,
        };
        let origin = found.origin.clone();
        let vault = Self::of(found, chance);
        let writing = match (writing, check) {
            (Some(id), _) => id,
            (None, check) => {
                let first = vault
                    .keys()
                    .into_iter()
                    .find(|key| check.as_ref().is_none_or(|check| key.open(Purpose::Check, check).is_ok()));
                let Some(first) = first else {
                    return Err(VaultError::Lost(LostKey::among(store, None, None).await?));
                };
                let writing = store.set_first_writing_key(first.id).await?;
                if let (None, KeyOrigin::MadeNow(path)) = (vault.known(writing), &origin) {
                    // Another gateway was first with a key of its own; the next start must not take this one.
                    key::withdraw(path.clone())?;
                }
                writing
            }
        };
        vault.proves(store, writing).await?;
        vault.write_with(writing);
        Ok((vault, origin))
    }

    /// The keys that were found; the first one writes until the database says otherwise.
    fn of(found: Found, chance: Arc<dyn Chance>) -> Self {
        let keys: Vec<_> = found.keys.iter().map(|bytes| Arc::new(VaultKey::new(bytes))).collect();
        let file = match found.origin {
            KeyOrigin::Settings => None,
            KeyOrigin::File(path) | KeyOrigin::MadeNow(path) => Some(path),
        };
        Self { ring: RwLock::new(Ring { writing: keys[0].clone(), keys }), file, chance }
    }

    /// Finds the keys for work beside running gateways, where none may be made.
    async fn beside(
        given: Option<&VaultKeyText>,
        data: &Path,
        store: &Store,
        chance: Arc<dyn Chance>,
    ) -> Result<Self, VaultError> {
        let Some(found) = key::find(given, data)? else {
            let writing = store.writing_key().await?;
            let file = Some(key::in_folder(data));
            return Err(VaultError::Lost(LostKey::among(store, file, writing).await?));
        };
        Ok(Self::of(found, chance))
    }

    /// The same for who reads what is sealed, and which key writes: none may be missing.
    pub(crate) async fn whole_beside(
        given: Option<&VaultKeyText>,
        data: &Path,
        store: &Store,
        chance: Arc<dyn Chance>,
    ) -> Result<(Self, KeyId), VaultError> {
        let vault = Self::beside(given, data, store, chance).await?;
        let writing = store.writing_key().await?.ok_or(StoreError::Older)?;
        vault.proves(store, writing).await?;
        Ok((vault, writing))
    }

    /// Makes sure that no key is missing: neither the one that writes nor one that an account hangs on.
    async fn proves(&self, store: &Store, writing: KeyId) -> Result<(), VaultError> {
        for id in [writing].into_iter().chain(store.keys_in_use().await?) {
            if self.key(id).is_err() {
                return Err(VaultError::Lost(LostKey::among(store, None, Some(id)).await?));
            }
        }
        Ok(())
    }

    /// Seals from now on with the key that the database names; one that nobody here knows is told in the log.
    pub(crate) fn write_with(&self, id: KeyId) {
        match self.key(id) {
            Ok(key) => self.ring.write().unwrap_or_else(PoisonError::into_inner).writing = key,
            Err(error) => tracing::error!(%error, "vault.writing_key_unknown"),
        }
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
                self.keys().iter().find_map(|key| key.open(purpose, sealed).ok()).ok_or(DoesNotOpen::Damaged)
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

    /// Seals an account's data key by another vault key.
    fn seal_anew(
        &self,
        account: &AccountId,
        sealed: &SealedDataKey,
        writing: KeyId,
    ) -> Result<SealedDataKey, DoesNotOpen> {
        let purpose = Purpose::DataKey { account: account.as_str() };
        Ok(SealedDataKey(self.key(writing)?.seal(purpose, &self.open(purpose, &sealed.0)?)))
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

    fn keys(&self) -> Vec<Arc<VaultKey>> {
        self.ring.read().unwrap_or_else(PoisonError::into_inner).keys.clone()
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
