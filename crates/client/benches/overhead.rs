//! What a typed call costs beside the bare HTTP call under it: `cargo xtask bench client`.
//!
//! Encoding, decoding and all else that happens in this crate is measured on a wire that answers at once, and
//! the whole call over loopback beside reqwest alone, in turns, since shared machines vary within the minute.
#![expect(clippy::print_stdout, reason = "a benchmark talks to the terminal")]
#![expect(clippy::unwrap_used, reason = "a benchmark stops at the first surprise")]

use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{Request, Response};
use katok_client::{
    AccessToken, Client, Endpoint, FriendUuid, Link, ListFriends, Me, PendingReply, RestApiKey,
    SendToFriends, SendToMe, Text, Transport,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use url::Url;

/// How many calls are timed together, because a single one is shorter than a clock is exact.
const BATCH: u32 = 200;
const BATCHES: usize = 100;

const PROFILE: &str = r#"{"id":4820000001,"connected_at":"2026-01-02T03:04:05Z","properties":{"nickname":"Lee","favorite":"blue"},"kakao_account":{"profile_nickname_needs_agreement":false,"profile_image_needs_agreement":false,"profile":{"nickname":"Lee","thumbnail_image_url":"https://k.example.com/t.jpg","profile_image_url":"https://k.example.com/p.jpg","is_default_image":false,"is_default_nickname":false},"email_needs_agreement":false,"is_email_valid":true,"is_email_verified":true,"email":"lee@example.com","age_range_needs_agreement":false,"age_range":"20~29","birthday_needs_agreement":false,"birthday":"0715","birthday_type":"SOLAR","gender_needs_agreement":false,"gender":"female","phone_number_needs_agreement":false,"phone_number":"+82 10-0000-0000"}}"#;
const FRIENDS: &str = r#"{"elements":[{"profile_nickname":"이수진","profile_thumbnail_image":"https://k.example.com/t.jpg","id":2233445566,"uuid":"m6qcq5qqn6-DsICwjriBsIS3","favorite":true},{"profile_nickname":"준","profile_thumbnail_image":"","id":2233445567,"uuid":"kq2RoJajlKKQvIi4j76Jvoq-kaiZqJ2u","favorite":false}],"total_count":2,"after_url":null,"before_url":null,"favorite_count":1}"#;
const SENT: &str = r#"{"result_code":0}"#;
const DELIVERED: &str = r#"{"successful_receiver_uuids":["kq2RoJajlKKQvIi4j76Jvoq-kaiZqJ2u"]}"#;

fn main() {
    // `cargo test --all-targets` runs this as well, and wants no figures.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let link = Link::web(&Url::parse("https://svc.example/orders/7").unwrap());
    let text = Text::new("주문이 도착했어요. 내일 오전에 배송을 시작합니다.", link)
        .unwrap()
        .button_title("주문 보기");
    let friend = vec![FriendUuid::new("kq2RoJajlKKQvIi4j76Jvoq-kaiZqJ2u")].try_into().unwrap();

    println!(
        "Encoding, decoding and everything between, on a wire that answers at once (wanted: 30 µs, 40 allocations):"
    );
    let send = SendToMe::new(text.clone());
    alone(&runtime, "send a text to me", &send, SENT);
    alone(&runtime, "send a text to a friend", &SendToFriends::new(friend, text), DELIVERED);
    alone(&runtime, "read a profile", &Me, PROFILE);
    alone(&runtime, "read a page of 2 friends", &ListFriends::new(), FRIENDS);

    println!("The whole call over loopback, one after the other:");
    over_loopback(&runtime, &send);
}

/// A wire that answers the same at once.
#[derive(Debug)]
struct AtOnce(Bytes);

impl Transport for AtOnce {
    fn send(&self, _: Request<Bytes>) -> PendingReply<'_> {
        Box::pin(async { Ok(Response::new(self.0.clone())) })
    }
}

fn alone<E: Endpoint>(runtime: &Runtime, what: &str, endpoint: &E, answer: &'static str) {
    let wire = Arc::new(AtOnce(Bytes::from_static(answer.as_bytes())));
    let client = Client::builder(RestApiKey::new("K")).transport(wire).build().unwrap();
    let token = AccessToken::new("r4nD0mAccess-Token_xr4nD0mAccess-Token_xr4nD0mAccess-Tok");
    let call = async || {
        client.call(endpoint, &token).await.unwrap();
    };
    let times = (0..BATCHES).map(|_| runtime.block_on(batch(&call)));
    let median = median(times.collect());
    let allocations = allocation_counter::measure(|| runtime.block_on(call())).count_total;
    println!("  {what}: {:.1} µs, {allocations} allocations", micros(median));
}

fn over_loopback(runtime: &Runtime, send: &SendToMe) {
    let url = serve();
    let client = Client::builder(RestApiKey::new("K")).api_base_url(url.clone()).auth_base_url(url.clone());
    let client = client.build().unwrap();
    let token = AccessToken::new("r4nD0mAccess-Token_xr4nD0mAccess-Token_xr4nD0mAccess-Tok");
    let bare = reqwest::Client::builder().no_proxy().build().unwrap();
    let path = url.join("/v2/api/talk/memo/default/send").unwrap();
    let form = Bytes::from("template_object=%7B%22object_type%22%3A%22text%22%7D".repeat(6));

    let typed = async || client.call(send, &token).await.unwrap();
    let plain = async || {
        let request = bare.post(path.clone()).bearer_auth(token.secret());
        let request = request.header("content-type", "application/x-www-form-urlencoded;charset=utf-8");
        let reply = request.body(form.clone()).send().await.unwrap();
        assert_eq!(reply.bytes().await.unwrap(), SENT);
    };
    let pairs: Vec<_> =
        (0..BATCHES).map(|_| (runtime.block_on(batch(&plain)), runtime.block_on(batch(&typed)))).collect();
    let bare = median(pairs.iter().map(|(plain, _)| *plain).collect());
    let whole = median(pairs.iter().map(|(_, typed)| *typed).collect());
    println!("  reqwest alone: {:.1} µs", micros(bare));
    println!("  katok-client: {:.1} µs, {:+.1} µs", micros(whole), micros(whole) - micros(bare));
}

/// What one call took, on the average of a batch.
async fn batch<F: Future>(call: impl Fn() -> F) -> Duration {
    let begun = Instant::now();
    for _ in 0..BATCH {
        call().await;
    }
    begun.elapsed() / BATCH
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

/// A server that answers every request the same, on a thread of its own.
fn serve() -> Url {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async move {
            listener.set_nonblocking(true).unwrap();
            let listener = TcpListener::from_std(listener).unwrap();
            while let Ok((connection, _)) = listener.accept().await {
                tokio::spawn(answer(connection));
            }
        });
    });
    url
}

async fn answer(mut connection: TcpStream) {
    let reply = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json;charset=UTF-8\r\ncontent-length: {}\r\n\r\n{SENT}",
        SENT.len()
    );
    let mut request = Vec::new();
    while connection.read_buf(&mut request).await.is_ok_and(|read| read > 0) {
        let text = String::from_utf8_lossy(&request).to_ascii_lowercase();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length =
            head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse::<usize>().ok());
        if body.len() >= length.unwrap_or(0) {
            request.clear();
            connection.write_all(reply.as_bytes()).await.unwrap();
        }
    }
}
