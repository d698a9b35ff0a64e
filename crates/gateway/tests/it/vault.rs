//! The vault keys: another one takes over while everybody goes on, and what is missing or damaged is told.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::SignedDuration;
use katok_client::SystemChance;
use katok_gateway::config::VaultKeyText;
use katok_gateway::{Inspection, Rotation, StartError, Storage};
use serde_json::json;

use crate::database::Database;
use crate::first_release;
use crate::house::{House, listener, start};
use crate::start::is_a_sentence_in_both_languages;

/// Another key than those that gateways make and `another_vault_key` gives.
const THIRD_KEY: &str = "/////////////////////////////////////////ZY=";

impl House {
    pub(crate) fn storage(&self) -> Storage {
        Storage {
            data: self.data.path().to_owned(),
            database: self.database.setting(),
            vault_key: self.settings().vault_key,
        }
    }

    pub(crate) async fn rotate(&self) -> Rotation {
        let clock = self.clock.clone();
        self.storage().rotate_vault_key(clock, Arc::new(SystemChance)).await.unwrap()
    }

    pub(crate) async fn check(&self) -> Result<Inspection, StartError> {
        self.storage().check_vault(self.clock.clone(), Arc::new(SystemChance)).await
    }

    fn key_file(&self) -> PathBuf {
        self.data.path().join("vault.key")
    }

    /// Does something behind the gateway's back.
    pub(crate) async fn sql(&self, sql: &str) {
        match &self.database {
            Database::Postgres { .. } => self.database.execute(sql).await,
            Database::Sqlite => sqlite(&self.data.path().join("katok.db"), sql).await,
        }
    }
}

pub(crate) async fn sqlite(file: &Path, sql: &str) {
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(file);
    let database = sqlx::SqlitePool::connect_with(options).await.unwrap();
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql.to_owned())).execute(&database).await.unwrap();
    database.close().await;
}

