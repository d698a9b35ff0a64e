//! What strangers may send, and how often: every refusal is a sentence, and every answer has its headers.

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use jiff::SignedDuration;
use katok_client::{Chance, SystemChance};
use katok_gateway::config::{Bounds, RateLimits};
use katok_gateway::{DataFolder, Gateway};
use reqwest::Method;
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use url::Url;

use crate::browser::{Browser, Page};
use crate::house::House;
use crate::kakao_proxy::Mood;

/// The headers that belong to every answer.
fn is_armoured(page: &Page, what: &str) {
    let header = |name: &str| {
        page.headers.get(name).unwrap_or_else(|| panic!("{what}: no {name}")).to_str().unwrap().to_owned()
    };
    let policy = header("content-security-policy");
    assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{policy}");
    assert_eq!(header("x-content-type-options"), "nosniff", "{what}");
    assert_eq!(header("referrer-policy"), "same-origin", "{what}");
    assert_eq!(header("x-frame-options"), "DENY", "{what}");
    assert!(header("permissions-policy").contains("camera=()"), "{what}");
    assert!(!header("x-request-id").is_empty(), "{what}");
    assert!(!page.headers.contains_key("server"), "{what}");
}

/// Checks that a refusal says in both languages what to do.
fn says_what_to_do(told: &Value, error: &str) {
    assert_eq!(told["error"], error, "{told}");
    let (ko, en) = (told["remedy"]["ko"].as_str().unwrap(), told["remedy"]["en"].as_str().unwrap());
    assert!(!ko.is_ascii() && en.is_ascii() && en.len() > 20, "{told}");
}

/// A request as bytes; the answer as they came.
async fn raw(url: &Url, request: &str) -> (u16, Value) {
    let address = SocketAddr::from(([127, 0, 0, 1], url.port().unwrap()));
    let mut socket = TcpStream::connect(address).await.unwrap();
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    // A connection that is closed with bytes unread may end in a reset after the answer.
    let mut piece = [0; 4096];
    while let Ok(length) = socket.read(&mut piece).await
        && length > 0
    {
        answer.extend_from_slice(&piece[..length]);
    }
    let answer = String::from_utf8(answer).unwrap();
    let status = answer.split(' ').nth(1).unwrap_or_else(|| panic!("no answer: {answer:?}"));
    let body = answer.split_once("\r\n\r\n").unwrap().1;
    (status.parse().unwrap(), serde_json::from_str(body).unwrap_or(Value::Null))
}

fn cookies(browser: &Browser) -> String {
    let names = browser.cookie_names();
    let pairs: Vec<_> =
        names.iter().map(|name| format!("{name}={}", browser.cookie(name).unwrap())).collect();
    pairs.join("; ")
}

fn few(a_minute: u32) -> Option<NonZeroU32> {
    NonZeroU32::new(a_minute)
}

#[tokio::test]
async fn every_kind_of_answer_has_the_security_headers() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    let visitor = house.visitor();
    let asset = visitor.get("/").await.body;
    let asset = asset.split('"').find(|part| part.starts_with("/static/")).unwrap().to_owned();
    for (path, status) in [
        ("/", 200),
        ("/profile", 200),
        ("/authorize", 302),
        (&asset, 200),
        ("/static/nothing", 404),
        ("/nothing", 404),
        ("/redirect?code=wrong&state=wrong", 400),
        ("/healthz", 200),
        ("/readyz", 200),
        ("/metrics", 200),
    ] {
        let page = browser.get(path).await;
        assert_eq!(page.status, status, "{path} {}", page.body);
        is_armoured(&page, path);
    }
    is_armoured(&visitor.get("/profile").await, "401");
    is_armoured(&visitor.request_with(Method::DELETE, "/", &[]).await, "405");
    is_armoured(&visitor.get_with("/", &[("host", "evil.example")]).await, "421");
    let long = "a".repeat(40 * 1024);
    let page = visitor.get_with("/", &[("x-long", &long)]).await;
    page.is(431);
    is_armoured(&page, "431");
    house.kakao.goes_away().await;
    is_armoured(&browser.get("/profile").await, "502");
}

