//! Operating the outbox: how deep it is, holding it, and what bounds it.

use std::sync::Arc;

use jiff::SignedDuration;
use katok_client::{Clock as _, SystemChance};
use katok_gateway::{OutboxChange, OutboxQuery, OutboxScope, StartError, Storage};
use reqwest::Method;
use serde_json::{Value, json};

use crate::browser::{Browser, Page, http};
use crate::database::Database;
use crate::house::{House, another_vault_key};

fn text(text: &str) -> Value {
    json!({"to": "me", "text": text})
}

/// A key that may send to its person: its name and its text.
async fn key(browser: &Browser) -> (String, String) {
    let made = browser.post("/v1/keys", json!({"name": "CI", "scopes": ["send:me", "read"]})).await.is(201);
    (made["id"].as_str().unwrap().to_owned(), made["key"].as_str().unwrap().to_owned())
}

async fn post_by_key(house: &House, key: &str, path: &str, body: Value) -> Page {
    let request = http().post(house.url.join(path).unwrap()).bearer_auth(key).json(&body);
    house.visitor().send(request).await
}

async fn states(browser: &Browser) -> Vec<String> {
    let list = browser.get("/v1/messages").await.is(200);
    let state = |message: &Value| message["state"].as_str().unwrap().to_owned();
    list["messages"].as_array().unwrap().iter().map(state).collect()
}

#[tokio::test]
async fn metrics_tell_depth_age_outcomes_and_waits() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    browser.post("/v1/messages", text("지금")).await.is(202);
    house.gateway.do_what_is_due().await;
    let later = house.clock.now() + SignedDuration::from_hours(1);
    browser.post("/v1/messages", json!({"to": "me", "text": "나중", "send_at": later})).await.is(202);
    browser.post("/v1/outbox/pause", json!({})).await.is(200);
    browser.post("/v1/messages", text("멈춤")).await.is(202);
    house.advance(SignedDuration::from_secs(90));
    let metrics = house.visitor().get("/metrics").await.body;
    for line in [
        "katok_outbox_deliveries{state=\"scheduled\"} 1",
        "katok_outbox_deliveries{state=\"queued\"} 1",
        "katok_outbox_deliveries{state=\"sending\"} 0",
        "katok_outbox_oldest_due_seconds 90.0",
        "katok_outbox_settled_total{state=\"delivered\",code=\"\"} 1",
        "katok_outbox_delivery_seconds_count 1",
        "katok_outbox_breaker_open 0",
    ] {
        assert!(metrics.lines().any(|told| told == line), "{line} is not in\n{metrics}");
    }
}

#[tokio::test]
async fn the_metrics_show_that_kakao_is_not_asked_any_more() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    house.kakao.goes_away().await;
    browser.post("/v1/messages", text("안녕")).await.is(202);
    for _ in 0..4 {
        house.gateway.do_what_is_due().await;
        house.advance(SignedDuration::from_mins(10));
    }
    house.gateway.do_what_is_due().await;
    let metrics = house.visitor().get("/metrics").await.body;
    assert!(metrics.contains("katok_outbox_breaker_open 1\n"), "{metrics}");
}

#[tokio::test]
async fn what_is_paused_is_kept_and_goes_out_when_it_is_resumed() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    let paused = browser.post("/v1/outbox/pause", json!({})).await.is(200);
    assert_eq!(paused["paused_by"], "person", "{paused}");
    browser.post("/v1/messages", text("기다림")).await.is(202);
    let other = house.signed_in("apeach").await;
    other.post("/v1/messages", text("지나감")).await.is(202);
    house.gateway.do_what_is_due().await;
    assert_eq!((house.texts("ryan").len(), house.texts("apeach").len()), (0, 1));
    let outbox = browser.get("/v1/outbox").await.is(200);
    assert_eq!((&outbox["open"], outbox["oldest_due_at"].is_string()), (&json!({"queued": 1}), true));

    let resumed = browser.post("/v1/outbox/resume", json!({})).await.is(200);
    assert_eq!(resumed["paused_by"], Value::Null, "{resumed}");
    house.gateway.do_what_is_due().await;
    assert_eq!(house.texts("ryan"), ["기다림"]);
    assert_eq!(browser.get("/v1/outbox").await.is(200)["open"], json!({}));
}