/// Waits as long as a number of other things take.
async fn a_while(length: usize) {
    for _ in 0..length {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_new_key_takes_over_in_the_file_and_everybody_goes_on() {
    let house = House::open().await;
    let (ryan, apeach) = (house.signed_in("ryan").await, house.signed_in("apeach").await);
    let before = std::fs::read_to_string(house.key_file()).unwrap();
    let done = house.rotate().await;
    assert_eq!((done.sealed_anew, done.damaged), (2, 0));
    assert_ne!(done.from, done.to);
    assert_eq!(done.made_in, Some(house.key_file()));
    let after = std::fs::read_to_string(house.key_file()).unwrap();
    assert!(after.ends_with(&before) && after.starts_with("# 2026-01-01\n"), "the former key moved");

    // The running gateway has never seen the new key.
    for browser in [&ryan, &apeach] {
        browser.get("/profile").await.is(200);
    }
    house.signed_in("muzi").await.get("/profile").await.is(200);
    let found = house.check().await.unwrap();
    assert_eq!(found.writing_key, done.to);
    assert_eq!((found.accounts, found.damaged), (3, 0));
    assert_eq!((found.keys.len(), found.keys[0].id.as_deref()), (1, Some(done.to.as_str())));
    let house = house.restart().await;
    ryan.get("/profile").await.is(200);

    // The former key is no longer needed.
    let new = after.lines().nth(1).unwrap();
    std::fs::write(house.key_file(), new).unwrap();
    let _house = house.restart().await;
    ryan.get("/profile").await.is(200);
}

#[cfg(unix)]
#[tokio::test]
async fn a_key_file_stays_as_private_as_it_was_and_where_a_link_leads() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    let house = House::open().await;
    let elsewhere = house.data.path().join("elsewhere.key");
    std::fs::rename(house.key_file(), &elsewhere).unwrap();
    symlink(&elsewhere, house.key_file()).unwrap();
    house.rotate().await;
    assert!(house.key_file().is_symlink());
    assert_eq!(std::fs::metadata(&elsewhere).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(std::fs::read_to_string(&elsewhere).unwrap().lines().count(), 3);
    house.check().await.unwrap();
}

#[tokio::test]
async fn requests_go_on_while_keys_change() {
    let house = House::open().await;
    let ryan = house.signed_in("ryan").await;
    let requests = async {
        for _ in 0..20 {
            ryan.get("/profile").await.is(200);
            house.signed_in("muzi").await.get("/profile").await.is(200);
        }
    };
    let rotations = async {
        for _ in 0..5 {
            house.rotate().await;
        }
    };
    tokio::join!(requests, rotations);
    let found = house.check().await.unwrap();
    assert_eq!((found.accounts, found.damaged, found.keys.len()), (2, 0, 1));
}

#[tokio::test]
async fn a_rotation_that_is_broken_off_anywhere_is_finished_by_the_next() {
    let house = House::open().await;
    let browsers = [house.signed_in("ryan").await, house.signed_in("apeach").await];
    for length in 0..12 {
        tokio::select! {
            biased;
            () = a_while(length * 16) => {}
            _ = house.rotate() => {}
        }
        assert_eq!(house.check().await.unwrap().damaged, 0);
        for browser in &browsers {
            browser.get("/profile").await.is(200);
        }
    }
    house.rotate().await;
    let found = house.check().await.unwrap();
    assert_eq!(found.keys.len(), 1);
    assert_eq!(found.keys[0].id.as_ref(), Some(&found.writing_key));
}

#[tokio::test]
async fn a_key_that_was_put_into_the_file_but_never_wrote_is_the_next_one_to_write() {
    let house = House::open().await;
    house.signed_in("ryan").await;
    let former = std::fs::read_to_string(house.key_file()).unwrap();
    std::fs::write(house.key_file(), format!("{THIRD_KEY}\n{former}")).unwrap();
    let done = house.rotate().await;
    assert_eq!((done.made_in, done.sealed_anew), (None, 1));
    assert_eq!(std::fs::read_to_string(house.key_file()).unwrap(), format!("{THIRD_KEY}\n{former}"));
}

#[tokio::test]
async fn two_rotations_at_once_agree_in_the_end() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    tokio::join!(house.rotate(), house.rotate());
    browser.get("/profile").await.is(200);
    let found = house.check().await.unwrap();
    assert_eq!((found.keys.len(), found.damaged), (1, 0));
    assert_eq!(found.keys[0].id.as_ref(), Some(&found.writing_key));
}

#[tokio::test]
async fn of_keys_in_a_setting_the_first_takes_over_and_without_another_one_there_is_none() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    let made = std::fs::read_to_string(house.key_file()).unwrap();
    let mut storage = house.storage();
    storage.vault_key = Some(VaultKeyText::new(made.clone()));
    let rotate = |storage: Storage| {
        let clock = house.clock.clone();
        async move { storage.rotate_vault_key(clock, Arc::new(SystemChance)).await }
    };
    let error = rotate(storage.clone()).await.unwrap_err();
    assert!(matches!(error, StartError::NoNewVaultKey), "{error}");
    is_a_sentence_in_both_languages(&error);

    // The gateway learns the key before it writes.
    std::fs::write(house.key_file(), format!("{made}{THIRD_KEY}")).unwrap();
    storage.vault_key = Some(VaultKeyText::new(format!("{THIRD_KEY},{made}")));
    let done = rotate(storage.clone()).await.unwrap();
    assert_eq!((done.made_in, done.sealed_anew), (None, 1));
    browser.get("/profile").await.is(200);
    house.signed_in("muzi").await.get("/profile").await.is(200);

    // As if it had been broken off before this account.
    house.sql("UPDATE accounts SET vault_key_id = NULL WHERE id = (SELECT MIN(id) FROM accounts)").await;
    let done = rotate(storage).await.unwrap();
    assert_eq!((done.from, done.sealed_anew), (done.to, 1));
}

