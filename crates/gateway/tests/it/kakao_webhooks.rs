//! What Kakao tells of its own accord: believed if it is Kakao's, answered at once, done once.

use std::num::NonZeroU32;
use std::time::Duration;

use jiff::SignedDuration;
use katok_emulator::seed::{Webhook, Webhooks};
use katok_gateway::config::RateLimits;
use serde_json::{Value, json};

use crate::browser::{Browser, Page};
use crate::database::Database;
use crate::house::House;
use crate::kakao_proxy::Mood;
use crate::login_end::disconnect;

/// Registers the gateway's webhooks at the emulator, the second at this path.
fn register(house: &House, account_status: &str) {
    let webhook =
        |path| Some(Webhook { url: house.url.join(path).unwrap().into(), method: "POST".to_owned() });
    let webhooks = Webhooks {
        unlink: webhook("/kakao/unlink"),
        account_status: webhook(account_status),
        ..Webhooks::default()
    };
    house.emulator.register_webhooks("demo", webhooks).unwrap();
}

/// Has the emulator send a webhook, and answers what it sent and heard.
async fn send(house: &House, webhook: Value) -> Value {
    let kakao = Browser::new(&house.emulator.base_url());
    kakao.post("/_emulator/v1/webhooks", webhook).await.is(200)
}

async fn send_event(house: &House, event: &str) -> Value {
    send(house, json!({"type": "account_status", "app": "demo", "person": "ryan", "event": event})).await
}

async fn send_unlink(house: &House) -> Value {
    send(house, json!({"type": "unlink", "app": "demo", "person": "ryan"})).await
}

/// Posts what somebody says is a security event.
async fn post_event(house: &House, jws: &str) -> Page {
    let visitor = house.visitor();
    let request = crate::browser::http().post(house.url.join("/kakao/account-status").unwrap());
    visitor.send(request.header("content-type", "application/secevent+jwt").body(jws.to_owned())).await
}

async fn accounts(house: &House) -> i64 {
    house.number("SELECT COUNT(*) FROM accounts").await
}

