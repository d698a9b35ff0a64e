//! Recurring messages: one message each time, whatever clocks and gateways do.

use jiff::{SignedDuration, Timestamp};
use katok_client::Clock as _;
use reqwest::Method;
use serde_json::{Value, json};

use crate::browser::{Browser, Page};
use crate::database::Database;
use crate::house::House;

async fn make(browser: &Browser, recurring: Value) -> Value {
    browser.post("/v1/recurring", recurring).await.is(201)
}

fn path(recurring: &Value, rest: &str) -> String {
    format!("/v1/recurring/{}{rest}", recurring["id"].as_str().unwrap())
}

async fn look(browser: &Browser, recurring: &Value) -> Value {
    browser.get(&path(recurring, "")).await.is(200)
}

/// The clocks go on, and the gateway looks what is due.
async fn pass(house: &House, time: SignedDuration) {
    house.advance(time);
    house.gateway.do_what_is_due().await;
}

/// The clocks go on while no gateway runs.
async fn pass_without_a_gateway(house: House, time: SignedDuration) -> House {
    let clock = house.clock.clone();
    house.emulator.advance(time).unwrap();
    let house = house.restart_after(async |_, _| clock.advance(time)).await;
    house.gateway.do_what_is_due().await;
    house
}

#[tokio::test]
async fn it_comes_round_and_its_messages_say_where_they_come_from() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    let made = make(&browser, json!({"to": "me", "text": "약 먹기", "cron": "30 12 * * *"})).await;
    assert_eq!((&made["time_zone"], &made["on_missed"]), (&json!("Asia/Seoul"), &json!("send_late")));
    assert_eq!(
        made["next_at"],
        json!(["2026-01-01T03:30:00Z", "2026-01-02T03:30:00Z", "2026-01-03T03:30:00Z"])
    );
    pass(&house, SignedDuration::from_mins(29)).await;
    assert!(house.texts("ryan").is_empty());
    pass(&house, SignedDuration::from_mins(1)).await;
    pass(&house, SignedDuration::from_secs(1)).await;
    assert_eq!(house.texts("ryan"), ["약 먹기"]);
    let messages = browser.get("/v1/messages").await.is(200);
    let message = &messages["messages"][0];
    assert_eq!(message["recurring"], made["id"]);
    assert_eq!(
        (&message["send_at"], &message["expires_at"]),
        (&json!("2026-01-01T03:30:00Z"), &json!("2026-01-02T03:30:00Z"))
    );
    let made = look(&browser, &made).await;
    assert_eq!(
        (&made["last_at"], &made["next_at"][0]),
        (&json!("2026-01-01T03:30:00Z"), &json!("2026-01-02T03:30:00Z"))
    );
    pass(&house, SignedDuration::from_hours(24)).await;
    assert_eq!(house.texts("ryan").len(), 2);
    let apeach = house.signed_in("apeach").await;
    apeach.get(&path(&made, "")).await.is(404);
    assert_eq!(apeach.get("/v1/recurring").await.is(200)["recurring"], json!([]));
}

#[tokio::test]
async fn of_what_was_missed_the_last_is_sent_late_or_none() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    make(&browser, json!({"to": "me", "text": "늦게", "cron": "0 9 * * *"})).await;
    let skip =
        make(&browser, json!({"to": "me", "text": "제때", "cron": "0 9 * * *", "on_missed": "skip"})).await;
    // At two in the afternoon, three days and three mornings later.
    let house = pass_without_a_gateway(house, SignedDuration::from_hours(3 * 24 + 2)).await;
    assert_eq!(house.texts("ryan"), ["늦게"]);
    let skipped = look(&browser, &skip).await;
    assert_eq!(skipped["next_at"][0], "2026-01-05T00:00:00Z");
    pass(&house, SignedDuration::from_hours(19)).await;
    assert_eq!(house.texts("ryan").len(), 3);
    assert_eq!(house.number("SELECT count(*) FROM messages").await, 3);
}

#[tokio::test]
async fn who_died_between_a_message_and_the_next_time_does_not_send_it_twice() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    let made = make(&browser, json!({"to": "me", "text": "한 번", "cron": "30 12 * * *"})).await;
    pass(&house, SignedDuration::from_mins(30)).await;
    let house = house
        .restart_after(async |folder, database| {
            let sql = "UPDATE recurring_messages SET next_at = last_at, last_at = NULL";
            database.change(folder, sql).await;
        })
        .await;
    pass(&house, SignedDuration::from_mins(1)).await;
    assert_eq!(house.texts("ryan"), ["한 번"]);
    assert_eq!(look(&browser, &made).await["last_at"], "2026-01-01T03:30:00Z");
}

