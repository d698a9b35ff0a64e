//! Pages are in one language: the browser's, or the one that was chosen.

use reqwest::Method;

use crate::browser::Browser;
use crate::house::House;

const PAGE: (&str, &str) = ("accept", "text/html");
const ENGLISH: (&str, &str) = ("accept-language", "en-US,en;q=0.9,ko;q=0.8");

fn is_korean(page: &str) -> bool {
    // Names stay as they are: ours, that of the other language, and a person's.
    let page = page.replace("카톡", "").replace("한국어", "").replace("어피치", "");
    page.chars().any(|letter| ('가'..='힣').contains(&letter))
}

async fn english(browser: &Browser, path: &str) -> String {
    let page = browser.get_with(path, &[PAGE, ENGLISH]).await.body;
    assert!(page.contains("<html lang=\"en\">"), "{path} {page}");
    page
}

#[tokio::test]
async fn every_page_is_in_the_browsers_language_alone() {
    let house = House::open().await;
    let (other, nobody) = (house.signed_in("apeach").await, house.visitor());
    let waiting = house.signed_in_with("ryan", &[]).await;
    let refused = waiting.post("/message", serde_json::json!({})).await.is(403);
    let consent = refused["remedy"]["href"].as_str().unwrap();
    for (browser, path) in [
        (&nobody, "/"),
        (&other, "/index.html"),
        (&other, "/account"),
        (&nobody, "/account"),
        (&nobody, "/redirect"),
        (&nobody, "/setup"),
        (&nobody, "/nothing"),
        (&nobody, "/logged-out"),
        (&other, "/message"),
        (&other, consent),
        (&waiting, &format!("{consent}/outcome")),
        (&other, "/index.html?login=cancelled"),
        (&nobody, "/index.html?logout=here"),
        (&nobody, "/index.html?unlink=pending"),
    ] {
        let page = english(browser, path).await;
        assert!(!is_korean(&page), "{path} {page}");
        let page = browser.get_with(path, &[PAGE]).await.body;
        assert!(page.contains("<html lang=\"ko\">") && is_korean(&page), "{path} {page}");
    }
    assert_eq!(house.texts("apeach").len(), 0);
}

#[tokio::test]
async fn the_switch_is_remembered_and_keeps_the_page() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    let page = browser.get("/account").await.body;
    assert!(page.contains("href=\"/account?lang=en\""), "{page}");
    let led = browser.get_with("/account?lang=en&from=here", &[PAGE]).await;
    assert_eq!(led.see_other(), "/account?from=here");
    assert!(browser.get("/account").await.body.contains("href=\"/account?lang=ko\""));
    browser.get_with("/?lang=ko", &[PAGE]).await.see_other();
    assert!(browser.get_with("/account", &[ENGLISH]).await.body.contains("<html lang=\"ko\">"));
}

#[tokio::test]
async fn no_switch_leads_to_what_sends_or_destroys() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    for (method, path) in [
        (Method::GET, "/message"),
        (Method::GET, "/unlink"),
        (Method::POST, "/account/keys"),
        (Method::GET, "/redirect?code=1&state=2"),
    ] {
        let page = browser.request_with(method, path, &[PAGE]).await;
        assert!(page.body.contains("href=\"/?lang=en\""), "{path} {}", page.body);
    }
}

#[tokio::test]
async fn programs_are_led_nowhere() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    browser.get("/v1/me?lang=en").await.is(200);
    browser.get_with("/v1/me?lang=en", &[PAGE]).await.is(200);
    browser.get("/profile?lang=en").await.is(200);
    assert_eq!(browser.get("/?lang=fr").await.status, 200);
}