/// Waits until somebody is gone of whom Kakao tells by itself.
async fn gone(house: &House) {
    while accounts(house).await > 0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn who_disconnects_the_app_at_kakao_is_forgotten_here() {
    let house = House::open().await;
    register(&house, "/kakao/account-status");
    let browser = house.signed_in("ryan").await;
    disconnect(&house, "ryan").await;
    gone(&house).await;
    browser.get("/profile").await.is(401);
    // Told twice, by two webhooks.
    assert_eq!(house.number("SELECT COUNT(*) FROM unlinks WHERE state = 'confirmed'").await, 1);
}

#[tokio::test]
async fn an_unlink_webhook_is_answered_200_however_often_it_comes() {
    let house = House::open().await;
    register(&house, "/kakao/account-status");
    house.signed_in("ryan").await;
    for _ in 0..3 {
        assert_eq!(send_unlink(&house).await["status"], 200);
        assert_eq!(accounts(&house).await, 0);
    }
    let receipts = "SELECT COUNT(*) FROM unlinks WHERE asked_by = 'kakao_webhook' AND confirmed_at > 0";
    assert_eq!(house.number(receipts).await, 1);
}

#[tokio::test]
async fn who_asks_without_end_holds_up_no_webhook() {
    let house = House::open().await;
    house.signed_in("ryan").await;
    let once = RateLimits { address: NonZeroU32::new(1), ..RateLimits::OFF };
    let house = house.restart_with(|settings| settings.rate_limits = once).await;
    register(&house, "/kakao/account-status");
    while house.visitor().get("/").await.status != 429 {}
    assert_eq!(send_unlink(&house).await["status"], 200);
    assert_eq!(accounts(&house).await, 0);
}

#[tokio::test]
async fn an_unlink_webhook_may_come_by_get() {
    let house = House::open().await;
    house.signed_in("ryan").await;
    let world = house.emulator.world();
    let path = format!(
        "/kakao/unlink?app_id=1000001&user_id={}&referrer_type=UNLINK_FROM_APPS",
        world.people[0].user_ids["demo"]
    );
    let key = format!("KakaoAK {}", world.apps[0].admin_key.secret());
    for (authorization, status, left) in [("", 401, 1), ("KakaoAK guessed", 401, 1), (key.as_str(), 200, 0)] {
        let answer = house.visitor().get_with(&path, &[("authorization", authorization)]).await;
        assert_eq!((answer.status.as_u16(), accounts(&house).await), (status, left), "{authorization}");
    }
}

#[tokio::test]
async fn without_the_admin_key_no_unlink_webhook_is_taken() {
    let house =
        House::open_with(Database::new().await, |settings, _| settings.kakao.keys.admin_key = None).await;
    register(&house, "/kakao/account-status");
    house.signed_in("ryan").await;
    assert_eq!(send_unlink(&house).await["status"], 503);
    assert_eq!(accounts(&house).await, 1);
}

#[tokio::test]
async fn a_webhook_confirms_an_unlink_that_is_pending() {
    let house = House::open().await;
    register(&house, "/kakao/account-status");
    let browser = house.signed_in("ryan").await;
    house.kakao.turns(Mood::Html);
    let receipt = browser.get("/unlink").await.is(202)["receipt"]["id"].clone();
    house.kakao.turns(Mood::Honest);
    assert_eq!(send_unlink(&house).await["status"], 200);
    assert_eq!(accounts(&house).await, 0);
    assert!(receipt.is_string());
    let receipts = "SELECT COUNT(*) FROM unlinks WHERE asked_by = 'person' AND state = 'confirmed'";
    assert_eq!(house.number(receipts).await, 1);
    assert_eq!(house.number("SELECT COUNT(*) FROM unlinks").await, 1);
}

#[tokio::test]
async fn only_events_of_leaving_are_a_withdrawal() {
    let house = House::open().await;
    register(&house, "/kakao/account-status");
    house.signed_in("ryan").await;
    for event in
        ["user-linked", "user-scope-consent", "user-scope-withdraw", "token-issued", "account-disabled"]
    {
        assert_eq!(send_event(&house, event).await["status"], 202, "{event}");
        assert_eq!(accounts(&house).await, 1, "{event}");
    }
    assert_eq!(send_event(&house, "user-unlinked").await["status"], 202);
    assert_eq!(accounts(&house).await, 0);
}

#[tokio::test]
async fn an_event_that_comes_again_does_nothing_more() {
    let house = House::open().await;
    register(&house, "/kakao/account-status");
    house.signed_in("ryan").await;
    let event = send_event(&house, "user-unlinked").await["request_body"].as_str().unwrap().to_owned();
    // Within the minute by which clocks may differ, only its name tells that it is the same.
    house.signed_in("ryan").await;
    assert_eq!(post_event(&house, &event).await.status, 202);
    assert_eq!(accounts(&house).await, 1);
    house.advance(SignedDuration::from_hours(7 * 24) + SignedDuration::from_secs(1));
    house.gateway.do_what_is_due().await;
    assert_eq!(house.number("SELECT COUNT(*) FROM security_events").await, 0);
    assert_eq!(post_event(&house, &event).await.is(400)["err"], "invalid_request");
    assert_eq!(accounts(&house).await, 1);
}

#[tokio::test]
async fn an_event_from_before_the_sign_in_is_about_an_earlier_time() {
    let house = House::open().await;
    // A sign-in that brings an ID token would have fetched them.
    let mut seed = house.emulator.world();
    seed.apps[0].oidc = false;
    house.emulator.reset(&seed);
    register(&house, "/out-of-order");
    house.signed_in("ryan").await;
    let event = send_event(&house, "user-unlinked").await["request_body"].as_str().unwrap().to_owned();
    house.advance(SignedDuration::from_mins(2));
    house.signed_in("ryan").await;
    assert_eq!(post_event(&house, &event).await.status, 202);
    assert_eq!(accounts(&house).await, 1);
}

#[tokio::test]
async fn what_kakao_did_not_sign_is_refused_in_the_words_of_the_standard() {
    let house = House::open().await;
    register(&house, "/kakao/account-status");
    house.signed_in("ryan").await;
    let event = send_event(&house, "user-linked").await["request_body"].as_str().unwrap().to_owned();
    let other = send_event(&house, "token-issued").await["request_body"].as_str().unwrap().to_owned();
    let forged = format!("{}.{}", event.rsplit_once('.').unwrap().0, other.rsplit_once('.').unwrap().1);
    for (body, err) in
        [(forged.as_str(), "invalid_key"), ("", "invalid_request"), ("a.b.c", "invalid_request")]
    {
        let refused = post_event(&house, body).await.is(400);
        assert_eq!(refused["err"], err);
        assert!(!refused["description"].as_str().unwrap().is_empty());
    }
    let house = house
        .restart_with(|settings| settings.kakao.keys.rest_api_key = katok_client::RestApiKey::new("other"));
    assert_eq!(post_event(&house.await, &event).await.is(400)["err"], "invalid_audience");
}

#[tokio::test]
async fn webhooks_do_not_wait_behind_requests_that_wait_for_kakao() {
    let patient =
        |settings: &mut katok_gateway::Settings, _: &_| settings.kakao_timeout = Duration::from_mins(10);
    let house = House::open_with(Database::new().await, patient).await;
    register(&house, "/kakao/account-status");
    let (ryan, apeach) = (house.signed_in("ryan").await, house.signed_in("apeach").await);
    // As after any sign-in of the last day, Kakao's keys are known.
    assert_eq!(send_event(&house, "user-linked").await["status"], 202);
    // Apeach's hang at what they ask, Ryan's at one refresh.
    house.clock.advance(SignedDuration::from_hours(6));
    apeach.get("/profile").await.is(200);
    let before = house.kakao.count("/v2/user/me");
    house.kakao.turns(Mood::Silent);
    let ask = |browser: &Browser| {
        let browser = browser.copy();
        tokio::spawn(async move { browser.get("/profile").await })
    };
    let refreshing: Vec<_> = (0..150).map(|_| ask(&ryan)).collect();
    let hanging: Vec<_> = (0..150).map(|_| ask(&apeach)).collect();
    while house.kakao.count("/v2/user/me") < before + hanging.len() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(send_event(&house, "user-linked").await["status"], 202);
    assert_eq!(send_unlink(&house).await["status"], 200);
    assert_eq!(accounts(&house).await, 1);
    assert!(hanging.iter().all(|request| !request.is_finished()));
    for request in refreshing.into_iter().chain(hanging) {
        request.abort();
    }
}

#[tokio::test]
async fn an_event_whose_keys_kakao_does_not_give_is_to_come_again() {
    let patient =
        |settings: &mut katok_gateway::Settings, _: &_| settings.kakao_timeout = Duration::from_mins(10);
    let house = House::open_with(Database::new().await, patient).await;
    // A sign-in that brings an ID token would have fetched them.
    let mut seed = house.emulator.world();
    seed.apps[0].oidc = false;
    house.emulator.reset(&seed);
    register(&house, "/out-of-order");
    house.signed_in("ryan").await;
    let event = send_event(&house, "user-unlinked").await["request_body"].as_str().unwrap().to_owned();
    house.kakao.turns(Mood::Silent);
    assert_eq!(post_event(&house, &event).await.status, 503);
    assert_eq!(accounts(&house).await, 1);
}