#[tokio::test]
async fn a_paused_key_holds_up_its_own_messages_only() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    let (id, key) = key(&browser).await;
    let paused = browser.post("/v1/outbox/pause", json!({"key": id})).await.is(200);
    assert_eq!((&paused["paused_by"], &paused["paused_keys"]), (&Value::Null, &json!([id])));
    post_by_key(&house, &key, "/v1/messages", text("키")).await.is(202);
    browser.post("/v1/messages", text("사람")).await.is(202);
    house.gateway.do_what_is_due().await;
    assert_eq!(house.texts("ryan"), ["사람"]);

    // Only the person whose key it is, and no key, may say so.
    let stranger = house.signed_in("apeach").await;
    stranger.post("/v1/outbox/resume", json!({"key": id})).await.is(404);
    let refused = post_by_key(&house, &key, "/v1/outbox/resume", json!({"key": id})).await.is(403);
    assert_eq!(refused["code"], "session_only", "{refused}");

    browser.post("/v1/outbox/resume", json!({"key": id})).await.is(200);
    house.gateway.do_what_is_due().await;
    assert_eq!(house.texts("ryan"), ["사람", "키"]);
}

#[tokio::test]
async fn what_was_due_while_paused_is_not_overtaken_by_what_came_later() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    browser.post("/v1/outbox/pause", json!({})).await.is(200);
    let at = |minutes: i64| (house.clock.now() + SignedDuration::from_mins(minutes)).to_string();
    let (first, far) = (at(10), at(60));
    browser.post("/v1/messages", json!({"to": "me", "text": "먼저", "send_at": first})).await.is(202);
    browser.post("/v1/messages", json!({"to": "me", "text": "한 시간 뒤", "send_at": far})).await.is(202);
    house.advance(SignedDuration::from_mins(20));
    browser.post("/v1/messages", text("나중")).await.is(202);
    browser.post("/v1/outbox/resume", json!({})).await.is(200);
    house.gateway.do_what_is_due().await;
    assert_eq!(house.texts("ryan"), ["먼저", "나중"]);
}

#[tokio::test]
async fn whoever_leaves_takes_their_pauses_along() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    let (id, _) = key(&browser).await;
    browser.post("/v1/outbox/pause", json!({})).await.is(200);
    browser.post("/v1/outbox/pause", json!({"key": id})).await.is(200);
    assert_eq!(house.number("SELECT COUNT(*) FROM outbox_pauses").await, 2);
    browser.get("/unlink").await;
    assert_eq!(house.number("SELECT COUNT(*) FROM outbox_pauses").await, 0);
}

#[tokio::test]
async fn a_revoked_key_sends_nothing_more() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    let (id, key) = key(&browser).await;
    let later = house.clock.now() + SignedDuration::from_hours(1);
    let scheduled = |text: &str| json!({"to": "me", "text": text, "send_at": later});
    post_by_key(&house, &key, "/v1/messages", scheduled("훔친 키")).await.is(202);
    browser.post("/v1/messages", scheduled("사람")).await.is(202);
    let revoked = browser.request_with(Method::DELETE, &format!("/v1/keys/{id}"), &[]).await;
    assert_eq!(revoked.status, 204);
    assert_eq!(states(&browser).await, ["scheduled", "cancelled"]);
    house.advance(SignedDuration::from_hours(2));
    house.gateway.do_what_is_due().await;
    assert_eq!(house.texts("ryan"), ["사람"]);
    // What has nothing left to cancel is not looked at for ever.
    assert_eq!(house.number("SELECT COUNT(*) FROM outbox_pauses").await, 0);
}

#[tokio::test]
async fn one_account_cannot_fill_the_disk() {
    let house = House::open_with(Database::new().await, |settings, _| settings.outbox.most_open = 2).await;
    let browser = house.signed_in("ryan").await;
    let later = house.clock.now() + SignedDuration::from_hours(1);
    let scheduled = json!({"to": "me", "text": "나중", "send_at": later});
    let first = browser.post("/v1/messages", scheduled.clone()).await.is(202);
    browser.post("/v1/messages", scheduled.clone()).await.is(202);
    let refused = browser.post("/v1/messages", scheduled.clone()).await.is(429);
    assert_eq!(refused["code"], "outbox_full", "{refused}");
    house.signed_in("apeach").await.post("/v1/messages", scheduled.clone()).await.is(202);

    let cancel = format!("/v1/messages/{}/cancel", first["id"].as_str().unwrap());
    browser.post(&cancel, json!({})).await.is(200);
    browser.post("/v1/messages", scheduled).await.is(202);
}

