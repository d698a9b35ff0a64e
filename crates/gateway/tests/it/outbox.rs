//! The outbox: what is accepted arrives, once, or it is told why not.

use jiff::{SignedDuration, Timestamp};
use katok_client::Clock as _;
use reqwest::Method;
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::house::House;
use crate::kakao_proxy::Mood;

/// Sends, and waits until the outbox has nothing left to do at this time.
async fn sent(house: &House, browser: &Browser, message: Value) -> Value {
    let accepted = browser.post("/v1/messages", message).await.is(202);
    house.gateway.do_what_is_due().await;
    look(browser, &accepted).await
}

async fn look(browser: &Browser, message: &Value) -> Value {
    browser.get(&format!("/v1/messages/{}", message["id"].as_str().unwrap())).await.is(200)
}

fn state(message: &Value) -> &str {
    message["state"].as_str().unwrap()
}

#[tokio::test]
async fn what_is_accepted_arrives() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    let message = json!({"to": "me", "text": "배포 완료", "link": "https://katok.example/1"});
    let accepted = browser.post("/v1/messages", message).await.is(202);
    assert_eq!((state(&accepted), accepted["deliveries"][0]["to"].as_str()), ("queued", Some("me")));
    house.gateway.do_what_is_due().await;
    let message = look(&browser, &accepted).await;
    assert_eq!(state(&message), "delivered", "{message}");
    assert_eq!(message["template"]["text"], "배포 완료");
    let attempts = message["deliveries"][0]["attempts"].as_array().unwrap();
    assert_eq!((attempts.len(), attempts[0]["outcome"].as_str()), (1, Some("delivered")));
    assert_eq!(message["deliveries"][0]["id"], accepted["deliveries"][0]["id"]);
    assert_eq!(house.texts("ryan"), ["배포 완료"]);
    let list = browser.get("/v1/messages").await.is(200);
    assert_eq!(list["messages"][0]["id"], message["id"]);
    house
        .signed_in("apeach")
        .await
        .get(&format!("/v1/messages/{}", message["id"].as_str().unwrap()))
        .await
        .is(404);
}

#[tokio::test]
async fn a_program_notifies_its_person_with_one_line() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    let key = browser.post("/v1/keys", json!({"name": "CI", "scopes": ["send:me"]})).await.is(201);
    let url = house.url.join("/v1/notify").unwrap();
    let key = key["key"].as_str().unwrap();
    let notify = |text: &'static str| crate::browser::http().post(url.clone()).bearer_auth(key).body(text);
    let program = house.visitor();
    program.send(notify("배포 완료")).await.is(202);
    program.send(notify("")).await.is(422);
    house.gateway.do_what_is_due().await;
    assert_eq!(house.texts("ryan"), ["배포 완료"]);
    let bearer = format!("Bearer {key}");
    let listed = program.request_with(Method::GET, "/v1/messages", &[("authorization", &bearer)]).await;
    listed.is(403);
}

#[tokio::test]
async fn more_than_five_friends_are_fine_and_each_is_told_of_apart() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    let apeach = house.friend(&browser, "어피치").await;
    let message =
        sent(&house, &browser, json!({"to": {"friends": [apeach, "nobody-1", "nobody-2"]}, "text": "안녕"}))
            .await;
    let states: Vec<_> = message["deliveries"].as_array().unwrap().iter().map(state).collect();
    // Kakao refused the call of three for the sake of two: from then on each goes alone.
    assert_eq!(states, ["queued", "queued", "queued"], "{message}");
    house.advance(SignedDuration::from_secs(2));
    house.gateway.do_what_is_due().await;
    let message = look(&browser, &message).await;
    let states: Vec<_> = message["deliveries"].as_array().unwrap().iter().map(state).collect();
    assert_eq!(states, ["delivered", "refused", "refused"], "{message}");
    assert_eq!(message["deliveries"][1]["code"], "-2");
    assert_eq!(house.texts("apeach"), ["안녕"]);
}

