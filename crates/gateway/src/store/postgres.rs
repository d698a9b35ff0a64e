//! PostgreSQL: one database that several gateways share.

use std::io::ErrorKind;
use std::time::Duration;

use sqlx::any::{AnyConnectOptions, AnyPoolOptions, install_default_drivers};
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgAdvisoryLock, PgAdvisoryLockGuard, PgConnectOptions, PgConnection, PgPoolOptions};
use sqlx::{Connection as _, Postgres};
use tokio::time::timeout;

use super::recent::Changed;
use super::{AccountId, Engine, Store, StoreError, migrations};
use crate::config::PostgresUrl;

/// The oldest that the tests run on, as `server_version_num` has it.
const OLDEST: u32 = 15_00_00;

pub(super) const MIGRATIONS: &[(i64, &str, &str)] = &[
    (1, "initial", include_str!("../../migrations/postgres/0001_initial.sql")),
    (2, "vault_keys", include_str!("../../migrations/postgres/0002_vault_keys.sql")),
    (3, "logins", include_str!("../../migrations/postgres/0003_logins.sql")),
    (4, "sessions", include_str!("../../migrations/postgres/0004_sessions.sql")),
    (5, "api_keys", include_str!("../../migrations/postgres/0005_api_keys.sql")),
    (6, "parked_actions", include_str!("../../migrations/postgres/0006_parked_actions.sql")),
    (7, "outbox", include_str!("../../migrations/postgres/0007_outbox.sql")),
    (8, "quota_counts", include_str!("../../migrations/postgres/0008_quota_counts.sql")),
    (9, "webhooks", include_str!("../../migrations/postgres/0009_webhooks.sql")),
    (10, "recurring_messages", include_str!("../../migrations/postgres/0010_recurring_messages.sql")),
    (11, "outbox_pauses", include_str!("../../migrations/postgres/0011_outbox_pauses.sql")),
    (12, "saved_templates", include_str!("../../migrations/postgres/0012_saved_templates.sql")),
    (13, "relayed_sign_ins", include_str!("../../migrations/postgres/0013_relayed_sign_ins.sql")),
];

/// How long the first connection may take.
const CONNECT: Duration = Duration::from_secs(10);

/// Connections of one gateway; a server takes a hundred unless told otherwise.
const CONNECTIONS: u32 = 10;

/// How many accounts one gateway refreshes at a time: each needs a connection while Kakao is asked.
const LOCKS: u32 = 8;

/// How long somebody waits for a connection, also through a short restart of the server, before being told that
/// the database does not answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// As long as the client waits for somebody else's refresh.
const LOCK_PATIENCE: Duration = Duration::from_secs(30);

impl Store {
    /// Connects to the database and brings its schema up to date; other gateways that start wait meanwhile.
    pub(crate) async fn connect(url: &PostgresUrl) -> Result<Self, StoreError> {
        let store = Self::connect_as_it_is(url).await?;
        // Whatever happens to the migrator, its lock goes with its connection.
        migrations(MIGRATIONS).run(&store.writer).await.map_err(|error| match StoreError::from(error) {
            StoreError::Unavailable(error) => connect_error(error),
            other => other,
        })?;
        Ok(store)
    }

    /// Connects to the database as it is; gateways may be running on it.
    pub(crate) async fn connect_as_it_is(url: &PostgresUrl) -> Result<Self, StoreError> {
        install_default_drivers();
        let options: PgConnectOptions = url.secret().parse()?;
        // A pool would try again and again, and in the end tell only that it took too long.
        let connecting = timeout(CONNECT, PgConnection::connect_with(&options)).await;
        let unanswered = |_| StoreError::Unreachable(format!("no answer within {} s", CONNECT.as_secs()));
        let connection = connecting.map_err(unanswered)?.map_err(connect_error)?;
        if let Some(version) = connection.server_version_num().filter(|version| *version < OLDEST) {
            return Err(StoreError::OldPostgres(format!("{}.{}", version / 10_000, version % 10_000)));
        }
        connection.close().await.map_err(connect_error)?;

        let shared = AnyPoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(PATIENCE)
            .connect_with(url.secret().parse::<AnyConnectOptions>()?)
            .await?;
        let locks = PgPoolOptions::new()
            // One more listens for what other gateways announce.
            .max_connections(LOCKS + 1)
            .acquire_timeout(LOCK_PATIENCE)
            .connect_lazy_with(options.options([
                ("lock_timeout", "30s"),
                // The locks of a machine that vanished are free after a minute, not after two hours.
                ("tcp_keepalives_idle", "30"),
                ("tcp_keepalives_interval", "10"),
                ("tcp_keepalives_count", "3"),
            ]));
        Ok(Self::over(shared.clone(), shared, Engine::Postgres { locks }))
    }

    /// Keeps other gateways from refreshing this account's tokens as long as the lock lives.
    ///
    /// A connection holds it, not a transaction, and PostgreSQL frees it when the connection ends: also when
    /// the gateway is killed. Poolers that change connections between statements cannot keep such a lock.
    pub(crate) async fn lock_account(&self, account: &AccountId) -> Result<AccountLock, StoreError> {
        // Who had the lock before may have changed them at another gateway.
        let _changed = self.changing(Changed::Account(account));
        let Engine::Postgres { locks } = &self.engine else { return Ok(AccountLock(None)) };
        let lock = PgAdvisoryLock::new(format!("katok/refresh/{account}"));
        Ok(AccountLock(Some(lock.acquire(locks.acquire().await?).await?)))
    }
}

/// Held towards other gateways; SQLite has none.
pub(crate) struct AccountLock(
    #[expect(dead_code, reason = "held until it is dropped")]
    Option<PgAdvisoryLockGuard<PoolConnection<Postgres>>>,
);

/// What goes wrong when one connects for the first time, told apart by what the person must do.
fn connect_error(error: sqlx::Error) -> StoreError {
    const INVALID_AUTHORIZATION: &str = "28000";
    const INVALID_PASSWORD: &str = "28P01";
    const NO_SUCH_DATABASE: &str = "3D000";
    const NOT_ALLOWED: &str = "42501";
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    match (code.as_deref(), &error) {
        (Some(INVALID_AUTHORIZATION | INVALID_PASSWORD), _) => StoreError::SignInRefused,
        (Some(NO_SUCH_DATABASE), _) => StoreError::NoSuchDatabase,
        (Some(NOT_ALLOWED), _) => StoreError::NotAllowed,
        (_, sqlx::Error::Tls(error)) => StoreError::Tls(error.to_string()),
        // A certificate that is not trusted.
        (_, sqlx::Error::Io(error)) if error.kind() == ErrorKind::InvalidData => {
            StoreError::Tls(error.to_string())
        }
        (_, sqlx::Error::Io(error)) => StoreError::Unreachable(error.to_string()),
        _ => StoreError::Unavailable(error),
    }
}