#[tokio::test]
async fn a_clock_that_is_turned_back_brings_nothing_back() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    let made = make(&browser, json!({"to": "me", "text": "매시", "cron": "@hourly"})).await;
    pass(&house, SignedDuration::from_hours(1)).await;
    assert_eq!(house.texts("ryan").len(), 1);
    house.clock.advance(SignedDuration::from_mins(-150));
    house.gateway.do_what_is_due().await;
    browser.post(&path(&made, "/pause"), json!({})).await.is(200);
    browser.post(&path(&made, "/resume"), json!({})).await.is(200);
    for _ in 0..3 {
        house.clock.advance(SignedDuration::from_mins(50));
        house.gateway.do_what_is_due().await;
        assert_eq!(house.texts("ryan").len(), 1);
    }
    // Where it was; and a jump ahead is time that was missed.
    house.clock.advance(SignedDuration::from_hours(5));
    house.gateway.do_what_is_due().await;
    assert_eq!(house.texts("ryan").len(), 2);
}

#[tokio::test]
async fn what_was_accepted_is_sent_though_the_clock_is_turned_back() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    let later = (house.clock.now() + SignedDuration::from_hours(1)).to_string();
    browser.post("/v1/messages", json!({"to": "me", "text": "예약", "send_at": later})).await.is(202);
    house.gateway.do_what_is_due().await;
    // As when its gateway ended right after it was accepted.
    let clock = house.clock.clone();
    let accepted = json!({"to": "me", "text": "바로"});
    house.kakao.turns(crate::kakao_proxy::Mood::Maintenance);
    browser.post("/v1/messages", accepted).await.is(202);
    house.gateway.do_what_is_due().await;
    house.kakao.turns(crate::kakao_proxy::Mood::Honest);
    clock.advance(SignedDuration::from_hours(-3));
    house.gateway.do_what_is_due().await;
    assert_eq!(house.texts("ryan"), ["바로"]);
    let house = house
        .restart_after(async |folder, database| {
            let sql = "UPDATE deliveries SET state = 'queued', due_at = 0 WHERE state = 'delivered'";
            database.change(folder, sql).await;
            database.change(folder, "UPDATE lanes SET due_at = due_at + 86400000").await;
            clock.advance(SignedDuration::from_mins(-10));
        })
        .await;
    house.gateway.do_what_is_due().await;
    assert_eq!(house.texts("ryan"), ["바로", "바로"]);
    house.clock.advance(SignedDuration::from_hours(4) + SignedDuration::from_mins(10));
    house.gateway.do_what_is_due().await;
    assert_eq!(house.texts("ryan").len(), 3);
}

#[tokio::test]
async fn it_begins_rests_and_ends_as_it_was_told() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    let wish = json!({
        "to": "me", "text": "기간", "cron": "0 * * * *",
        "starts_at": "2026-01-01T05:00:00Z", "ends_at": "2026-01-01T08:00:00Z",
    });
    let made = make(&browser, wish).await;
    assert_eq!(made["next_at"][0], "2026-01-01T05:00:00Z");
    pass(&house, SignedDuration::from_hours(2)).await;
    assert_eq!(house.texts("ryan").len(), 1);
    let paused = browser.post(&path(&made, "/pause"), json!({})).await.is(200);
    assert_eq!((&paused["paused_for"], &paused["next_at"]), (&json!("asked"), &json!([])));
    pass(&house, SignedDuration::from_mins(90)).await;
    assert_eq!(house.texts("ryan").len(), 1);
    let resumed = browser.post(&path(&made, "/resume"), json!({})).await.is(200);
    assert_eq!(resumed["next_at"], json!(["2026-01-01T07:00:00Z", "2026-01-01T08:00:00Z"]));
    for _ in 0..4 {
        pass(&house, SignedDuration::from_mins(30)).await;
    }
    assert_eq!(house.texts("ryan").len(), 3);
    assert_eq!(look(&browser, &made).await["next_at"], json!([]));
    let other = make(&browser, json!({"to": "me", "text": "지움", "cron": "@hourly"})).await;
    assert_eq!(browser.request_with(Method::DELETE, &path(&other, ""), &[]).await.status, 204);
    pass(&house, SignedDuration::from_hours(2)).await;
    assert_eq!(house.texts("ryan").len(), 3);
    browser.get("/unlink").await;
    assert_eq!(house.number("SELECT count(*) FROM recurring_messages").await, 0);
}

