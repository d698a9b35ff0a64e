//! TLS over real sockets: what is agreed on, and what is closed.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use axum::Router;
use axum::http::Version;
use axum::routing::get;
use katok_listener::{Limits, Listeners, Tls};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use reqwest::{Certificate, Client};
use tokio::io::AsyncReadExt as _;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use crate::{PATIENT, SHORT, Server, hello};

/// A server that speaks TLS for `localhost`, and the certificate to trust.
async fn server(app: Router, limits: Limits) -> (Server, CertificateDer<'static>) {
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let key = PrivatePkcs8KeyDer::from(signing_key.serialize_der()).into();
    let tls = Tls::new(vec![cert.der().clone()], key).unwrap();
    let listeners = Listeners::from(TcpListener::bind("127.0.0.1:0").await.unwrap()).with_tls(tls);
    (Server::on(listeners, app, limits), cert.der().clone())
}

fn client(trusted: &CertificateDer<'_>) -> reqwest::ClientBuilder {
    Client::builder().no_proxy().tls_certs_only([Certificate::from_der(trusted).unwrap()])
}

/// A connection on which HTTP/2 is agreed on, and nothing is asked yet.
async fn http2_connection(server: &Server, trusted: CertificateDer<'static>) -> TlsStream<TcpStream> {
    let mut roots = RootCertStore::empty();
    roots.add(trusted).unwrap();
    let mut config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec()];
    let stream = TcpStream::connect(server.address).await.unwrap();
    TlsConnector::from(Arc::new(config)).connect("localhost".try_into().unwrap(), stream).await.unwrap()
}

#[tokio::test]
async fn client_chooses_between_http2_and_http1() {
    let (server, trusted) = server(hello(), PATIENT).await;
    let url = format!("https://localhost:{}/", server.address.port());
    let old = client(&trusted).http1_only().build().unwrap();
    assert_eq!(client(&trusted).build().unwrap().get(&url).send().await.unwrap().version(), Version::HTTP_2);
    let answer = old.get(&url).send().await.unwrap();
    assert_eq!(answer.version(), Version::HTTP_11);
    assert_eq!(answer.text().await.unwrap(), "hello.");
}

#[tokio::test]
async fn handshake_that_never_ends_is_closed() {
    let (server, _) = server(hello(), Limits { handshake: SHORT, ..PATIENT }).await;
    let mut client = server.connect().await;
    // The head of a handshake record whose rest does not come.
    client.send("\u{16}\u{3}\u{1}").await;
    assert_eq!(client.rest().await, "");
}

#[tokio::test]
async fn plain_http_is_not_answered() {
    let (server, _) = server(hello(), PATIENT).await;
    let mut client = server.connect().await;
    client.get("/").await;
    let mut rest = Vec::new();
    let _ = client.0.read_to_end(&mut rest).await;
    assert!(!rest.starts_with(b"HTTP"), "{rest:?}");
}

#[tokio::test]
async fn http2_connection_without_a_request_is_closed() {
    let (server, trusted) = server(hello(), Limits { header: SHORT, ..PATIENT }).await;
    let mut silent = http2_connection(&server, trusted).await;
    let mut rest = Vec::new();
    // It may end without TLS's own farewell.
    let _ = silent.read_to_end(&mut rest).await;
}

#[tokio::test]
async fn http2_answer_that_is_under_way_outlives_the_idle_time() {
    let asked = Arc::new(Notify::new());
    let told = asked.clone();
    let app = Router::new().route(
        "/",
        get(|| async move {
            told.notify_one();
            tokio::time::sleep(SHORT * 10).await;
            "late."
        }),
    );
    let (server, trusted) = server(app, Limits { header: SHORT, ..PATIENT }).await;
    let client = client(&trusted).build().unwrap();
    let answer = client.get(format!("https://localhost:{}/", server.address.port())).send();
    let answer = tokio::spawn(answer);
    asked.notified().await;
    assert_eq!(answer.await.unwrap().unwrap().text().await.unwrap(), "late.");
}