#[tokio::test]
async fn what_takes_too_long_and_what_panics_is_answered_like_everything_else() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    let bounds = Bounds { request: Duration::from_millis(100), ..Bounds::default() };
    let house = house.restart_with(|settings| settings.bounds = bounds).await;
    house.kakao.turns(Mood::Silent);
    let page = browser.get("/profile").await;
    says_what_to_do(&page.is(504), "too_slow");
    is_armoured(&page, "504");
    let settings = house.settings();
    house.gateway.stop().await;

    let data = DataFolder::take(house.data.path()).unwrap();
    let (listener, url) = crate::house::listener().await;
    let chance = Arc::new(BrokenChance::default());
    let gateway = Gateway::start(settings, &data, listener.into(), house.clock.clone(), chance.clone());
    let gateway = gateway.await.unwrap();
    chance.0.store(true, Ordering::Relaxed);
    let page = Browser::new(&url).get_with("/authorize", &[("x-request-id", "known")]).await;
    let told = page.is(500);
    says_what_to_do(&told, "internal_error");
    assert!(!page.body.contains("secret of the panic") && !page.body.contains(".rs"), "{}", page.body);
    is_armoured(&page, "panic");
    gateway.stop().await;
}

/// Chance that, once it is broken, panics with something nobody should read.
#[derive(Debug, Default)]
struct BrokenChance(AtomicBool);

impl Chance for BrokenChance {
    fn fill(&self, bytes: &mut [u8]) {
        assert!(!self.0.load(Ordering::Relaxed), "secret of the panic");
        SystemChance.fill(bytes);
    }
}

#[tokio::test]
async fn https_is_promised_for_a_public_address_only() {
    let house = House::open().await;
    assert!(!house.visitor().get("/").await.headers.contains_key("strict-transport-security"));
    let public_url = Url::parse("https://katok.example").unwrap();
    let house = house.restart_with(|settings| settings.public_url = public_url).await;
    let page = house.visitor().get_with("/nothing", &[("host", "katok.example")]).await;
    assert_eq!(page.headers["strict-transport-security"], "max-age=31536000");
    let public_url = Url::parse("https://localhost:4000").unwrap();
    let house = house.restart_with(|settings| settings.public_url = public_url).await;
    assert!(!house.visitor().get("/").await.headers.contains_key("strict-transport-security"));
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused_announced_or_not() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    let cookies = cookies(&browser);
    let head = format!(
        "POST /message HTTP/1.1\r\nhost: localhost\r\ncookie: {cookies}\r\ncontent-type: application/json\r\n"
    );
    let bounds = Bounds { body: 1000, body_pause: Duration::from_millis(50), ..Bounds::default() };
    let house = house.restart_with(|settings| settings.bounds = bounds).await;
    let chunk = format!("3e9\r\n{}\r\n", "a".repeat(1001));
    for rest in
        ["content-length: 1001\r\n\r\n".to_owned(), format!("transfer-encoding: chunked\r\n\r\n{chunk}")]
    {
        let (status, told) = raw(&house.url, &format!("{head}{rest}")).await;
        assert_eq!(status, 413, "{told}");
        says_what_to_do(&told, "body_too_large");
    }
    assert!(house.texts("ryan").is_empty());
}

#[tokio::test]
async fn a_body_that_stops_coming_is_cut() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    let bounds = Bounds { body_pause: Duration::from_millis(50), ..Bounds::default() };
    let house = house.restart_with(|settings| settings.bounds = bounds).await;
    let cookies = cookies(&browser);
    let begun = format!(
        "POST /message HTTP/1.1\r\nhost: localhost\r\ncookie: {cookies}\r\ncontent-type: application/json\r\ncontent-length: 20\r\n\r\n{{\"text\":"
    );
    let (status, told) = raw(&house.url, &begun).await;
    assert_eq!(status, 408, "{told}");
    says_what_to_do(&told, "body_too_slow");
    assert!(house.texts("ryan").is_empty());
}

