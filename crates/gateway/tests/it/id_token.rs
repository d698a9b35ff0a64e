//! OpenID Connect at the sign-in: an ID token that Kakao gives must be of this sign-in and of this person.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::SignedDuration;
use katok_emulator::{Decision, Fault};
use katok_gateway::config::Oidc;
use serde_json::{Value, json};
use url::Url;

use crate::browser::{Browser, Page, http};
use crate::database::Database;
use crate::house::House;

fn parameter(url: &Url, name: &str) -> Option<String> {
    url.query_pairs().find(|(found, _)| found == name).map(|(_, value)| value.into_owned())
}

/// The tokens Kakao gives for a sign-in of its own, with a nonce of somebody's choice.
async fn tokens_of(house: &House, person: &str, nonce: &str) -> Value {
    let key = house.emulator.world().apps[0].rest_api_key.clone();
    tokens_for(house, &key, person, nonce).await
}

/// The same for another key of the app.
async fn tokens_for(house: &House, key: &str, person: &str, nonce: &str) -> Value {
    let world = house.emulator.world();
    let app = &world.apps[0];
    let redirect_uri = house.url.join("/redirect").unwrap();
    let mut authorize = house.emulator.base_url().join("/oauth/authorize").unwrap();
    authorize.query_pairs_mut().extend_pairs([
        ("client_id", key),
        ("redirect_uri", redirect_uri.as_str()),
        ("response_type", "code"),
        ("nonce", nonce),
    ]);
    let back = house.emulator.approve(&authorize, person, &Decision::Allow).unwrap();
    let form = [
        ("grant_type", "authorization_code"),
        ("client_id", key),
        ("client_secret", app.client_secret.as_ref().unwrap().secret()),
        ("redirect_uri", redirect_uri.as_str()),
        ("code", &parameter(&back, "code").unwrap()),
    ];
    let token = house.emulator.base_url().join("/oauth/token").unwrap();
    http().post(token).form(&form).send().await.unwrap().json().await.unwrap()
}

/// Signs in as ryan, but Kakao's answer to the code is another one.
async fn sign_in_with(house: &House, answer: impl AsyncFnOnce(&str) -> Value) -> (Browser, Page) {
    let browser = house.visitor();
    let authorize = browser.get("/authorize").await.location();
    let back = house.emulator.approve(&authorize, "ryan", &Decision::Allow).unwrap();
    let body = answer(&parameter(&authorize, "nonce").unwrap()).await.to_string();
    house.emulator.fault(Fault::on("/oauth/token").times(1).body(&body)).unwrap();
    let page = browser.get_url(&back).await;
    (browser, page)
}

async fn is_nobody(browser: &Browser, page: &Page, told: &str) {
    assert_eq!(page.status, 502, "{}", page.body);
    assert!(page.body.contains(told), "{}", page.body);
    assert!(browser.cookie("katok_session").is_none());
    browser.get("/profile").await.is(401);
}

#[tokio::test]
async fn every_sign_in_carries_a_nonce_of_its_own() {
    let house = House::open().await;
    let browser = house.visitor();
    let first = parameter(&browser.get("/authorize").await.location(), "nonce").unwrap();
    let second = parameter(&browser.get("/authorize?scope=friends").await.location(), "nonce").unwrap();
    assert!(first.len() >= 43 && first != second);
}

#[tokio::test]
async fn the_id_token_of_this_sign_in_signs_its_person_in() {
    let house = House::open().await;
    let (browser, page) = sign_in_with(&house, async |nonce| tokens_of(&house, "ryan", nonce).await).await;
    page.found("/index.html?login=success");
    browser.get("/profile").await.is(200);
    assert_eq!(house.kakao.count("/.well-known/jwks.json"), 1);
}

#[tokio::test]
async fn an_id_token_of_another_sign_in_signs_nobody_in() {
    let house = House::open().await;
    let (browser, page) = sign_in_with(&house, async |_| tokens_of(&house, "ryan", "another").await).await;
    is_nobody(&browser, &page, "이 로그인의 것이 아니어서").await;
}

#[tokio::test]
async fn an_id_token_of_another_person_signs_nobody_in() {
    let house = House::open().await;
    let (browser, page) = sign_in_with(&house, async |nonce| {
        let mut tokens = tokens_of(&house, "ryan", nonce).await;
        tokens["id_token"] = tokens_of(&house, "apeach", nonce).await["id_token"].clone();
        tokens
    })
    .await;
    is_nobody(&browser, &page, "서로 다른 사람").await;
}