#[tokio::test]
async fn stop_lets_an_http2_answer_end() {
    let asked = Arc::new(Notify::new());
    let go_on = Arc::new(Notify::new());
    let (told, waited) = (asked.clone(), go_on.clone());
    let app = Router::new().route(
        "/",
        get(|| async move {
            told.notify_one();
            waited.notified().await;
            "done."
        }),
    );
    let (server, trusted) = server(app, PATIENT).await;
    let client = client(&trusted).build().unwrap();
    let answer = client.get(format!("https://localhost:{}/", server.address.port())).send();
    let answer = tokio::spawn(answer);
    asked.notified().await;
    server.stop.cancel();
    go_on.notify_one();
    assert_eq!(answer.await.unwrap().unwrap().text().await.unwrap(), "done.");
    server.serving.await.unwrap();
}

/// Writes a certificate for `localhost` and its key, and returns the certificate.
fn written(cert: &Path, key: &Path) -> CertificateDer<'static> {
    let CertifiedKey { cert: made, signing_key } =
        generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    std::fs::write(cert, made.pem()).unwrap();
    std::fs::write(key, signing_key.serialize_pem()).unwrap();
    // Two files written within one tick of the file system's clock would look the same.
    let renewed =
        std::fs::metadata(key).unwrap().modified().unwrap() + Duration::from_secs(NEXT.fetch_add(1, Relaxed));
    std::fs::File::options().write(true).open(key).unwrap().set_modified(renewed).unwrap();
    made.der().clone()
}

static NEXT: AtomicU64 = AtomicU64::new(1);

#[tokio::test]
async fn renewed_files_are_shown_without_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let (cert, key) = (folder.path().join("cert.pem"), folder.path().join("key.pem"));
    let old = written(&cert, &key);
    let tls = Tls::from_files(&cert, &key).unwrap();
    let listeners = Listeners::from(TcpListener::bind("127.0.0.1:0").await.unwrap()).with_tls(tls);
    let server = Server::on(listeners, hello(), PATIENT);
    let url = format!("https://localhost:{}/", server.address.port());
    let trusts =
        async |trusted: &CertificateDer<'_>| client(trusted).build().unwrap().get(&url).send().await.is_ok();
    assert!(trusts(&old).await);

    let new = written(&cert, &key);
    assert!(trusts(&new).await && !trusts(&old).await);

    // A certificate whose key has not come yet: the last two that fit are shown until it does.
    let old_key = std::fs::read(&key).unwrap();
    let newest = written(&cert, &key);
    let newest_key = std::fs::read(&key).unwrap();
    std::fs::write(&key, old_key).unwrap();
    assert!(trusts(&new).await);
    std::fs::write(&key, newest_key).unwrap();
    let renewed = std::fs::metadata(&key).unwrap().modified().unwrap() + Duration::from_mins(1);
    std::fs::File::options().write(true).open(&key).unwrap().set_modified(renewed).unwrap();
    assert!(trusts(&newest).await);
}

#[test]
fn files_that_cannot_be_used_say_which_and_why() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let told = |cert: &str, key: &str| Tls::from_files(&path(cert), &path(key)).unwrap_err().to_string();
    written(&path("cert.pem"), &path("key.pem"));
    written(&path("other.pem"), &path("other-key.pem"));
    std::fs::write(path("empty.pem"), "").unwrap();
    assert!(told("missing.pem", "key.pem").contains("missing.pem cannot be read"));
    assert!(told("cert.pem", "missing.pem").contains("missing.pem cannot be read"));
    assert!(told("empty.pem", "key.pem").contains("empty.pem holds no certificate"));
    assert!(told("cert.pem", "empty.pem").contains("empty.pem holds no certificate or key"));
    assert!(told("cert.pem", "other-key.pem").contains("does not belong"));
}