#[tokio::test]
async fn a_head_that_stops_coming_is_cut() {
    let house = House::open().await;
    let mut bounds = Bounds::default();
    bounds.connection.header = Duration::from_millis(50);
    bounds.connection.first_byte = Duration::from_millis(50);
    let house = house.restart_with(|settings| settings.bounds = bounds).await;
    let address = SocketAddr::from(([127, 0, 0, 1], house.url.port().unwrap()));
    for begun in ["", "GET / HTTP/1.1\r\nhost: localhost\r\n"] {
        let mut socket = TcpStream::connect(address).await.unwrap();
        socket.write_all(begun.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        let _ = socket.read_to_end(&mut answer).await;
        assert!(!String::from_utf8_lossy(&answer).contains("200 OK"), "{begun:?}");
    }
}

#[tokio::test]
async fn a_head_that_is_too_large_is_refused_in_a_sentence() {
    let house = House::open().await;
    let long = "a".repeat(33 * 1024);
    for request in [
        format!("GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncookie: other={long}\r\n\r\n"),
        format!("GET /?{long} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n"),
    ] {
        let (status, told) = raw(&house.url, &request).await;
        assert_eq!(status, 431, "{told}");
        says_what_to_do(&told, "head_too_large");
    }
}

#[tokio::test]
async fn sign_ins_from_one_address_are_limited_and_free_again_later() {
    let house = House::open().await;
    let rate_limits = RateLimits { sign_in: few(4), ..RateLimits::OFF };
    let house = house.restart_with(|settings| settings.rate_limits = rate_limits).await;
    // Each sign-in is two steps: to Kakao, and back.
    house.signed_in("ryan").await;
    house.signed_in("apeach").await;
    let page = house.visitor().get("/authorize").await;
    let told = page.is(429);
    says_what_to_do(&told, "too_many_requests");
    let wait: i64 = page.headers["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
    let looked_at = house.visitor().get_with("/authorize", &[("accept", "text/html")]).await;
    assert_eq!(looked_at.status, 429);
    assert!(looked_at.body.contains("너무 자주") && looked_at.headers.contains_key("retry-after"));
    is_armoured(&looked_at, "429");
    assert_eq!(house.visitor().get("/").await.status, 200);
    house.advance(SignedDuration::from_secs(2 * wait));
    house.signed_in("ryan").await;
}

#[tokio::test]
async fn requests_of_one_address_are_limited_apart_from_those_of_others() {
    let house = House::open().await;
    let rate_limits = RateLimits { address: few(3), ..RateLimits::OFF };
    let trusted = vec!["127.0.0.1/32".parse().unwrap()];
    let house = house
        .restart_with(|settings| {
            settings.network.trusted_proxies = trusted;
            settings.rate_limits = rate_limits;
        })
        .await;
    let visitor = house.visitor();
    let from = async |address: &str| visitor.get_with("/", &[("x-forwarded-for", address)]).await;
    for _ in 0..3 {
        assert_eq!(from("2001:db8::1").await.status, 200);
    }
    // The same network of one household, and what a client writes before what the proxy adds.
    assert_eq!(from("2001:db8::2").await.status, 429);
    assert_eq!(from("203.0.113.9, 2001:db8::3").await.status, 429);
    assert_eq!(from("2001:db8:0:1::1").await.status, 200);
    for _ in 0..10 {
        assert_eq!(visitor.get("/healthz").await.status, 200);
    }
    let metrics = visitor.get("/metrics").await.body;
    assert!(metrics.contains("katok_rate_limited_total{limit=\"address\"} 2"), "{metrics}");
}

#[tokio::test]
async fn a_stranger_cannot_choose_the_address_it_is_counted_by() {
    let house = House::open().await;
    let rate_limits = RateLimits { address: few(2), ..RateLimits::OFF };
    let house = house.restart_with(|settings| settings.rate_limits = rate_limits).await;
    let visitor = house.visitor();
    for (address, status) in [("203.0.113.1", 200), ("203.0.113.2", 200), ("203.0.113.3", 429)] {
        assert_eq!(visitor.get_with("/", &[("x-forwarded-for", address)]).await.status, status);
    }
}

#[tokio::test]
async fn the_api_refuses_as_an_api_also_who_asks_too_often_in_a_browser() {
    let house = House::open().await;
    let rate_limits = RateLimits { address: few(1), ..RateLimits::OFF };
    let house = house.restart_with(|settings| settings.rate_limits = rate_limits).await;
    house.visitor().get("/v1/me").await.is(401);
    let page = house.visitor().get_with("/v1/me", &[("accept", "text/html")]).await;
    assert_eq!(page.headers["content-type"], "application/problem+json");
    page.is(429);
}

#[tokio::test]
async fn requests_of_one_account_are_limited_wherever_they_come_from() {
    let house = House::open().await;
    let (ryan, apeach) = (house.signed_in("ryan").await, house.signed_in("apeach").await);
    let rate_limits = RateLimits { account: few(3), ..RateLimits::OFF };
    let house = house.restart_with(|settings| settings.rate_limits = rate_limits).await;
    ryan.get("/profile").await.is(200);
    ryan.copy().get("/friends").await.is(200);
    ryan.post("/message", serde_json::json!({"text": "셋째"})).await.is(200);
    let page = ryan.post("/message", serde_json::json!({"text": "넷째"})).await;
    says_what_to_do(&page.is(429), "too_many_requests");
    assert!(page.headers.contains_key("retry-after"));
    assert_eq!(house.texts("ryan"), ["셋째"]);
    apeach.get("/profile").await.is(200);
}

#[tokio::test]
async fn what_people_and_programs_usually_do_meets_no_limit() {
    let house = House::open().await;
    let browser = Arc::new(house.signed_in("ryan").await);
    let requests: Vec<_> = (0..100)
        .map(|_| {
            let browser = browser.clone();
            tokio::spawn(async move { browser.get("/profile").await.status })
        })
        .collect();
    for request in requests {
        assert_ne!(request.await.unwrap(), 429);
    }
}

#[tokio::test]
async fn a_name_that_is_not_ours_is_refused_and_told_which_setting_helps() {
    let house = House::open().await;
    let visitor = house.visitor();
    let by_name = async |path: &str, name: &str| visitor.get_with(path, &[("host", name)]).await;
    for path in ["/", "/profile", "/authorize", "/static/nothing"] {
        let told = by_name(path, "evil.example").await.is(421);
        says_what_to_do(&told, "unknown_host");
        assert!(told["remedy"]["en"].as_str().unwrap().contains("KATOK_PUBLIC_URL"), "{told}");
    }
    for name in ["127.0.0.1", "[::1]:4000", "LOCALHOST:9"] {
        assert_eq!(by_name("/static/nothing", name).await.status, 404, "{name}");
    }
    for path in ["/healthz", "/readyz", "/metrics"] {
        assert_eq!(by_name(path, "10.1.2.3:4000").await.status, 200, "{path}");
    }
    // The target of a request may name a host too.
    let target = "GET http://evil.example/ HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    assert_eq!(raw(&house.url, target).await.0, 421);
    let two = "GET / HTTP/1.1\r\nhost: localhost\r\nhost: evil.example\r\nconnection: close\r\n\r\n";
    assert_eq!(raw(&house.url, two).await.0, 400);
    let none = "GET / HTTP/1.1\r\nconnection: close\r\n\r\n";
    says_what_to_do(&raw(&house.url, none).await.1, "host_missing");

    let house = house
        .restart_with(|settings| settings.network.allowed_hosts = vec!["katok.internal".to_owned()])
        .await;
    assert_eq!(house.visitor().get_with("/", &[("host", "katok.internal:80")]).await.status, 200);
}
