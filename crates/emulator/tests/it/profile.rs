//! What an app gets to know of a user: every consent item, and what else stands in `/v2/user/me`.

use katok_emulator::Seed;
use katok_emulator::seed::{BirthdayType, ConsentItem, ConsentLevel};
use serde_json::{Value, json};

use crate::support::{Answer, Kakao};

/// The built-in seed, whose app asks for these at the login.
fn asking_for(items: &[&str]) -> Seed {
    let mut seed = Seed::built_in();
    let item = |id: &&str| ConsentItem { id: (*id).to_owned(), level: ConsentLevel::Optional };
    seed.apps[0].consent_items = items.iter().map(item).collect();
    seed
}

async fn account(kakao: &Kakao, person: &str) -> Value {
    let token = kakao.access_token(person).await;
    kakao.me(&token).await.ok()["kakao_account"].clone()
}

#[tokio::test]
async fn each_item_agreed_to_brings_its_value() {
    let items = [
        "name",
        "account_email",
        "age_range",
        "birthyear",
        "birthday",
        "gender",
        "phone_number",
        "account_ci",
    ];
    let mut seed = asking_for(&items);
    seed.people[0].ci = Some("CI".to_owned());
    let kakao = Kakao::start_from(seed).await;
    assert_eq!(
        account(&kakao, "ryan").await,
        json!({
            "name_needs_agreement": false,
            "name": "김라온",
            "has_email": true,
            "email_needs_agreement": false,
            "is_email_valid": true,
            "is_email_verified": true,
            "email": "ryan@example.com",
            "has_age_range": true,
            "age_range_needs_agreement": false,
            "age_range": "30~39",
            "has_birthyear": true,
            "birthyear_needs_agreement": false,
            "birthyear": "1991",
            "has_birthday": true,
            "birthday_needs_agreement": false,
            "birthday": "0401",
            "birthday_type": "SOLAR",
            "is_leap_month": false,
            "has_gender": true,
            "gender_needs_agreement": false,
            "gender": "male",
            "has_phone_number": true,
            "phone_number_needs_agreement": false,
            "phone_number": "+82 10-0000-0001",
            "has_ci": true,
            "ci_needs_agreement": false,
            "ci": "CI",
            "ci_authenticated_at": "2026-03-01T00:00:00Z",
        })
    );
}

#[tokio::test]
async fn an_item_agreed_to_without_a_value_has_its_flag_alone() {
    let items = ["name", "age_range", "birthyear", "birthday", "gender", "phone_number", "account_ci"];
    let kakao = Kakao::start_from(asking_for(&items)).await;
    assert_eq!(
        account(&kakao, "con").await,
        json!({
            "name_needs_agreement": false,
            "has_age_range": false,
            "age_range_needs_agreement": false,
            "has_birthyear": false,
            "birthyear_needs_agreement": false,
            "has_birthday": false,
            "birthday_needs_agreement": false,
            "has_gender": false,
            "gender_needs_agreement": false,
            "has_phone_number": false,
            "phone_number_needs_agreement": false,
            "has_ci": false,
            "ci_needs_agreement": false,
        })
    );
}

#[tokio::test]
async fn an_item_of_the_app_not_agreed_to_has_its_flag_alone_and_others_nothing() {
    let kakao = Kakao::start().await;
    let account = account(&kakao, "ryan").await;
    assert_eq!(account["birthday_needs_agreement"], true);
    assert!(account.get("birthday").is_none());
    assert!(account.get("age_range_needs_agreement").is_none() && account.get("age_range").is_none());
}

#[tokio::test]
async fn the_legacy_profile_item_brings_nickname_and_picture_under_one_flag() {
    let kakao = Kakao::start_from(asking_for(&["profile"])).await;
    let account = account(&kakao, "ryan").await;
    assert_eq!(account["profile_needs_agreement"], false);
    assert!(account.get("profile_nickname_needs_agreement").is_none());
    assert_eq!(account["profile"]["nickname"], "라이언");
    assert_eq!(account["profile"]["is_default_image"], true);
}

#[tokio::test]
async fn what_the_seed_says_of_the_address_the_nickname_and_the_calendar_is_shown() {
    let mut seed = asking_for(&["profile_nickname", "account_email", "birthday"]);
    let ryan = &mut seed.people[0];
    (ryan.is_email_valid, ryan.is_email_verified, ryan.is_default_nickname) = (false, false, true);
    (ryan.birthday_type, ryan.is_leap_month) = (BirthdayType::Lunar, true);
    let kakao = Kakao::start_from(seed).await;
    let account = account(&kakao, "ryan").await;
    assert_eq!((&account["is_email_valid"], &account["is_email_verified"]), (&json!(false), &json!(false)));
    assert_eq!(account["profile"]["is_default_nickname"], true);
    assert_eq!((&account["birthday_type"], &account["is_leap_month"]), (&json!("LUNAR"), &json!(true)));
}

