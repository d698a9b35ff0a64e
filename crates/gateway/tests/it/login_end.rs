//! Logins that Kakao has ended: said once by Kakao, remembered, told with the reason, over at the next sign-in.

use jiff::SignedDuration;
use serde_json::json;

use crate::browser::{Browser, Page};
use crate::house::House;
use crate::kakao_proxy::Mood;

/// Is told to sign in again, in both languages and with this reason.
fn sign_in_again(page: &Page, ko: &str, en: &str) {
    let refused = page.is(401);
    assert_eq!(refused["code"], -401);
    let remedy = &refused["remedy"];
    assert_eq!((&remedy["action"], &remedy["href"]), (&json!("sign_in"), &json!("/authorize")));
    assert!(remedy["ko"].as_str().unwrap().contains(ko), "{remedy}");
    assert!(remedy["en"].as_str().unwrap().contains(en), "{remedy}");
}

/// Disconnects the app at Kakao's side; the house has no webhook.
pub(crate) async fn disconnect(house: &House, person: &str) {
    let at = house.emulator.base_url().join(&format!("/_emulator/v1/people/{person}/unlink")).unwrap();
    let browser = Browser::new(&house.emulator.base_url());
    browser.post(at.path(), json!({"app": "demo"})).await.is(200);
}

#[tokio::test]
async fn kakao_is_asked_once_about_a_login_that_has_ended() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    disconnect(&house, "ryan").await;
    let asked = house.kakao.count("/oauth/token");
    sign_in_again(&browser.get("/profile").await, "연결을 끊었거나", "ended at Kakao");
    assert_eq!(house.kakao.count("/oauth/token"), asked + 1);
    let asked = house.kakao.count_all();
    let house = house.restart().await;
    for path in ["/profile", "/friends", "/message"] {
        sign_in_again(&browser.get(path).await, "연결을 끊었거나", "ended at Kakao");
    }
    for _ in 0..50 {
        house.advance(SignedDuration::from_hours(24));
        house.gateway.do_what_is_due().await;
    }
    assert_eq!(house.kakao.count_all(), asked);
    assert_eq!(house.number("SELECT COUNT(*) FROM tokens").await, 0);
}

#[tokio::test]
async fn a_hundred_requests_at_a_dead_login_ask_kakao_once() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    disconnect(&house, "ryan").await;
    house.advance(SignedDuration::from_hours(6));
    let asked = house.kakao.count("/oauth/token");
    let requests = (0..100).map(|_| {
        let browser = browser.copy();
        tokio::spawn(async move { browser.get("/profile").await })
    });
    for request in requests.collect::<Vec<_>>() {
        sign_in_again(&request.await.unwrap(), "연결을 끊었거나", "ended at Kakao");
    }
    assert_eq!(house.kakao.count("/oauth/token"), asked + 1);
}

#[tokio::test]
async fn the_person_stays_signed_in_here_and_the_next_sign_in_clears_the_mark() {
    let house = House::open().await;
    let (phone, desk) = (house.signed_in("ryan").await, house.signed_in("ryan").await);
    disconnect(&house, "ryan").await;
    phone.get("/profile").await.is(401);
    assert!(phone.get("/index.html").await.body.contains("로그아웃"), "the person was signed out");
    desk.sign_in(&house.emulator, "ryan", "/authorize").await;
    desk.get("/profile").await.is(200);
    phone.get("/profile").await.is(200);
    assert_eq!(house.number("SELECT COUNT(*) FROM accounts WHERE login_ended IS NOT NULL").await, 0);
}

#[tokio::test]
async fn a_login_that_expired_is_told_as_such() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    // The gateway did nothing all the time, as if it had been switched off.
    house.advance(SignedDuration::from_hours(60 * 24) - SignedDuration::from_secs(1));
    sign_in_again(&browser.get("/profile").await, "만료", "expired");
    sign_in_again(&browser.get("/friends").await, "만료", "expired");
}

#[tokio::test]
async fn a_login_whose_new_tokens_were_lost_on_the_way_is_told_as_such() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    // So late that Kakao hands out a new refresh token and ends the old one.
    house.advance(SignedDuration::from_hours(45 * 24));
    house.kakao.turns(Mood::SilentAfterwards);
    browser.get("/profile").await.is(504);
    house.kakao.turns(Mood::Honest);
    for _ in 0..2 {
        sign_in_again(&browser.get("/profile").await, "토큰을 잃었습니다", "lost on the way");
    }
}
