//! The listener over real sockets.
#![expect(clippy::unwrap_used, reason = "a test's own helpers fail by panicking")]

mod tls;

use std::collections::HashSet;
use std::future::pending;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::routing::get;
use axum::{Extension, Router};
use katok_listener::{Limits, Listeners, NoAnswer, PeerAddr, serve};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

const SHORT: Duration = Duration::from_millis(50);
/// Longer than any test: whoever waits for it to pass hangs.
const NEVER: Duration = Duration::from_hours(1);
const PATIENT: Limits =
    Limits { first_byte: NEVER, handshake: NEVER, header: NEVER, connections: 100, drain: NEVER };

struct Server {
    address: SocketAddr,
    stop: CancellationToken,
    serving: JoinHandle<()>,
}

impl Server {
    async fn start(app: Router, limits: Limits) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Self::on(listener.into(), app, limits)
    }

    fn on(listeners: Listeners, app: Router, limits: Limits) -> Self {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, listeners.port()));
        let stop = CancellationToken::new();
        let serving = tokio::spawn(serve(listeners, app, limits, stop.clone()));
        Self { address, stop, serving }
    }

    async fn connect(&self) -> Client {
        Client(TcpStream::connect(self.address).await.unwrap())
    }
}

struct Client(TcpStream);

impl Client {
    async fn send(&mut self, bytes: &str) {
        self.0.write_all(bytes.as_bytes()).await.unwrap();
    }

    async fn get(&mut self, path: &str) {
        self.send(&format!("GET {path} HTTP/1.1\r\nhost: test\r\n\r\n")).await;
    }

    /// The next answer; the routes here answer with bodies that end in a full stop.
    async fn answer(&mut self) -> String {
        let mut answer = String::new();
        while !answer.ends_with('.') {
            let mut bytes = [0; 1024];
            let count = self.0.read(&mut bytes).await.unwrap();
            assert_ne!(count, 0, "closed after {answer:?}");
            answer.push_str(std::str::from_utf8(&bytes[..count]).unwrap());
        }
        answer
    }

    /// Everything up to the end of the connection; a reset is an end too.
    async fn rest(&mut self) -> String {
        let mut bytes = Vec::new();
        let _ = self.0.read_to_end(&mut bytes).await;
        String::from_utf8(bytes).unwrap()
    }
}

fn hello() -> Router {
    Router::new().route("/", get(|| async { "hello." }))
}

#[tokio::test]
async fn request_knows_its_peer() {
    let app =
        Router::new().route("/", get(|peer: Extension<PeerAddr>| async move { format!("{}.", peer.0.0) }));
    let server = Server::start(app, PATIENT).await;
    let mut client = server.connect().await;
    client.get("/").await;
    let own = client.0.local_addr().unwrap();
    assert!(client.answer().await.ends_with(&format!("\r\n\r\n{own}.")));
}

#[tokio::test]
async fn silent_connection_is_closed() {
    let server = Server::start(hello(), Limits { first_byte: SHORT, ..PATIENT }).await;
    assert_eq!(server.connect().await.rest().await, "");
}

#[tokio::test]
async fn connection_that_sends_one_byte_is_closed() {
    let server = Server::start(hello(), Limits { header: SHORT, ..PATIENT }).await;
    let mut client = server.connect().await;
    client.send("G").await;
    assert!(!client.rest().await.contains("200 OK"));
}

#[tokio::test]
async fn half_sent_header_is_closed() {
    let server = Server::start(hello(), Limits { header: SHORT, ..PATIENT }).await;
    let mut client = server.connect().await;
    client.send("GET / HTTP/1.1\r\nhost: te").await;
    assert!(!client.rest().await.contains("200 OK"));
}

#[tokio::test]
async fn idle_connection_is_closed_after_its_answer() {
    let server = Server::start(hello(), Limits { header: SHORT, ..PATIENT }).await;
    let mut client = server.connect().await;
    client.get("/").await;
    assert!(client.rest().await.ends_with("hello."));
}

#[tokio::test]
async fn connection_over_the_cap_waits_until_another_ends() {
    let seen = Arc::new(Mutex::new(HashSet::new()));
    let note = Arc::clone(&seen);
    let app = Router::new().route(
        "/",
        get(|peer: Extension<PeerAddr>| async move {
            note.lock().unwrap().insert(peer.0.0);
            "hello."
        }),
    );
    let server = Server::start(app, Limits { connections: 1, ..PATIENT }).await;
    let mut first = server.connect().await;
    first.get("/").await;
    first.answer().await;
    let mut second = server.connect().await;
    second.get("/").await;
    for _ in 0..50 {
        first.get("/").await;
        first.answer().await;
    }
    assert_eq!(*seen.lock().unwrap(), HashSet::from([first.0.local_addr().unwrap()]));

    drop(first);
    assert!(second.answer().await.contains("200 OK"));
}