#[tokio::test]
async fn a_property_key_brings_its_whole_set_and_properties_one_by_one() {
    let mut seed = asking_for(&["birthday", "birthyear"]);
    seed.apps[0].properties = vec!["favorite_color".to_owned(), "size".to_owned()];
    let kakao = Kakao::start_from(seed).await;
    let token = kakao.access_token("ryan").await;
    let form = [("properties", r#"{"favorite_color": "blue", "size": "L"}"#)];
    Answer::of(kakao.post("/v1/user/update_profile").bearer_auth(&token).form(&form)).await.ok();
    let form = [("property_keys", r#"["kakao_account.birthday", "properties.size"]"#)];
    let mut me = Answer::of(kakao.post("/v2/user/me").bearer_auth(&token).form(&form)).await.ok();
    me.as_object_mut().unwrap().remove("id").unwrap();
    assert_eq!(
        me,
        json!({
            "properties": {"size": "L"},
            "kakao_account": {
                "has_birthday": true,
                "birthday_needs_agreement": false,
                "birthday": "0401",
                "birthday_type": "SOLAR",
                "is_leap_month": false,
            },
        })
    );
}

#[tokio::test]
async fn properties_are_stored_one_by_one_and_gone_after_unlinking() {
    let kakao = Kakao::start().await;
    let token = kakao.access_token("apeach").await;
    let store = async |properties: &str| {
        let form = [("properties", properties)];
        Answer::of(kakao.post("/v1/user/update_profile").bearer_auth(&token).form(&form)).await
    };
    let id = kakao.me(&token).await.ok()["id"].clone();
    assert_eq!(store(r#"{"favorite_color": "blue"}"#).await.ok(), json!({"id": id}));
    store("{}").await.ok();
    assert_eq!(kakao.me(&token).await.ok()["properties"]["favorite_color"], "blue");
    Answer::of(kakao.post("/v1/user/unlink").bearer_auth(&token)).await.ok();
    let again = kakao.access_token("apeach").await;
    assert!(kakao.me(&again).await.ok()["properties"].get("favorite_color").is_none());
}

#[tokio::test]
async fn unknown_property_keys_are_minus_201_and_change_nothing() {
    let kakao = Kakao::start().await;
    let token = kakao.access_token("ryan").await;
    let form = [("properties", r#"{"shoe": "L", "favorite_color": "red", "hat": "S"}"#)];
    let answer = Answer::of(kakao.post("/v1/user/update_profile").bearer_auth(&token).form(&form)).await;
    let msg = "user property not found ([hat, shoe] for appId=1000001)";
    assert_eq!(answer.refusal(), (400, json!({"msg": msg, "code": -201})));
    assert!(kakao.me(&token).await.ok()["properties"].get("favorite_color").is_none());
}

#[tokio::test]
async fn properties_that_are_missing_or_no_strings_are_minus_2() {
    let kakao = Kakao::start().await;
    let token = kakao.access_token("ryan").await;
    for form in [&[][..], &[("properties", "blue")], &[("properties", r#"{"favorite_color": 1}"#)]] {
        let answer = Answer::of(kakao.post("/v1/user/update_profile").bearer_auth(&token).form(form)).await;
        assert_eq!((answer.status.as_u16(), &answer.body["code"]), (400, &json!(-2)), "{form:?}");
    }
}

#[tokio::test]
async fn a_token_says_whose_it_is_and_how_long_it_lives() {
    let kakao = Kakao::start().await;
    let token = kakao.access_token("ryan").await;
    let id = kakao.me(&token).await.ok()["id"].clone();
    kakao.emulator.advance(jiff::SignedDuration::from_secs(99)).unwrap();
    let info = Answer::of(kakao.get("/v1/user/access_token_info").bearer_auth(&token)).await;
    assert_eq!(info.ok(), json!({"id": id, "expires_in": 21_500, "app_id": 1_000_001}));
    let long = "x".repeat(5_000);
    let info = Answer::of(kakao.get("/v1/user/access_token_info").bearer_auth(long)).await;
    assert_eq!(info.refusal(), (400, json!({"msg": "too long for access token.", "code": -2})));
    let info = Answer::of(kakao.get("/v1/user/access_token_info").bearer_auth("unknown")).await;
    assert_eq!(info.refusal(), (401, json!({"msg": "this access token does not exist", "code": -401})));
}
