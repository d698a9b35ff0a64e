//! Server-sent events: what becomes of one's deliveries, to their owner alone, and nothing left out.

use std::time::Duration;

use jiff::SignedDuration;
use katok_client::Clock as _;
use katok_gateway::config::Bounds;
use reqwest::{Method, Response};
use serde_json::{Value, json};
use url::Url;

use crate::browser::{Browser, http};
use crate::database::Database;
use crate::house::House;
use crate::openapi;

/// A stream of events, as a browser reads it.
struct Stream {
    response: Response,
    unread: String,
}

struct Event {
    id: String,
    data: Value,
}

async fn ask(home: &Url, headers: &[(&str, &str)]) -> Response {
    let mut request = http().get(home.join("/v1/events").unwrap());
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.send().await.unwrap()
}

fn cookie(browser: &Browser) -> String {
    format!("katok_session={}", browser.cookie("katok_session").unwrap())
}

impl Stream {
    async fn open(home: &Url, headers: &[(&str, &str)]) -> Self {
        let response = ask(home, headers).await;
        assert_eq!(response.status(), 200);
        Self { response, unread: String::new() }
    }

    async fn of(house: &House, browser: &Browser) -> Self {
        Self::open(&house.url, &[("cookie", &cookie(browser))]).await
    }

    /// The next event; `None` when the stream has ended.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(end) = self.unread.find("\n\n") {
                let event: String = self.unread.drain(..end + 2).collect();
                let field = |name: &str| event.lines().find_map(|line| line.strip_prefix(name));
                let event = field("event: ").map(|kind| {
                    assert_eq!(kind, "delivery");
                    let data: Value = serde_json::from_str(field("data: ").unwrap()).unwrap();
                    openapi::check_is_a("Change", &data);
                    Event { id: field("id: ").unwrap().to_owned(), data }
                });
                if event.is_some() {
                    return event;
                }
                continue;
            }
            match self.response.chunk().await.unwrap() {
                Some(chunk) => self.unread.push_str(std::str::from_utf8(&chunk).unwrap()),
                None => return None,
            }
        }
    }

    /// The next event that tells of a delivery.
    async fn delivered(&mut self) -> Event {
        loop {
            let event = self.next().await.unwrap();
            if event.data["state"] == "delivered" {
                return event;
            }
        }
    }
}

async fn sent(house: &House, browser: &Browser) -> Value {
    let message = browser.post("/v1/messages", json!({"to": "me", "text": "안녕"})).await.is(202);
    house.gateway.do_what_is_due().await;
    message
}

async fn house_with(bounds: Bounds) -> House {
    House::open_with(Database::new().await, |settings, _| settings.bounds = bounds).await
}

async fn key(browser: &Browser, scope: &str) -> (String, String) {
    let key = browser.post("/v1/keys", json!({"name": "CI", "scopes": [scope]})).await.is(201);
    (format!("Bearer {}", key["key"].as_str().unwrap()), format!("/v1/keys/{}", key["id"].as_str().unwrap()))
}

#[tokio::test]
async fn each_change_arrives_as_it_happens_and_nobody_gathers_it_on_the_way() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    let mut stream = Stream::of(&house, &browser).await;
    let header = |name: &str| stream.response.headers()[name].to_str().unwrap();
    assert_eq!(header("content-type"), "text/event-stream");
    assert_eq!(header("x-accel-buffering"), "no");
    assert_eq!(header("cache-control"), "no-store, no-transform");
    assert!(!stream.response.headers().contains_key("content-encoding"));

    let message = sent(&house, &browser).await;
    let event = stream.delivered().await;
    assert_eq!(event.data["message"], message["id"]);
    assert_eq!(event.data["delivery"], message["deliveries"][0]["id"]);
    assert_eq!(event.data["to"], "me");
    let cancelled =
        json!({"to": "me", "text": "나중에", "send_at": house.clock.now() + SignedDuration::from_hours(1)});
    let cancelled = browser.post("/v1/messages", cancelled).await.is(202);
    browser
        .post(&format!("/v1/messages/{}/cancel", cancelled["id"].as_str().unwrap()), json!({}))
        .await
        .is(200);
    loop {
        let event = stream.next().await.unwrap();
        if event.data["state"] == "cancelled" {
            assert_eq!(event.data["message"], cancelled["id"]);
            break;
        }
    }
}