#[tokio::test]
async fn a_key_has_its_own_and_they_stop_with_it() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    let friend = house.friend(&browser, "어피치").await;
    let mut keys = Vec::new();
    for scopes in [json!(["send:me"]), json!(["send:friends"])] {
        keys.push(browser.post("/v1/keys", json!({"name": "CI", "scopes": scopes})).await.is(201));
    }
    let ask = async |key: usize, method: Method, path: &str, body: Option<Value>| -> Page {
        let request = crate::browser::http().request(method, house.url.join(path).unwrap());
        let request = request.bearer_auth(keys[key]["key"].as_str().unwrap());
        house
            .visitor()
            .send(match body {
                Some(body) => request.json(&body),
                None => request,
            })
            .await
    };
    let to_me = json!({"to": "me", "text": "나에게", "cron": "@hourly"});
    let to_friends = json!({"to": {"friends": [friend]}, "text": "친구에게", "cron": "@hourly"});
    ask(0, Method::POST, "/v1/recurring", Some(to_friends.clone())).await.is(403);
    let mine = ask(0, Method::POST, "/v1/recurring", Some(to_me)).await.is(201);
    let theirs = ask(1, Method::POST, "/v1/recurring", Some(to_friends)).await.is(201);
    assert_eq!(theirs["to"], json!({"friends": [friend]}));
    ask(0, Method::GET, "/v1/recurring", None).await.is(403);
    ask(0, Method::POST, &path(&theirs, "/pause"), Some(json!({}))).await.is(403);
    ask(1, Method::DELETE, &path(&mine, ""), None).await.is(403);
    pass(&house, SignedDuration::from_hours(1)).await;
    assert_eq!(
        (house.texts("ryan"), house.texts("apeach")),
        (vec!["나에게".into()], vec!["친구에게".into()])
    );
    let revoke = format!("/v1/keys/{}", keys[0]["id"].as_str().unwrap());
    assert_eq!(browser.request_with(Method::DELETE, &revoke, &[]).await.status, 204);
    pass(&house, SignedDuration::from_hours(1)).await;
    assert_eq!((house.texts("ryan").len(), house.texts("apeach").len()), (1, 2));
    assert_eq!(look(&browser, &mine).await["paused_for"], "key_gone");
    // Its person goes on with it.
    let resumed = browser.post(&path(&mine, "/resume"), json!({})).await.is(200);
    assert_eq!((&resumed["paused_for"], &resumed["api_key"]), (&Value::Null, &Value::Null));
    pass(&house, SignedDuration::from_hours(1)).await;
    assert_eq!(house.texts("ryan").len(), 2);
}

#[tokio::test]
async fn what_makes_no_sense_or_is_too_much_is_refused() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    let wish = |name: &str, value: Value| {
        let mut wish = json!({"to": "me", "text": "안녕", "cron": "@daily"});
        wish[name] = value;
        wish
    };
    for wrong in [
        wish("cron", json!("* * * * *")),
        wish("cron", json!("0 9 30 2 *")),
        wish("cron", json!("soon")),
        wish("time_zone", json!("Mars/Olympus")),
        wish("on_missed", json!("all")),
        wish("ends_at", json!("2026-01-01T03:00:01Z")),
        wish("text", json!("")),
        wish("to", json!({"friends": []})),
        wish("send_at", json!("2026-01-02T00:00:00Z")),
    ] {
        browser.post("/v1/recurring", wrong).await.is(422);
    }
    browser.post("/v1/recurring", json!({"to": "me", "text": "안녕"})).await.is(422);
    for _ in 0..100 {
        house.advance(SignedDuration::from_secs(1));
        make(&browser, wish("cron", json!("@daily"))).await;
    }
    let refused = browser.post("/v1/recurring", wish("cron", json!("@daily"))).await.is(409);
    assert_eq!(refused["code"], "too_many_recurring");
    assert_eq!(browser.get("/v1/recurring").await.is(200)["recurring"].as_array().unwrap().len(), 100);
}

#[tokio::test]
async fn the_clocks_of_its_time_zone_count() {
    let house = House::open().await;
    house.advance("2026-03-08T04:00:00Z".parse::<Timestamp>().unwrap().duration_since(house.clock.now()));
    let browser = house.signed_in("ryan").await;
    let wish = json!({"to": "me", "text": "밤", "cron": "30 2 * * *", "time_zone": "America/New_York"});
    let made = make(&browser, wish).await;
    assert_eq!(
        made["next_at"],
        json!(["2026-03-08T07:00:00Z", "2026-03-09T06:30:00Z", "2026-03-10T06:30:00Z"])
    );
    pass(&house, SignedDuration::from_hours(3)).await;
    pass(&house, SignedDuration::from_mins(30)).await;
    assert_eq!(house.texts("ryan").len(), 1);
}

#[tokio::test]
async fn two_gateways_send_one_message_each_time() {
    let Some(database) = Database::on_postgres().await else { return };
    let house = House::open_on(database).await;
    let ((other, _data), _) = house.another_gateway().await;
    let browser = house.signed_in("ryan").await;
    for text in ["하나", "둘"] {
        make(&browser, json!({"to": "me", "text": text, "cron": "*/10 * * * *"})).await;
    }
    for round in 1..=5 {
        house.advance(SignedDuration::from_mins(10));
        tokio::join!(house.gateway.do_what_is_due(), other.do_what_is_due());
        assert_eq!(house.number("SELECT count(*) FROM messages").await, 2 * round);
    }
    let texts = "SELECT count(DISTINCT send_at) FROM messages";
    assert_eq!(house.number(texts).await, 5);
    other.stop().await;
}
