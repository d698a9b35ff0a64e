//! `katok up` as an operator runs it: https by file, logs for programs, traces, a stop that finishes.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::routing::post;
use serde_json::{Value, json};
use url::Url;

use crate::curl::Curl;
use crate::emulator::{Emulator, http};
use crate::program::Machine;

/// Words that stand only in secrets and messages.
const MARKERS: [&str; 3] = ["marker-text", "marker-code", "marker-state"];

/// Lets somebody sign in, send, and fail at signing in; nothing of it may be told.
async fn live(gateway: &Url, emulator: &Emulator) {
    let mut curl = Curl::new();
    curl.sign_in(gateway, emulator, "ryan").await;
    curl.post(gateway.join("/message").unwrap(), &json!({"text": "marker-text"})).await.json();
    let failed = gateway.join("/redirect?code=marker-code&state=marker-state").unwrap();
    assert_eq!(curl.get(failed).await.status, 400);
}

#[tokio::test]
async fn logs_for_programs_are_one_object_a_line_and_name_no_query() {
    let mut machine = Machine::new();
    machine.set("KATOK_LOG", "info,katok_gateway=trace,katok_client=trace");
    machine.set("KATOK_LOG_FORMAT", "json");
    let (running, gateway, emulator) = machine.up();
    live(&gateway, &emulator).await;
    let given = http().get(gateway.join("/profile").unwrap()).header("x-request-id", "given-7").send().await;
    assert_eq!(given.unwrap().status(), 401);
    let log = running.talk();
    running.stop("TERM");
    let lines: Vec<Value> = log.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let done: Vec<&Value> = lines.iter().filter(|line| line["message"] == "web.request.done").collect();
    let sent = done.iter().find(|line| line["span"]["http.route"] == "/message").unwrap();
    assert_eq!(sent["span"]["http.method"], "POST");
    assert_eq!(sent["span"]["http.status"], 200);
    assert!(sent["span"]["duration_ms"].is_u64() && sent["span"]["account.id"].is_string(), "{sent}");
    assert!(done.iter().any(|line| line["span"]["request.id"] == "given-7"), "{log}");
    for marker in MARKERS {
        assert!(!log.contains(marker), "{marker}: {log}");
    }
}

/// A collector of traces that keeps what it is sent.
async fn collector() -> (Url, Arc<Mutex<Vec<u8>>>) {
    let kept = Arc::new(Mutex::new(Vec::new()));
    let keep = |State(kept): State<Arc<Mutex<Vec<u8>>>>, body: Bytes| async move {
        kept.lock().unwrap().extend_from_slice(&body);
    };
    let router = Router::new().route("/v1/traces", post(keep)).with_state(kept.clone());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    (url, kept)
}

#[tokio::test(flavor = "multi_thread")]
async fn traces_arrive_at_the_collector_and_hold_no_secret() {
    let (url, kept) = collector().await;
    let mut machine = Machine::new();
    machine.set("OTEL_EXPORTER_OTLP_ENDPOINT", url.as_str().trim_end_matches('/'));
    let (running, gateway, emulator) = machine.up();
    live(&gateway, &emulator).await;
    // What has not been sent by then is sent at the stop.
    running.stop("TERM");
    let traces = String::from_utf8_lossy(&kept.lock().unwrap()).into_owned();
    for told in ["katok", "web.request", "/message", "kakao.request", "/oauth/token"] {
        assert!(traces.contains(told), "{told} is not in {traces}");
    }
    for marker in MARKERS {
        assert!(!traces.contains(marker), "{marker}: {traces}");
    }
}

#[test]
fn a_collector_that_is_no_address_is_one_sentence() {
    let mut machine = Machine::new();
    machine.set("LANG", "en_US.UTF-8");
    machine.set("OTEL_EXPORTER_OTLP_ENDPOINT", "no address");
    let up = ["up", "--port", "0", "--emulator-port", "0"];
    machine.katok(&up).exits(2).says_one_sentence().says("OTEL_EXPORTER_OTLP_ENDPOINT");
}

#[tokio::test]
async fn https_is_served_by_the_files_that_are_named() {
    let mut machine = Machine::new();
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let cert = machine.file("cert.pem", &made.cert.pem());
    let key = machine.file("key.pem", &made.signing_key.serialize_pem());
    machine.set("KATOK_TLS_CERT_FILE", &cert);
    machine.set("KATOK_TLS_KEY_FILE", &key);
    let (_running, gateway, _emulator) = machine.up();
    assert_eq!(gateway.scheme(), "https");
    let trusted = reqwest::Certificate::from_der(made.cert.der()).unwrap();
    let client = reqwest::Client::builder().no_proxy().tls_certs_only([trusted]).build().unwrap();
    let answer = client.get(gateway.join("/healthz").unwrap()).send();
    let answer = answer.await.unwrap();
    assert_eq!(answer.version(), axum::http::Version::HTTP_2);
    let page = client.get(gateway.clone()).send().await.unwrap();
    assert!(page.text().await.unwrap().contains("카카오 로그인"));
}

#[tokio::test]
async fn a_certificate_that_cannot_be_used_is_one_sentence() {
    let mut machine = Machine::new();
    machine.set("LANG", "en_US.UTF-8");
    let nonsense = machine.file("cert.pem", "nonsense");
    machine.set("KATOK_TLS_CERT_FILE", &nonsense);
    machine.set("KATOK_TLS_KEY_FILE", &nonsense);
    let up = ["up", "--port", "0", "--emulator-port", "0"];
    machine.katok(&up).exits(2).says_one_sentence().says("KATOK_TLS_CERT_FILE");
}

#[tokio::test]
async fn a_stop_under_load_finishes_what_is_under_way() {
    let machine = Machine::new();
    let (running, gateway, emulator) = machine.up();
    let mut curl = Curl::new();
    curl.sign_in(&gateway, &emulator, "ryan").await;
    emulator.delays("/v2/api/talk/memo/default/send", 20, 700).await;
    let message = gateway.join("/message").unwrap();
    let sending: Vec<_> = (0..20)
        .map(|number| {
            let (mut curl, message) = (curl.copy(), message.clone());
            tokio::spawn(async move {
                curl.post(message, &json!({"text": format!("문자 {number}")})).await.status
            })
        })
        .collect();
    emulator.is_at_work_on_all().await;
    let stopped = tokio::task::spawn_blocking(move || running.stop("TERM"));
    for sent in sending {
        assert_eq!(sent.await.unwrap(), 200);
    }
    stopped.await.unwrap();
    assert!(http().get(gateway).send().await.is_err());
}
