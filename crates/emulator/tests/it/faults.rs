//! Scripted faults, as they reach a client.

use std::time::Duration;

use katok_emulator::{Ending, Fault};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::{ADMIN_KEY, Answer, Kakao, REST_API_KEY, hello, text};

async fn script(kakao: &Kakao, fault: Value) -> Answer {
    Answer::of(kakao.post("/_emulator/v1/faults").json(&fault)).await
}

async fn me(kakao: &Kakao, token: &str) -> Answer {
    Answer::spoilt(kakao.get("/v2/user/me").bearer_auth(token)).await
}

async fn send(kakao: &Kakao, token: &str) -> Answer {
    let form = [("template_object", hello("x").to_string())];
    Answer::spoilt(kakao.post("/v2/api/talk/memo/default/send").bearer_auth(token).form(&form)).await
}

async fn token(kakao: &Kakao, more: &[(&str, &str)]) -> Answer {
    let mut form = vec![("client_id", REST_API_KEY), ("grant_type", "authorization_code")];
    for (name, value) in more {
        form.retain(|(given, _)| given != name);
        form.push((name, value));
    }
    Answer::spoilt(kakao.post("/oauth/token").form(&form)).await
}

async fn refresh_tokens(kakao: &Kakao, refresh_token: &str) -> Answer {
    token(kakao, &[("grant_type", "refresh_token"), ("refresh_token", refresh_token)]).await
}

async fn open(kakao: &Kakao, cookie: Option<&str>, url: &url::Url) -> Answer {
    Answer::spoilt(kakao.client.get(url.clone()).header("cookie", cookie.unwrap_or_default())).await
}

/// Everything that comes back for a request written by hand.
async fn raw(kakao: &Kakao, request: &str) -> String {
    let port = kakao.emulator.base_url().port().unwrap();
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    // A reset is an end too.
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8(answer).unwrap()
}

