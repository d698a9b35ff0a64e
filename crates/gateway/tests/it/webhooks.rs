//! Outgoing webhooks: signed, tried again, seen by nobody else, and led nowhere they may not go.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use katok_client::Clock as _;
use katok_gateway::config::PrivateAddresses;
use reqwest::Method;
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::database::Database;
use crate::house::{House, START};
use crate::openapi;
use crate::receiver::Receiver;

const TEXT: &str = "비밀-표식-7421";

/// A gateway whose webhooks may lead to this machine, where the receivers are.
async fn open_house() -> House {
    House::open_with(Database::new().await, |settings, _| {
        settings.webhook_private_addresses = PrivateAddresses::Allow;
    })
    .await
}

async fn webhook(browser: &Browser, url: impl ToString) -> Value {
    browser.post("/v1/webhooks", json!({ "url": url.to_string() })).await.is(201)
}

/// A message to oneself that has arrived.
async fn sent(house: &House, browser: &Browser) -> Value {
    let message = browser.post("/v1/messages", json!({"to": "me", "text": TEXT})).await.is(202);
    house.gateway.do_what_is_due().await;
    message
}

async fn act(browser: &Browser, webhook: &Value, what: &str) -> Value {
    let path = format!("/v1/webhooks/{}/{what}", webhook["id"].as_str().unwrap());
    browser.post(&path, json!({})).await.is(200)
}

async fn list(browser: &Browser) -> Vec<Value> {
    browser.get("/v1/webhooks").await.is(200)["webhooks"].as_array().unwrap().clone()
}

/// The only webhook, as soon as it is as it should be: what became of a post is noted after its answer.
async fn listed_when(browser: &Browser, is_so: impl Fn(&Value) -> bool) -> Value {
    loop {
        let webhook = list(browser).await.remove(0);
        if is_so(&webhook) {
            return webhook;
        }
        tokio::task::yield_now().await;
    }
}

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;

#[tokio::test]
async fn a_post_is_signed_as_the_standard_webhooks_convention_has_it() {
    let (house, receiver) = (open_house().await, Receiver::open().await);
    let browser = house.signed_in("ryan").await;
    let webhook = webhook(&browser, &receiver.url).await;
    assert_eq!(act(&browser, &webhook, "test").await["outcome"], "204");
    let post = receiver.next().await;
    assert_eq!(post.signatures(), [post.signature_by(webhook["secret"].as_str().unwrap())]);
    assert_eq!(post.header("webhook-timestamp"), house.clock.now().as_second().to_string());
    assert!(post.header("webhook-id").starts_with("evt_"));
    assert_eq!(post.header("content-type"), "application/json");
    assert_eq!(post.json()["type"], "webhook.test");
    assert_eq!(list(&browser).await[0]["last_success_at"], house.clock.now().to_string());
}

#[tokio::test]
async fn each_change_is_posted_without_a_word_of_what_was_written() {
    let (house, receiver) = (open_house().await, Receiver::open().await);
    let browser = house.signed_in("ryan").await;
    let webhook = webhook(&browser, &receiver.url).await;
    let message = sent(&house, &browser).await;
    let post = receiver.next().await;
    openapi::check_is_a("Event", &post.json());
    assert_eq!(post.json()["type"], "delivery.delivered");
    let data = &post.json()["data"];
    assert_eq!(data["message"], message["id"]);
    assert_eq!(data["delivery"], message["deliveries"][0]["id"]);
    assert_eq!((data["to"].as_str(), data["state"].as_str()), (Some("me"), Some("delivered")));
    let secret = webhook["secret"].as_str().unwrap();
    assert_eq!(post.signatures(), [post.signature_by(secret)]);
    let listed = listed_when(&browser, |webhook| !webhook["last_success_at"].is_null()).await;
    assert_eq!(listed["posts"][0]["id"], post.header("webhook-id"));
    assert_eq!(listed["posts"][0]["outcome"], "204");
    assert!(listed["posts"][0]["next_attempt_at"].is_null());

    let rows = "SELECT id || payload || outcome FROM webhook_posts";
    let mut kept = house.database.column(house.data.path(), rows).await.join("");
    if house.database.url().is_some() {
        kept.push_str(&house.database.dump().await);
    } else {
        for file in ["katok.db", "katok.db-wal"] {
            let bytes = std::fs::read(house.data.path().join(file)).unwrap_or_default();
            kept.push_str(&String::from_utf8_lossy(&bytes));
        }
    }
    assert!(kept.contains(post.header("webhook-id")));
    for text in [TEXT, "라이언", "geheim-4711", secret, &secret["whsec_".len()..]] {
        assert!(!kept.contains(text) && !post.body.contains(text), "{text} lies about");
    }
}

