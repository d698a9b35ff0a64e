//! What RFC 9700 asks of OAuth clients, as far as no other test shows it; the table stands in SECURITY.md.

use std::collections::HashMap;

use katok_emulator::Decision;
use url::Url;

use crate::house::House;

fn parameters(url: &Url) -> HashMap<String, String> {
    url.query_pairs().into_owned().collect()
}

#[tokio::test]
async fn each_sign_in_asks_for_a_code_with_a_state_and_an_s256_challenge_of_its_own() {
    let house = House::open().await;
    let browser = house.visitor();
    let first = parameters(&browser.get("/authorize").await.location());
    let second = parameters(&browser.get("/authorize").await.location());
    for asked in [&first, &second] {
        assert_eq!(asked["response_type"], "code");
        assert_eq!(asked["code_challenge_method"], "S256");
        assert_eq!(asked["redirect_uri"], house.url.join("/redirect").unwrap().as_str());
        // 32 bytes each, in base64.
        assert_eq!((asked["state"].len(), asked["code_challenge"].len()), (43, 43));
        assert!(!asked.contains_key("client_secret") && !asked.contains_key("scope"), "{asked:?}");
    }
    assert_ne!(first["state"], second["state"]);
    assert_ne!(first["code_challenge"], second["code_challenge"]);
}

#[tokio::test]
async fn a_code_of_another_sign_in_is_refused() {
    let house = House::open().await;
    let (attacker, victim) = (house.visitor(), house.visitor());
    let theirs = attacker.get("/authorize").await.location();
    let stolen = house.emulator.approve(&theirs, "apeach", &Decision::Allow).unwrap();
    let state = parameters(&victim.get("/authorize").await.location())["state"].clone();
    let injected = format!("/redirect?code={}&state={state}", parameters(&stolen)["code"]);
    let page = victim.get(&injected).await;
    assert!(page.status.is_client_error() || page.status.is_server_error(), "{}", page.status);
    victim.get("/profile").await.is(401);
}

#[tokio::test]
async fn no_request_leads_a_browser_to_a_strangers_site() {
    let house = House::open().await;
    let evil = "https%3A%2F%2Fevil.example%2F";
    for path in [
        format!("/authorize?redirect_uri={evil}&next={evil}&return_to={evil}"),
        format!("/redirect?error=access_denied&state=none&next={evil}"),
        format!("/?next={evil}"),
        "//evil.example/".to_owned(),
        "/%2F%2Fevil.example".to_owned(),
    ] {
        let url = Url::parse(&format!("{}{path}", house.url.as_str().trim_end_matches('/'))).unwrap();
        let page = house.visitor().get_url(&url).await;
        let Some(location) = page.headers.get("location") else { continue };
        let location = house.url.join(location.to_str().unwrap()).unwrap();
        let is_ours = location.origin() == house.url.origin();
        assert!(is_ours || location.origin() == house.kakao.url.origin(), "{path} led to {location}");
        assert!(!location.as_str().contains("evil.example"), "{path} led to {location}");
    }
}
