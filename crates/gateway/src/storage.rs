//! Where a gateway keeps everything, and what is done to it beside running gateways.

pub(crate) mod outbox;

use std::path::PathBuf;
use std::sync::Arc;

use katok_client::{Chance, Clock};

use crate::config::{PostgresUrl, VaultKeyText};
use crate::start_error::StartError;
use crate::store::Store;
use crate::vault::{self, Inspection, Rotation};

/// Where a gateway keeps everything.
#[derive(Clone, Debug)]
pub struct Storage {
    /// The data folder.
    pub data: PathBuf,
    /// The PostgreSQL; without one, a SQLite file in the data folder.
    pub database: Option<PostgresUrl>,
    /// The vault keys; without any, those of the file in the data folder.
    pub vault_key: Option<VaultKeyText>,
}

impl Storage {
    /// Makes another vault key the one that writes, and seals every account's data key by it.
    ///
    /// Gateways may be running. It may be broken off and begun again.
    pub async fn rotate_vault_key(
        &self,
        clock: Arc<dyn Clock>,
        chance: Arc<dyn Chance>,
    ) -> Result<Rotation, StartError> {
        let store = self.attach().await?;
        let done = vault::rotate(&store, self.vault_key.as_ref(), &self.data, clock, chance).await;
        store.close().await;
        done.map_err(|error| StartError::vault(error, &self.place()))
    }

    /// Opens everything that is sealed; gateways may be running.
    pub async fn check_vault(
        &self,
        clock: Arc<dyn Clock>,
        chance: Arc<dyn Chance>,
    ) -> Result<Inspection, StartError> {
        let store = self.attach().await?;
        let found = vault::inspect(&store, self.vault_key.as_ref(), &self.data, clock, chance).await;
        store.close().await;
        found.map_err(|error| StartError::vault(error, &self.place()))
    }

    /// What to call the database in a sentence.
    pub(crate) fn place(&self) -> String {
        self.database.as_ref().map_or_else(|| self.file().display().to_string(), PostgresUrl::place)
    }

    /// The file of a database in the data folder.
    pub(crate) fn file(&self) -> PathBuf {
        self.data.join("katok.db")
    }

    async fn attach(&self) -> Result<Store, StartError> {
        let attached = match &self.database {
            Some(url) => Store::connect_as_it_is(url).await,
            None => Store::attach(&self.file()).await,
        };
        let store = attached.map_err(|error| StartError::store(error, &self.place()))?;
        store.is_up_to_date().await.map_err(|error| StartError::store(error, &self.place()))?;
        Ok(store)
    }
}