#[tokio::test]
async fn who_comes_back_with_the_last_id_misses_nothing_that_happened_meanwhile() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    let mut stream = Stream::of(&house, &browser).await;
    sent(&house, &browser).await;
    let last = stream.delivered().await;
    drop(stream);
    let mut missed = Vec::new();
    for _ in 0..3 {
        house.advance(SignedDuration::from_mins(1));
        missed.push(sent(&house, &browser).await["id"].clone());
    }
    let house = house.restart().await;
    let headers = [("cookie", &*cookie(&browser)), ("last-event-id", &last.id)];
    let mut stream = Stream::open(&house.url, &headers).await;
    let mut told = Vec::new();
    while told.len() < missed.len() {
        let event = stream.delivered().await;
        // The last one may come once more.
        if event.data["message"] != last.data["message"] {
            told.push(event.data["message"].clone());
        }
    }
    assert_eq!(told, missed);
    // And it goes on.
    let message = sent(&house, &browser).await;
    assert_eq!(stream.delivered().await.data["message"], message["id"]);
}

#[tokio::test]
async fn who_comes_without_an_id_hears_of_what_happens_from_now_on() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    sent(&house, &browser).await;
    for id in [None, Some("nonsense"), Some("-")] {
        let cookie = cookie(&browser);
        let mut headers = vec![("cookie", cookie.as_str())];
        headers.extend(id.map(|id| ("last-event-id", id)));
        let mut stream = Stream::open(&house.url, &headers).await;
        let message = sent(&house, &browser).await;
        assert_eq!(stream.delivered().await.data["message"], message["id"]);
    }
}

#[tokio::test]
async fn nobody_hears_of_somebody_elses_messages() {
    let house = House::open().await;
    let (browser, stranger) = (house.signed_in("ryan").await, house.signed_in("apeach").await);
    let mut stream = Stream::of(&house, &stranger).await;
    sent(&house, &browser).await;
    let message = sent(&house, &stranger).await;
    assert_eq!(stream.next().await.unwrap().data["message"], message["id"]);
    assert_eq!(ask(&house.url, &[]).await.status(), 401);
    let (key, _) = key(&browser, "send:me").await;
    assert_eq!(ask(&house.url, &[("authorization", &key)]).await.status(), 403);
}

#[tokio::test]
async fn a_stream_ends_with_the_session_or_the_key_that_opened_it() {
    let house = house_with(Bounds { stream_check: Duration::from_millis(20), ..Bounds::default() }).await;
    let (browser, phone) = (house.signed_in("ryan").await, house.signed_in("ryan").await);
    let (key, path) = key(&browser, "read").await;
    let mut by_key = Stream::open(&house.url, &[("authorization", &key)]).await;
    let mut by_session = Stream::of(&house, &phone).await;
    let mut staying = Stream::of(&house, &browser).await;
    let message = sent(&house, &browser).await;
    for stream in [&mut by_key, &mut by_session] {
        assert_eq!(stream.delivered().await.data["message"], message["id"]);
    }
    assert_eq!(browser.request_with(Method::DELETE, &path, &[]).await.status, 204);
    assert!(by_key.next().await.is_none());
    browser.submit("/account/sessions/end-others", &[]).await.see_other();
    assert!(by_session.next().await.is_none());
    assert_eq!(staying.delivered().await.data["message"], message["id"]);
}

#[tokio::test]
async fn a_stream_does_not_hold_up_the_stop() {
    let mut bounds = Bounds::default();
    bounds.connection.drain = Duration::from_hours(1);
    let house = house_with(bounds).await;
    let browser = house.signed_in("ryan").await;
    let mut stream = Stream::of(&house, &browser).await;
    house.gateway.stop().await;
    assert!(stream.next().await.is_none());
}

#[tokio::test]
async fn an_account_follows_at_most_ten_streams_and_one_that_is_closed_makes_room() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    let cookie = cookie(&browser);
    let mut streams = Vec::new();
    for _ in 0..10 {
        streams.push(Stream::of(&house, &browser).await);
    }
    let refused = ask(&house.url, &[("cookie", &cookie)]).await;
    assert_eq!(refused.status(), 429);
    assert_eq!(refused.headers()["retry-after"], "30");
    let refused: Value = serde_json::from_str(&refused.text().await.unwrap()).unwrap();
    assert_eq!(refused["code"], "too_many_streams");
    Stream::of(&house, &house.signed_in("apeach").await).await;
    streams.pop();
    while ask(&house.url, &[("cookie", &cookie)]).await.status() != 200 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn what_another_gateway_does_arrives_as_well() {
    let Some(database) = Database::on_postgres().await else { return };
    let house = House::open_on(database).await;
    let (_other, there) = house.another_gateway().await;
    let browser = house.signed_in("ryan").await;
    let cookie = cookie(&browser);
    let mut here = Stream::of(&house, &browser).await;
    let mut there = Stream::open(&there, &[("cookie", &cookie)]).await;
    for _ in 0..6 {
        let message = sent(&house, &browser).await;
        for stream in [&mut here, &mut there] {
            assert_eq!(stream.delivered().await.data["message"], message["id"]);
        }
    }
}