#[tokio::test]
async fn a_lost_key_is_named_with_the_accounts_that_hang_on_it() {
    let house = House::open().await;
    let former = std::fs::read_to_string(house.key_file()).unwrap();
    house.signed_in("ryan").await;
    house.signed_in("apeach").await;
    let lost = house.rotate().await.to;
    std::fs::write(house.key_file(), &former).unwrap();
    let rotated = house.storage().rotate_vault_key(house.clock.clone(), Arc::new(SystemChance)).await;
    let (checked, settings) = (house.check().await.unwrap_err(), house.settings());
    house.gateway.stop().await;
    let started = start(settings, house.data.path(), listener().await.0, &house.clock).await.err().unwrap();
    for error in [checked, started, rotated.unwrap_err()] {
        is_a_sentence_in_both_languages(&error);
        let StartError::WrongVaultKey { key, accounts, .. } = &error else { panic!("{error}") };
        assert_eq!((key.as_deref(), *accounts), (Some(lost.as_str()), 2));
        assert!(error.to_string().matches(lost.as_str()).count() == 2, "{error}");
    }
}

#[tokio::test]
async fn damage_is_counted_and_does_not_keep_others_from_a_new_key() {
    let house = House::open().await;
    house.signed_in("ryan").await;
    // The ids of accounts follow the time.
    house.advance(SignedDuration::from_secs(1));
    let browser = house.signed_in("apeach").await;
    house
        .sql("UPDATE tokens SET version = version + 1 WHERE account_id = (SELECT MIN(id) FROM accounts)")
        .await;
    let found = house.check().await.unwrap();
    assert_eq!((found.accounts, found.opened, found.damaged), (2, 3, 1));
    assert_eq!(house.rotate().await.sealed_anew, 2);
    // The data key of the first in the place of the second's.
    house
        .sql(
            "UPDATE accounts SET data_key = (SELECT data_key FROM accounts a ORDER BY id DESC LIMIT 1)
             WHERE id = (SELECT MIN(id) FROM accounts)",
        )
        .await;
    let done = house.rotate().await;
    assert_eq!((done.sealed_anew, done.damaged), (1, 1));
    let done = house.rotate().await;
    assert!(done.made_in.is_some());
    assert_eq!((done.sealed_anew, done.damaged), (1, 1));
    browser.get("/profile").await.is(200);
}

#[tokio::test]
async fn recurring_messages_are_looked_at_too() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    for text in ["하나", "둘"] {
        browser.post("/v1/recurring", json!({"to": "me", "text": text, "cron": "@daily"})).await.is(201);
        // Ids follow the time.
        house.advance(SignedDuration::from_secs(1));
    }
    let found = house.check().await.unwrap();
    assert_eq!((found.accounts, found.opened, found.damaged), (1, 4, 0));
    house.rotate().await;
    house
        .sql(
            "UPDATE recurring_messages SET sealed = (SELECT sealed FROM recurring_messages r ORDER BY id LIMIT 1)
             WHERE id = (SELECT MAX(id) FROM recurring_messages)",
        )
        .await;
    let found = house.check().await.unwrap();
    assert_eq!((found.opened, found.damaged), (3, 1));
}

#[tokio::test]
async fn messages_that_wait_are_looked_at_too() {
    let house = House::open().await;
    let browser = house.signed_in_with("ryan", &[]).await;
    browser.post("/message", json!({"text": "기다리는 글"})).await.is(403);
    // The ids of messages follow the time.
    house.advance(SignedDuration::from_secs(1));
    browser.post("/message", json!({"text": "또 기다리는 글"})).await.is(403);
    let found = house.check().await.unwrap();
    assert_eq!((found.accounts, found.opened, found.damaged), (1, 4, 0));
    house.rotate().await;
    assert_eq!(house.check().await.unwrap().damaged, 0);
    // The content of the first in the place of the second's.
    house
        .sql(
            "UPDATE messages SET sealed = (SELECT sealed FROM messages m ORDER BY seq LIMIT 1)
             WHERE seq = (SELECT MAX(seq) FROM messages)",
        )
        .await;
    let found = house.check().await.unwrap();
    assert_eq!((found.opened, found.damaged), (3, 1));
}

