//! The journal, as a person or a test reads it.

use katok_emulator::Ending;
use serde_json::{Value, json};

use crate::support::{Answer, Kakao, hello, text};

async fn journal(kakao: &Kakao, since: u64) -> Vec<Value> {
    let journal = Answer::of(kakao.get(&format!("/_emulator/v1/journal?since={since}"))).await.ok();
    journal.as_array().unwrap().clone()
}

#[tokio::test]
async fn every_exchange_with_kakao_stands_there_newest_last_and_readable() {
    let kakao = Kakao::start().await;
    let token = kakao.access_token("ryan").await;
    kakao.send_to_me(&token, &hello("안녕")).await.ok();
    Answer::of(kakao.get("/_emulator/v1/world")).await.ok();
    let [login, send] = journal(&kakao, 0).await.try_into().unwrap();

    assert_eq!((&login["id"], &send["id"]), (&json!(1), &json!(2)));
    assert_eq!(login["at"], "2026-03-01T00:00:00Z");
    assert_eq!((&login["host"], &login["path"]), (&json!("kauth.kakao.com"), &json!("/oauth/token")));
    for exchange in [&login, &send] {
        assert_eq!((&exchange["app"], &exchange["person"]), (&json!("demo"), &json!("ryan")));
        assert_eq!((&exchange["ending"], &exchange["fault"]), (&json!("answered"), &Value::Null));
        assert_eq!((&exchange["method"], &exchange["response"]["status"]), (&json!("POST"), &json!(200)));
        assert!(exchange["duration_ms"].is_f64());
    }
    assert_eq!(login["request"]["form"]["client_secret"], "de305e…");
    assert_eq!(login["response"]["body"]["token_type"], "bearer");

    assert_eq!(
        (&send["host"], &send["path"]),
        (&json!("kapi.kakao.com"), &json!("/v2/api/talk/memo/default/send"))
    );
    let template: Value = serde_json::from_str(&text(&send["request"]["form"]["template_object"])).unwrap();
    assert_eq!(template, hello("안녕"));
    assert_eq!(send["request"]["headers"]["authorization"], format!("Bearer {}…", &token[..6]));
    assert_eq!(send["response"]["body"], json!({"result_code": 0}));
    assert!(!json!([login, send]).to_string().contains(&token));
    assert_eq!(journal(&kakao, 1).await, [send]);
}

#[tokio::test]
async fn refusals_and_unknown_paths_stand_there_too_and_pages_are_named() {
    let kakao = Kakao::start().await;
    kakao.me("nobody's token").await;
    Answer::of(kakao.get("/v9/nothing?a=1")).await;
    kakao.browser().open(&kakao.authorize_url(&[("redirect_uri", "http://localhost:1/")])).await;
    let mut browser = kakao.browser();
    browser.sign_in(&kakao.authorize_url(&[]), "ryan").await;
    browser.open(&kakao.authorize_url(&[])).await;
    let journal = journal(&kakao, 0).await;
    assert_eq!(journal[0]["response"]["body"]["code"], -401);
    assert_eq!(journal[1]["request"]["query"], json!({"a": "1"}));
    assert_eq!(journal[1]["response"]["status"], 404);
    assert_eq!(journal[2]["response"]["body"]["error_code"], "KOE006");
    let consent = journal.last().unwrap();
    assert_eq!((&consent["person"], &consent["app"]), (&json!("ryan"), &json!("demo")));
    assert!(text(&consent["response"]["body"]["page"]).contains("카카오"), "{consent}");
    let cookie = browser.cookie.unwrap();
    assert!(!json!(journal).to_string().contains(&cookie));
}

#[tokio::test]
async fn under_kakaos_names_it_is_the_same_journal() {
    let kakao = Kakao::start().await;
    for (host, path, noted) in [
        ("kauth.kakao.com", "/oauth/token", Some("kauth.kakao.com")),
        ("kauth.kakao.com", "/v2/user/me", Some("kauth.kakao.com")),
        ("kapi.kakao.com", "/", Some("kapi.kakao.com")),
        ("kapi.kakao.com", "/_emulator/v1/health", None),
        ("localhost", "/_emulator/", None),
    ] {
        let before = kakao.emulator.journal(0).last().map_or(0, |exchange| exchange.id);
        kakao.get(path).header("host", host).send().await.unwrap();
        let host = kakao.emulator.journal(before).pop().map(|exchange| exchange.host);
        assert_eq!(host, noted, "{path}");
    }
}

#[tokio::test]
async fn a_body_that_breaks_off_is_answered_and_noted() {
    let kakao = Kakao::start().await;
    let too_large = "x".repeat(33 * 1024 * 1024);
    let request = kakao.post("/v2/user/me").header("content-type", "application/x-www-form-urlencoded");
    // The connection may be closed while the client still writes.
    let _ = request.body(format!("a={too_large}")).send().await;
    let noted = kakao.emulator.journal(0).pop().unwrap();
    assert_eq!((noted.ending, noted.response.unwrap().status), (Ending::Answered, 400));
}

#[tokio::test]
async fn a_wrong_since_is_told() {
    let kakao = Kakao::start().await;
    for query in ["since=yesterday", "until=3"] {
        let answer = Answer::of(kakao.get(&format!("/_emulator/v1/journal?{query}"))).await;
        assert_eq!((answer.status.as_u16(), &answer.body["error"]), (400, &json!("bad_request")));
    }
}
