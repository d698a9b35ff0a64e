//! What a user has agreed to, and taking it back.

use katok_emulator::Seed;
use katok_emulator::seed::{ConsentItem, ConsentLevel};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, Kakao, hello, parameter, text};

/// The built-in world with an app that asks for three items, and apeach agreed to a fourth when it still did.
async fn start() -> Kakao {
    let mut seed = Seed::built_in();
    let item = |id: &str, level| ConsentItem { id: id.to_owned(), level };
    seed.apps[0].consent_items = vec![
        item("profile_nickname", ConsentLevel::Required),
        item("account_email", ConsentLevel::InUse),
        item("talk_message", ConsentLevel::Optional),
    ];
    seed.links[0].scopes = ["profile_nickname", "talk_message", "gender"].map(str::to_owned).into();
    Kakao::start_from(seed).await
}

async fn scopes(kakao: &Kakao, token: &str, query: &[(&str, &str)]) -> Answer {
    Answer::of(kakao.get("/v2/user/scopes").query(query).bearer_auth(token)).await
}

async fn revoke(kakao: &Kakao, token: &str, scopes: &str) -> Answer {
    let form = [("scopes", scopes)];
    Answer::of(kakao.post("/v2/user/revoke/scopes").bearer_auth(token).form(&form)).await
}

fn nickname() -> Value {
    json!({
        "id": "profile_nickname", "display_name": "닉네임", "type": "PRIVACY",
        "using": true, "agreed": true, "revocable": false,
    })
}

fn email() -> Value {
    json!({
        "id": "account_email", "display_name": "카카오계정(이메일)", "type": "PRIVACY", "using": true, "agreed": false,
    })
}

fn message(agreed: bool) -> Value {
    let mut scope = json!({
        "id": "talk_message", "display_name": "카카오톡 메시지 전송", "type": "SERVICE", "using": true, "agreed": agreed,
    });
    if agreed {
        scope["revocable"] = json!(true);
    }
    scope
}

fn gender() -> Value {
    json!({
        "id": "gender", "display_name": "성별", "type": "PRIVACY", "using": false, "agreed": true, "revocable": true,
    })
}

#[tokio::test]
async fn scopes_are_the_items_of_the_app_and_those_agreed_to_before() {
    let kakao = start().await;
    let token = kakao.access_token("apeach").await;
    let id = kakao.me(&token).await.ok()["id"].clone();
    let expected = json!({"id": id, "scopes": [nickname(), email(), message(true), gender()]});
    assert_eq!(scopes(&kakao, &token, &[]).await.ok(), expected);
    let filtered = scopes(&kakao, &token, &[("scopes", r#"["gender", "account_email", "name"]"#)]).await.ok();
    assert_eq!(filtered["scopes"], json!([email(), gender()]));
    assert_eq!(scopes(&kakao, &token, &[("scopes", "gender")]).await.body["code"], -2);
    let id = id.to_string();
    let target = [("target_id_type", "user_id"), ("target_id", id.as_str())];
    assert_eq!(kakao.admin(Method::GET, "/v2/user/scopes", &target).await.ok(), expected);
}

#[tokio::test]
async fn what_is_taken_back_is_gone_from_the_answer_and_from_live_tokens() {
    let kakao = start().await;
    let token = kakao.access_token("apeach").await;
    kakao.send_to_me(&token, &hello("안녕")).await.ok();
    let left = revoke(&kakao, &token, r#"["talk_message", "gender", "account_email"]"#).await.ok();
    assert_eq!(left["scopes"], json!([nickname(), email(), message(false)]));
    assert_eq!(scopes(&kakao, &token, &[]).await.ok(), left);
    assert_eq!(kakao.send_to_me(&token, &hello("안녕")).await.body["code"], -402);
}

#[tokio::test]
async fn what_was_issued_before_a_consent_was_taken_back_does_not_bring_it_again() {
    let kakao = start().await;
    let tokens = kakao.log_in("apeach").await;
    let token = text(&tokens["access_token"]);
    let code = kakao.code("apeach");
    revoke(&kakao, &token, r#"["talk_message"]"#).await.ok();
    let late = text(&kakao.token(&[("code", &code)]).await.ok()["access_token"]);
    assert_eq!(
        scopes(&kakao, &late, &[]).await.ok()["scopes"],
        json!([nickname(), email(), message(false), gender()])
    );
    // Agreed to anew, it is in the new token alone.
    let code = parameter(&kakao.approve("apeach", &["talk_message"]), "code").unwrap();
    let new = text(&kakao.token(&[("code", &code)]).await.ok()["access_token"]);
    kakao.send_to_me(&new, &hello("안녕")).await.ok();
    let refreshed = kakao.refresh(&text(&tokens["refresh_token"])).await.ok();
    for old in [token, late, text(&refreshed["access_token"])] {
        assert_eq!(kakao.send_to_me(&old, &hello("안녕")).await.body["code"], -402);
    }
}

#[tokio::test]
async fn a_required_item_cannot_be_taken_back() {
    let kakao = start().await;
    let token = kakao.access_token("apeach").await;
    let before = scopes(&kakao, &token, &[]).await.ok();
    let answer = revoke(&kakao, &token, r#"["profile_nickname", "talk_message"]"#).await;
    let msg =
        "[profile_nickname] is not revocable. check out if it's set as required on developers.kakao.com";
    assert_eq!(answer.refusal(), (403, json!({"msg": msg, "code": -3})));
    assert_eq!(scopes(&kakao, &token, &[]).await.ok(), before);
}

#[tokio::test]
async fn items_that_do_not_exist_cannot_be_taken_back() {
    let kakao = start().await;
    let token = kakao.access_token("apeach").await;
    let answer = revoke(&kakao, &token, r#"["friends"]"#).await;
    let msg = "There is no scopes to revoke. check out if given scope id([friends]) is correct again.";
    assert_eq!(answer.refusal(), (400, json!({"msg": msg, "code": -2})));
    assert_eq!(revoke(&kakao, &token, "[]").await.body["code"], -2);
    assert_eq!(revoke(&kakao, &token, "talk_message").await.body["code"], -2);
    let nothing = Answer::of(kakao.post("/v2/user/revoke/scopes").bearer_auth(&token)).await;
    assert_eq!(nothing.body["code"], -2);
}
