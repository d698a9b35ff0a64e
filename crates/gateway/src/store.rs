//! What the gateway remembers: the only place with SQL.
//!
//! Two engines take the same statements, by sqlx's `Any` driver: SQLite in the data folder (one connection
//! writes, a few read), or PostgreSQL, which several gateways share. Every function is one short
//! transaction, and none stays open while Kakao is asked something.

mod accounts;
mod api_keys;
mod backup;
mod changes;
mod id;
mod keep_alive;
mod login_attempts;
mod login_ends;
mod outbox;
mod postgres;
mod quota;
mod recent;
mod recurring;
mod relayed_sign_ins;
mod rows;
mod saved_templates;
mod sealed;
mod sessions;
mod sqlite;
mod tokens;
mod unlinks;
mod vault_keys;
mod webhooks;

use std::cmp::Ordering;
use std::sync::Arc;

use jiff::Timestamp;
use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};
use sqlx::{Any, AnyPool, PgPool, SqlSafeStr, Transaction};

use self::recent::{Changed, Recent};
use crate::digest::Digest;
use crate::seal::DoesNotOpen;

pub(crate) use accounts::{AccountId, Arrival};
pub(crate) use api_keys::{ApiKeyId, ListedApiKey, StoredApiKey};
pub(crate) use changes::Place;
pub(crate) use keep_alive::DueLogin;
pub(crate) use login_attempts::StoredAttempt;
pub(crate) use outbox::{
    Accepted, Attempt, Begin, BeginDelivery, Begun, Claim, DueDelivery, HistoryWish, Holder, KeptDelivery,
    KeptMessage, LOOKED_THROUGH, Lane, ListWish, MessageId, NewMessage, Open, PastAttempt, Paused, Receiver,
    Release, Rest, Scope, Settle, Settled, Unused,
};
pub(crate) use postgres::AccountLock;
pub(crate) use recurring::{NewRecurring, PausedFor, RecurringId, SealedRecurring, StoredRecurring};
pub(crate) use relayed_sign_ins::{Fetched, RelayId, StoredRelay};
pub(crate) use saved_templates::{SavedTemplateId, SealedTemplate, StoredTemplate};
pub(crate) use sealed::{SealedAccount, SealedAnew, SealedMessage};
pub(crate) use sessions::{ListedSession, NewSession, SessionId, StoredSession};
pub(crate) use tokens::{SealedTokens, StoredTokens};
pub(crate) use unlinks::{AskedBy, BegunUnlink, Departure, Receipt, ToldEvent, UnlinkState};
pub(crate) use vault_keys::WritingKeyHandover;
pub(crate) use webhooks::{DuePost, ListedPost, PostId, Posted, SealedWebhook, StoredWebhook, WebhookId};

