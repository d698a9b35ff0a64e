//! The gateway's memory on disk: the only place with SQL.
//!
//! SQLite: one connection writes, a few read. Every function is one short transaction, and none stays
//! open while Kakao is asked something.

mod accounts;
mod login_attempts;
mod sessions;
mod tokens;
mod vault_check;

use std::fs::OpenOptions;
use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;
use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{SqlSafeStr, Sqlite, Transaction};

pub(crate) use accounts::{AccountId, Arrival};
pub(crate) use login_attempts::StoredAttempt;
pub(crate) use sessions::{NewSession, StoredSession};
pub(crate) use tokens::SealedTokens;

/// 3.7.0 to 3.51.2 can corrupt a database when the write-ahead log is reset.
const OLDEST_SQLITE: (u32, u32, u32) = (3, 51, 3);

/// Why the database could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StoreError {
    /// The file is not a sound SQLite database.
    #[error("the database is damaged")]
    Damaged(#[source] sqlx::Error),
    /// Anything else: disk full, locked, gone.
    #[error("the database did not answer: {0}")]
    Unavailable(#[source] sqlx::Error),
    /// A newer version of the program has changed the schema.
    #[error("the database is of a newer version")]
    Newer,
    /// The bundled SQLite has a known corruption bug.
    #[error("SQLite {0} is too old")]
    OldSqlite(String),
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        const CORRUPT: &str = "11";
        const NOT_A_DATABASE: &str = "26";
        let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
        match code.as_deref() {
            Some(CORRUPT | NOT_A_DATABASE) => Self::Damaged(error),
            _ => Self::Unavailable(error),
        }
    }
}

/// The open database.
#[derive(Clone, Debug)]
pub(crate) struct Store {
    writer: SqlitePool,
    readers: SqlitePool,
}

impl Store {
    /// Opens or creates the database and brings its schema up to date.
    pub(crate) async fn open(path: &Path) -> Result<Self, StoreError> {
        make_private_file(path).map_err(|error| StoreError::Unavailable(sqlx::Error::Io(error)))?;
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(5));
        let writer = SqlitePoolOptions::new().max_connections(1).connect_with(options.clone()).await?;
        check_version(&writer).await?;
        migrations().run(&writer).await.map_err(|error| match error {
            MigrateError::Execute(error) => StoreError::from(error),
            MigrateError::VersionMissing(_) | MigrateError::VersionMismatch(_) => StoreError::Newer,
            other => StoreError::Damaged(sqlx::Error::Migrate(Box::new(other))),
        })?;
        let readers = SqlitePoolOptions::new()
            .max_connections(4)
            .min_connections(1)
            .connect_with(options.read_only(true).create_if_missing(false))
            .await?;
        Ok(Self { writer, readers })
    }

    /// Answers when the database does.
    pub(crate) async fn ping(&self) -> Result<(), StoreError> {
        sqlx::query("SELECT 1").execute(&self.readers).await?;
        Ok(())
    }

    pub(crate) async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }

    /// A deferred transaction that reads first would fail at once if another write came between.
    async fn begin(&self) -> Result<Transaction<'static, Sqlite>, StoreError> {
        Ok(self.writer.begin_with("BEGIN IMMEDIATE").await?)
    }
}

/// `SQLite` gives its journal the mode of the database, and makes neither private by itself.
fn make_private_file(path: &Path) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

fn migrations() -> Migrator {
    let sql = include_str!("../migrations/0001_initial.sql");
    Migrator::with_migrations(vec![Migration::new(
        1,
        "initial".into(),
        MigrationType::Simple,
        sql.into_sql_str(),
        false,
    )])
}

async fn check_version(pool: &SqlitePool) -> Result<(), StoreError> {
    let version: String = sqlx::query_scalar("SELECT sqlite_version()").fetch_one(pool).await?;
    let mut numbers = version.split('.').map(|part| part.parse().unwrap_or(0));
    let mut next = || numbers.next().unwrap_or(0);
    if (next(), next(), next()) < OLDEST_SQLITE { Err(StoreError::OldSqlite(version)) } else { Ok(()) }
}

/// Times are kept as milliseconds since 1970: the same in every engine, and on a turned clock.
fn millis(time: Timestamp) -> i64 {
    time.as_millisecond()
}

fn time(millis: i64) -> Timestamp {
    Timestamp::from_millisecond(millis).unwrap_or(if millis < 0 { Timestamp::MIN } else { Timestamp::MAX })
}
