//! The database of one test: SQLite in its data folder, or one of its own on the server that
//! `KATOK_TEST_DATABASE_URL` names.

use std::io::{Write as _, stderr};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Once;
use std::time::Duration;

use katok_client::{Chance as _, SystemChance};
use katok_gateway::config::PostgresUrl;
use sqlx::any::install_default_drivers;
use sqlx::{AnyConnection, AssertSqlSafe, Connection as _, PgConnection};
use url::Url;

/// What a test keeps its data in; a database on the server is dropped with it.
pub(crate) enum Database {
    Sqlite,
    Postgres { server: Url, name: String, way: Option<SocketAddr> },
}

fn server() -> Option<Url> {
    let text = std::env::var("KATOK_TEST_DATABASE_URL").ok().filter(|text| !text.is_empty())?;
    Some(Url::parse(&text).unwrap())
}

impl Database {
    pub(crate) async fn new() -> Self {
        match server() {
            Some(server) => Self::on(server).await,
            None => Self::Sqlite,
        }
    }

    /// For tests that make no sense without a server; these say so.
    pub(crate) async fn on_postgres() -> Option<Self> {
        static SAID: Once = Once::new();
        if let Some(server) = server() {
            return Some(Self::on(server).await);
        }
        // Not by a macro: the test runner keeps those to itself unless a test fails.
        let left_out = b"left out: PostgreSQL (KATOK_TEST_DATABASE_URL names no server)\n";
        SAID.call_once(|| stderr().write_all(left_out).unwrap());
        None
    }

    async fn on(server: Url) -> Self {
        let mut chance = [0; 8];
        SystemChance.fill(&mut chance);
        let name = format!("katok_test_{:016x}", u64::from_ne_bytes(chance));
        execute(&server, format!("CREATE DATABASE {name} TEMPLATE template0")).await;
        Self::Postgres { server, name, way: None }
    }

    /// The same, but the gateway reaches the server at another address.
    pub(crate) fn by_way_of(mut self, address: SocketAddr) -> Self {
        if let Self::Postgres { way, .. } = &mut self {
            *way = Some(address);
        }
        self
    }

    /// Where the database is on the server.
    pub(crate) fn url(&self) -> Option<Url> {
        let Self::Postgres { server, name, .. } = self else { return None };
        let mut url = server.clone();
        url.set_path(name);
        Some(url)
    }

    /// As a gateway's setting.
    pub(crate) fn setting(&self) -> Option<PostgresUrl> {
        let mut url = self.url()?;
        if let Self::Postgres { way: Some(way), .. } = self {
            url.set_ip_host(way.ip()).unwrap();
            url.set_port(Some(way.port())).unwrap();
        }
        Some(PostgresUrl::parse(url.as_str()).unwrap())
    }

    /// The first column of each row that a query finds, on the server or in the file of a data folder.
    pub(crate) async fn column(&self, data: &Path, sql: &str) -> Vec<String> {
        let mut connection = self.connect(data).await;
        sqlx::query_scalar(AssertSqlSafe(sql.to_owned())).fetch_all(&mut connection).await.unwrap()
    }

    /// Changes something behind the gateway's back, on either engine.
    pub(crate) async fn change(&self, data: &Path, sql: &str) {
        let mut connection = self.connect(data).await;
        sqlx::query(AssertSqlSafe(sql.to_owned())).execute(&mut connection).await.unwrap();
    }

    async fn connect(&self, data: &Path) -> AnyConnection {
        let sqlite = || format!("sqlite:{}?mode=rw", data.join("katok.db").display());
        install_default_drivers();
        AnyConnection::connect(&self.url().map_or_else(sqlite, Into::into)).await.unwrap()
    }

    /// Does something behind the gateway's back.
    pub(crate) async fn execute(&self, sql: &str) {
        execute(&self.url().unwrap(), sql.to_owned()).await;
    }

    /// Everything in it, as text; binary columns as hexadecimal digits.
    pub(crate) async fn dump(&self) -> String {
        let mut connection = PgConnection::connect(self.url().unwrap().as_str()).await.unwrap();
        let tables = "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'";
        let tables: Vec<String> = sqlx::query_scalar(tables).fetch_all(&mut connection).await.unwrap();
        let mut dump = String::new();
        for table in tables {
            let rows = AssertSqlSafe(format!("SELECT t::text FROM {table} t"));
            let rows: Vec<String> = sqlx::query_scalar(rows).fetch_all(&mut connection).await.unwrap();
            dump.extend(rows);
        }
        dump
    }
}

async fn execute(url: &Url, sql: String) {
    let mut connection = PgConnection::connect(url.as_str()).await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

impl Drop for Database {
    fn drop(&mut self) {
        let Self::Postgres { server, name, .. } = self else { return };
        let (server, sql) = (server.clone(), format!("DROP DATABASE {name} WITH (FORCE)"));
        let (done, dropped) = std::sync::mpsc::channel::<()>();
        // A runtime of its own: that of the test waits for this.
        std::thread::spawn(move || {
            let _done = done;
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(execute(&server, sql));
        });
        // Not for ever: the server cannot drop it while a connection of the waiting runtime still signs in. When
        // that runtime has ended, it can.
        let _ = dropped.recv_timeout(Duration::from_secs(2));
    }
}