#[tokio::test]
async fn what_fails_is_posted_again_as_it_was_under_the_same_id() {
    let (house, receiver) = (open_house().await, Receiver::open().await);
    let browser = house.signed_in("ryan").await;
    let webhook = webhook(&browser, &receiver.url).await;
    receiver.answers(500);
    sent(&house, &browser).await;
    let first = receiver.next().await;
    let listed = listed_when(&browser, |webhook| !webhook["failing_since"].is_null()).await;
    let again_at = house.clock.now() + SignedDuration::from_secs(5);
    assert_eq!(listed["posts"][0]["next_attempt_at"], again_at.to_string());
    assert_eq!(listed["posts"][0]["outcome"], "500");

    receiver.answers(200);
    house.advance(SignedDuration::from_secs(5));
    house.gateway.do_what_is_due().await;
    let second = receiver.next().await;
    assert_eq!(second.header("webhook-id"), first.header("webhook-id"));
    assert_eq!(second.body, first.body);
    assert_ne!(second.header("webhook-timestamp"), first.header("webhook-timestamp"));
    assert_eq!(second.signatures(), [second.signature_by(webhook["secret"].as_str().unwrap())]);
    let listed = listed_when(&browser, |webhook| webhook["failing_since"].is_null()).await;
    assert_eq!(
        (listed["posts"][0]["attempts"].as_i64(), listed["posts"][0]["outcome"].as_str()),
        (Some(2), Some("200"))
    );
    house.advance(SignedDuration::from_hours(1));
    house.gateway.do_what_is_due().await;
    assert_eq!(receiver.count(), 2);
}

#[tokio::test]
async fn a_webhook_that_fails_for_three_days_is_disabled_until_a_test_gets_through() {
    let (house, receiver) = (open_house().await, Receiver::open().await);
    let browser = house.signed_in("ryan").await;
    let webhook = webhook(&browser, &receiver.url).await;
    receiver.answers(503);
    sent(&house, &browser).await;
    let pauses = [5, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR];
    for pause in pauses.map(SignedDuration::from_secs) {
        receiver.next().await;
        let again_at = house.clock.now() + pause;
        let is_noted = |webhook: &Value| webhook["posts"][0]["next_attempt_at"] == again_at.to_string();
        assert!(listed_when(&browser, is_noted).await["disabled_at"].is_null());
        house.advance(pause);
        house.gateway.do_what_is_due().await;
    }
    receiver.next().await;
    listed_when(&browser, |webhook| !webhook["disabled_at"].is_null()).await;
    let listed = list(&browser).await.remove(0);
    assert_eq!((receiver.count(), listed["disabled_for"].as_str()), (10, Some("failing")));
    assert_eq!(listed["failing_since"], START.to_string());
    sent(&house, &browser).await;
    assert_eq!(receiver.count(), 10);

    receiver.answers(204);
    assert_eq!(act(&browser, &webhook, "test").await["outcome"], "204");
    receiver.next().await;
    assert!(list(&browser).await[0]["disabled_at"].is_null());
    let message = sent(&house, &browser).await;
    assert_eq!(receiver.next().await.json()["data"]["message"], message["id"]);
}

#[tokio::test]
async fn a_receiver_that_is_gone_gets_nothing_more() {
    let (house, receiver) = (open_house().await, Receiver::open().await);
    let browser = house.signed_in("ryan").await;
    webhook(&browser, &receiver.url).await;
    receiver.answers(410);
    sent(&house, &browser).await;
    let listed = listed_when(&browser, |webhook| !webhook["disabled_at"].is_null()).await;
    assert_eq!(listed["disabled_for"], "gone");
    sent(&house, &browser).await;
    house.advance(SignedDuration::from_hours(24));
    house.gateway.do_what_is_due().await;
    assert_eq!(receiver.count(), 1);
}

