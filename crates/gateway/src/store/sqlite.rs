//! SQLite: one file in the data folder.

use std::fs::OpenOptions;
use std::io::{Error, ErrorKind};
use std::path::Path;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use sqlx::any::{AnyConnectOptions, AnyPoolOptions, install_default_drivers};
use sqlx::{AnyConnection, AnyPool, Connection as _, Executor as _};

use super::{Engine, Store, StoreError, migrations};

/// 3.7.0 to 3.51.2 can corrupt a database when the write-ahead log is reset.
const OLDEST: (u32, u32, u32) = (3, 51, 3);

/// What a statement over many rows may have to undo would go to a file of its own otherwise; and pages that change again
/// and again are copied from the journal to the database four times less often than by default, at 16 MiB.
const PRAGMAS: &str = "PRAGMA temp_store = MEMORY; PRAGMA wal_autocheckpoint = 4000";

pub(super) const MIGRATIONS: &[(i64, &str, &str)] = &[
    (1, "initial", include_str!("../../migrations/sqlite/0001_initial.sql")),
    (2, "vault_keys", include_str!("../../migrations/sqlite/0002_vault_keys.sql")),
    (3, "logins", include_str!("../../migrations/sqlite/0003_logins.sql")),
    (4, "sessions", include_str!("../../migrations/sqlite/0004_sessions.sql")),
    (5, "api_keys", include_str!("../../migrations/sqlite/0005_api_keys.sql")),
    (6, "parked_actions", include_str!("../../migrations/sqlite/0006_parked_actions.sql")),
    (7, "outbox", include_str!("../../migrations/sqlite/0007_outbox.sql")),
    (8, "quota_counts", include_str!("../../migrations/sqlite/0008_quota_counts.sql")),
    (9, "webhooks", include_str!("../../migrations/sqlite/0009_webhooks.sql")),
    (10, "recurring_messages", include_str!("../../migrations/sqlite/0010_recurring_messages.sql")),
    (11, "outbox_pauses", include_str!("../../migrations/sqlite/0011_outbox_pauses.sql")),
    (12, "saved_templates", include_str!("../../migrations/sqlite/0012_saved_templates.sql")),
    (13, "relayed_sign_ins", include_str!("../../migrations/sqlite/0013_relayed_sign_ins.sql")),
];

impl Store {
    /// Opens or creates the database and brings its schema up to date.
    pub(crate) async fn open(path: &Path) -> Result<Self, StoreError> {
        make_private_file(path).map_err(sqlx::Error::Io)?;
        let writer = writer(path).await?;
        sqlx::query("PRAGMA journal_mode = WAL").execute(&writer).await?;
        migrations(MIGRATIONS).run(&writer).await?;
        Self::with_readers(writer, path).await
    }

    /// Opens a database as it is; a gateway may be running on it.
    pub(crate) async fn attach(path: &Path) -> Result<Self, StoreError> {
        if !path.exists() {
            return Err(StoreError::Older);
        }
        Self::with_readers(writer(path).await?, path).await
    }

    async fn with_readers(writer: AnyPool, path: &Path) -> Result<Self, StoreError> {
        let readers = AnyPoolOptions::new()
            .max_connections(4)
            .min_connections(1)
            .connect_with(options(path, "ro")?)
            .await?;
        Ok(Self::over(writer, readers, Engine::Sqlite))
    }
}

async fn writer(path: &Path) -> Result<AnyPool, StoreError> {
    install_default_drivers();
    let writer = AnyPoolOptions::new()
        .max_connections(1)
        .after_connect(|connection, _| Box::pin(async { connection.execute(PRAGMAS).await.map(drop) }))
        .after_release(|connection, _| Box::pin(is_usable(connection)))
        .connect_with(options(path, "rw")?)
        .await?;
    check_version(&writer).await?;
    Ok(writer)
}

/// On a full disk SQLite ends a transaction by itself, which the driver does not notice: it would begin no other one on
/// this connection.
async fn is_usable(connection: &mut AnyConnection) -> Result<bool, sqlx::Error> {
    if connection.is_in_transaction() {
        // A transaction that was dropped is rolled back before this answers.
        connection.ping().await?;
    }
    Ok(!connection.is_in_transaction())
}

/// Unless told otherwise, SQLite writes through to the disk at every commit (`synchronous = FULL`), and the
/// driver waits five seconds for a lock and heeds foreign keys.
fn options(path: &Path, mode: &str) -> Result<AnyConnectOptions, sqlx::Error> {
    let not_unicode = || sqlx::Error::Io(Error::new(ErrorKind::InvalidFilename, "the path is not Unicode"));
    let path = path.to_str().ok_or_else(not_unicode)?;
    format!("sqlite:{}?mode={mode}", utf8_percent_encode(path, NON_ALPHANUMERIC)).parse()
}

/// `SQLite` gives its journal the mode of the database, and makes neither private by itself.
fn make_private_file(path: &Path) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

async fn check_version(pool: &AnyPool) -> Result<(), StoreError> {
    let version: String = sqlx::query_scalar("SELECT sqlite_version()").fetch_one(pool).await?;
    let mut numbers = version.split('.').map(|part| part.parse().unwrap_or(0));
    let mut next = || numbers.next().unwrap_or(0);
    if (next(), next(), next()) < OLDEST { Err(StoreError::OldSqlite(version)) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_committed_is_on_the_disk() {
        // A name that an address would have to escape.
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("카톡 50% #1?.db");
        let store = Store::open(&path).await.unwrap();
        assert!(path.exists());
        let values = "SELECT synchronous, foreign_keys, timeout, journal_mode
             FROM pragma_synchronous, pragma_foreign_keys, pragma_busy_timeout, pragma_journal_mode";
        let values: (i64, i64, i64, String) = sqlx::query_as(values).fetch_one(&store.writer).await.unwrap();
        assert_eq!(values, (2, 1, 5000, "wal".to_owned()));
        for (pragma, wanted) in [("PRAGMA temp_store", 2_i64), ("PRAGMA wal_autocheckpoint", 4000)] {
            let set: i64 = sqlx::query_scalar(pragma).fetch_one(&store.writer).await.unwrap();
            assert_eq!(set, wanted, "{pragma}");
        }
        store.close().await;
    }
}
