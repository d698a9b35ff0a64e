//! Kakao unreachable, slow, or answering nonsense: a sentence, a living process, nothing half-written.

use serde_json::json;

use crate::house::House;
use crate::kakao_proxy::Mood;

#[tokio::test]
async fn kakao_unreachable_is_told_and_nothing_is_lost() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    house.kakao.goes_away().await;
    for path in ["/profile", "/friends", "/message"] {
        let told = browser.get(path).await.is(502);
        assert_eq!(told["error"], "kakao_unavailable", "{path}");
        assert!(told["remedy"]["ko"].as_str().unwrap().contains("연결하지 못했습니다"), "{told}");
        assert_eq!(told["remedy"]["action"], "retry");
    }
    browser.get("/healthz").await.is(200);
    assert!(browser.get("/index.html").await.body.contains("로그아웃"), "the person was signed out");
}

#[tokio::test]
async fn a_silent_kakao_is_told_apart_by_what_may_have_happened() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    house.kakao.turns(Mood::SilentAfterwards);
    let looked = browser.get("/profile").await.is(504);
    assert_eq!(looked["remedy"]["action"], "retry");
    let sent = browser.post("/message", json!({"text": "갔을까"})).await.is(504);
    assert_eq!(sent["remedy"]["action"], "check_first");
    assert!(sent["remedy"]["ko"].as_str().unwrap().contains("대화방을 먼저 확인"), "{sent}");
    // It did arrive, and was not sent a second time.
    assert_eq!(house.texts("ryan"), ["갔을까"]);
}

#[tokio::test]
async fn html_and_half_a_json_from_kakao_become_a_sentence() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    for mood in [Mood::Html, Mood::HalfJson] {
        house.kakao.turns(mood);
        for path in ["/profile", "/friends"] {
            let told = browser.get(path).await.is(502);
            assert!(!told["remedy"]["ko"].as_str().unwrap().is_empty(), "{mood:?} {told}");
            assert!(!told.to_string().contains("<h1>"), "{told}");
        }
    }
    house.kakao.turns(Mood::Honest);
    browser.get("/profile").await.is(200);
}

#[tokio::test]
async fn a_sign_in_that_kakao_breaks_off_leaves_nobody_half_signed_in() {
    let house = House::open().await;
    for (mood, status) in [(Mood::Html, 502), (Mood::HalfJson, 502), (Mood::Silent, 504)] {
        let browser = house.visitor();
        let authorize = browser.get("/authorize").await.location();
        let allow = katok_emulator::Decision::Allow;
        let back = house.emulator.approve(&authorize, "ryan", &allow).unwrap();
        house.kakao.turns(mood);
        let page = browser.get_url(&back).await;
        assert_eq!(page.status.as_u16(), status, "{mood:?}");
        assert!(page.body.contains("카카오"), "{}", page.body);
        house.kakao.turns(Mood::Honest);
        assert!(browser.cookie("katok_session").is_none());
        browser.get("/profile").await.is(401);
        browser.sign_in(&house.emulator, "ryan", "/authorize").await;
        browser.get("/profile").await.is(200);
    }
}

#[tokio::test]
async fn logging_out_without_kakao_ends_the_session_here_and_says_that_kakao_does_not_know() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    house.kakao.goes_away().await;
    let told = browser.get("/logout").await.is(502);
    assert_eq!(told["error"], "signed_out_here_only");
    browser.get("/profile").await.is(401);
}

#[tokio::test]
async fn stopping_waits_for_what_kakao_was_asked() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    // Past the half of a refresh token's life Kakao replaces it: the answer must reach the disk.
    house.advance(jiff::SignedDuration::from_hours(24 * 45));
    house.kakao.turns(Mood::Late);
    let left = browser.copy();
    let request = tokio::spawn(async move { left.get("/profile").await });
    house.kakao.arrived("/oauth/token").await;
    request.abort();
    let house = house.restart().await;
    house.kakao.turns(Mood::Honest);
    browser.get("/profile").await.is(200);
}
