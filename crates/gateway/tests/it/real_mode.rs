//! With a Kakao key set, nothing of the emulator is part of the gateway: the same code, other addresses.

use std::sync::Arc;

use katok_client::ManualClock;
use katok_gateway::config::SettingsFile;
use katok_gateway::{KakaoApp, KakaoAt};
use serde_json::json;

use crate::browser::Browser;
use crate::database::Database;
use crate::house::{START, emulator, listener, settings, start};

#[tokio::test]
async fn real_settings_talk_to_the_configured_addresses() {
    let kakao = emulator().await;
    let (listener, url) = listener().await;
    let data = tempfile::tempdir().unwrap();
    let database = Database::new().await;
    let mut settings = settings(&kakao, &kakao.base_url(), &url, &database);
    let world = kakao.world();
    let app = &world.apps[0];
    let environment = |name: &str| match name {
        "KAKAO_REST_API_KEY" => Some(app.rest_api_key.clone()),
        "KAKAO_CLIENT_SECRET" => app.client_secret.as_ref().map(|secret| secret.secret().to_owned()),
        "KAKAO_AUTH_BASE_URL" | "KAKAO_API_BASE_URL" => Some(kakao.base_url().to_string()),
        _ => None,
    };
    let mut problems = Vec::new();
    settings.kakao = KakaoApp::read(&environment, &SettingsFile::default(), &mut problems).unwrap();
    assert!(problems.is_empty());
    assert_eq!(settings.kakao.at, KakaoAt::Kakao);
    let gateway = start(settings, data.path(), listener, &Arc::new(ManualClock::new(START))).await.unwrap();

    let browser = Browser::new(&url);
    assert_eq!(browser.get("/healthz").await.json()["kakao"], "kakao");
    let page = browser.get("/").await.body;
    assert!(!page.contains("에뮬레이터") && page.contains("실제 카카오톡에 도착합니다"));
    browser.sign_in(&kakao, "ryan", "/authorize").await;
    browser.post("/message", json!({"text": "진짜처럼"})).await.is(200);
    let messages = serde_json::to_value(kakao.messages("ryan")).unwrap();
    assert_eq!(messages[0]["template_object"]["text"], "진짜처럼");
    gateway.stop().await;
}

#[tokio::test]
async fn a_wrong_client_secret_is_told_as_koe010_with_what_to_do() {
    let kakao = emulator().await;
    let (listener, url) = listener().await;
    let data = tempfile::tempdir().unwrap();
    let database = Database::new().await;
    let mut settings = settings(&kakao, &kakao.base_url(), &url, &database);
    settings.kakao.keys.client_secret = Some(katok_client::ClientSecret::new("not-the-secret"));
    let _gateway = start(settings, data.path(), listener, &Arc::new(ManualClock::new(START))).await.unwrap();
    let browser = Browser::new(&url);
    let authorize = browser.get("/authorize").await.location();
    let back = kakao.approve(&authorize, "ryan", &katok_emulator::Decision::Allow).unwrap();
    let page = browser.get_url(&back).await;
    assert_eq!(page.status, 502);
    assert!(page.body.contains("Client Secret") || page.body.contains("시크릿"), "{}", page.body);
    assert!(!page.body.contains("not-the-secret"));
}

#[tokio::test]
async fn one_database_keeps_the_people_of_two_apps_apart() {
    let (one, two) = (emulator().await, emulator().await);
    let data = tempfile::tempdir().unwrap();
    let database = Database::new().await;
    let (first_listener, url) = listener().await;
    let clock = Arc::new(ManualClock::new(START));
    let first = start(settings(&one, &one.base_url(), &url, &database), data.path(), first_listener, &clock)
        .await
        .unwrap();
    let browser = Browser::new(&url);
    browser.sign_in(&one, "ryan", "/authorize").await;
    first.stop().await;
    let address = std::net::SocketAddr::from((std::net::Ipv4Addr::LOCALHOST, url.port().unwrap()));
    let second_listener = tokio::net::TcpListener::bind(address).await.unwrap();
    let _second =
        start(settings(&two, &two.base_url(), &url, &database), data.path(), second_listener, &clock)
            .await
            .unwrap();
    browser.get("/profile").await.is(401);
    browser.sign_in(&two, "apeach", "/authorize").await;
    assert_eq!(browser.get("/profile").await.is(200)["kakao_account"]["profile"]["nickname"], "어피치");
}
