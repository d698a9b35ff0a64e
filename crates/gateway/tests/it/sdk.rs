//! Kakao's JavaScript SDK: one page lets it in, and its sign-in ends as every other one.

use katok_emulator::Decision;
use url::Url;

use crate::browser::Browser;
use crate::database::Database;
use crate::house::House;

const HOST: &str = "https://t1.kakaocdn.net";

async fn with_key() -> House {
    House::open_with(Database::new().await, |settings, emulator| {
        settings.kakao.keys.javascript_key = Some(emulator.world().apps[0].javascript_key.clone());
    })
    .await
}

async fn policy(browser: &Browser, path: &str) -> (String, String) {
    let page = browser.get(path).await;
    (page.headers["content-security-policy"].to_str().unwrap().to_owned(), page.body)
}

/// Where the SDK leads a browser to sign in.
fn authorize(house: &House) -> Url {
    let mut authorize = house.emulator.base_url().join("/oauth/authorize").unwrap();
    authorize
        .query_pairs_mut()
        .append_pair("client_id", &house.emulator.world().apps[0].javascript_key)
        .append_pair("redirect_uri", house.url.join("/redirect").unwrap().as_str())
        .append_pair("response_type", "code")
        .append_pair("state", "javascript-sdk");
    authorize
}

#[tokio::test]
async fn the_samples_page_alone_lets_the_sdk_in_and_only_with_a_key() {
    let house = with_key().await;
    for browser in [house.visitor(), house.signed_in("ryan").await] {
        let (allowed, page) = policy(&browser, "/index.html").await;
        assert!(allowed.contains(&format!("script-src 'self' {HOST};")), "{allowed}");
        let script = page.split("<script src=\"").nth(1).unwrap();
        assert!(script.starts_with(HOST) && script.contains("integrity=\"sha384-"), "{page}");
        for path in ["/", "/setup", "/account"] {
            let (allowed, page) = policy(&browser, path).await;
            assert!(!allowed.contains(HOST) && !page.contains(HOST), "{path}: {allowed}");
        }
    }
    let house = House::open().await;
    let (allowed, page) = policy(&house.visitor(), "/index.html").await;
    assert!(!allowed.contains(HOST) && !page.contains(HOST), "{page}");
    assert_eq!(house.visitor().get("/redirect?code=any&state=javascript-sdk").await.status, 400);
}

#[tokio::test]
async fn a_sign_in_by_the_sdk_becomes_one_of_the_gateway() {
    let house = with_key().await;
    let browser = house.visitor();
    let back = house.emulator.approve(&authorize(&house), "ryan", &Decision::Allow).unwrap();
    let led = browser.get_url(&back).await.location();
    let key = &house.emulator.world().apps[0].rest_api_key;
    assert!(led.query_pairs().any(|(name, value)| name == "client_id" && value == *key), "{led}");
    let back = house.emulator.approve(&led, "ryan", &Decision::Allow).unwrap();
    browser.get_url(&back).await.found("/index.html?login=success");
    browser.get("/profile").await.is(200);
}

#[tokio::test]
async fn who_declines_in_the_sdk_is_told_so() {
    let house = with_key().await;
    let browser = house.visitor();
    let back = house.emulator.approve(&authorize(&house), "ryan", &Decision::Deny).unwrap();
    browser.get_url(&back).await.found("/index.html?login=cancelled");
    browser.get("/profile").await.is(401);
}