#[tokio::test]
async fn an_id_token_that_kakao_did_not_sign_signs_nobody_in() {
    let house = House::open().await;
    let header = URL_SAFE_NO_PAD.encode(json!({"alg": "RS256", "typ": "JWT", "kid": "mine"}).to_string());
    let unsigned = URL_SAFE_NO_PAD.encode(json!({"alg": "none", "typ": "JWT"}).to_string());
    for header in [header, unsigned] {
        let (browser, page) = sign_in_with(&house, async |nonce| {
            let mut tokens = tokens_of(&house, "ryan", nonce).await;
            let (_, rest) = tokens["id_token"].as_str().unwrap().split_once('.').unwrap();
            tokens["id_token"] = format!("{header}.{rest}").into();
            tokens
        })
        .await;
        is_nobody(&browser, &page, "이 로그인의 것이 아니어서").await;
    }
    // Another person's claims under Kakao's signature for these.
    let (browser, page) = sign_in_with(&house, async |nonce| {
        let (mut ryan, apeach) =
            (tokens_of(&house, "ryan", nonce).await, tokens_of(&house, "apeach", nonce).await);
        let part = |tokens: &Value, index: usize| {
            tokens["id_token"].as_str().unwrap().split('.').nth(index).unwrap().to_owned()
        };
        ryan["id_token"] = [part(&ryan, 0), part(&apeach, 1), part(&ryan, 2)].join(".").into();
        ryan
    })
    .await;
    is_nobody(&browser, &page, "이 로그인의 것이 아니어서").await;
}

#[tokio::test]
async fn an_id_token_of_another_app_key_signs_nobody_in() {
    let house = House::open().await;
    let (browser, page) = sign_in_with(&house, async |nonce| {
        let mut tokens = tokens_of(&house, "ryan", nonce).await;
        let of_the_page = house.emulator.world().apps[0].javascript_key.clone();
        tokens["id_token"] = tokens_for(&house, &of_the_page, "ryan", nonce).await["id_token"].clone();
        assert!(tokens["id_token"].is_string(), "{tokens}");
        tokens
    })
    .await;
    is_nobody(&browser, &page, "이 로그인의 것이 아니어서").await;
}

#[tokio::test]
async fn an_id_token_past_its_end_signs_nobody_in() {
    let house = House::open().await;
    house.clock.advance(SignedDuration::from_hours(7));
    let browser = house.visitor();
    let authorize = browser.get("/authorize").await.location();
    let back = house.emulator.approve(&authorize, "ryan", &Decision::Allow).unwrap();
    let page = browser.get_url(&back).await;
    is_nobody(&browser, &page, "시계를 확인").await;
}

#[tokio::test]
async fn while_kakaos_keys_cannot_be_had_nobody_is_signed_in() {
    let house = House::open().await;
    house.emulator.fault(Fault::on("/.well-known/jwks.json").status(503)).unwrap();
    let browser = house.visitor();
    let authorize = browser.get("/authorize").await.location();
    let back = house.emulator.approve(&authorize, "ryan", &Decision::Allow).unwrap();
    let page = browser.get_url(&back).await;
    is_nobody(&browser, &page, "공개키를 받지 못해").await;
    house.emulator.clear_faults();
    house.clock.advance(SignedDuration::from_secs(10));
    browser.sign_in(&house.emulator, "ryan", "/authorize").await;
}

#[tokio::test]
async fn an_app_without_openid_connect_still_signs_in_and_is_never_asked_for_openid() {
    let house = House::open().await;
    let mut seed = house.emulator.world();
    seed.apps[0].oidc = false;
    house.emulator.reset(&seed);
    let browser = house.signed_in("ryan").await;
    let more = browser.get("/authorize?scope=talk_message").await.location();
    assert_eq!(parameter(&more, "scope").as_deref(), Some("talk_message"));
    browser.sign_in(&house.emulator, "ryan", "/authorize?scope=talk_message").await;
    assert_eq!(house.kakao.count("/.well-known/jwks.json"), 0);
}

#[tokio::test]
async fn more_consent_brings_an_id_token_where_the_sign_in_did() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    let more = browser.get("/authorize?scope=talk_message").await.location();
    assert_eq!(parameter(&more, "scope").as_deref(), Some("openid,talk_message"));
    // Nobody knows yet whether the app has OpenID Connect.
    let stranger = house.visitor().get("/authorize?scope=talk_message").await.location();
    assert_eq!(parameter(&stranger, "scope").as_deref(), Some("talk_message"));
}

#[tokio::test]
async fn where_an_id_token_is_required_nobody_signs_in_without_one() {
    let house = House::open_with(Database::new().await, |settings, _| {
        settings.sign_in.oidc = Oidc::Required;
    })
    .await;
    let asked = house.visitor().get("/authorize?scope=talk_message").await.location();
    assert_eq!(parameter(&asked, "scope").as_deref(), Some("openid,talk_message"));
    house.signed_in("ryan").await.get("/profile").await.is(200);
    let mut seed = house.emulator.world();
    seed.apps[0].oidc = false;
    house.emulator.reset(&seed);
    let browser = house.visitor();
    let authorize = browser.get("/authorize").await.location();
    let back = house.emulator.approve(&authorize, "ryan", &Decision::Allow).unwrap();
    let page = browser.get_url(&back).await;
    is_nobody(&browser, &page, "ID 토큰을 주지 않았습니다").await;
}