/// Why the database could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StoreError {
    /// The file is not a sound SQLite database.
    #[error("the database is damaged")]
    Damaged(#[source] sqlx::Error),
    /// Nothing can be written until somebody makes room.
    #[error("the disk is full: {0}")]
    Full(#[source] sqlx::Error),
    /// Anything else: locked, gone.
    #[error("the database did not answer: {0}")]
    Unavailable(#[source] sqlx::Error),
    /// A newer version of the program has changed the schema.
    #[error("the database is of a newer version")]
    Newer,
    /// This version of the program has not brought the schema up to date yet.
    #[error("the database is of an older version, or not there")]
    Older,
    /// The bundled SQLite has a known corruption bug.
    #[error("SQLite {0} is too old")]
    OldSqlite(String),
    /// The server is older than what we are tested with.
    #[error("PostgreSQL {0} is too old")]
    OldPostgres(String),
    /// Nobody answers there.
    #[error("PostgreSQL cannot be reached: {0}")]
    Unreachable(String),
    /// Wrong user or password, or not from here.
    #[error("PostgreSQL refused the user or the password")]
    SignInRefused,
    #[error("PostgreSQL has no database of this name")]
    NoSuchDatabase,
    /// The user may not make tables.
    #[error("PostgreSQL refused to make the tables")]
    NotAllowed,
    #[error("no encrypted connection to PostgreSQL: {0}")]
    Tls(String),
    /// What is in it cannot be read or written without another vault key.
    #[error(transparent)]
    Seal(#[from] DoesNotOpen),
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        const CORRUPT: &str = "11";
        const NOT_A_DATABASE: &str = "26";
        const FULL: &str = "13";
        const FULL_IN_POSTGRES: &str = "53100";
        let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
        match code.as_deref() {
            Some(CORRUPT | NOT_A_DATABASE) => Self::Damaged(error),
            Some(FULL | FULL_IN_POSTGRES) => Self::Full(error),
            _ => Self::Unavailable(error),
        }
    }
}

/// The open database.
#[derive(Clone, Debug)]
pub(crate) struct Store {
    writer: AnyPool,
    readers: AnyPool,
    engine: Engine,
    group: outbox::Group,
    recent_sessions: Arc<Recent<Digest, StoredSession>>,
    recent_tokens: Arc<Recent<AccountId, StoredTokens>>,
    recent_keys: Arc<Recent<Digest, StoredApiKey>>,
}

/// What the two engines do not do alike.
#[derive(Clone, Debug)]
enum Engine {
    Sqlite,
    /// Connections of their own for locks that are held while Kakao is asked.
    Postgres {
        locks: PgPool,
    },
}

impl Store {
    fn over(writer: AnyPool, readers: AnyPool, engine: Engine) -> Self {
        let group = outbox::Group::start(&writer, &engine);
        Self {
            writer,
            readers,
            engine,
            group,
            recent_sessions: Arc::default(),
            recent_tokens: Arc::default(),
            recent_keys: Arc::default(),
        }
    }

    /// Answers when the database does, and reads a table of ours: SQLite answers without one from nowhere.
    pub(crate) async fn ping(&self) -> Result<(), StoreError> {
        sqlx::query("SELECT 1 FROM sessions LIMIT 1").execute(&self.readers).await?;
        Ok(())
    }

    pub(crate) fn engine(&self) -> &'static str {
        match self.engine {
            Engine::Sqlite => "sqlite",
            Engine::Postgres { .. } => "postgresql",
        }
    }

    pub(crate) async fn close(&self) {
        if let Engine::Postgres { locks } = &self.engine {
            // Not awaited: who still holds one waits for Kakao, and has been waited for long enough.
            drop(locks.close());
        }
        self.readers.close().await;
        self.writer.close().await;
    }

    /// Throws out what has run out: nobody comes back for it.
    pub(crate) async fn throw_out_expired(&self, now: Timestamp) -> Result<(), StoreError> {
        let _changing = self.changing(Changed::Anyone);
        // In PostgreSQL two gateways that throw out the same rows could wait for one another for ever.
        let attempts = self.choose(
            "DELETE FROM login_attempts WHERE expires_at <= $1",
            "DELETE FROM login_attempts WHERE state_digest IN
             (SELECT state_digest FROM login_attempts WHERE expires_at <= $1 FOR UPDATE SKIP LOCKED)",
        );
        let sessions = self.choose(
            "DELETE FROM sessions WHERE expires_at <= $1",
            "DELETE FROM sessions WHERE id_digest IN
             (SELECT id_digest FROM sessions WHERE expires_at <= $1 FOR UPDATE SKIP LOCKED)",
        );
        let relays = self.choose(
            "DELETE FROM relayed_sign_ins WHERE expires_at <= $1",
            "DELETE FROM relayed_sign_ins WHERE id IN
             (SELECT id FROM relayed_sign_ins WHERE expires_at <= $1 FOR UPDATE SKIP LOCKED)",
        );
        for statement in [attempts, sessions, relays] {
            sqlx::query(statement).bind(millis(now)).execute(&self.writer).await?;
        }
        Ok(())
    }

    /// Refuses a database that a gateway of this version has not started on: whoever works beside a running
    /// gateway must not change the tables under it.
    pub(crate) async fn is_up_to_date(&self) -> Result<(), StoreError> {
        match self.version().await?.cmp(&self.latest_version()) {
            Ordering::Less => Err(StoreError::Older),
            Ordering::Equal => Ok(()),
            Ordering::Greater => Err(StoreError::Newer),
        }
    }

    /// The version of the schema; `None` in what is no database of ours.
    async fn version(&self) -> Result<Option<i64>, StoreError> {
        let table: i64 = sqlx::query_scalar(self.choose(
            "SELECT COUNT(*) FROM sqlite_master WHERE name = '_sqlx_migrations'",
            "SELECT COUNT(*) FROM pg_tables
             WHERE tablename = '_sqlx_migrations' AND schemaname = ANY (current_schemas(false))",
        ))
        .fetch_one(&self.readers)
        .await?;
        if table == 0 {
            return Ok(None);
        }
        let version = sqlx::query_scalar("SELECT MAX(version) FROM _sqlx_migrations WHERE success");
        Ok(version.fetch_one(&self.readers).await?)
    }

    fn latest_version(&self) -> Option<i64> {
        let migrations = match self.engine {
            Engine::Sqlite => sqlite::MIGRATIONS,
            Engine::Postgres { .. } => postgres::MIGRATIONS,
        };
        migrations.last().map(|(version, ..)| *version)
    }

    async fn begin(&self) -> Result<Transaction<'static, Any>, StoreError> {
        self.engine.begin(&self.writer).await
    }

    fn choose(&self, sqlite: &'static str, postgres: &'static str) -> &'static str {
        self.engine.choose(sqlite, postgres)
    }
}

impl Engine {
    async fn begin(&self, writer: &AnyPool) -> Result<Transaction<'static, Any>, StoreError> {
        Ok(match self {
            // A deferred transaction that reads first would fail at once if another write came between.
            Self::Sqlite => writer.begin_with("BEGIN IMMEDIATE").await?,
            Self::Postgres { .. } => writer.begin().await?,
        })
    }

    /// For the few statements that cannot be the same.
    fn choose(&self, sqlite: &'static str, postgres: &'static str) -> &'static str {
        match self {
            Self::Sqlite => sqlite,
            Self::Postgres { .. } => postgres,
        }
    }

    /// The time of the database, in milliseconds: the one clock that all gateways share, and nobody turns.
    fn clock(&self) -> &'static str {
        self.choose(
            "CAST(unixepoch('subsec') * 1000 AS INTEGER)",
            "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)",
        )
    }
}

/// One file for each version of the schema, the oldest first.
fn migrations(files: &[(i64, &'static str, &'static str)]) -> Migrator {
    let migration = |&(version, name, sql): &(i64, &'static str, &'static str)| {
        Migration::new(version, name.into(), MigrationType::Simple, sql.into_sql_str(), false)
    };
    Migrator::with_migrations(files.iter().map(migration).collect())
}

impl From<MigrateError> for StoreError {
    fn from(error: MigrateError) -> Self {
        match error {
            MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => error.into(),
            MigrateError::VersionMissing(_) | MigrateError::VersionMismatch(_) => Self::Newer,
            other => Self::Damaged(sqlx::Error::Migrate(Box::new(other))),
        }
    }
}

/// Times are kept as milliseconds since 1970: the same in every engine, and on a turned clock.
fn millis(time: Timestamp) -> i64 {
    time.as_millisecond()
}

fn time(millis: i64) -> Timestamp {
    Timestamp::from_millisecond(millis).unwrap_or(if millis < 0 { Timestamp::MIN } else { Timestamp::MAX })
}
