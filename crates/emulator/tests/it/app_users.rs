//! An app's users as its admin key sees them.

use jiff::SignedDuration;
use katok_emulator::Seed;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, Kakao};

async fn users(kakao: &Kakao, ids: &Value, parameters: &[(&str, &str)]) -> Answer {
    let ids = ids.to_string();
    let target = [("target_id_type", "user_id"), ("target_ids", ids.as_str())];
    kakao.admin(Method::GET, "/v2/app/users", &[&target[..], parameters].concat()).await
}

fn id(kakao: &Kakao, person: usize) -> i64 {
    kakao.emulator.world().people[person].user_ids["demo"]
}

#[tokio::test]
async fn users_come_in_the_order_asked_for_without_those_the_app_does_not_know() {
    let kakao = Kakao::start().await;
    let [ryan, apeach, muzi] = [id(&kakao, 0), id(&kakao, 1), id(&kakao, 2)];
    let answer = users(&kakao, &json!([muzi, 1, ryan, apeach, muzi]), &[]).await;
    let at = "2026-03-01T00:00:00Z";
    assert_eq!(answer.ok(), json!([{"id": muzi, "connected_at": at}, {"id": apeach, "connected_at": at}]));
}

#[tokio::test]
async fn property_keys_say_what_to_tell_of_each_user() {
    let kakao = Kakao::start().await;
    let muzi = id(&kakao, 2);
    let keys = r#"["kakao_account.profile", "for_partner"]"#;
    let answer = users(&kakao, &json!([muzi]), &[("property_keys", keys)]).await;
    assert_eq!(
        answer.ok(),
        json!([{
            "id": muzi,
            "connected_at": "2026-03-01T00:00:00Z",
            "kakao_account": {
                "profile_nickname_needs_agreement": false,
                "profile_image_needs_agreement": true,
                "profile": {"nickname": "무지", "is_default_nickname": false},
            },
        }])
    );
}

#[tokio::test]
async fn too_many_ids_or_none_are_minus_2() {
    let kakao = Kakao::start().await;
    let many = |count: usize| json!(vec![1; count]);
    let keys = [("property_keys", r#"["kakao_account."]"#)];
    users(&kakao, &many(100), &[]).await.ok();
    users(&kakao, &many(20), &keys).await.ok();
    for answer in [
        users(&kakao, &many(101), &[]).await,
        users(&kakao, &many(21), &keys).await,
        users(&kakao, &json!([]), &[]).await,
        users(&kakao, &json!("1"), &[]).await,
        kakao.admin(Method::GET, "/v2/app/users", &[("target_ids", "[1]")]).await,
        kakao.admin(Method::GET, "/v2/app/users", &[("target_id_type", "user_id")]).await,
    ] {
        assert_eq!((answer.status.as_u16(), &answer.body["code"]), (400, &json!(-2)));
    }
}

#[tokio::test]
async fn a_token_is_not_enough_to_see_the_users_of_an_app() {
    let kakao = Kakao::start().await;
    let token = kakao.access_token("ryan").await;
    for path in ["/v2/app/users?target_id_type=user_id&target_ids=[1]", "/v1/user/ids"] {
        let answer = Answer::of(kakao.get(path).bearer_auth(&token)).await;
        assert_eq!(answer.headers["www-authenticate"], "KakaoAK error=invalid_token");
        assert_eq!(answer.refusal(), (401, json!({"msg": "invalid app key.", "code": -401})));
    }
}

#[tokio::test]
async fn pages_of_ids_lead_to_one_another() {
    let kakao = Kakao::start().await;
    let mut all = [id(&kakao, 1), id(&kakao, 2), id(&kakao, 3), id(&kakao, 4)];
    all.sort_unstable();
    let base = kakao.url("/v1/user/ids");
    let page = |from: i64, order: &str| format!("{base}?limit=2&from_id={from}&order={order}");
    let ids = async |query: &[(&str, &str)]| kakao.admin(Method::GET, "/v1/user/ids", query).await.ok();
    let whole = json!({"elements": all, "total_count": 4, "before_url": null, "after_url": null});
    assert_eq!(ids(&[]).await, whole);
    let first = ids(&[("limit", "2")]).await;
    assert_eq!(first["elements"], json!(all[..2]));
    assert_eq!((&first["before_url"], &first["after_url"]), (&Value::Null, &json!(page(all[2], "asc"))));
    let from = all[2].to_string();
    let second = ids(&[("limit", "2"), ("from_id", &from)]).await;
    assert_eq!(second["elements"], json!(all[2..]));
    assert_eq!((&second["before_url"], &second["after_url"]), (&json!(page(all[0], "asc")), &Value::Null));
    let from = (all[3] - 1).to_string();
    let down = ids(&[("limit", "2"), ("from_id", &from), ("order", "desc")]).await;
    assert_eq!(down["elements"], json!([all[2], all[1]]));
    assert_eq!(down["before_url"], json!(page(all[3], "desc")));
    assert_eq!(down["after_url"], json!(page(all[0], "desc")));
}

#[tokio::test]
async fn pages_of_ids_have_limits_and_two_orders() {
    let kakao = Kakao::start().await;
    for query in [("limit", "0"), ("limit", "101"), ("limit", "x"), ("from_id", "x"), ("order", "up")] {
        let answer = kakao.admin(Method::GET, "/v1/user/ids", &[query]).await;
        assert_eq!((answer.status.as_u16(), &answer.body["code"]), (400, &json!(-2)), "{query:?}");
    }
}

#[tokio::test]
async fn too_many_pages_of_ids_in_a_minute_are_429() {
    let mut seed = Seed::built_in();
    assert_eq!(seed.apps[0].quotas.user_ids_per_minute, 100);
    seed.apps[0].quotas.user_ids_per_minute = 2;
    let kakao = Kakao::start_from(seed).await;
    let ids = async || kakao.admin(Method::GET, "/v1/user/ids", &[]).await;
    ids().await.ok();
    ids().await.ok();
    assert_eq!(ids().await.refusal(), (429, json!({"msg": "API limit has been exceeded.", "code": -10})));
    kakao.emulator.advance(SignedDuration::from_mins(1)).unwrap();
    ids().await.ok();
}