#[tokio::test]
async fn the_same_key_and_message_are_accepted_once() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    let url = house.url.join("/v1/messages").unwrap();
    let post = |key: &'static str, text: &'static str| {
        let request = crate::browser::http().post(url.clone()).header("idempotency-key", key);
        browser.send(request.json(&json!({"to": "me", "text": text})))
    };
    let first = post("deploy-1", "하나").await.is(202);
    let again: Vec<_> = (0..8).map(|_| post("deploy-1", "하나")).collect();
    for again in again {
        assert_eq!(again.await.is(202), first);
    }
    assert_eq!(post("deploy-1", "둘").await.is(409)["code"], "idempotency_conflict");
    post("deploy-2", "셋").await.is(202);
    house.gateway.do_what_is_due().await;
    assert_eq!(post("deploy-1", "하나").await.is(202), first);
    assert_eq!(house.texts("ryan"), ["하나", "셋"]);
}

#[tokio::test]
async fn the_same_key_brings_the_same_answer_though_the_message_was_put_off_or_sent_again() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    let at = |minutes: i64| (house.clock.now() + SignedDuration::from_mins(minutes)).to_string();
    let url = house.url.join("/v1/messages").unwrap();
    let post = |body: &Value| {
        let request = crate::browser::http().post(url.clone()).header("idempotency-key", "deploy-1");
        browser.send(request.json(body))
    };
    let body = json!({"to": "me", "text": "하나", "send_at": at(10), "expires_at": at(30)});
    let first = post(&body).await.is(202);
    let path = |what: &str| format!("/v1/messages/{}/{what}", first["id"].as_str().unwrap());
    browser.post(&path("reschedule"), json!({"send_at": at(20)})).await.is(200);
    assert_eq!(post(&body).await.is(202), first);
    browser.post(&path("cancel"), json!({})).await.is(200);
    browser.post(&path("resend"), json!({})).await.is(200);
    assert_eq!(post(&body).await.is(202), first);
    let other = json!({"to": "me", "text": "하나", "send_at": at(20), "expires_at": at(30)});
    assert_eq!(post(&other).await.is(409)["code"], "idempotency_conflict");
}

#[tokio::test]
async fn whoever_is_refused_to_have_it_sent_again_gets_no_longer_time_for_it() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    let ends = (house.clock.now() + SignedDuration::from_mins(30)).to_string();
    let begins = (house.clock.now() + SignedDuration::from_mins(10)).to_string();
    let wish = json!({"to": "me", "text": "하나", "send_at": begins, "expires_at": ends});
    let message = sent(&house, &browser, wish).await;
    let path = format!("/v1/messages/{}", message["id"].as_str().unwrap());
    assert_eq!(browser.post(&format!("{path}/resend"), json!({})).await.is(409)["code"], "too_late");
    assert_eq!(browser.get(&path).await.is(200)["expires_at"], ends);
}

#[tokio::test]
async fn nothing_is_sent_before_its_time_and_it_can_be_put_off_and_taken_back() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    let at = |minutes: i64| (house.clock.now() + SignedDuration::from_mins(minutes)).to_string();
    let scheduled = |minutes: i64, text: &str| json!({"to": "me", "text": text, "send_at": at(minutes)});
    let first = sent(&house, &browser, scheduled(10, "열 분 뒤")).await;
    let second = sent(&house, &browser, scheduled(10, "취소")).await;
    let third = sent(&house, &browser, scheduled(10, "미룸")).await;
    assert_eq!((state(&first), first["send_at"].as_str().unwrap()), ("scheduled", at(10).as_str()));
    let path =
        |message: &Value, what: &str| format!("/v1/messages/{}/{what}", message["id"].as_str().unwrap());
    assert_eq!(state(&browser.post(&path(&second, "cancel"), json!({})).await.is(200)), "cancelled");
    browser.post(&path(&third, "reschedule"), json!({"send_at": at(20)})).await.is(200);
    house.advance(SignedDuration::from_mins(9));
    house.gateway.do_what_is_due().await;
    assert!(house.texts("ryan").is_empty());
    house.advance(SignedDuration::from_mins(1));
    house.gateway.do_what_is_due().await;
    assert_eq!(house.texts("ryan"), ["열 분 뒤"]);
    house.advance(SignedDuration::from_mins(10));
    house.gateway.do_what_is_due().await;
    assert_eq!(house.texts("ryan"), ["열 분 뒤", "미룸"]);
    assert_eq!(browser.post(&path(&first, "cancel"), json!({})).await.is(409)["code"], "too_late");
}

