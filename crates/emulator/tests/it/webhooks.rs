//! Webhooks, as a service receives them.

use std::future::pending;
use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use katok_emulator::Seed;
use katok_emulator::seed::{Webhook, Webhooks};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::{Mutex, mpsc};
use tokio::task::JoinHandle;

use crate::support::{Answer, Kakao};

/// A service of somebody's, which writes down what it hears.
struct Service {
    address: String,
    heard: Mutex<mpsc::Receiver<Heard>>,
    serving: JoinHandle<()>,
}

#[derive(Debug)]
struct Heard {
    method: String,
    uri: String,
    headers: axum::http::HeaderMap,
    body: String,
}

impl Service {
    async fn start() -> Self {
        let (tell, heard) = mpsc::channel(100);
        let tell = Arc::new(tell);
        let hear = move |request: Request| {
            let tell = tell.clone();
            async move {
                let (parts, body) = request.into_parts();
                let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
                let answer: Response = match parts.uri.path() {
                    "/silent" => pending().await,
                    "/moved" => (StatusCode::FOUND, [("location", "/elsewhere")]).into_response(),
                    "/broken" => (StatusCode::INTERNAL_SERVER_ERROR, "x".repeat(5_000)).into_response(),
                    _ => "thank you".into_response(),
                };
                let heard = Heard {
                    method: parts.method.to_string(),
                    uri: parts.uri.to_string(),
                    headers: parts.headers,
                    body: String::from_utf8(body.to_vec()).unwrap(),
                };
                tell.send(heard).await.unwrap();
                answer
            }
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let serving = tokio::spawn(async move {
            axum::serve(listener, Router::new().fallback(hear)).await.unwrap();
        });
        Self { address, heard: Mutex::new(heard), serving }
    }

    async fn next(&self) -> Heard {
        self.heard.lock().await.recv().await.unwrap()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// The built-in world with webhooks.
async fn kakao(webhooks: Value) -> Kakao {
    let mut seed = serde_json::to_value(Seed::built_in()).unwrap();
    seed["apps"][0]["webhooks"] = webhooks;
    seed["apps"][0]["channels"] = json!([{"public_id": "_ZeUTxl", "uuid": "@demo"}]);
    Kakao::start_from(Seed::parse(&seed.to_string()).unwrap()).await
}

async fn send(kakao: &Kakao, webhook: Value) -> Answer {
    Answer::of(kakao.post("/_emulator/v1/webhooks").json(&webhook)).await
}

#[tokio::test]
async fn a_webhook_can_be_sent_at_once_and_answers_what_the_receiver_said() {
    let service = Service::start().await;
    let url = format!("{}/unlink", service.address);
    let kakao = kakao(json!({"unlink": {"url": url}})).await;
    let unlink =
        json!({"type": "unlink", "app": "demo", "person": "apeach", "referrer_type": "ACCOUNT_DELETE"});
    let mut told = send(&kakao, unlink).await.ok();
    assert!(told["duration_ms"].is_u64());
    told["duration_ms"].take();
    let user_id = kakao.emulator.world().people[1].user_ids["demo"];
    let body = format!("app_id=1000001&user_id={user_id}&referrer_type=ACCOUNT_DELETE");
    let content_type = "application/x-www-form-urlencoded;charset=UTF-8";
    assert_eq!(
        told,
        json!({"id": 1, "at": "2026-03-01T00:00:00Z", "type": "unlink", "app": "demo", "person": "apeach",
            "method": "POST", "url": url, "headers": {"authorization": "KakaoAK de30ad…", "content-type": content_type},
            "request_body": body, "status": 200, "body": "thank you", "error": null, "duration_ms": null})
    );
    let heard = service.next().await;
    assert_eq!((heard.method.as_str(), heard.uri.as_str()), ("POST", "/unlink"));
    assert_eq!(heard.headers["authorization"], "KakaoAK de30ad31de30ad31de30ad31de30ad31");
    assert_eq!(heard.headers["user-agent"], "KakaoOpenAPI/1.0");
    assert_eq!((&heard.headers["content-type"], heard.body), (&content_type.parse().unwrap(), body));
    assert!(
        kakao.emulator.world().links.iter().any(|link| link.person.as_str() == "apeach"),
        "nothing happened"
    );
}

#[tokio::test]
async fn a_webhook_can_be_registered_later_and_the_others_stay() {
    let service = Service::start().await;
    let kakao = kakao(
        json!({"unlink": {"url": "http://127.0.0.1:1/unlink"}, "share": {"url": "http://127.0.0.1:1/"}}),
    );
    let kakao = kakao.await;
    let unlink = Webhook { url: format!("{}/unlink", service.address), method: "GET".to_owned() };
    let webhooks = || Webhooks { unlink: Some(unlink.clone()), ..Webhooks::default() };
    kakao.emulator.register_webhooks("demo", webhooks()).unwrap();
    assert!(kakao.emulator.register_webhooks("nobody", webhooks()).is_err());
    let told = send(&kakao, json!({"type": "unlink", "app": "demo", "person": "apeach"})).await.ok();
    assert_eq!((&told["method"], &told["status"]), (&json!("GET"), &json!(200)));
    assert!(kakao.emulator.world().apps[0].webhooks.share.is_some());
}

#[tokio::test]
async fn share_and_channel_webhooks_bring_their_headers() {
    let service = Service::start().await;
    let share = json!({"url": format!("{}/share", service.address), "method": "GET"});
    let channel = json!({"url": format!("{}/channel", service.address)});
    let kakao = kakao(json!({"share": share, "channel": channel})).await;
    let shared = json!({"type": "share", "app": "demo", "chat_type": "MultiChat", "hash_chat_id": "room",
        "server_callback_args": {"order": "17"}});
    assert_eq!(send(&kakao, shared).await.ok()["status"], 200);
    let heard = service.next().await;
    assert_eq!(heard.method, "GET");
    assert_eq!(heard.uri, "/share?CHAT_TYPE=MultiChat&HASH_CHAT_ID=room&order=17");
    assert!(heard.headers.contains_key("x-kakao-resource-id"));
    let added = json!({"type": "channel", "app": "demo", "person": "ryan", "event": "added"});
    assert_eq!(send(&kakao, added).await.ok()["status"], 200);
    let heard = service.next().await;
    let body: Value = serde_json::from_str(&heard.body).unwrap();
    assert_eq!((&body["event"], &body["channel_public_id"]), (&json!("added"), &json!("_ZeUTxl")));
    assert!(heard.headers.contains_key("x-kakao-resource-id"));
}

#[tokio::test]
async fn what_somebody_does_on_kakaos_pages_is_told_by_itself() {
    let service = Service::start().await;
    let kakao =
        kakao(json!({"unlink": {"url": format!("{}/unlink", service.address), "method": "GET"}})).await;
    let unlink = async |person: &str, body: Value| {
        Answer::of(kakao.post(&format!("/_emulator/v1/people/{person}/unlink")).json(&body)).await
    };
    let token = kakao.access_token("ryan").await;
    unlink("ryan", json!({"app": "demo"})).await.ok();
    assert!(service.next().await.uri.ends_with("&referrer_type=UNLINK_FROM_APPS"));
    assert_eq!(kakao.me(&token).await.status, 401);
    for reason in ["ACCOUNT_DELETE", "FORCED_ACCOUNT_DELETE", "UNLINK_FROM_ADMIN", "INCOMPLETE_SIGN_UP"] {
        kakao.access_token("ryan").await;
        unlink("ryan", json!({"app": "demo", "referrer_type": reason})).await.ok();
        assert!(service.next().await.uri.ends_with(&format!("&referrer_type={reason}")));
    }
    // What the service does itself is no news to it: the next thing it hears of is somebody else.
    let token = kakao.access_token("ryan").await;
    Answer::of(kakao.post("/v1/user/unlink").bearer_auth(&token)).await.ok();
    unlink("apeach", json!({"app": "demo"})).await.ok();
    let apeach = kakao.emulator.world().people[1].user_ids["demo"];
    assert!(service.next().await.uri.contains(&format!("user_id={apeach}&")));

    let list = Answer::of(kakao.get("/_emulator/v1/webhooks")).await.ok();
    // The receiver hears of it before the emulator hears its answer.
    assert!(list.as_array().unwrap().len() >= 5);
    assert_eq!((&list[0]["person"], &list[0]["status"]), (&json!("ryan"), &json!(200)));
    let later = Answer::of(kakao.get("/_emulator/v1/webhooks?since=4")).await.ok();
    assert_eq!(later[0]["id"], 5);
    assert_eq!(unlink("apeach", json!({"app": "demo"})).await.body["error"], "not_linked");
    assert_eq!(unlink("nobody", json!({"app": "demo"})).await.body["error"], "no_such_person");
    assert_eq!(unlink("ryan", json!({"app": "nothing"})).await.body["error"], "no_such_app");
    assert_eq!(unlink("ryan", json!({"app": "demo", "referrer_type": "BORED"})).await.status, 400);
}

/// One of the first two parts of a signed token.
fn part(token: &str, place: usize) -> Value {
    let part = URL_SAFE_NO_PAD.decode(token.split('.').nth(place).unwrap()).unwrap();
    serde_json::from_slice(&part).unwrap()
}

#[tokio::test]
async fn security_events_come_signed_and_by_themselves() {
    let service = Service::start().await;
    let kakao = kakao(json!({"account_status": {"url": format!("{}/events", service.address)}})).await;
    let jwks = Answer::of(kakao.get("/.well-known/jwks.json")).await.ok();
    kakao.access_token("ryan").await;
    Answer::of(kakao.post("/_emulator/v1/people/ryan/unlink").json(&json!({"app": "demo"}))).await.ok();
    let suspend = kakao.post("/_emulator/v1/people/apeach/account").json(&json!({"suspended": true}));
    Answer::of(suspend).await.ok();
    let mut told: Vec<String> = Vec::new();
    while told.last().is_none_or(|last| last != "account-disabled") {
        let heard = service.next().await;
        assert_eq!(heard.headers["content-type"], "application/secevent+jwt");
        assert!(!heard.headers.contains_key("authorization"));
        let header = part(&heard.body, 0);
        assert!(jwks["keys"].as_array().unwrap().iter().any(|key| key["kid"] == header["kid"]));
        assert_eq!((&header["typ"], &header["alg"]), (&json!("secevent+jwt"), &json!("RS256")));
        let claims = part(&heard.body, 1);
        let uris = claims["events"].as_object().unwrap().keys();
        told.extend(uris.map(|uri| uri.rsplit('/').next().unwrap().to_owned()));
    }
    for event in ["user-linked", "user-scope-consent", "token-issued", "user-unlinked"] {
        assert!(told.iter().any(|told| told == event), "{event}: {told:?}");
    }

    let on_demand =
        json!({"type": "account_status", "app": "demo", "person": "ryan", "event": "sessions-revoked"});
    let sent = send(&kakao, on_demand).await.ok();
    assert_eq!(sent["status"], 200);
    let claims = part(sent["request_body"].as_str().unwrap(), 1);
    assert_eq!(claims["sub"], kakao.emulator.world().people[0].user_ids["demo"].to_string());
}

#[tokio::test]
async fn receivers_that_fail_are_told_of_and_redirects_not_followed() {
    let service = Service::start().await;
    for (path, status, body) in [("moved", 302, 0), ("broken", 500, 2048)] {
        let kakao = kakao(json!({"unlink": {"url": format!("{}/{path}", service.address)}})).await;
        let told = send(&kakao, json!({"type": "unlink", "app": "demo", "person": "ryan"})).await.ok();
        assert_eq!(told["status"], status);
        assert_eq!(told["body"].as_str().unwrap().len(), body);
        assert_eq!(service.next().await.uri, format!("/{path}"));
    }
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = nobody.local_addr().unwrap();
    drop(nobody);
    let silent = format!("{}/silent", service.address);
    for (url, says) in [(format!("http://{address}/"), "cannot be reached"), (silent, "3 seconds")] {
        let kakao = kakao(json!({"unlink": {"url": url}})).await;
        let told = send(&kakao, json!({"type": "unlink", "app": "demo", "person": "ryan"})).await.ok();
        assert_eq!(told["status"], Value::Null);
        assert!(told["error"].as_str().unwrap().contains(says), "{told}");
    }
}

#[tokio::test]
async fn a_webhook_that_cannot_be_sent_says_what_to_do() {
    let kakao = kakao(json!({})).await;
    let cases = [
        (json!({"type": "unlink", "app": "demo", "person": "ryan"}), 409, "apps[demo].webhooks.unlink.url"),
        (json!({"type": "share", "app": "demo"}), 409, "apps[demo].webhooks.share.url"),
        (json!({"type": "unlink", "app": "nothing", "person": "ryan"}), 404, "nothing"),
        (json!({"type": "unlink", "app": "demo", "person": "nobody"}), 404, "nobody"),
        (json!({"type": "unlink", "app": "demo"}), 400, "`person`"),
        (json!({"type": "party"}), 400, "`party`"),
        (json!({"type": "account_status", "app": "demo", "person": "ryan", "event": "x"}), 400, "event:"),
        (
            json!({"type": "channel", "app": "demo", "person": "ryan", "event": "added", "channel_public_id": "_x"}),
            400,
            "channel_public_id:",
        ),
    ];
    for (webhook, status, says) in cases {
        let answer = send(&kakao, webhook).await;
        let description = answer.body["error_description"].as_str().unwrap();
        assert!(answer.status == status && description.contains(says), "{says}: {}", answer.body);
    }
}

#[tokio::test]
async fn an_account_can_be_suspended_and_goes_on() {
    let kakao = kakao(json!({})).await;
    let suspend = async |person: &str, suspended: bool| {
        let request = kakao.post(&format!("/_emulator/v1/people/{person}/account"));
        Answer::of(request.json(&json!({"suspended": suspended}))).await
    };
    for suspended in [true, false] {
        suspend("ryan", suspended).await.ok();
        assert_eq!(kakao.emulator.world().people[0].suspended, suspended);
    }
    assert_eq!(suspend("nobody", true).await.status, 404);
}
