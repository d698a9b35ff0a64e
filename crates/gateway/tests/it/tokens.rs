//! Tokens over time: refreshed before they expire, once at a time, and sealed on disk.

use jiff::SignedDuration;
use serde_json::json;

use crate::database::Database;
use crate::house::House;

#[tokio::test]
async fn an_expiring_access_token_is_refreshed_before_kakao_refuses_it() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    let before = house.kakao.count("/oauth/token");
    house.advance(SignedDuration::from_hours(5) + SignedDuration::from_mins(57));
    browser.get("/profile").await.is(200);
    assert_eq!(house.kakao.count("/oauth/token"), before + 1);
    browser.get("/profile").await.is(200);
    assert_eq!(house.kakao.count("/oauth/token"), before + 1);
}

#[tokio::test]
async fn a_token_refused_by_kakao_is_renewed_once_and_the_message_sent_once() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    // Only Kakao's clock turns: for us the token still looks good.
    house.emulator.advance(SignedDuration::from_hours(7)).unwrap();
    browser.post("/message", json!({"text": "한 번만"})).await.is(200);
    assert_eq!(house.texts("ryan"), ["한 번만"]);
}

#[tokio::test]
async fn a_hundred_requests_at_expiry_make_one_refresh() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    let before = house.kakao.count("/oauth/token");
    house.advance(SignedDuration::from_hours(6));
    let requests = (0..100).map(|_| {
        let browser = browser.copy();
        tokio::spawn(async move { browser.get("/profile").await.status.as_u16() })
    });
    for request in requests.collect::<Vec<_>>() {
        assert_eq!(request.await.unwrap(), 200);
    }
    assert_eq!(house.kakao.count("/oauth/token"), before + 1);
}

#[tokio::test]
async fn a_rotated_refresh_token_is_kept_over_a_restart() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    // In its last month Kakao gives a new refresh token with the access token and kills the old one.
    house.advance(SignedDuration::from_hours(24 * 45));
    browser.get("/profile").await.is(200);
    let house = house.restart().await;
    house.advance(SignedDuration::from_hours(24 * 14));
    browser.get("/profile").await.is(200);
}

#[tokio::test]
async fn tokens_revoked_at_kakao_ask_for_a_new_sign_in() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    house.emulator.advance(SignedDuration::from_hours(24 * 70)).unwrap();
    let refused = browser.get("/profile").await.is(401);
    assert_eq!(refused["code"], -401);
    assert_eq!(refused["remedy"]["action"], "sign_in");
}

#[tokio::test]
async fn nothing_secret_lies_on_disk_in_the_clear() {
    let house = House::open_on(Database::Sqlite).await;
    let browser = house.signed_in("ryan").await;
    browser.post("/message", json!({"text": "비밀-표식-7421"})).await.is(200);
    let session = browser.cookie("katok_session").unwrap();
    let write = browser.cookie("katok_write").unwrap();
    let secret = house.emulator.world().apps[0].client_secret.clone().unwrap().secret().to_owned();
    let key = std::fs::read_to_string(house.data.path().join("vault.key")).unwrap();
    let mut looked_at = 0;
    for entry in std::fs::read_dir(house.data.path()).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        looked_at += bytes.len();
        let holds = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
        for text in [&session, &write, &secret, "비밀-표식-7421", "라이언", "access_token", "refresh_token"]
        {
            assert!(!holds(text), "{} holds {text}", path.display());
        }
        assert!(path.ends_with("vault.key") || !holds(key.trim()), "{} holds the vault key", path.display());
    }
    assert!(looked_at > 4096, "the database was not there");
}
