//! Whatever comes back, or does not: no panic, no hanging, the truth about what happened, and never a second send.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use katok_client::{
    AccessToken, AdminKey, Client, DeleteImage, Error, ErrorKind, KakaoUserId, Link, ListFriends,
    ListUserIds, Logout, Me, MemoryTokenStore, PendingReply, Quota, RawCall, RefreshToken, Remedy, Retries,
    SendToMe, Text, TokenKeeper, Transport,
};
use proptest::prelude::*;
use serde_json::json;
use tokio::net::TcpListener;
use url::Url;

use crate::kakao::{Answer, Kakao, client_at};

const RETRY: Remedy = Remedy::Retry { after: None };
/// How long a client waits in a test where waiting is in vain.
const SOON: Duration = Duration::from_millis(500);

fn token() -> AccessToken {
    AccessToken::new("ACCESS_TOKEN")
}

fn hello() -> SendToMe {
    let link = Link::web(&Url::parse("https://svc.example/").unwrap());
    SendToMe::new(Text::new("안녕", link).unwrap())
}

/// What a reader and a sender are told when the server answers in this way; each request is made once.
async fn told(answer: impl Fn() -> Answer + Send + Sync + 'static) -> [(ErrorKind, Remedy); 2] {
    told_within(Duration::from_mins(1), answer).await
}

async fn told_within(
    timeout: Duration,
    answer: impl Fn() -> Answer + Send + Sync + 'static,
) -> [(ErrorKind, Remedy); 2] {
    let kakao = Kakao::start(move |_| answer()).await;
    let client = client_at(&kakao.url()).timeout(timeout).retries(Retries::NONE).build().unwrap();
    let reading = client.call(&Me, &token()).await.unwrap_err();
    let sending = client.call(&hello(), &token()).await.unwrap_err();
    assert_eq!(kakao.count("GET /v2/user/me"), 1);
    assert_eq!(kakao.count("POST /v2/api/talk/memo/default/send"), 1);
    [&reading, &sending].map(|error: &Error| (error.kind(), error.remedy()))
}

fn bytes(text: &'static str) -> impl Fn() -> Answer {
    move || Answer::Bytes(text.as_bytes().to_vec())
}

fn page(status: u16) -> impl Fn() -> Answer {
    move || Answer::Page(status, "text/html", "<!doctype html><title>점검 중</title>".to_owned())
}

#[tokio::test]
async fn a_refused_connection_sent_nothing() {
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = Url::parse(&format!("http://{}", closed.local_addr().unwrap())).unwrap();
    drop(closed);
    let client = client_at(&url).build().unwrap();
    let error = client.call(&hello(), &token()).await.unwrap_err();
    assert_eq!((error.kind(), error.remedy(), error.status()), (ErrorKind::NotSent, RETRY, None));
    assert!(std::error::Error::source(&error).is_some());
}

#[tokio::test]
async fn a_failed_tls_handshake_sent_nothing() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = Url::parse(&format!("https://{}", listener.local_addr().unwrap())).unwrap();
    tokio::spawn(async move { while listener.accept().await.is_ok() {} });
    let error = client_at(&url).build().unwrap().call(&hello(), &token()).await.unwrap_err();
    assert_eq!((error.kind(), error.remedy()), (ErrorKind::NotSent, RETRY));
}

#[tokio::test]
async fn a_connection_cut_after_the_request_leaves_a_send_unconfirmed() {
    let unknown = [(ErrorKind::Unanswered, RETRY), (ErrorKind::Unanswered, Remedy::Unconfirmed)];
    assert_eq!(told(bytes("")).await, unknown);
    assert_eq!(told(bytes("HTTP/1.1 200 OK\r\ncontent-le")).await, unknown);
    assert_eq!(told(bytes("HTTP/1.1 200 OK\r\ncontent-length: 17\r\n\r\n{\"result_")).await, unknown);
    assert_eq!(told(bytes("SSH-2.0-OpenSSH_9.9\r\n")).await, unknown);
}

