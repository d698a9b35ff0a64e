//! Asking again by an idempotency key: the first answer, whatever has changed since, and one message.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use jiff::SignedDuration;
use katok_client::Clock as _;
use serde_json::{Value, json};
use url::Url;

use crate::browser::{Browser, Page, http};
use crate::database::Database;
use crate::house::{House, listener, start};

/// A program with a key that may send everything, of which each request names the same idempotency key.
struct Program {
    key: String,
    visitor: Browser,
}

impl Program {
    async fn of(house: &House, wish: Value) -> Self {
        let mut asked = json!({"name": "CI", "scopes": ["send:me", "send:friends", "read"]});
        asked.as_object_mut().unwrap().extend(wish.as_object().unwrap().clone());
        let made = house.signed_in("ryan").await.post("/v1/keys", asked).await.is(201);
        Self { key: made["key"].as_str().unwrap().to_owned(), visitor: house.visitor() }
    }

    async fn post(&self, url: &Url, path: &str, body: impl Into<String>) -> Page {
        let request = http().post(url.join(path).unwrap()).bearer_auth(&self.key);
        let content_type = if path == "/v1/notify" { "text/plain" } else { "application/json" };
        let request = request.header("content-type", content_type).header("idempotency-key", "deploy-1");
        self.visitor.send(request.body(body.into())).await
    }

    async fn send(&self, url: &Url, message: &Value) -> Page {
        self.post(url, "/v1/messages", message.to_string()).await
    }
}

#[tokio::test]
async fn a_message_that_has_expired_was_accepted_all_the_same() {
    let house = House::open().await;
    let program = Program::of(&house, json!({})).await;
    let expires_at = house.clock.now() + SignedDuration::from_mins(1);
    let message = json!({"to": "me", "text": "하나", "expires_at": expires_at});
    let first = program.send(&house.url, &message).await.is(202);
    house.advance(SignedDuration::from_mins(2));
    assert_eq!(program.send(&house.url, &message).await.is(202), first);
    // As another one it would be refused.
    let other = json!({"to": "me", "text": "둘", "expires_at": expires_at});
    assert_eq!(program.send(&house.url, &other).await.is(409)["code"], "idempotency_conflict");
    assert_eq!(house.number("SELECT COUNT(*) FROM messages").await, 1);
}

#[tokio::test]
async fn a_message_that_was_put_off_taken_back_or_sent_is_still_the_one_that_was_asked_for() {
    let house = House::open().await;
    let program = Program::of(&house, json!({})).await;
    let at = |minutes| house.clock.now() + SignedDuration::from_mins(minutes);
    let message = json!({"to": "me", "text": "하나", "send_at": at(10)});
    let first = program.send(&house.url, &message).await.is(202);
    let path = |what: &str| format!("/v1/messages/{}/{what}", first["id"].as_str().unwrap());
    let later = json!({"send_at": at(20)}).to_string();
    program.post(&house.url, &path("reschedule"), later).await.is(200);
    assert_eq!(program.send(&house.url, &message).await.is(202), first);
    program.post(&house.url, &path("cancel"), "{}").await.is(200);
    assert_eq!(program.send(&house.url, &message).await.is(202), first);
    program.post(&house.url, &path("resend"), "{}").await.is(200);
    house.gateway.do_what_is_due().await;
    assert_eq!(program.send(&house.url, &message).await.is(202), first);
    assert_eq!(house.texts("ryan"), ["하나"]);
}

#[tokio::test]
async fn an_outbox_that_is_full_has_its_messages_asked_for_again() {
    let house = House::open_with(Database::new().await, |settings, _| settings.outbox.most_open = 1).await;
    let program = Program::of(&house, json!({})).await;
    let message =
        json!({"to": "me", "text": "하나", "send_at": house.clock.now() + SignedDuration::from_mins(1)});
    let first = program.send(&house.url, &message).await.is(202);
    let browser = house.signed_in("ryan").await;
    browser.post("/v1/messages", json!({"to": "me", "text": "둘"})).await.is(429);
    assert_eq!(program.send(&house.url, &message).await.is(202), first);
}

#[tokio::test]
async fn a_key_that_has_sent_all_it_may_can_ask_again_for_what_it_sent() {
    let house = House::open().await;
    let program = Program::of(&house, json!({"daily_cap": 1})).await;
    let asks = (0..8).map(|_| program.post(&house.url, "/v1/notify", "하나"));
    let answers: BTreeSet<String> =
        join_all(asks).await.iter().map(|page| page.is(202).to_string()).collect();
    assert_eq!(answers.len(), 1, "{answers:?}");
    assert_eq!(program.post(&house.url, "/v1/notify", "둘").await.is(409)["code"], "idempotency_conflict");
    house.gateway.do_what_is_due().await;
    assert_eq!(house.texts("ryan"), ["하나"]);
    let others = (0..8).map(|_| {
        let request = http().post(house.url.join("/v1/notify").unwrap()).bearer_auth(&program.key);
        program.visitor.send(request.header("idempotency-key", "deploy-2").body("둘"))
    });
    for other in join_all(others).await {
        assert_eq!(other.is(429)["code"], "daily_cap_reached");
    }
    assert_eq!(house.number("SELECT counted FROM api_keys").await, 1);
}

#[tokio::test]
async fn the_same_body_is_known_in_another_order_and_with_other_spaces() {
    let house = House::open().await;
    let program = Program::of(&house, json!({})).await;
    let send = |body: &'static str| program.post(&house.url, "/v1/messages", body);
    let first = send(r#"{"to":"me","text":"하나","link":"https://katok.example/"}"#).await.is(202);
    let again =
        send("{ \"link\": \"https://katok.example/\",\n \"text\": \"하나\", \"to\": \"me\" }\n").await;
    assert_eq!(again.is(202), first);
    for other in
        [r#"{"to":"me","text":"하나"}"#, r#"{"to":"me","text":"하나","link":"https://katok.example/2"}"#]
    {
        assert_eq!(send(other).await.is(409)["code"], "idempotency_conflict");
    }
    program.post(&house.url, "/v1/notify", "하나").await.is(409);
    assert_eq!(house.number("SELECT COUNT(*) FROM messages").await, 1);
}

#[tokio::test]
async fn two_gateways_with_addresses_of_their_own_accept_a_text_once() {
    let Some(database) = Database::on_postgres().await else { return };
    let house = House::open_on(database).await;
    let (listener, there) = listener().await;
    let data = tempfile::tempdir().unwrap();
    let mut settings = house.settings_of_another();
    settings.public_url = there.clone();
    let _other = start(settings, data.path(), listener, &house.clock).await.unwrap();
    let program = Program::of(&house, json!({"daily_cap": 1})).await;
    // A text without a link gets that of the gateway.
    let asks = (0..16).map(|number| {
        let url = if number % 2 == 0 { &house.url } else { &there };
        program.post(url, "/v1/notify", "하나")
    });
    let answers: BTreeSet<String> =
        join_all(asks).await.iter().map(|page| page.is(202).to_string()).collect();
    assert_eq!(answers.len(), 1, "{answers:?}");
    house.gateway.do_what_is_due().await;
    assert_eq!(house.texts("ryan"), ["하나"]);
}