#[tokio::test]
async fn a_database_that_no_gateway_of_this_version_has_used_is_left_alone() {
    let house = House::open().await;
    house
        .sql("DELETE FROM _sqlx_migrations WHERE version = (SELECT MAX(version) FROM _sqlx_migrations)")
        .await;
    let error = house.check().await.unwrap_err();
    assert!(matches!(error, StartError::OlderDatabase(_)), "{error}");
    is_a_sentence_in_both_languages(&error);
    let empty = tempfile::tempdir().unwrap();
    let storage = Storage { data: empty.path().to_owned(), database: None, vault_key: None };
    let error = storage.check_vault(house.clock.clone(), Arc::new(SystemChance)).await.unwrap_err();
    assert!(matches!(error, StartError::OlderDatabase(_)), "{error}");
    assert_eq!(std::fs::read_dir(empty.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn gateways_on_one_key_file_go_on_and_one_with_another_file_says_what_it_lacks() {
    let Some(database) = Database::on_postgres().await else { return };
    let house = House::open_on(database).await;
    let apart = tempfile::tempdir().unwrap();
    let copied = apart.path().join("copied.key");
    std::fs::copy(house.key_file(), &copied).unwrap();
    let another = |file: PathBuf| {
        let mut settings = house.settings();
        settings.vault_key = Some(VaultKeyText::in_file(file));
        let clock = house.clock.clone();
        async move {
            let (listener, url) = listener().await;
            let data = tempfile::tempdir().unwrap();
            (start(settings, data.path(), listener, &clock).await.unwrap(), data, url)
        }
    };
    let (sharing, with_copy) = (another(house.key_file()).await, another(copied.clone()).await);
    let browser = house.signed_in("ryan").await;
    house.rotate().await;
    browser.get("/profile").await.is(200);
    browser.copy_at(&sharing.2).get("/profile").await.is(200);
    let refused = browser.copy_at(&with_copy.2).get("/profile").await.is(503);
    assert!(!refused["remedy"]["ko"].as_str().unwrap().is_empty(), "{refused}");
    std::fs::copy(house.key_file(), &copied).unwrap();
    browser.copy_at(&with_copy.2).get("/profile").await.is(200);
}

#[tokio::test]
async fn sign_ins_are_sealed_by_the_new_key_soon_after_the_change() {
    let house = House::open().await;
    house.rotate().await;
    house.gateway.do_what_is_due().await;
    let begun = house.visitor();
    let authorize = begun.get("/authorize").await.location();
    let text = std::fs::read_to_string(house.key_file()).unwrap();
    std::fs::write(house.key_file(), text.lines().nth(1).unwrap()).unwrap();
    let house = house.restart().await;
    let back = house.emulator.approve(&authorize, "ryan", &katok_emulator::Decision::Allow).unwrap();
    begun.get_url(&back).await.found("/index.html?login=success");
}

#[tokio::test]
async fn a_database_of_the_first_release_comes_through_and_takes_a_new_key() {
    let house = House::open().await;
    let user = house.signed_in("ryan").await.get("/profile").await.is(200)["id"].as_i64().unwrap();
    let app = house.settings().kakao.fingerprint();
    let filled =
        async |data: &Path, database: &Database| first_release::replace(data, database, &app, user).await;
    let house = house.restart_after(filled).await;
    let people = first_release::PEOPLE.unsigned_abs();
    let found = house.check().await.unwrap();
    assert_eq!((found.accounts, found.opened, found.damaged), (people, people, 0));
    // The same account as ever, now with a data key.
    let browser = house.signed_in("ryan").await;
    let found = house.check().await.unwrap();
    assert_eq!((found.accounts, found.opened, found.damaged), (people, people + 1, 0));

    let done = house.rotate().await;
    assert_eq!((done.sealed_anew, done.damaged), (people, 0));
    let found = house.check().await.unwrap();
    assert_eq!((found.opened, found.damaged, found.keys.len()), (2 * people, 0, 1));
    browser.get("/profile").await.is(200);
}