#[tokio::test]
async fn an_answer_that_does_not_come_in_time_leaves_a_send_unconfirmed() {
    let unknown = [(ErrorKind::Unanswered, RETRY), (ErrorKind::Unanswered, Remedy::Unconfirmed)];
    assert_eq!(told_within(SOON, || Answer::Silence).await, unknown);
    assert_eq!(told_within(SOON, || Answer::Drip).await, unknown);
}

#[tokio::test]
async fn a_connection_that_ends_between_two_sends_is_not_a_second_send() {
    let kakao = Kakao::start(|request| {
        if request.body.contains("second") {
            Answer::Bytes(Vec::new())
        } else {
            Answer::Json(200, json!({"result_code": 0}))
        }
    })
    .await;
    let client = kakao.client();
    client.call(&hello(), &token()).await.unwrap();
    let link = Link::web(&Url::parse("https://svc.example/").unwrap());
    let second = SendToMe::new(Text::new("second", link).unwrap());
    assert_eq!(client.call(&second, &token()).await.unwrap_err().remedy(), Remedy::Unconfirmed);
    assert_eq!(kakao.received().len(), 2);
}

#[tokio::test]
async fn an_answer_without_sense_is_said_to_be_so() {
    let senseless =
        [(ErrorKind::Unreadable, Remedy::TellOperator), (ErrorKind::Unreadable, Remedy::Unconfirmed)];
    assert_eq!(told(page(200)).await, senseless);
    for body in ["", "{\"id\":48200", "[]", "{}", "{\"id\":1,\"result_code\":0}}", "\u{feff}null"] {
        let answer = move || Answer::Page(200, "application/json", body.to_owned());
        assert_eq!(told(answer).await, senseless, "{body}");
    }
}

#[tokio::test]
async fn an_answer_without_end_is_not_read_to_the_end() {
    let senseless =
        [(ErrorKind::Unreadable, Remedy::TellOperator), (ErrorKind::Unreadable, Remedy::Unconfirmed)];
    assert_eq!(told(|| Answer::Flood).await, senseless);
}

#[tokio::test]
async fn a_page_instead_of_a_refusal_is_judged_by_its_status() {
    let unreadable =
        |remedy: Remedy| [(ErrorKind::Unreadable, remedy.clone()), (ErrorKind::Unreadable, remedy)];
    assert_eq!(told(page(401)).await, unreadable(Remedy::RefreshToken));
    assert_eq!(told(page(403)).await, unreadable(Remedy::TellOperator));
    assert_eq!(told(page(404)).await, unreadable(Remedy::TellOperator));
    assert_eq!(told(page(418)).await, unreadable(Remedy::FixRequest { parameter: None }));
    assert_eq!(told(page(429)).await, unreadable(Remedy::WaitForQuota(Quota::Minute)));
    let down = [(ErrorKind::Unavailable, RETRY), (ErrorKind::Unavailable, Remedy::Unconfirmed)];
    assert_eq!(told(page(500)).await, down);
    assert_eq!(told(page(502)).await, down);
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = Kakao::start(|_| Answer::Json(200, json!({"id": 1}))).await;
    let to = elsewhere.url();
    let kakao = Kakao::start(move |_| {
        Answer::Bytes(
            format!("HTTP/1.1 302 Found\r\nlocation: {to}\r\ncontent-length: 0\r\n\r\n").into_bytes(),
        )
    })
    .await;
    let error = kakao.client().call(&Me, &token()).await.unwrap_err();
    assert_eq!((error.kind(), error.remedy()), (ErrorKind::Unreadable, Remedy::TellOperator));
    assert_eq!(elsewhere.received().len(), 0, "the token would have gone to another host");
}

