//! What cannot start says why, in a sentence, and leaves the data as it was.

use katok_gateway::{DataFolder, DataFolderError, StartError};

use crate::database::Database;
use crate::house::{House, another_vault_key, listener, start};

pub(crate) fn is_a_sentence_in_both_languages(error: &impl std::error::Error) {
    let text = error.to_string();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 2, "{text}");
    assert!(!lines[0].is_ascii() && lines[1].len() > 20, "{text}");
}

#[tokio::test]
async fn another_vault_key_is_noticed_at_the_start() {
    let house = House::open().await;
    house.signed_in("ryan").await;
    let mut settings = house.settings();
    house.gateway.stop().await;
    settings.vault_key = Some(another_vault_key());
    let error =
        start(settings.clone(), house.data.path(), listener().await.0, &house.clock).await.err().unwrap();
    assert!(matches!(error, StartError::WrongVaultKey { .. }), "{error}");
    is_a_sentence_in_both_languages(&error);
    settings.vault_key = Some(katok_gateway::config::VaultKeyText::new("too short"));
    let error =
        start(settings.clone(), house.data.path(), listener().await.0, &house.clock).await.err().unwrap();
    assert!(matches!(error, StartError::MalformedVaultKey(None)), "{error}");
    settings.vault_key = None;
    start(settings, house.data.path(), listener().await.0, &house.clock).await.unwrap();
}

#[tokio::test]
async fn a_lost_vault_key_file_is_not_replaced_by_a_new_one() {
    let house = House::open().await;
    let (settings, data) = (house.settings(), house.data.path().to_owned());
    house.gateway.stop().await;
    std::fs::remove_file(data.join("vault.key")).unwrap();
    let error = start(settings, house.data.path(), listener().await.0, &house.clock).await.err().unwrap();
    assert!(matches!(error, StartError::VaultKeyGone { .. }), "{error}");
    is_a_sentence_in_both_languages(&error);
    assert!(!data.join("vault.key").exists());
}

#[tokio::test]
async fn a_damaged_database_is_named_and_not_touched() {
    let house = House::open_on(Database::Sqlite).await;
    let (settings, database) = (house.settings(), house.data.path().join("katok.db"));
    house.gateway.stop().await;
    let damaged = "this is no database ".repeat(1000);
    std::fs::write(&database, &damaged).unwrap();
    let error = start(settings, house.data.path(), listener().await.0, &house.clock).await.err().unwrap();
    assert!(matches!(error, StartError::DamagedDatabase(_)), "{error}");
    is_a_sentence_in_both_languages(&error);
    assert_eq!(std::fs::read_to_string(&database).unwrap(), damaged);
}

#[test]
fn a_data_folder_that_is_a_file_is_refused() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let error = DataFolder::take(file.path()).unwrap_err();
    assert!(matches!(error, DataFolderError::Unusable { .. }), "{error}");
    is_a_sentence_in_both_languages(&error);
}

#[tokio::test]
async fn a_data_folder_in_use_is_refused_and_free_again_afterwards() {
    let house = House::open().await;
    let error = DataFolder::take(house.data.path()).unwrap_err();
    assert!(matches!(error, DataFolderError::InUse(_)), "{error}");
    is_a_sentence_in_both_languages(&error);
    house.visitor().get("/readyz").await.is(200);
    house.gateway.stop().await;
    DataFolder::take(house.data.path()).unwrap();
}

#[tokio::test]
async fn readyz_says_which_engine_it_is() {
    let house = House::open_on(Database::Sqlite).await;
    assert_eq!(house.visitor().get("/readyz").await.is(200)["database"], "sqlite");
}

#[cfg(unix)]
#[tokio::test]
async fn what_it_writes_is_for_its_own_user_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let house = House::open_on(Database::Sqlite).await;
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    for file in ["vault.key", "katok.db", "katok.db-wal"] {
        assert_eq!(mode(&house.data.path().join(file)), 0o600, "{file}");
    }
    let folder = house.data.path().join("made");
    drop(DataFolder::take(&folder).unwrap());
    assert_eq!(mode(&folder), 0o700);
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_not_called_damaged() {
    let house = House::open_on(Database::Sqlite).await;
    let (settings, data) = (house.settings(), house.data.path().to_owned());
    house.gateway.stop().await;
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(data.join("katok.db"));
    let database = sqlx::SqlitePool::connect_with(options).await.unwrap();
    let newer = "INSERT INTO _sqlx_migrations VALUES (999, 'newer', '2026-01-01', TRUE, X'00', 0)";
    sqlx::query(newer).execute(&database).await.unwrap();
    database.close().await;
    let error = start(settings, &data, listener().await.0, &house.clock).await.err().unwrap();
    assert!(matches!(error, StartError::NewerDatabase(_)), "{error}");
    is_a_sentence_in_both_languages(&error);
}