#[tokio::test]
async fn panic_in_a_request_closes_only_its_connection() {
    let app = hello().route("/panic", get(|| async { panic!("on purpose") as &str }));
    let server = Server::start(app, PATIENT).await;
    let mut client = server.connect().await;
    client.get("/panic").await;
    assert_eq!(client.rest().await, "");

    let mut client = server.connect().await;
    client.get("/").await;
    assert!(client.answer().await.contains("200 OK"));
}

#[tokio::test]
async fn stop_lets_a_running_request_finish() {
    let (started, release) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (tell, wait) = (Arc::clone(&started), Arc::clone(&release));
    let app = Router::new().route(
        "/",
        get(|| async move {
            tell.notify_one();
            wait.notified().await;
            "finished."
        }),
    );
    let server = Server::start(app, PATIENT).await;
    let mut client = server.connect().await;
    client.get("/").await;
    started.notified().await;

    server.stop.cancel();
    release.notify_one();
    assert!(client.rest().await.ends_with("finished."));
    server.serving.await.unwrap();
    assert!(TcpStream::connect(server.address).await.is_err());
}

#[tokio::test]
async fn stop_closes_silent_and_idle_connections_at_once() {
    let server = Server::start(hello(), PATIENT).await;
    let mut silent = server.connect().await;
    let mut idle = server.connect().await;
    idle.get("/").await;
    idle.answer().await;

    server.stop.cancel();
    server.serving.await.unwrap();
    assert_eq!(silent.rest().await, "");
    assert_eq!(idle.rest().await, "");
}

#[tokio::test]
async fn endless_request_is_cut_when_the_drain_is_over() {
    let started = Arc::new(Notify::new());
    let tell = Arc::clone(&started);
    let app = Router::new().route(
        "/",
        get(|| async move {
            tell.notify_one();
            pending::<&str>().await
        }),
    );
    let server = Server::start(app, Limits { drain: SHORT, ..PATIENT }).await;
    let mut client = server.connect().await;
    client.get("/").await;
    started.notified().await;

    server.stop.cancel();
    server.serving.await.unwrap();
    assert_eq!(client.rest().await, "");
}

#[tokio::test]
async fn loopback_is_both_families_and_a_port_taken_in_one_is_taken() {
    let loopback = |port| SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let listeners = Listeners::bind(loopback(0)).await.unwrap();
    let port = listeners.port();
    let stop = CancellationToken::new();
    let router = Router::new().route("/", get(|| async { "hello" }));
    let serving = tokio::spawn(serve(listeners, router, Limits::default(), stop.clone()));
    for address in [loopback(port), SocketAddr::from((Ipv6Addr::LOCALHOST, port))] {
        // A machine without IPv6 has nothing to test there.
        let Ok(mut stream) = TcpStream::connect(address).await else { continue };
        stream.write_all(b"GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.ends_with("hello"), "{answer}");
    }
    stop.cancel();
    serving.await.unwrap();

    if let Ok(taken) = TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).await {
        let port = taken.local_addr().unwrap().port();
        let refused = Listeners::bind(loopback(port)).await.unwrap_err();
        assert_eq!(refused.kind(), std::io::ErrorKind::AddrInUse);
    }
}

#[tokio::test]
async fn quotes_typed_into_an_address_are_taken_and_a_body_is_left_alone() {
    let listeners = Listeners::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await.unwrap();
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, listeners.port()));
    let stop = CancellationToken::new();
    let echo = |uri: axum::http::Uri, body: String| async move { format!("{uri} {body}") };
    let serving =
        tokio::spawn(serve(listeners, Router::new().fallback(echo), Limits::default(), stop.clone()));
    for piece in [1, 7, 4096] {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let request = "POST /m?uuid=\"a\",\"b\"&x=<y> HTTP/1.1\r\nhost: h\r\ncontent-length: 5\r\nconnection: close\r\n\r\n\"<\n>\"";
        for part in request.as_bytes().chunks(piece) {
            stream.write_all(part).await.unwrap();
        }
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.ends_with("/m?uuid=%22a%22,%22b%22&x=%3Cy%3E \"<\n>\""), "{answer}");
    }
    stop.cancel();
    serving.await.unwrap();
}

#[tokio::test]
async fn a_handler_can_close_the_connection_without_a_byte_of_an_answer() {
    let app = hello().route("/none", get(|| async { (Extension(NoAnswer), "never sent.") }));
    let server = Server::start(app, PATIENT).await;
    let mut client = server.connect().await;
    client.get("/").await;
    assert!(client.answer().await.ends_with("hello."));
    client.get("/none").await;
    assert_eq!(client.rest().await, "");
}
