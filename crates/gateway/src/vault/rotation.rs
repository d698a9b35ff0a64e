//! Rotation: another vault key writes from now on, and seals every account's data key anew, while gateways run.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use katok_client::{Chance, Clock};
use tokio::time::sleep;

use super::{LostKey, TokenVault, TokenVaultError, Vault, VaultError, key};
use crate::config::VaultKeyText;
use crate::seal::{DataKey, DoesNotOpen, KeyId, VaultKey};
use crate::store::{SealedAnew, Store, StoreError, WritingKeyHandover};

/// How many data keys are replaced in one transaction.
const BATCH: i64 = 100;

/// Between two batches the gateways get their turn: SQLite lets one program write at a time.
const PAUSE: Duration = Duration::from_millis(10);

/// What a rotation did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rotation {
    /// The key that was writing before; the same as `to` when one in a setting finished its work.
    pub from: String,
    /// The key that writes now.
    pub to: String,
    /// The file that a new key was put into.
    pub made_in: Option<PathBuf>,
    /// How many accounts' data keys it sealed anew.
    pub sealed_anew: u64,
    /// How many accounts' data keys do not open, and stay as they are.
    pub damaged: u64,
}

/// Makes the first of the given keys the one that writes, or a new one in the file, and seals all data keys by it.
///
/// It may be broken off anywhere: the next one takes a first key that does not write yet, and the accounts
/// that are left.
pub(crate) async fn rotate(
    store: &Store,
    given: Option<&VaultKeyText>,
    data: &Path,
    clock: Arc<dyn Clock>,
    chance: Arc<dyn Chance>,
) -> Result<Rotation, VaultError> {
    let vault = Arc::new(Vault::beside(given, data, store, chance.clone()).await?);
    let handover = store.hand_over_writing().await?;
    let from = handover.held;
    // With a key missing, this could not be finished.
    vault.proves(store, from).await?;
    let (to, made_in) = choose(&vault, &handover, clock.as_ref(), chance.as_ref())?;
    handover.to(to).await?;
    let tokens = TokenVault::new(store.clone(), vault.clone(), clock);
    let (sealed_anew, damaged) = seal_all_anew(store, &vault, &tokens).await?;
    Ok(Rotation { from: from.to_string(), to: to.to_string(), made_in, sealed_anew, damaged })
}

/// Which key is to write; one that is made now is in the file before anything is sealed by it.
fn choose(
    vault: &Vault,
    handover: &WritingKeyHandover,
    clock: &dyn Clock,
    chance: &dyn Chance,
) -> Result<(KeyId, Option<PathBuf>), VaultError> {
    // Another rotation may have put a key there since.
    let first = match &vault.file {
        Some(file) => VaultKey::new(&key::read(file)?[0]).id,
        None => vault.keys()[0].id,
    };
    match &vault.file {
        _ if first != handover.held => Ok((first, None)),
        Some(file) => {
            let made = DataKey::generate(chance);
            key::put_first(&made, file, clock.now())?;
            Ok((VaultKey::new(&made).id, Some(file.clone())))
        }
        None if handover.unfinished => Ok((first, None)),
        None => Err(VaultError::NoNewKey),
    }
}

/// Goes round until every account that is left does not open; answers how many were sealed anew, and are left.
async fn seal_all_anew(store: &Store, vault: &Vault, tokens: &TokenVault) -> Result<(u64, u64), VaultError> {
    let mut sealed_anew = 0;
    loop {
        let (mut found, mut damaged, mut after) = (0, 0, String::new());
        loop {
            // Another rotation may have changed it: two that disagreed would never come to an end.
            let writing = store.writing_key().await?.ok_or(StoreError::Older)?;
            let accounts = store.accounts_not_sealed_by(writing, &after, BATCH).await?;
            let Some((last, _)) = accounts.last() else { break };
            last.as_str().clone_into(&mut after);
            let mut batch = Vec::new();
            for (account, sealed) in accounts {
                found += 1;
                let Some(sealed) = sealed else {
                    match tokens.data_key(&account).await {
                        Ok(_) => sealed_anew += 1,
                        Err(
                            TokenVaultError::DoesNotOpen(_) | TokenVaultError::Store(StoreError::Seal(_)),
                        ) => {
                            damaged += 1;
                        }
                        Err(TokenVaultError::Store(error)) => return Err(error.into()),
                    }
                    continue;
                };
                match vault.seal_anew(&account, &sealed, writing) {
                    Ok(anew) => batch.push(SealedAnew { account, found: sealed, anew }),
                    Err(DoesNotOpen::Damaged) => damaged += 1,
                    Err(DoesNotOpen::KeyMissing(id)) => {
                        return Err(VaultError::Lost(LostKey::among(store, None, Some(id)).await?));
                    }
                }
            }
            sealed_anew += store.replace_data_keys(&batch, writing).await?;
            sleep(PAUSE).await;
        }
        if found == damaged {
            return Ok((sealed_anew, damaged));
        }
    }
}