#[tokio::test]
async fn what_a_gateway_was_posting_when_it_stopped_is_posted_again() {
    let (house, receiver) = (open_house().await, Receiver::open().await);
    let browser = house.signed_in("ryan").await;
    webhook(&browser, &receiver.url).await;
    receiver.answers(0);
    let message = json!({"to": "me", "text": TEXT});
    browser.post("/v1/messages", message).await.is(202);
    let first = receiver.next().await;
    let house = house.restart().await;
    receiver.answers(204);
    house.advance(SignedDuration::from_mins(1));
    house.gateway.do_what_is_due().await;
    assert_eq!(receiver.next().await.header("webhook-id"), first.header("webhook-id"));
}

#[tokio::test]
async fn two_gateways_post_each_change_once() {
    let Some(database) = Database::on_postgres().await else { return };
    let house = House::open_with(database, |settings, _| {
        settings.webhook_private_addresses = PrivateAddresses::Allow;
    })
    .await;
    let ((other, _data), there) = house.another_gateway().await;
    let receiver = Receiver::open().await;
    let browser = house.signed_in("ryan").await;
    webhook(&browser, &receiver.url).await;
    let mut messages = BTreeSet::new();
    for number in 0..12 {
        let browser = if number % 2 == 0 { browser.copy() } else { browser.copy_at(&there) };
        let message = browser.post("/v1/messages", json!({"to": "me", "text": TEXT})).await.is(202);
        messages.insert(message["id"].to_string());
    }
    tokio::join!(house.gateway.do_what_is_due(), other.do_what_is_due());
    let mut told = BTreeSet::new();
    while told.len() < messages.len() {
        told.insert(receiver.next().await.json()["data"]["message"].to_string());
    }
    assert_eq!(told, messages);
    tokio::join!(house.gateway.do_what_is_due(), other.do_what_is_due());
    assert_eq!(receiver.count(), messages.len());
}

#[tokio::test]
async fn a_secret_is_shown_once_and_signs_for_a_day_beside_the_one_that_replaces_it() {
    let (house, receiver) = (open_house().await, Receiver::open().await);
    let browser = house.signed_in("ryan").await;
    let webhook = webhook(&browser, &receiver.url).await;
    let rotated = act(&browser, &webhook, "rotate-secret").await;
    let (old, new) = (webhook["secret"].as_str().unwrap(), rotated["secret"].as_str().unwrap());
    assert_ne!(old, new);
    let listed = browser.get("/v1/webhooks").await;
    assert!(!listed.body.contains("whsec_"), "{}", listed.body);
    act(&browser, &webhook, "test").await;
    let post = receiver.next().await;
    assert_eq!(post.signatures(), [post.signature_by(new), post.signature_by(old)]);

    house.advance(SignedDuration::from_hours(24));
    act(&browser, &webhook, "test").await;
    let post = receiver.next().await;
    assert_eq!(post.signatures(), [post.signature_by(new)]);
    assert!(list(&browser).await[0]["former_secret_until"].is_null());
}

#[tokio::test]
async fn nobody_but_its_owner_in_a_browser_sees_or_touches_a_webhook() {
    let (house, receiver) = (open_house().await, Receiver::open().await);
    let (browser, stranger) = (house.signed_in("ryan").await, house.signed_in("apeach").await);
    let webhook = webhook(&browser, &receiver.url).await;
    let path = format!("/v1/webhooks/{}", webhook["id"].as_str().unwrap());
    assert!(list(&stranger).await.is_empty());
    let key = json!({"name": "CI", "scopes": ["read", "send:me", "send:friends"]});
    let key = browser.post("/v1/keys", key).await.is(201)["key"].as_str().unwrap().to_owned();
    let authorization = format!("Bearer {key}");
    for (method, path) in [
        (Method::GET, "/v1/webhooks".to_owned()),
        (Method::POST, "/v1/webhooks".to_owned()),
        (Method::POST, format!("{path}/test")),
        (Method::POST, format!("{path}/rotate-secret")),
        (Method::DELETE, path.clone()),
    ] {
        let by_key = browser.request_with(method.clone(), &path, &[("authorization", &authorization)]).await;
        assert_eq!(by_key.is(403)["code"], "session_only", "{method} {path}");
        if path != "/v1/webhooks" {
            stranger.request_with(method.clone(), &path, &[]).await.is(404);
        }
        if method != Method::GET {
            let from = [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")];
            browser.request_with(method, &path, &from).await.is(403);
        }
    }
    assert_eq!(receiver.count(), 0);
    assert_eq!(list(&browser).await.len(), 1);
    assert_eq!(browser.request_with(Method::DELETE, &path, &[]).await.status, 204);
    browser.request_with(Method::DELETE, &path, &[]).await.is(404);
}

#[tokio::test]
async fn an_account_has_at_most_ten_webhooks_however_many_are_made_at_once() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    let requests: Vec<_> = (0..14)
        .map(|number| {
            let browser = browser.copy();
            let wish = json!({ "url": format!("https://hooks.example/{number}") });
            tokio::spawn(async move { browser.post("/v1/webhooks", wish).await.status.as_u16() })
        })
        .collect();
    let mut statuses = Vec::new();
    for request in requests {
        statuses.push(request.await.unwrap());
    }
    assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 10, "{statuses:?}");
    assert!(statuses.iter().all(|status| [201, 409].contains(status)), "{statuses:?}");
}

