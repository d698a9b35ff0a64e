//! Backups of the SQLite database: made while the gateway runs, and put back when it does not.

use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use katok_client::{Chance, Clock};
use serde::Serialize;
use tempfile::NamedTempFile;

use crate::data_folder::DataFolder;
use crate::start_error::StartError;
use crate::storage::Storage;
use crate::store::{Store, StoreError};
use crate::vault::{self, Inspection, Vault};

/// A backup that was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Backup {
    /// Where it is.
    pub file: PathBuf,
    /// How long it is.
    pub bytes: u64,
}

/// A backup that was put back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Restored {
    /// Where the database that was there before is now.
    pub former: Option<PathBuf>,
    /// What is in the one that was put back.
    pub vault: Inspection,
}

/// Why no backup was made or put back; its text says what to do.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// PostgreSQL has tools of its own.
    #[error(
        "데이터베이스가 PostgreSQL입니다. pg_dump로 백업하고 pg_restore로 되돌리세요.\nThe database is PostgreSQL. Back it up with pg_dump, and bring it back with pg_restore."
    )]
    Postgres,
    /// Something is there already.
    #[error("이미 있는 파일은 덮어쓰지 않습니다: {path}. 다른 이름을 주세요.\nA file that exists is not overwritten: {path}. Give another name.", path = .0.display())]
    Exists(PathBuf),
    /// A file or its folder cannot be read or written.
    #[error("파일을 읽거나 쓸 수 없습니다: {path} ({source}). 경로와 권한, 남은 공간을 확인하세요.\nThe file cannot be read or written: {path} ({source}). Check the path, its permissions and the free space.", path = .path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// It is damaged, or something else altogether.
    #[error("katok의 온전한 백업이 아닙니다: {path}. 아무것도 바꾸지 않았습니다.\nThis is no sound backup of katok's: {path}. Nothing was changed.", path = .0.display())]
    Unsound(PathBuf),
    /// Some of it does not open although its keys are here.
    #[error("백업({path})에서 봉인된 값 {damaged}개가 열리지 않습니다. 아무것도 바꾸지 않았습니다.\nOf the sealed values in the backup ({path}), {damaged} do not open. Nothing was changed.", path = .path.display())]
    DoesNotOpen {
        /// The backup.
        path: PathBuf,
        /// How many.
        damaged: u64,
    },
    /// The database or the vault key stands in the way.
    #[error(transparent)]
    Storage(#[from] StartError),
}

impl Storage {
    /// Copies the database, as it is at one moment, into a new file for its own user only.
    ///
    /// The gateway may be running. The vault key is not in the copy.
    pub async fn back_up(&self, file: &Path) -> Result<Backup, BackupError> {
        if self.database.is_some() {
            return Err(BackupError::Postgres);
        }
        let unusable = |source: io::Error| match source.kind() {
            ErrorKind::AlreadyExists => BackupError::Exists(file.to_owned()),
            _ => BackupError::File { path: file.to_owned(), source },
        };
        if file.try_exists().map_err(unusable)? {
            return Err(BackupError::Exists(file.to_owned()));
        }
        // Beside its place: what is broken off leaves nothing that looks like a backup.
        let copy = NamedTempFile::new_in(folder_of(file)).map_err(unusable)?;
        let told = |error| StartError::store(error, &self.place());
        let store = Store::attach(&self.file()).await.map_err(told)?;
        let copied = store.copy_into(copy.path()).await;
        store.close().await;
        copied.map_err(told)?;
        is_sound(copy.path(), file).await?;
        copy.as_file().sync_all().map_err(unusable)?;
        let bytes = copy.as_file().metadata().map_err(unusable)?.len();
        copy.persist_noclobber(file).map_err(|error| unusable(error.error))?;
        Ok(Backup { file: file.to_owned(), bytes })
    }

