//! Tokens whose end a test moves.

use serde_json::{Value, json};

use crate::support::{Answer, Kakao, text};

async fn control(kakao: &Kakao, path: &str, body: Value) -> Answer {
    Answer::of(kakao.post(&format!("/_emulator/v1/tokens/{path}")).json(&body)).await
}

#[tokio::test]
async fn an_access_token_is_expired_from_now_on_and_not_unknown() {
    let kakao = Kakao::start().await;
    let token = kakao.access_token("ryan").await;
    let told = control(&kakao, "expire", json!({"access_token": token})).await.ok();
    assert_eq!(told, json!({"app": "demo", "person": "ryan", "expires_at": "2026-03-01T00:00:00Z"}));
    let refused = kakao.me(&token).await.refusal();
    assert_eq!(refused, (401, json!({"msg": "this access token is already expired", "code": -401})));
}

#[tokio::test]
async fn a_refresh_token_near_its_end_is_replaced_and_a_dead_one_refused() {
    let kakao = Kakao::start().await;
    let refresh_token = text(&kakao.log_in("ryan").await["refresh_token"]);
    assert!(kakao.refresh(&refresh_token).await.ok().get("refresh_token").is_none());
    let age = json!({"refresh_token": refresh_token, "remaining_seconds": 86_400});
    let told = control(&kakao, "age", age).await.ok();
    assert_eq!(told["expires_at"], "2026-03-02T00:00:00Z");
    let renewed = text(&kakao.refresh(&refresh_token).await.ok()["refresh_token"]);
    control(&kakao, "age", json!({"refresh_token": renewed, "remaining_seconds": 0})).await.ok();
    assert_eq!(kakao.refresh(&renewed).await.body["error_code"], "KOE322");
}

#[tokio::test]
async fn unknown_tokens_and_wrong_bodies_say_what_to_do() {
    let kakao = Kakao::start().await;
    let cases = [
        ("expire", json!({"access_token": "nobody's"}), 404, "no_such_token", "issued"),
        ("age", json!({"refresh_token": "x", "remaining_seconds": 1}), 404, "no_such_token", "issued"),
        ("expire", json!({"token": "x"}), 400, "bad_request", "`token`"),
        ("expire", json!({"access_token": 1}), 400, "bad_request", "access_token:"),
        ("age", json!({"refresh_token": "x"}), 400, "bad_request", "remaining_seconds"),
        (
            "age",
            json!({"refresh_token": "x", "remaining_seconds": 5_184_001}),
            400,
            "bad_request",
            "remaining_seconds:",
        ),
    ];
    for (path, body, status, error, says) in cases {
        let answer = control(&kakao, path, body).await;
        assert_eq!((answer.status.as_u16(), &answer.body["error"]), (status, &json!(error)));
        assert!(text(&answer.body["error_description"]).contains(says), "{says}: {}", answer.body);
    }
}

#[tokio::test]
async fn typed_control_moves_the_end_of_tokens_too() {
    let kakao = Kakao::start().await;
    let tokens = kakao.log_in("ryan").await;
    let (access, refresh) = (text(&tokens["access_token"]), text(&tokens["refresh_token"]));
    kakao.emulator.expire_access_token(&access).unwrap();
    assert_eq!(kakao.me(&access).await.status, 401);
    kakao.emulator.age_refresh_token(&refresh, jiff::SignedDuration::ZERO).unwrap();
    assert_eq!(kakao.refresh(&refresh).await.body["error_code"], "KOE322");
    assert!(kakao.emulator.expire_access_token("nobody's").is_err());
}