#[tokio::test]
async fn nothing_is_sent_to_private_addresses_unless_they_are_allowed() {
    let (house, receiver) = (House::open().await, Receiver::open().await);
    let browser = house.signed_in("ryan").await;
    let port = receiver.url.port().unwrap();
    for host in
        ["127.0.0.1", "127.1", "2130706433", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "169.254.169.254"]
    {
        let wish = json!({ "url": format!("https://{host}:{port}/") });
        let refused = browser.post("/v1/webhooks", wish).await.is(422);
        assert!(refused["detail"].as_str().unwrap().contains("KATOK_WEBHOOK_PRIVATE_ADDRESSES"), "{refused}");
    }
    browser.post("/v1/webhooks", json!({ "url": receiver.url })).await.is(422);
    // A name is looked up when something is posted.
    let named = webhook(&browser, format!("https://localhost:{port}/")).await;
    assert_eq!(act(&browser, &named, "test").await["outcome"], "private_address");
    assert_eq!(receiver.count(), 0);
}

#[tokio::test]
async fn what_was_allowed_once_is_not_reached_when_it_is_no_longer() {
    let (house, receiver) = (open_house().await, Receiver::open().await);
    let browser = house.signed_in("ryan").await;
    let webhook = webhook(&browser, &receiver.url).await;
    act(&browser, &webhook, "test").await;
    let house = house.restart_with(|settings| {
        settings.webhook_private_addresses = PrivateAddresses::Deny;
    });
    let _house = house.await;
    assert_eq!(act(&browser, &webhook, "test").await["outcome"], "private_address");
    assert_eq!(receiver.count(), 1);
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let (house, receiver, elsewhere) = (open_house().await, Receiver::open().await, Receiver::open().await);
    let browser = house.signed_in("ryan").await;
    receiver.leads_to(&elsewhere.url);
    let webhook = webhook(&browser, &receiver.url).await;
    assert_eq!(act(&browser, &webhook, "test").await["outcome"], "307");
    assert_eq!((receiver.count(), elsewhere.count()), (1, 0));
}

#[tokio::test]
async fn a_receiver_that_is_not_there_is_told_as_it_is() {
    let house = open_house().await;
    let browser = house.signed_in("ryan").await;
    let (listener, url) = crate::house::listener().await;
    drop(listener);
    let webhook = webhook(&browser, &url).await;
    assert_eq!(act(&browser, &webhook, "test").await["outcome"], "not_reached");
}

#[tokio::test]
async fn addresses_that_make_no_sense_are_told_what_is_wrong() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    for wish in [
        json!({}),
        json!({"url": ""}),
        json!({"url": "hooks.example"}),
        json!({"url": "http://hooks.example/"}),
        json!({"url": "ftp://hooks.example/"}),
        json!({"url": format!("https://hooks.example/{}", "x".repeat(3000))}),
        json!({"url": "https://hooks.example/", "secret": "whsec_mine"}),
    ] {
        browser.post("/v1/webhooks", wish).await.is(422);
    }
    assert!(list(&browser).await.is_empty());
}

#[tokio::test]
async fn webhooks_go_with_the_account() {
    let (house, receiver) = (open_house().await, Receiver::open().await);
    let browser = house.signed_in("ryan").await;
    webhook(&browser, &receiver.url).await;
    assert_eq!(house.number("SELECT COUNT(*) FROM webhooks").await, 1);
    browser.post("/unlink", json!({})).await.is(200);
    assert_eq!(house.number("SELECT COUNT(*) FROM webhooks").await, 0);
    assert_eq!(house.number("SELECT COUNT(*) FROM webhook_posts").await, 0);
}
