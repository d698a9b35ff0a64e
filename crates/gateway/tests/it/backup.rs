//! Backups: made while people sign in and send, put back whole or not at all.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::SignedDuration;
use katok_client::SystemChance;
use katok_gateway::{Backup, BackupError, DataFolder, Restored, StartError};
use serde_json::json;

use crate::database::Database;
use crate::house::{House, another_vault_key};
use crate::start::is_a_sentence_in_both_languages;
use crate::vault::sqlite;

async fn house() -> House {
    House::open_on(Database::Sqlite).await
}

impl House {
    async fn back_up(&self, name: &str) -> Result<Backup, BackupError> {
        self.storage().back_up(&self.data.path().join(name)).await
    }

    /// Puts a backup back while the gateway is stopped.
    async fn restore(self, file: &Path) -> (Self, Result<Restored, BackupError>) {
        let (storage, clock) = (self.storage(), self.clock.clone());
        let mut restored = None;
        let house = self.restart_after(async |data, _| {
            let folder = DataFolder::take(data).unwrap();
            restored = Some(storage.restore(&folder, file, clock, Arc::new(SystemChance)).await);
        });
        (house.await, restored.unwrap())
    }

    fn files(&self) -> Vec<String> {
        let files = std::fs::read_dir(self.data.path()).unwrap();
        let mut files: Vec<_> = files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
        files.sort();
        files
    }
}

#[tokio::test]
async fn what_was_backed_up_while_people_signed_in_is_all_there_again() {
    let house = house().await;
    let ryan = house.signed_in("ryan").await;
    let busy = async {
        for _ in 0..5 {
            house.signed_in("muzi").await.post("/message", json!({"text": "바쁨"})).await.is(200);
        }
    };
    let (backup, ()) = tokio::join!(house.back_up("backup.db"), busy);
    let backup = backup.unwrap();
    assert_eq!(std::fs::metadata(&backup.file).unwrap().len(), backup.bytes);
    let apeach = house.signed_in("apeach").await;
    ryan.get("/unlink").await.is(200);

    let (house, restored) = house.restore(&backup.file).await;
    let restored = restored.unwrap();
    assert_eq!(restored.vault.damaged, 0);
    apeach.get("/profile").await.is(401);
    let former = restored.former.unwrap();
    assert!(former.to_str().unwrap().contains("katok.db.before-restore-20260101T"), "{former:?}");
    assert!(backup.file.exists());

    // And the other way round: the former database is a backup too.
    house.advance(SignedDuration::from_secs(1));
    let (_house, restored) = house.restore(&former).await;
    restored.unwrap();
    apeach.get("/profile").await.is(200);
}

#[cfg(unix)]
#[tokio::test]
async fn a_backup_is_for_its_own_user_only_and_never_takes_the_place_of_a_file() {
    use std::os::unix::fs::PermissionsExt as _;
    let house = house().await;
    let backup = house.back_up("backup.db").await.unwrap();
    assert_eq!(std::fs::metadata(&backup.file).unwrap().permissions().mode() & 0o777, 0o600);
    let before = house.files();
    let error = house.back_up("backup.db").await.unwrap_err();
    assert!(matches!(error, BackupError::Exists(_)), "{error}");
    is_a_sentence_in_both_languages(&error);
    let error = house.back_up("no-such-folder/backup.db").await.unwrap_err();
    assert!(matches!(error, BackupError::File { .. }), "{error}");
    is_a_sentence_in_both_languages(&error);
    assert_eq!(house.files(), before);
}

