//! The profile in KakaoTalk.

use katok_emulator::Decision;
use katok_emulator::seed::{ConsentItem, ConsentLevel};
use serde_json::json;

use crate::support::{Answer, Kakao, built_in_but, parameter, refusal, text};

async fn profile(kakao: &Kakao, token: &str, query: &str) -> Answer {
    Answer::of(kakao.get(&format!("/v1/api/talk/profile{query}")).bearer_auth(token)).await
}

/// The token of ryan, who agreed to these items alone.
async fn token_with(kakao: &Kakao, items: &[&str]) -> String {
    let items = Decision::AllowOnly(items.iter().map(|item| (*item).to_owned()).collect());
    let back = kakao.emulator.approve(&kakao.authorize_url(&[]), "ryan", &items).unwrap();
    let code = parameter(&back, "code").unwrap();
    text(&kakao.token(&[("code", &code)]).await.ok()["access_token"])
}

#[tokio::test]
async fn a_profile_says_what_the_user_agreed_to_with_https_pictures() {
    let seed = built_in_but(|seed| {
        seed.people[0].profile_image_url = Some("http://k.example.com/p.jpg".to_owned());
        seed.people[0].thumbnail_image_url = Some("http://k.example.com/t.jpg".to_owned());
    });
    let kakao = Kakao::start_from(seed).await;
    let nickname_alone = token_with(&kakao, &["profile_nickname"]).await;
    let id = kakao.me(&nickname_alone).await.ok()["id"].clone();
    assert_eq!(profile(&kakao, &nickname_alone, "").await.ok(), json!({"id": id, "nickName": "라이언"}));
    Answer::of(kakao.post("/v1/user/unlink").bearer_auth(&nickname_alone)).await.ok();
    let everything = kakao.access_token("ryan").await;
    assert_eq!(
        profile(&kakao, &everything, "?secure_resource=false").await.ok(),
        json!({"id": id, "nickName": "라이언", "profileImageURL": "https://k.example.com/p.jpg",
            "thumbnailURL": "https://k.example.com/t.jpg"})
    );
}

#[tokio::test]
async fn who_chose_no_picture_has_empty_addresses() {
    let kakao = Kakao::start_from(built_in_but(|seed| {
        seed.people[0].profile_image_url = None;
        seed.people[0].thumbnail_image_url = None;
    }))
    .await;
    let profile = profile(&kakao, &kakao.access_token("ryan").await, "").await.ok();
    assert_eq!((&profile["profileImageURL"], &profile["thumbnailURL"]), (&json!(""), &json!("")));
}

#[tokio::test]
async fn the_old_item_stands_for_the_whole_profile() {
    let kakao = Kakao::start_from(built_in_but(|seed| {
        seed.apps[0].consent_items =
            vec![ConsentItem { id: "profile".to_owned(), level: ConsentLevel::Required }];
        seed.links.clear();
    }))
    .await;
    let profile = profile(&kakao, &kakao.access_token("ryan").await, "").await.ok();
    assert_eq!(profile.as_object().unwrap().len(), 4, "{profile}");
}

#[tokio::test]
async fn what_stands_in_the_way_of_a_profile_has_its_code() {
    let seed = built_in_but(|seed| seed.apps[0].consent_items[0].level = ConsentLevel::Optional);
    let kakao = Kakao::start_from(seed).await;
    let token = token_with(&kakao, &["talk_message"]).await;
    assert_eq!(
        profile(&kakao, &token, "").await.refusal(),
        (
            403,
            json!({"msg": "insufficient scopes.", "code": -402, "api_type": "TALK_PROFILE",
            "required_scopes": ["profile_nickname"], "allowed_scopes": ["talk_message"]})
        )
    );
    let seed = built_in_but(|seed| {
        seed.apps[0].consent_items.retain(|item| !item.id.starts_with("profile"));
        seed.links.clear();
    });
    let kakao = Kakao::start_from(seed).await;
    let token = kakao.access_token("ryan").await;
    assert_eq!(profile(&kakao, &token, "").await.body["code"], -3);

    let kakao = Kakao::start_from(built_in_but(|seed| seed.people[0].talk = false)).await;
    let token = kakao.access_token("ryan").await;
    let msg = "given account is not connected to any talk user";
    assert_eq!(profile(&kakao, &token, "").await.refusal(), refusal(400, -501, msg));
}

#[tokio::test]
async fn profiles_have_a_quota_of_their_own_each_day() {
    let kakao = Kakao::start_from(built_in_but(|seed| seed.apps[0].quotas.talk_profiles_per_day = 1)).await;
    let token = kakao.access_token("ryan").await;
    profile(&kakao, &token, "").await.ok();
    let second = profile(&kakao, &token, "").await;
    assert_eq!(second.refusal(), refusal(400, -10, "API limit has been exceeded."));
    kakao.emulator.advance(jiff::SignedDuration::from_hours(24)).unwrap();
    profile(&kakao, &kakao.access_token("ryan").await, "").await.ok();
}