    /// Puts a backup in the place of the database, which is kept beside it.
    ///
    /// Nothing is changed unless all of the backup opens with the present vault keys. That the folder was taken
    /// shows that no gateway is running.
    pub async fn restore(
        &self,
        folder: &DataFolder,
        file: &Path,
        clock: Arc<dyn Clock>,
        chance: Arc<dyn Chance>,
    ) -> Result<Restored, BackupError> {
        if self.database.is_some() {
            return Err(BackupError::Postgres);
        }
        let unusable = |path: &Path| {
            let path = path.to_owned();
            move |source| BackupError::File { path, source }
        };
        // What is looked at is what is put in place, whatever happens to the backup meanwhile.
        let mut copy = NamedTempFile::new_in(folder.path()).map_err(unusable(folder.path()))?;
        let mut backup = File::open(file).map_err(unusable(file))?;
        io::copy(&mut backup, copy.as_file_mut()).map_err(unusable(file))?;
        is_sound(copy.path(), file).await?;
        let now = clock.now();
        let vault = self.look_into(copy.path(), folder, file, clock, chance).await?;
        copy.as_file().sync_all().map_err(unusable(copy.path()))?;
        let database = self.file();
        let former = set_aside(&database, now).await.map_err(unusable(&database))?;
        copy.persist(&database).map_err(|error| unusable(&database)(error.error))?;
        Ok(Restored { former, vault })
    }

    /// Brings a copy of a backup up to date, and opens everything in it.
    async fn look_into(
        &self,
        copy: &Path,
        folder: &DataFolder,
        backup: &Path,
        clock: Arc<dyn Clock>,
        chance: Arc<dyn Chance>,
    ) -> Result<Inspection, BackupError> {
        let place = backup.display().to_string();
        let store = Store::open(copy).await.map_err(|error| StartError::store(error, &place))?;
        let looked = async {
            Vault::unlock(self.vault_key.as_ref(), folder, &store, chance.clone()).await?;
            vault::inspect(&store, self.vault_key.as_ref(), folder.path(), clock, chance).await
        };
        let looked = looked.await;
        store.close().await;
        let inspection = looked.map_err(|error| StartError::vault(error, &place))?;
        if inspection.is_sound() {
            return Ok(inspection);
        }
        Err(BackupError::DoesNotOpen { path: backup.to_owned(), damaged: inspection.damaged })
    }
}

/// Whether a file is a database of katok's without damage.
async fn is_sound(copy: &Path, backup: &Path) -> Result<(), BackupError> {
    let sound = match Store::attach(copy).await {
        Ok(store) => {
            let sound = store.is_sound().await;
            store.close().await;
            sound
        }
        Err(error) => Err(error),
    };
    sound.map_err(|error| match error {
        StoreError::Damaged(_) => BackupError::Unsound(backup.to_owned()),
        other => StartError::store(other, &backup.display().to_string()).into(),
    })
}

/// Keeps the database that is there under a dated name, beside its place; none if there is none.
async fn set_aside(database: &Path, now: Timestamp) -> io::Result<Option<PathBuf>> {
    if !database.try_exists()? {
        return Ok(None);
    }
    // Whoever reads and closes it folds the write-ahead log into it. A damaged one keeps its log beside it.
    if let Ok(store) = Store::attach(database).await {
        let _ = store.is_up_to_date().await;
        store.close().await;
    }
    let dated = |end: &str| {
        let name = format!("katok.db.before-restore-{}{end}", now.strftime("%Y%m%dT%H%M%SZ"));
        database.with_file_name(name)
    };
    let former = dated("");
    if former.try_exists()? {
        return Err(ErrorKind::AlreadyExists.into());
    }
    for end in ["-wal", "-shm"] {
        match fs::rename(database.with_file_name(format!("katok.db{end}")), dated(end)) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    // By a second name, so that there is no moment without a database.
    fs::hard_link(database, &former).or_else(|_| fs::rename(database, &former))?;
    Ok(Some(former))
}

/// The folder that a file is to stand in.
fn folder_of(file: &Path) -> &Path {
    match file.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    }
}