fn raw_send(token: &str) -> String {
    let body = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("template_object", &hello("안녕").to_string())
        .finish();
    format!(
        "POST /v2/api/talk/memo/default/send HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}

#[tokio::test]
async fn a_fault_answers_with_its_id_and_what_remains_of_it() {
    let kakao = Kakao::start().await;
    let token = kakao.access_token("ryan").await;
    let fault = json!({"match": {"path": "/v2/user/me"}, "times": 2, "then": {"status": 503, "code": -9798,
        "msg": "점검 중", "headers": {"Retry-After": "5"}}});
    let scripted = script(&kakao, fault.clone()).await.ok();
    let mut expected = fault;
    expected["id"] = 1.into();
    expected["remaining"] = 2.into();
    expected["applied"] = 0.into();
    assert_eq!(scripted, expected);

    let refused = me(&kakao, &token).await;
    assert_eq!(refused.headers["retry-after"], "5");
    assert_eq!(refused.headers["content-type"], "application/json;charset=UTF-8");
    assert_eq!(refused.refusal(), (503, json!({"msg": "점검 중", "code": -9798})));
    assert_eq!(me(&kakao, &token).await.status, 503);
    me(&kakao, &token).await.ok();
    let listed = Answer::of(kakao.get("/_emulator/v1/faults")).await.ok();
    assert_eq!((&listed[0]["remaining"], &listed[0]["applied"]), (&json!(0), &json!(2)));
}

#[tokio::test]
async fn a_status_alone_is_refused_in_the_form_of_the_host() {
    let kakao = Kakao::start().await;
    for (status, code) in [(401, -401), (403, -5), (429, -10), (500, -1), (503, -9798)] {
        script(&kakao, json!({"match": {"path": "/v2/*"}, "times": 1, "then": {"status": status}}))
            .await
            .ok();
        let answer = Answer::spoilt(kakao.get("/v2/user/me")).await;
        assert_eq!(answer.headers.contains_key("www-authenticate"), status == 401);
        let (answered, body) = answer.refusal();
        assert_eq!((answered, &body["code"]), (status, &json!(code)));
    }
    for (status, code) in [(401, "KOE101"), (429, "KOE237"), (502, "KOE003")] {
        script(&kakao, json!({"times": 1, "then": {"status": status}})).await.ok();
        let (answered, body) = token(&kakao, &[]).await.refusal();
        assert_eq!((answered, &body["error_code"]), (status, &json!(code)));
    }
    script(&kakao, json!({"times": 1, "then": {"status": 400, "error": "odd"}})).await.ok();
    assert_eq!(token(&kakao, &[]).await.refusal(), (400, json!({"error": "odd"})));
}

#[tokio::test]
async fn a_fault_finds_the_person_and_the_app_by_whatever_the_request_shows() {
    let kakao = Kakao::start().await;
    let (ryan, apeach) = (kakao.access_token("ryan").await, kakao.access_token("apeach").await);
    let refresh = text(&kakao.log_in("ryan").await["refresh_token"]);
    let mut browser = kakao.browser();
    browser.sign_in(&kakao.authorize_url(&[]), "ryan").await;
    script(&kakao, json!({"match": {"person": "ryan"}, "then": {"status": 500}})).await.ok();
    assert_eq!(me(&kakao, &ryan).await.status, 500);
    me(&kakao, &apeach).await.ok();
    let me_by_id = async |id: &str| {
        let form = [("target_id_type", "user_id"), ("target_id", id)];
        let authorization = format!("KakaoAK {ADMIN_KEY}");
        Answer::spoilt(kakao.post("/v2/user/me").header("authorization", authorization).form(&form))
            .await
            .status
    };
    let world = kakao.emulator.world();
    let id_of = |person: usize| world.people[person].user_ids["demo"].to_string();
    assert_eq!((me_by_id(&id_of(0)).await.as_u16(), me_by_id(&id_of(1)).await.as_u16()), (500, 200));
    assert_eq!(refresh_tokens(&kakao, &refresh).await.status, 500);
    let code = kakao.code("ryan");
    assert_eq!(token(&kakao, &[("code", &code)]).await.status, 500);
    assert_eq!(open(&kakao, browser.cookie.as_deref(), &kakao.authorize_url(&[])).await.status, 500);
    assert_eq!(open(&kakao, None, &kakao.authorize_url(&[])).await.status, 200);

    kakao.emulator.clear_faults();
    script(&kakao, json!({"match": {"app": "demo"}, "then": {"status": 500}})).await.ok();
    assert_eq!(me(&kakao, &apeach).await.status, 500);
    assert_eq!(token(&kakao, &[]).await.status, 500);
    assert_eq!(token(&kakao, &[("client_id", "nobody's")]).await.status, 401);
    assert_eq!(me_by_id("1").await, 500);
}

#[tokio::test]
async fn a_connection_dropped_before_the_work_leaves_no_byte_and_no_message() {
    let kakao = Kakao::start().await;
    let token = kakao.access_token("ryan").await;
    script(&kakao, json!({"times": 1, "then": {"drop": "before"}})).await.ok();
    assert_eq!(raw(&kakao, &raw_send(&token)).await, "");
    assert!(kakao.emulator.messages("ryan").is_empty());
    let noted = kakao.emulator.journal(0).pop().unwrap();
    assert_eq!((noted.ending, noted.fault, noted.response), (Ending::Dropped, Some(1), None));
}

#[tokio::test]
async fn a_connection_dropped_after_the_work_leaves_no_byte_but_the_message() {
    let kakao = Kakao::start().await;
    let token = kakao.access_token("ryan").await;
    script(&kakao, json!({"times": 1, "then": {"drop": "after"}})).await.ok();
    assert_eq!(raw(&kakao, &raw_send(&token)).await, "");
    assert_eq!(kakao.emulator.messages("ryan").len(), 1);
    let noted = kakao.emulator.journal(0).pop().unwrap();
    assert_eq!((noted.ending, noted.response.unwrap().status), (Ending::Dropped, 200));
}

#[tokio::test]
async fn a_delay_comes_first_and_goes_with_every_other_effect() {
    let kakao = Kakao::start().await;
    for (delay, then) in [
        (30, json!({"delay_ms": 30})),
        (30, json!({"delay_ms": 30, "code": -7})),
        (30, json!({"delay_ms": 30, "drop": "before"})),
        (0, json!({"code": -7})),
    ] {
        script(&kakao, json!({"times": 1, "then": then})).await.ok();
        let _ = raw(&kakao, "GET /v2/user/me HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").await;
        let noted = kakao.emulator.journal(0).pop().unwrap();
        assert!(noted.fault.is_some() && noted.duration_ms >= f64::from(delay), "{then}: {noted:?}");
    }
}

#[tokio::test]
async fn a_caller_that_does_not_wait_is_noted_and_nothing_is_done_for_it() {
    let kakao = Kakao::start().await;
    let token = kakao.access_token("ryan").await;
    let (before, count) =
        (kakao.emulator.journal(0).pop().unwrap().id, kakao.emulator.messages("ryan").len());
    kakao.emulator.fault(Fault::on("/v2/*").delay(Duration::from_mins(5))).unwrap();
    let request = kakao.post("/v2/api/talk/memo/default/send").bearer_auth(&token);
    let sent = request.form(&[("template_object", hello("x").to_string())]);
    let impatient = sent.timeout(Duration::from_millis(50)).send().await;
    assert!(impatient.unwrap_err().is_timeout());
    let noted = loop {
        // The server hears of it in its own time.
        if let Some(noted) = kakao.emulator.journal(before).pop() {
            break noted;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    };
    assert_eq!((noted.ending, noted.response), (Ending::Gone, None));
    assert_eq!(kakao.emulator.messages("ryan").len(), count);
}

#[tokio::test]
async fn half_an_answer_says_its_whole_length_and_breaks_off() {
    let kakao = Kakao::start().await;
    let token = kakao.access_token("ryan").await;
    script(&kakao, json!({"times": 1, "then": {"truncate_after_bytes": 7}})).await.ok();
    let answer = raw(&kakao, &raw_send(&token)).await;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200 OK"), "{head}");
    assert!(head.contains("content-length: 17"), "{head}");
    assert_eq!(body, "{\"resul");
    assert_eq!(kakao.emulator.messages("ryan").len(), 1, "the work was done");
    // Longer than the answer: all of it.
    script(&kakao, json!({"times": 1, "then": {"truncate_after_bytes": 100_000}})).await.ok();
    me(&kakao, &token).await.ok();
}

#[tokio::test]
async fn an_answer_comes_under_another_label_or_with_another_body() {
    let kakao = Kakao::start().await;
    let token = kakao.access_token("ryan").await;
    script(&kakao, json!({"times": 1, "then": {"content_type": "text/html"}})).await.ok();
    let answer = me(&kakao, &token).await;
    assert_eq!(answer.headers["content-type"], "text/html");
    assert!(answer.ok()["id"].is_i64());
    let page = json!({"status": 502, "content_type": "text/html", "body": "<h1>Bad Gateway</h1>"});
    script(&kakao, json!({"times": 1, "then": page})).await.ok();
    let answer = send(&kakao, &token).await;
    assert_eq!(answer.headers["content-type"], "text/html");
    assert_eq!(answer.refusal(), (502, json!("<h1>Bad Gateway</h1>")));
    assert!(kakao.emulator.messages("ryan").is_empty(), "a refusal does nothing");
    script(&kakao, json!({"times": 1, "then": {"body": "oops"}})).await.ok();
    assert_eq!(send(&kakao, &token).await.ok(), "oops");
    assert_eq!(kakao.emulator.messages("ryan").len(), 1, "without one the work is done");
}

#[tokio::test]
async fn faults_can_be_taken_back_one_by_one_or_all_at_once_and_a_reset_takes_all() {
    let kakao = Kakao::start().await;
    for _ in 0..3 {
        kakao.emulator.fault(Fault::on("*").code(-7)).unwrap();
    }
    let delete = async |path: &str| Answer::of(kakao.client.delete(kakao.url(path))).await;
    assert_eq!(delete("/_emulator/v1/faults/2").await.ok(), json!({"removed": 1}));
    assert_eq!(delete("/_emulator/v1/faults/2").await.body["error"], "no_such_fault");
    assert_eq!(delete("/_emulator/v1/faults/two").await.status, 404);
    assert_eq!(delete("/_emulator/v1/faults").await.ok(), json!({"removed": 2}));
    assert_eq!(token(&kakao, &[]).await.status, 401);

    kakao.emulator.fault(Fault::on("*").code(-7)).unwrap();
    Answer::of(kakao.post("/_emulator/v1/reset")).await.ok();
    assert!(kakao.emulator.faults().is_empty() && kakao.emulator.journal(0).is_empty());
    let again = kakao.emulator.fault(Fault::on("*").code(-7)).unwrap();
    assert_eq!(again.id, 1, "chance depends on the number");
}

#[tokio::test]
async fn a_wrong_fault_is_refused_with_the_field_at_fault() {
    let kakao = Kakao::start().await;
    let cases = [
        (json!({"match": {"person": "nobody"}, "then": {"code": -7}}), "match.person:"),
        (json!({"match": {"app": "nobody"}, "then": {"code": -7}}), "match.app:"),
        (json!({"then": {"status": "many"}}), "then.status:"),
        (json!({"then": {"drop": "during"}}), "then.drop:"),
        (json!({"then": {"code": -12345}}), "then.status:"),
        (json!({"then": {"colour": 1}}), "`colour`"),
        (json!({"then": {"body": "x".repeat(70_000)}}), "then:"),
        (json!({}), "`then`"),
    ];
    for (fault, says) in cases {
        let answer = script(&kakao, fault).await;
        assert_eq!(answer.status, 400);
        let description = text(&answer.body["error_description"]);
        assert!(description.contains(says), "{says}: {description}");
    }
    assert!(kakao.emulator.faults().is_empty());
}

#[tokio::test]
async fn the_emulators_own_addresses_have_no_faults() {
    let kakao = Kakao::start().await;
    kakao.emulator.fault(Fault::on("*").drop_before()).unwrap();
    Answer::of(kakao.get("/_emulator/v1/health")).await.ok();
    assert_eq!(kakao.get("/").send().await.unwrap().status(), 200);
    assert!(kakao.get("/v2/user/me").send().await.is_err());
}