#[tokio::test]
async fn what_was_not_sent_is_tried_again_and_in_order() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    house.kakao.turns(Mood::Maintenance);
    for text in ["하나", "둘", "셋"] {
        let message = sent(&house, &browser, json!({"to": "me", "text": text})).await;
        assert_eq!(state(&message), "queued", "{message}");
    }
    house.kakao.turns(Mood::Honest);
    house.advance(SignedDuration::from_secs(5));
    house.gateway.do_what_is_due().await;
    assert_eq!(house.texts("ryan"), ["하나", "둘", "셋"]);
}

#[tokio::test]
async fn a_lost_answer_is_unconfirmed_and_sent_again_only_when_somebody_says_so() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    house.kakao.turns(Mood::HalfJson);
    let message = sent(&house, &browser, json!({"to": "me", "text": "갔을까"})).await;
    house.kakao.turns(Mood::Honest);
    assert_eq!(state(&message), "unconfirmed", "{message}");
    assert_eq!(message["deliveries"][0]["remedy"]["action"], "check_first");
    house.advance(SignedDuration::from_hours(30));
    house.gateway.do_what_is_due().await;
    assert_eq!(house.texts("ryan").len(), 1);
    let resend = format!("/v1/messages/{}/resend", message["id"].as_str().unwrap());
    browser.post(&resend, json!({})).await.is(200);
    house.gateway.do_what_is_due().await;
    assert_eq!(house.texts("ryan").len(), 2);
    assert_eq!(state(&look(&browser, &message).await), "delivered");
}

#[tokio::test]
async fn whoever_prefers_twice_to_never_gets_it() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    house.kakao.turns(Mood::HalfJson);
    let asked = json!({"to": "me", "text": "꼭", "on_unconfirmed": "resend"});
    let message = sent(&house, &browser, asked).await;
    assert_eq!(state(&message), "queued", "{message}");
    house.kakao.turns(Mood::Honest);
    house.advance(SignedDuration::from_secs(2));
    house.gateway.do_what_is_due().await;
    assert_eq!(state(&look(&browser, &message).await), "delivered");
    assert_eq!(house.texts("ryan"), ["꼭", "꼭"]);
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_and_names_its_place() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    for (message, status) in [
        (json!({"to": "me"}), 422),
        (json!({"text": "안녕"}), 422),
        (json!({"to": "you", "text": "안녕"}), 422),
        (json!({"to": {"friends": []}, "text": "안녕"}), 422),
        (json!({"to": {"friends": ["a", "a"]}, "text": "안녕"}), 422),
        (json!({"to": "me", "text": "안녕", "template": {}}), 422),
        (json!({"to": "me", "text": "안녕", "send_at": "soon"}), 422),
        (json!({"to": "me", "text": "안녕", "send_at": "2199-01-01T00:00:00Z"}), 422),
        (json!({"to": "me", "text": "안녕", "expires_at": "2001-01-01T00:00:00Z"}), 422),
        (json!({"to": "me", "text": "안녕", "unknown": 1}), 422),
    ] {
        browser.post("/v1/messages", message).await.is(status);
    }
    let wrong = json!({"to": "me", "template": {"object_type": "list", "header_title": "목록"}});
    let refused = browser.post("/v1/messages", wrong).await.is(422);
    let paths: Vec<_> = refused["findings"].as_array().unwrap().iter().map(|found| &found["path"]).collect();
    assert!(paths.contains(&&json!("header_link")), "{refused}");
    let long = json!({"to": "me", "text": "가".repeat(300)});
    let accepted = browser.post("/v1/messages", long).await.is(202);
    assert_eq!(accepted["warnings"][0]["path"], "text");
    assert_eq!(house.number("SELECT count(*) FROM messages").await, 1);
}