fn beside(house: &House) -> Storage {
    Storage { data: house.data.path().to_owned(), database: house.database.setting(), vault_key: None }
}

#[tokio::test]
async fn an_operator_lists_cancels_and_sends_again_beside_the_gateway() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    let storage = beside(&house);
    let later = house.clock.now() + SignedDuration::from_hours(1);
    let scheduled = json!({"to": "me", "text": "나중", "send_at": later});
    let sent = browser.post("/v1/messages", scheduled).await.is(202);
    let id = sent["id"].as_str().unwrap();
    let of_state = async |state: &str| {
        let query = OutboxQuery { state: Some(state.to_owned()), account: None, limit: 10 };
        let listed = storage.outbox_messages(&query).await.unwrap();
        listed.into_iter().map(|message| message.id).collect::<Vec<_>>()
    };
    assert_eq!((of_state("scheduled").await, of_state("delivered").await), (vec![id.to_owned()], vec![]));
    let depth = storage.outbox_depth(house.clock.now()).await.unwrap();
    assert_eq!((depth.len(), depth[0].deliveries, depth[0].oldest_due_at), (1, 1, None));

    let now = house.clock.now();
    assert_eq!(storage.cancel_message(id, now).await.unwrap(), OutboxChange::Done);
    assert_eq!(storage.cancel_message(id, now).await.unwrap(), OutboxChange::TooLate);
    assert_eq!(storage.cancel_message("msg_x", now).await.unwrap(), OutboxChange::NoMessage);
    let message = storage.outbox_message(id).await.unwrap().unwrap();
    assert_eq!((message.state, message.deliveries[0].to.as_str()), ("cancelled", "me"));
    assert!(!serde_json::to_string(&message).unwrap().contains("나중"));

    assert_eq!(storage.resend_message(id, now).await.unwrap(), OutboxChange::Done);
    house.gateway.do_what_is_due().await;
    assert_eq!(house.texts("ryan"), ["나중"]);
}

#[tokio::test]
async fn what_a_message_says_is_read_by_the_vault_key_as_long_as_it_is_kept() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    let sent = browser.post("/v1/messages", text("비밀")).await.is(202);
    let (storage, id) = (beside(&house), sent["id"].as_str().unwrap());
    let says = async || storage.outbox_content(id, Arc::new(SystemChance)).await.unwrap();
    assert_eq!(says().await.unwrap()["text"], "비밀");
    house.gateway.do_what_is_due().await;
    house.advance(SignedDuration::from_hours(31 * 24));
    house.gateway.do_what_is_due().await;
    assert_eq!(says().await, None);
    let other = Storage { vault_key: Some(another_vault_key()), ..storage };
    let refused = other.outbox_content(id, Arc::new(SystemChance)).await.unwrap_err();
    assert!(matches!(refused, StartError::WrongVaultKey { .. }), "{refused}");
}

#[tokio::test]
async fn what_an_operator_pauses_only_an_operator_resumes() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    let (key_id, key) = key(&browser).await;
    let (storage, now) = (beside(&house), house.clock.now());
    let sent = browser.post("/v1/messages", text("먼저")).await.is(202);
    house.gateway.do_what_is_due().await;
    let account = storage.outbox_message(sent["id"].as_str().unwrap()).await.unwrap().unwrap().account;
    let scopes = [OutboxScope::All, OutboxScope::Account(account), OutboxScope::Key(key_id)];
    for (number, scope) in scopes.iter().enumerate() {
        assert!(storage.pause_outbox(scope, now).await.unwrap());
        browser.post("/v1/outbox/resume", json!({})).await.is(200);
        post_by_key(&house, &key, "/v1/messages", text("기다림")).await.is(202);
        house.gateway.do_what_is_due().await;
        assert_eq!(house.texts("ryan").len(), 1 + number, "{scope:?}");
        assert!(storage.resume_outbox(scope, now).await.unwrap());
        assert!(!storage.resume_outbox(scope, now).await.unwrap());
        house.gateway.do_what_is_due().await;
        assert_eq!(house.texts("ryan").len(), 2 + number, "{scope:?}");
    }
    let nobody = OutboxScope::Account("nobody".to_owned());
    assert!(!storage.pause_outbox(&nobody, now).await.unwrap());
}
