//! A copy of the SQLite database, made while it is in use.

use std::path::Path;

use super::{Store, StoreError};

impl Store {
    /// Copies the database, as it is at one moment, into an empty file.
    pub(crate) async fn copy_into(&self, file: &Path) -> Result<(), StoreError> {
        sqlx::query("VACUUM INTO $1").bind(file.to_str()).execute(&self.writer).await?;
        Ok(())
    }

    /// Reads the whole file, looking for damage; what is no database of ours is refused as damaged too.
    pub(crate) async fn is_sound(&self) -> Result<(), StoreError> {
        let found: String = sqlx::query_scalar("PRAGMA integrity_check(1)").fetch_one(&self.readers).await?;
        match self.version().await? {
            Some(version) if found == "ok" && Some(version) > self.latest_version() => Err(StoreError::Newer),
            Some(_) if found == "ok" => Ok(()),
            _ => Err(StoreError::Damaged(sqlx::Error::Protocol(found))),
        }
    }
}
