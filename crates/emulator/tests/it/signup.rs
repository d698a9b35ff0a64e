//! Apps without automatic linking: a login preregisters, the service signs up.

use jiff::SignedDuration;
use katok_emulator::Seed;
use serde_json::{Value, json};

use crate::support::{Answer, Kakao};

async fn start() -> Kakao {
    let mut seed = Seed::built_in();
    seed.apps[0].automatic_linking = false;
    Kakao::start_from(seed).await
}

async fn sign_up(kakao: &Kakao, token: &str, form: &[(&str, &str)]) -> Answer {
    Answer::of(kakao.post("/v1/user/signup").bearer_auth(token).form(form)).await
}

fn is_linked(kakao: &Kakao, person: &str) -> bool {
    kakao.emulator.world().links.iter().any(|link| link.person.as_str() == person)
}

#[tokio::test]
async fn a_preregistered_user_is_known_by_profile_and_address_alone() {
    let kakao = start().await;
    let token = kakao.access_token_with("ryan", &["account_email", "birthday"]).await;
    let me = kakao.me(&token).await.ok();
    assert_eq!(
        me,
        json!({
            "id": me["id"],
            "has_signed_up": false,
            "connected_at": "2026-03-01T00:00:00Z",
            "kakao_account": {
                "profile": {
                    "nickname": "라이언",
                    "thumbnail_image_url": me["kakao_account"]["profile"]["thumbnail_image_url"],
                    "profile_image_url": me["kakao_account"]["profile"]["profile_image_url"],
                    "is_default_image": true,
                    "is_default_nickname": false,
                },
                "is_email_valid": true,
                "is_email_verified": true,
                "email": "ryan@example.com",
            },
        })
    );
}

#[tokio::test]
async fn a_preregistered_user_is_not_linked_for_other_calls() {
    let kakao = start().await;
    let token = kakao.access_token("ryan").await;
    let not_linked = (400, json!({"msg": "NotRegisteredUserException", "code": -101}));
    for path in ["/v1/api/talk/friends", "/v2/user/scopes", "/v1/user/shipping_address"] {
        let answer = Answer::of(kakao.get(path).bearer_auth(&token)).await;
        assert_eq!(answer.refusal(), not_linked, "{path}");
    }
    Answer::of(kakao.get("/v1/user/access_token_info").bearer_auth(&token)).await.ok();
    Answer::of(kakao.post("/v1/user/logout").bearer_auth(&token)).await.ok();
    let token = kakao.access_token("ryan").await;
    Answer::of(kakao.post("/v1/user/unlink").bearer_auth(&token)).await.ok();
    assert!(!is_linked(&kakao, "ryan"));
}

#[tokio::test]
async fn signing_up_registers_and_stores_properties() {
    let kakao = start().await;
    let token = kakao.access_token("ryan").await;
    let id = kakao.me(&token).await.ok()["id"].clone();
    let form = [("properties", r#"{"favorite_color": "blue"}"#)];
    assert_eq!(sign_up(&kakao, &token, &form).await.ok(), json!({"id": id}));
    let me = kakao.me(&token).await.ok();
    assert_eq!(me["has_signed_up"], true);
    assert_eq!(me["properties"]["favorite_color"], "blue");
    kakao.friends(&token, "").await.ok();
    let again = sign_up(&kakao, &token, &[]).await;
    assert_eq!(again.refusal(), (400, json!({"msg": "already registered", "code": -102})));
}

#[tokio::test]
async fn signing_up_with_an_unknown_property_is_minus_201_and_registers_nobody() {
    let kakao = start().await;
    let token = kakao.access_token("ryan").await;
    let answer = sign_up(&kakao, &token, &[("properties", r#"{"hat": "S"}"#)]).await;
    let msg = "user property not found ([hat] for appId=1000001)";
    assert_eq!(answer.refusal(), (400, json!({"msg": msg, "code": -201})));
    assert_eq!(kakao.me(&token).await.ok()["has_signed_up"], false);
}

#[tokio::test]
async fn with_automatic_linking_everybody_is_signed_up_already() {
    let kakao = Kakao::start().await;
    let token = kakao.access_token("ryan").await;
    assert_eq!(kakao.me(&token).await.ok().get("has_signed_up"), None::<&Value>);
    assert_eq!(sign_up(&kakao, &token, &[]).await.body["code"], -102);
    assert_eq!(sign_up(&kakao, "unknown", &[]).await.body["code"], -401);
}

#[tokio::test]
async fn who_is_not_signed_up_within_a_day_is_unlinked() {
    let kakao = start().await;
    let token = kakao.access_token("ryan").await;
    let signed_up = kakao.access_token("frodo").await;
    sign_up(&kakao, &signed_up, &[]).await.ok();
    kakao.emulator.advance(SignedDuration::from_hours(24) - SignedDuration::from_secs(1)).unwrap();
    assert!(is_linked(&kakao, "ryan"));
    kakao.emulator.advance(SignedDuration::from_secs(1)).unwrap();
    assert!(!is_linked(&kakao, "ryan") && is_linked(&kakao, "frodo"));
    assert_eq!(kakao.me(&token).await.body["msg"], "this access token does not exist");
}

#[tokio::test]
async fn preregistered_friends_are_not_listed() {
    let kakao = start().await;
    let token = kakao.access_token("ryan").await;
    sign_up(&kakao, &token, &[]).await.ok();
    let names = async || {
        let friends = kakao.friends(&token, "limit=100").await.ok();
        friends["elements"].as_array().unwrap().len()
    };
    let before = names().await;
    let apeach = kakao.access_token("apeach").await;
    Answer::of(kakao.post("/v1/user/unlink").bearer_auth(&apeach)).await.ok();
    assert_eq!(names().await, before - 1);
    let apeach = kakao.access_token("apeach").await;
    assert_eq!(names().await, before - 1);
    sign_up(&kakao, &apeach, &[]).await.ok();
    assert_eq!(names().await, before);
}
