//! PostgreSQL as the database: what goes wrong at the start, and what never shows.

use std::fmt::Write as _;
use std::sync::Arc;

use katok_client::ManualClock;
use katok_gateway::StartError;
use katok_gateway::config::PostgresUrl;
use url::Url;

use crate::database::Database;
use crate::house::{House, START, emulator, listener, settings, start};
use crate::start::is_a_sentence_in_both_languages;

/// Tries to start a gateway on a database at `url`, which does not work.
async fn refusal(database: &Database, url: &Url) -> StartError {
    let emulator = emulator().await;
    let (listener, home) = listener().await;
    let mut settings = settings(&emulator, &emulator.base_url(), &home, database);
    settings.database = Some(PostgresUrl::parse(url.as_str()).unwrap());
    let data = tempfile::tempdir().unwrap();
    let clock = Arc::new(ManualClock::new(START));
    let error = start(settings, data.path(), listener, &clock).await.err().unwrap();
    is_a_sentence_in_both_languages(&error);
    let shown = format!("{error} {error:?}");
    assert!(shown.contains(url.path()), "it does not say which database: {shown}");
    for password in [url.password().unwrap(), database.url().unwrap().password().unwrap()] {
        assert!(!shown.contains(password), "{shown}");
    }
    error
}

#[tokio::test]
async fn a_server_that_does_not_answer_is_named() {
    let Some(database) = Database::on_postgres().await else { return };
    let mut url = database.url().unwrap();
    let nobody = listener().await.1.port();
    url.set_port(nobody).unwrap();
    let error = refusal(&database, &url).await;
    assert!(matches!(error, StartError::DatabaseUnreachable { .. }), "{error}");
}

#[tokio::test]
async fn a_wrong_password_is_told_and_not_shown() {
    let Some(database) = Database::on_postgres().await else { return };
    let mut url = database.url().unwrap();
    url.set_password(Some("hunter2-and-more")).unwrap();
    let error = refusal(&database, &url).await;
    assert!(matches!(error, StartError::DatabaseSignIn(_)), "{error}");
}

#[tokio::test]
async fn a_missing_database_is_told_by_its_name() {
    let Some(database) = Database::on_postgres().await else { return };
    let mut url = database.url().unwrap();
    url.set_path("katok_not_there");
    let error = refusal(&database, &url).await;
    assert!(matches!(error, StartError::NoSuchDatabase(_)), "{error}");
}

#[tokio::test]
async fn a_user_who_may_make_no_tables_is_told() {
    let Some(database) = Database::on_postgres().await else { return };
    let mut url = database.url().unwrap();
    let guest = format!("guest_of{}", url.path().replace('/', "_"));
    database.execute(&format!("CREATE ROLE {guest} LOGIN PASSWORD 'hunter2-and-more'")).await;
    url.set_username(&guest).unwrap();
    url.set_password(Some("hunter2-and-more")).unwrap();
    let error = refusal(&database, &url).await;
    database.execute(&format!("DROP ROLE {guest}")).await;
    assert!(matches!(error, StartError::DatabaseNotAllowed(_)), "{error}");
}

#[tokio::test]
async fn a_server_without_tls_is_not_talked_to_when_tls_was_asked_for() {
    let Some(database) = Database::on_postgres().await else { return };
    let mut url = database.url().unwrap();
    url.set_query(Some("sslmode=verify-full"));
    let error = refusal(&database, &url).await;
    assert!(matches!(error, StartError::DatabaseTls { .. }), "{error}");
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_not_touched() {
    let Some(database) = Database::on_postgres().await else { return };
    let house = House::open_on(database).await;
    let url = house.database.url().unwrap();
    let newer = "INSERT INTO _sqlx_migrations VALUES (999, 'newer', '2026-01-01', TRUE, '\\x00', 0)";
    house.database.execute(newer).await;
    let error = refusal(&house.database, &url).await;
    assert!(matches!(error, StartError::NewerDatabase(_)), "{error}");
}

#[tokio::test]
async fn a_server_that_dropped_its_connections_is_asked_anew() {
    let Some(database) = Database::on_postgres().await else { return };
    let house = House::open_on(database).await;
    let browser = house.signed_in("ryan").await;
    let others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                  WHERE datname = current_database() AND pid <> pg_backend_pid()";
    house.database.execute(others).await;
    assert_eq!(browser.get("/readyz").await.is(200)["database"], "postgresql");
    browser.get("/profile").await.is(200);
}

#[tokio::test]
async fn nothing_secret_lies_in_the_database_in_the_clear() {
    let Some(database) = Database::on_postgres().await else { return };
    let house = House::open_on(database).await;
    let browser = house.signed_in("ryan").await;
    browser.post("/message", serde_json::json!({"text": "비밀-표식-7421"})).await.is(200);
    let dump = house.database.dump().await;
    assert!(dump.contains("acc_"), "the account was not there");
    let (session, write) = (browser.cookie("katok_session").unwrap(), browser.cookie("katok_write").unwrap());
    for text in [&session, &write, "비밀-표식-7421", "라이언", "access_token", "refresh_token"] {
        let mut digits = String::new();
        for byte in text.bytes() {
            write!(digits, "{byte:02x}").unwrap();
        }
        assert!(!dump.contains(text) && !dump.contains(&digits), "the database holds {text}");
    }
}
