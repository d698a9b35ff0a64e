//! Two gateways on one PostgreSQL: to the people they are one.

use std::sync::Arc;

use jiff::SignedDuration;
use katok_client::ManualClock;
use katok_emulator::Decision;
use katok_gateway::StartError;
use katok_gateway::config::VaultKeyText;
use serde_json::json;
use sqlx::{Connection as _, PgConnection};

use crate::database::Database;
use crate::house::{House, START, another_vault_key, emulator, listener, settings, start};
use crate::kakao_proxy::Mood;
use crate::start::is_a_sentence_in_both_languages;

#[tokio::test]
async fn a_session_of_one_holds_on_the_other_and_ends_on_both() {
    let Some(database) = Database::on_postgres().await else { return };
    let house = House::open_on(database).await;
    let (_other, other) = house.another_gateway().await;
    let here = house.signed_in("ryan").await;
    let there = here.copy_at(&other);
    there.post("/message", json!({"text": "저쪽에서"})).await.is(200);
    assert_eq!(house.texts("ryan"), ["저쪽에서"]);
    there.get("/logout").await.is(200);
    here.get("/profile").await.is(401);
    there.get("/profile").await.is(401);
}

#[tokio::test]
async fn who_ends_several_sessions_waits_for_the_account_and_not_among_its_sessions() {
    let Some(database) = Database::on_postgres().await else { return };
    let house = House::open_on(database).await;
    let (here, phone) = (house.signed_in("ryan").await, house.signed_in("ryan").await);
    let mut connection = PgConnection::connect(house.database.url().unwrap().as_str()).await.unwrap();
    // As an unlink at the other gateway: the account first, then the sessions.
    let mut unlink = connection.begin().await.unwrap();
    sqlx::query("SELECT id FROM accounts FOR UPDATE").execute(&mut *unlink).await.unwrap();
    let ending = here.copy();
    let ending = tokio::spawn(async move { ending.submit("/account/sessions/end-others", &[]).await });
    let waiting = "SELECT pid::text FROM pg_stat_activity
                   WHERE datname = current_database() AND wait_event_type = 'Lock'";
    while house.database.column(house.data.path(), waiting).await.is_empty() {
        assert!(!ending.is_finished(), "it does not wait");
    }
    let locked = sqlx::query("SELECT id FROM sessions FOR UPDATE NOWAIT").execute(&mut *unlink).await;
    assert_eq!(locked.unwrap().rows_affected(), 2);
    unlink.rollback().await.unwrap();
    assert_eq!(ending.await.unwrap().see_other(), "/account#sessions");
    here.get("/profile").await.is(200);
    phone.get("/profile").await.is(401);
}

#[tokio::test]
async fn a_sign_in_begun_at_one_comes_back_to_the_other_once() {
    let Some(database) = Database::on_postgres().await else { return };
    let house = House::open_on(database).await;
    let (_other, other) = house.another_gateway().await;
    let there = house.visitor().copy_at(&other);
    let authorize = there.get("/authorize").await.location();
    let back = house.emulator.approve(&authorize, "ryan", &Decision::Allow).unwrap();
    assert_eq!(back.port(), house.url.port(), "Kakao sends people to the one public address");
    there.get_url(&back).await.found("/index.html?login=success");
    there.get("/profile").await.is(200);
    // Used up there, used up here.
    let mut replayed = back.clone();
    replayed.set_port(other.port()).unwrap();
    assert_eq!(there.get_url(&replayed).await.status, 400);
}

#[tokio::test]
async fn at_expiry_two_gateways_refresh_once() {
    let Some(database) = Database::on_postgres().await else { return };
    let house = House::open_on(database).await;
    let (_other, other) = house.another_gateway().await;
    let browser = house.signed_in("ryan").await;
    let before = house.kakao.count("/oauth/token");
    house.advance(SignedDuration::from_hours(6));
    // Kakao takes its time, so that both are asked while one of them asks Kakao.
    house.kakao.turns(Mood::Late);
    let requests = (0..200).map(|number| {
        let browser = if number % 2 == 0 { browser.copy() } else { browser.copy_at(&other) };
        tokio::spawn(async move { browser.get("/profile").await.status.as_u16() })
    });
    let requests: Vec<_> = requests.collect();
    house.kakao.arrived("/oauth/token").await;
    house.kakao.turns(Mood::Honest);
    for request in requests {
        assert_eq!(request.await.unwrap(), 200);
    }
    assert_eq!(house.kakao.count("/oauth/token"), before + 1);
}

#[test]
fn a_gateway_that_dies_while_it_refreshes_does_not_hold_up_the_other() {
    use tokio::runtime::Builder;
    let living = Builder::new_current_thread().enable_all().build().unwrap();
    let dying = Builder::new_multi_thread().enable_all().build().unwrap();
    let Some(database) = living.block_on(Database::on_postgres()) else { return };
    living.block_on(async {
        let house = House::open_on(database).await;
        let browser = house.signed_in("ryan").await;
        let (settings, data) = (house.settings_of_another(), tempfile::tempdir().unwrap());
        let (path, clock) = (data.path().to_owned(), house.clock.clone());
        let (other, at) = dying
            .spawn(async move {
                let (listener, at) = listener().await;
                (start(settings, &path, listener, &clock).await.unwrap(), at)
            })
            .await
            .unwrap();
        house.advance(SignedDuration::from_hours(6));
        house.kakao.turns(Mood::Silent);
        let there = browser.copy_at(&at);
        let asked = tokio::spawn(async move { there.get("/profile").await });
        house.kakao.arrived("/oauth/token").await;
        // As when it is killed: nothing is finished, its connections close.
        dying.shutdown_background();
        asked.abort();
        house.kakao.turns(Mood::Honest);
        browser.get("/profile").await.is(200);
        drop(other);
    });
}

#[tokio::test]
async fn two_gateways_that_start_on_an_empty_database_at_once_both_come_up() {
    let Some(database) = Database::on_postgres().await else { return };
    let emulator = emulator().await;
    let clock = Arc::new(ManualClock::new(START));
    let (one_data, two_data) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (one, two) = (listener().await, listener().await);
    let mut settings = settings(&emulator, &emulator.base_url(), &one.1, &database);
    settings.vault_key = Some(another_vault_key());
    let (one, two) = tokio::join!(
        start(settings.clone(), one_data.path(), one.0, &clock),
        start(settings.clone(), two_data.path(), two.0, &clock),
    );
    one.unwrap().stop().await;
    two.unwrap().stop().await;
}

#[tokio::test]
async fn of_two_gateways_with_keys_of_their_own_the_second_is_told() {
    let Some(database) = Database::on_postgres().await else { return };
    let house = House::open_on(database).await;
    let data = tempfile::tempdir().unwrap();
    let mut settings = house.settings();
    for key in [Some(another_vault_key()), None] {
        settings.vault_key = key;
        let error = start(settings.clone(), data.path(), listener().await.0, &house.clock).await.err();
        let error = error.unwrap();
        is_a_sentence_in_both_languages(&error);
        assert!(error.to_string().contains("KATOK_VAULT_KEY"), "{error}");
        assert!(
            matches!(error, StartError::WrongVaultKey { .. } | StartError::VaultKeyGone { .. }),
            "{error}"
        );
        assert!(!data.path().join("vault.key").exists());
    }
    let key = std::fs::read_to_string(house.data.path().join("vault.key")).unwrap();
    settings.vault_key = Some(VaultKeyText::new(key));
    start(settings, data.path(), listener().await.0, &house.clock).await.unwrap();
}