#[tokio::test]
async fn what_is_no_sound_backup_changes_nothing() {
    let house = house().await;
    let browser = house.signed_in("ryan").await;
    let sound = house.back_up("sound.db").await.unwrap().file;
    let file = |name: &str| house.data.path().join(name);
    let bytes = std::fs::read(&sound).unwrap();
    std::fs::write(file("nonsense.db"), "this is no database ".repeat(1000)).unwrap();
    std::fs::write(file("empty.db"), "").unwrap();
    let mut torn = bytes.clone();
    // Past the first page, which holds the schema.
    torn[8192..12288].fill(0xa5);
    std::fs::write(file("torn.db"), torn).unwrap();
    std::fs::write(file("half.db"), &bytes[..bytes.len() / 2]).unwrap();
    std::fs::write(file("other.db"), "").unwrap();
    sqlite(&file("other.db"), "CREATE TABLE people (id INTEGER)").await;
    std::fs::write(file("damaged.db"), &bytes).unwrap();
    sqlite(&file("damaged.db"), "UPDATE tokens SET version = version + 1").await;
    std::fs::write(file("newer.db"), &bytes).unwrap();
    sqlite(&file("newer.db"), "UPDATE _sqlx_migrations SET version = 999 WHERE version = 2").await;
    let names =
        ["nonsense.db", "empty.db", "torn.db", "half.db", "other.db", "damaged.db", "newer.db", "none.db"];
    let paths: Vec<PathBuf> = names.iter().map(|name| file(name)).collect();

    let mut house = house;
    for path in paths {
        let before = house.files();
        let (again, restored) = house.restore(&path).await;
        house = again;
        let error = restored.unwrap_err();
        is_a_sentence_in_both_languages(&error);
        let told = match path.file_name().unwrap().to_str().unwrap() {
            "damaged.db" => matches!(error, BackupError::DoesNotOpen { damaged: 1, .. }),
            "newer.db" => matches!(error, BackupError::Storage(StartError::NewerDatabase(_))),
            "none.db" => matches!(error, BackupError::File { .. }),
            _ => matches!(error, BackupError::Unsound(_)),
        };
        assert!(told, "{}: {error}", path.display());
        assert_eq!(house.files(), before);
        browser.get("/profile").await.is(200);
    }
}

#[tokio::test]
async fn a_backup_that_the_vault_keys_do_not_open_changes_nothing() {
    let house = house().await;
    let browser = house.signed_in("ryan").await;
    let backup = house.back_up("backup.db").await.unwrap().file;
    let mut storage = house.storage();
    storage.vault_key = Some(another_vault_key());
    let clock = house.clock.clone();
    let mut error = None;
    let _house = house
        .restart_after(async |data, _| {
            let folder = DataFolder::take(data).unwrap();
            error = storage.restore(&folder, &backup, clock, Arc::new(SystemChance)).await.err();
        })
        .await;
    let error = error.unwrap();
    let BackupError::Storage(StartError::WrongVaultKey { accounts: 1, .. }) = &error else {
        panic!("{error}")
    };
    is_a_sentence_in_both_languages(&error);
    browser.get("/profile").await.is(200);
}

#[tokio::test]
async fn a_backup_of_before_a_new_key_is_opened_by_the_former_one() {
    let house = house().await;
    let browser = house.signed_in("ryan").await;
    let backup = house.back_up("backup.db").await.unwrap().file;
    house.rotate().await;
    let (house, restored) = house.restore(&backup).await;
    restored.unwrap();
    browser.get("/profile").await.is(200);
    // The key that was made already takes over again.
    let done = house.rotate().await;
    assert_eq!((done.made_in, done.sealed_anew), (None, 1));
    browser.get("/profile").await.is(200);
}

#[tokio::test]
async fn a_damaged_database_with_its_log_is_set_aside_as_it_is() {
    let house = house().await;
    let browser = house.signed_in("ryan").await;
    let backup = house.back_up("backup.db").await.unwrap().file;
    let (storage, clock) = (house.storage(), house.clock.clone());
    let mut former = None;
    let _house = house
        .restart_after(async |data, _| {
            std::fs::write(data.join("katok.db"), "damaged ".repeat(1000)).unwrap();
            std::fs::write(data.join("katok.db-wal"), "log").unwrap();
            let folder = DataFolder::take(data).unwrap();
            let restored = storage.restore(&folder, &backup, clock, Arc::new(SystemChance)).await.unwrap();
            former = restored.former;
        })
        .await;
    let former = former.unwrap();
    assert_eq!(std::fs::read_to_string(&former).unwrap(), "damaged ".repeat(1000));
    assert_eq!(std::fs::read_to_string(format!("{}-wal", former.display())).unwrap(), "log");
    browser.get("/profile").await.is(200);
}

#[tokio::test]
async fn postgresql_is_left_to_its_own_tools() {
    let Some(database) = Database::on_postgres().await else { return };
    let house = House::open_on(database).await;
    let error = house.back_up("backup.db").await.unwrap_err();
    assert!(error.to_string().contains("pg_dump"), "{error}");
    is_a_sentence_in_both_languages(&error);
    assert!(!house.data.path().join("backup.db").exists());
}