#[tokio::test]
async fn a_wrong_value_is_located_and_not_quoted() {
    let kakao = Kakao::start(|_| {
        Answer::Json(200, json!({"id": 1, "kakao_account": {"email": ["lee@example.com"]}}))
    })
    .await;
    let error = kakao.client().call(&Me, &token()).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "GET /v2/user/me: Kakao's reply cannot be read: a value is missing or of another type than documented \
         at kakao_account.email (HTTP 200)"
    );
    assert!(!format!("{error:?}").contains("lee@"));
}

#[tokio::test]
async fn how_long_to_wait_is_taken_from_the_answer() {
    let kakao = Kakao::start(|_| {
        Answer::Bytes(b"HTTP/1.1 503 X\r\nretry-after: 30\r\ncontent-length: 2\r\n\r\n{}".to_vec())
    })
    .await;
    let error = kakao.client().call(&Me, &token()).await.unwrap_err();
    assert_eq!(error.remedy(), Remedy::Retry { after: Some(Duration::from_secs(30)) });
}

#[tokio::test]
async fn kakaos_json_comes_as_it_is() {
    let body = json!({"id": 1, "something_new": [null, 1.5]});
    let kakao = Kakao::start({
        let body = body.clone();
        move |_| Answer::Json(200, body.clone())
    })
    .await;
    assert_eq!(kakao.client().call_json(&Me, &token()).await.unwrap(), body);
    let asked = &kakao.received()[0].head;
    assert!(asked.starts_with("GET /v2/user/me?secure_resource=true HTTP/1.1\r\n"), "{asked}");
    assert!(asked.contains("authorization: Bearer ACCESS_TOKEN\r\n"), "{asked}");
    assert!(asked.contains("user-agent: katok-client/"), "{asked}");
}

#[tokio::test]
async fn a_host_may_have_a_path_before_kakaos() {
    let kakao = Kakao::start(|_| Answer::Json(200, json!({"id": 1}))).await;
    let client = client_at(&kakao.url().join("emulated/kapi/").unwrap()).build().unwrap();
    client.call(&Logout, &token()).await.unwrap();
    assert!(kakao.received()[0].is("POST /emulated/kapi/v1/user/logout HTTP/1.1"));
}

#[tokio::test]
async fn a_token_no_header_can_carry_is_an_error_before_anything_is_sent() {
    let kakao = Kakao::start(|_| Answer::Silence).await;
    let error = kakao.client().call(&Me, &AccessToken::new("two\r\nlines")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert!(kakao.received().is_empty());
}

#[test]
fn an_address_that_is_not_http_or_holds_a_password_is_refused() {
    for address in ["mailto:kakao@example.com", "https://mina:PASSWORD@kakao.example/"] {
        let error = client_at(&Url::parse(address).unwrap()).build().unwrap_err();
        assert_eq!((error.kind(), error.remedy()), (ErrorKind::Configuration, Remedy::TellOperator));
    }
}

#[test]
fn every_future_and_stream_can_move_between_threads() {
    fn movable<T: Send>(_: T) {}
    let client = client_hearing(200, b"{}");
    let (token, user) = (token(), KakaoUserId::new(1));
    let admin = client.admin(AdminKey::new("K"));
    movable(client.call(&hello(), &token));
    movable(client.call_json(&Me, &token));
    movable(client.call_raw(&RawCall::get("/"), &token));
    movable(client.call_as_app(&DeleteImage::new("i")));
    movable(client.refresh(&RefreshToken::new("R")));
    movable(client.stream(ListFriends::new(), &token));
    movable(admin.call(&ListUserIds::new()));
    movable(admin.call_for(user, &Logout));
    movable(admin.stream(ListUserIds::new()));
    let keeper = TokenKeeper::new(client, MemoryTokenStore::<KakaoUserId>::new());
    movable(keeper.call(&user, &hello()));
    movable(keeper.call_json(&user, &Me));
    movable(keeper.with_token(&user, |_| async { Ok(()) }));
    movable(keeper.keep_alive(&user));
    movable(keeper.settled());
}

/// What Kakao's own framework writes when it fails has an `error` as OAuth has, and is no refusal.
#[tokio::test]
async fn a_failure_of_the_authorization_server_is_no_refusal() {
    let kakao =
        Kakao::start(|_| Answer::Json(500, json!({"status": 500, "error": "Internal Server Error"}))).await;
    let error = kakao.client().refresh(&RefreshToken::new("R")).await.unwrap_err();
    assert_eq!((error.kind(), error.remedy()), (ErrorKind::Unavailable, Remedy::Retry { after: None }));
}

#[tokio::test]
async fn what_is_passed_on_is_letter_by_letter_what_kakao_wrote() {
    let written = r#"{"id":1, "something_new":[1.50,"\u0041"]}"#;
    let client = client_hearing(200, written.as_bytes());
    let (me, json) = client.call_verbatim(&Me, &token()).await.unwrap();
    assert_eq!((me.id, json.get()), (KakaoUserId::new(1), written));
    let error = client_hearing(200, b"[]").call_verbatim(&Me, &token()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unreadable);
}

#[tokio::test]
async fn a_success_without_a_word_is_null() {
    let client = client_hearing(200, b"");
    let ((), json) = client.call_verbatim(&DeleteImage::new("i"), &token()).await.unwrap();
    assert_eq!(json.get(), "null");
    assert_eq!(client.call_json(&DeleteImage::new("i"), &token()).await.unwrap(), json!(null));
}

/// A wire that brings back the same reply each time.
#[derive(Debug)]
struct Echo(u16, Vec<u8>);

impl Transport for Echo {
    fn send(&self, _: Request<Bytes>) -> PendingReply<'_> {
        Box::pin(async { Ok(Response::builder().status(self.0).body(self.1.clone().into()).unwrap()) })
    }
}