#[tokio::test]
async fn a_message_whose_gateway_died_over_it_is_unconfirmed() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    let later = (house.clock.now() + SignedDuration::from_mins(1)).to_string();
    let message = sent(&house, &browser, json!({"to": "me", "text": "도중에", "send_at": later})).await;
    let house = house
        .restart_after(async |folder, database| {
            let sql = "UPDATE deliveries SET state = 'sending', attempts = 1, due_at = 0";
            database.change(folder, sql).await;
            database.change(folder, "UPDATE lanes SET due_at = 0").await;
        })
        .await;
    house.gateway.do_what_is_due().await;
    let message = look(&browser, &message).await;
    assert_eq!(
        (state(&message), message["deliveries"][0]["code"].as_str()),
        ("unconfirmed", Some("gateway_gone"))
    );
    assert!(house.texts("ryan").is_empty());
    let _: Timestamp = message["deliveries"][0]["attempts"][0]["at"].as_str().unwrap().parse().unwrap();
}

#[tokio::test]
async fn what_has_to_wait_is_not_overtaken() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    let soon = (house.clock.now() + SignedDuration::from_mins(1)).to_string();
    for text in ["하나", "둘", "셋"] {
        sent(&house, &browser, json!({"to": "me", "text": text, "send_at": soon})).await;
    }
    let fault =
        json!({"match": {"path": "/v2/api/talk/memo/default/send"}, "times": 1, "then": {"status": 503}});
    let faults = house.emulator.base_url().join("/_emulator/v1/faults").unwrap();
    let told = crate::browser::http().post(faults).json(&fault).send().await.unwrap();
    assert!(told.status().is_success());
    house.advance(SignedDuration::from_mins(1));
    house.gateway.do_what_is_due().await;
    assert!(house.texts("ryan").is_empty());
    house.advance(SignedDuration::from_secs(2));
    house.gateway.do_what_is_due().await;
    assert_eq!(house.texts("ryan"), ["하나", "둘", "셋"]);
}

#[tokio::test]
async fn what_is_asked_for_again_counts_once_towards_a_keys_cap() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    let key =
        browser.post("/v1/keys", json!({"name": "CI", "scopes": ["send:me"], "daily_cap": 2})).await.is(201);
    let url = house.url.join("/v1/notify").unwrap();
    let (program, key) = (house.visitor(), key["key"].as_str().unwrap());
    let notify = |name: &'static str, text: &'static str| {
        let request = crate::browser::http().post(url.clone()).bearer_auth(key);
        program.send(request.header("idempotency-key", name).body(text))
    };
    let first = notify("one", "하나").await.is(202);
    assert_eq!(notify("one", "하나").await.is(202), first);
    notify("one", "다른 것").await.is(409);
    notify("two", "둘").await.is(202);
    notify("three", "셋").await.is(429);
}

#[tokio::test]
async fn whoever_asks_again_after_the_time_to_send_gets_the_same_answer() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    let send_at = (house.clock.now() + SignedDuration::from_mins(1)).to_string();
    let url = house.url.join("/v1/messages").unwrap();
    let post = || {
        let request = crate::browser::http().post(url.clone()).header("idempotency-key", "deploy-1");
        browser.send(request.json(&json!({"to": "me", "text": "하나", "send_at": send_at})))
    };
    let first = post().await.is(202);
    house.advance(SignedDuration::from_mins(2));
    assert_eq!(post().await.is(202), first);
    house.gateway.do_what_is_due().await;
    assert_eq!(post().await.is(202), first);
    assert_eq!(house.texts("ryan"), ["하나"]);
}