fn client_hearing(status: u16, body: &[u8]) -> Client {
    let wire = Arc::new(Echo(status, body.to_vec()));
    client_at(&Url::parse("https://kakao.example").unwrap())
        .transport(wire)
        .retries(Retries::NONE)
        .build()
        .unwrap()
}

fn now_or_never<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

proptest! {
    #[test]
    fn no_reply_makes_the_client_panic_or_send_again(status in 200..=599_u16, body: Vec<u8>) {
        let client = client_hearing(status, &body);
        let _ = now_or_never(client.call(&Me, &token()));
        let _ = now_or_never(client.refresh(&RefreshToken::new("R")));
        let error = now_or_never(client.call(&hello(), &token())).unwrap_err();
        let unclear = !(300..500).contains(&status);
        prop_assert_eq!(error.remedy() == Remedy::Unconfirmed, unclear);
    }

    #[test]
    fn any_code_has_a_remedy_and_a_question_is_never_unconfirmed(code: i64, msg: String) {
        let body = json!({"code": code, "msg": msg}).to_string();
        let error = now_or_never(client_hearing(400, body.as_bytes()).call(&Me, &token())).unwrap_err();
        prop_assert_eq!(error.kind(), ErrorKind::Refused);
        prop_assert_ne!(error.remedy(), Remedy::Unconfirmed);
    }
}

#[tokio::test]
async fn json_is_handed_over_only_if_it_is_an_answer() {
    for odd in [json!({}), json!({"result_code": -500}), json!([])] {
        let kakao = Kakao::start(move |_| Answer::Json(200, odd.clone())).await;
        let error = kakao.client().call_json(&hello(), &token()).await.unwrap_err();
        assert_eq!((error.kind(), error.remedy()), (ErrorKind::Unreadable, Remedy::Unconfirmed));
    }
    let kakao = Kakao::start(|_| Answer::Json(200, json!({"result_code": 0, "new": 1}))).await;
    let answer = kakao.client().call_json(&hello(), &token()).await.unwrap();
    assert_eq!(answer, json!({"result_code": 0, "new": 1}));
}
