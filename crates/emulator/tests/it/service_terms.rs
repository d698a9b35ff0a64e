//! Service terms of Kakao Sync.

use jiff::SignedDuration;
use katok_emulator::Seed;
use katok_emulator::seed::ServiceTerms;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, Kakao};

const LINKED_AT: &str = "2026-03-01T00:00:00Z";

/// The built-in world with three terms, of which apeach agreed to two.
async fn start() -> Kakao {
    let mut seed = Seed::built_in();
    let terms = |tag: &str, required| ServiceTerms { tag: tag.to_owned(), title: None, required };
    seed.apps[0].service_terms = vec![terms("service", true), terms("news", false), terms("ads", false)];
    seed.links[0].service_terms = ["service", "news"].map(str::to_owned).into();
    Kakao::start_from(seed).await
}

async fn terms(kakao: &Kakao, token: &str, query: &[(&str, &str)]) -> Answer {
    Answer::of(kakao.get("/v2/user/service_terms").query(query).bearer_auth(token)).await
}

async fn post(kakao: &Kakao, token: &str, what: &str, tags: &str) -> Answer {
    let path = format!("/v2/user/{what}/service_terms");
    Answer::of(kakao.post(&path).bearer_auth(token).form(&[("tags", tags)])).await
}

fn service() -> Value {
    json!({
        "tag": "service", "required": true, "agreed": true, "revocable": false,
        "agreed_at": LINKED_AT, "agreed_by": "KAUTH",
    })
}

fn news() -> Value {
    json!({
        "tag": "news", "required": false, "agreed": true, "revocable": true,
        "agreed_at": LINKED_AT, "agreed_by": "KAUTH",
    })
}

fn ads() -> Value {
    json!({"tag": "ads", "required": false, "agreed": false, "revocable": true})
}

#[tokio::test]
async fn terms_are_those_agreed_to_or_all_of_the_app() {
    let kakao = start().await;
    let token = kakao.access_token("apeach").await;
    let me = kakao.me(&token).await.ok();
    assert_eq!(me["synched_at"], LINKED_AT);
    let agreed = json!({"id": me["id"], "service_terms": [service(), news()]});
    assert_eq!(terms(&kakao, &token, &[]).await.ok(), agreed);
    assert_eq!(terms(&kakao, &token, &[("result", "agreed_service_terms")]).await.ok(), agreed);
    let all = terms(&kakao, &token, &[("result", "app_service_terms")]).await.ok();
    assert_eq!(all["service_terms"], json!([service(), news(), ads()]));
    assert_eq!(terms(&kakao, &token, &[("result", "mine")]).await.body["code"], -2);
    let id = me["id"].to_string();
    let target = [("target_id_type", "user_id"), ("target_id", id.as_str())];
    assert_eq!(kakao.admin(Method::GET, "/v2/user/service_terms", &target).await.ok(), agreed);
}

#[tokio::test]
async fn tags_choose_within_the_result_and_unknown_ones_are_minus_2() {
    let kakao = start().await;
    let token = kakao.access_token("apeach").await;
    let some = terms(&kakao, &token, &[("tags", "news,ads")]).await.ok();
    assert_eq!(some["service_terms"], json!([news()]));
    let query = [("tags", "news,ads"), ("result", "app_service_terms")];
    assert_eq!(terms(&kakao, &token, &query).await.ok()["service_terms"], json!([news(), ads()]));
    let answer = terms(&kakao, &token, &[("tags", "t1,news")]).await;
    let msg = "There is no tags to get service terms. check out to configured this tags([t1]) in app(demo).";
    assert_eq!(answer.refusal(), (400, json!({"msg": msg, "code": -2})));
}

#[tokio::test]
async fn only_terms_that_were_agreed_to_and_are_not_required_are_taken_back() {
    let kakao = start().await;
    let token = kakao.access_token("apeach").await;
    let id = kakao.me(&token).await.ok()["id"].clone();
    let revoked = post(&kakao, &token, "revoke", "service,news,ads").await.ok();
    assert_eq!(revoked, json!({"id": id, "revoked_service_terms": [{"tag": "news", "agreed": false}]}));
    assert_eq!(terms(&kakao, &token, &[]).await.ok()["service_terms"], json!([service()]));
    let answer = post(&kakao, &token, "revoke", "t1").await;
    let msg = "There is no tags to revoke. check out to configured this tags([t1]) in app(demo).";
    assert_eq!(answer.refusal(), (400, json!({"msg": msg, "code": -2})));
    // Kakao's Flutter SDK sends them in the query.
    let in_query = kakao.post("/v2/user/revoke/service_terms?tags=news").bearer_auth(&token);
    assert_eq!(Answer::of(in_query).await.ok()["revoked_service_terms"], json!([]));
}

#[tokio::test]
async fn terms_agreed_to_in_the_service_say_so_and_the_others_are_left_out() {
    let kakao = start().await;
    let token = kakao.access_token("apeach").await;
    let id = kakao.me(&token).await.ok()["id"].clone();
    kakao.emulator.advance(SignedDuration::from_mins(1)).unwrap();
    let upgraded = post(&kakao, &token, "upgrade", "news, ads, t1").await.ok();
    let by_kapi =
        json!({"tag": "ads", "agreed": true, "agreed_at": "2026-03-01T00:01:00Z", "agreed_by": "KAPI"});
    assert_eq!(upgraded, json!({"id": id, "agreed_service_terms": [by_kapi]}));
    let listed = terms(&kakao, &token, &[("tags", "ads")]).await.ok();
    assert_eq!(listed["service_terms"][0]["agreed_by"], "KAPI");
    assert_eq!(kakao.me(&token).await.ok()["synched_at"], LINKED_AT);
}

#[tokio::test]
async fn changing_terms_without_naming_any_is_minus_2() {
    let kakao = start().await;
    let token = kakao.access_token("apeach").await;
    for what in ["revoke", "upgrade"] {
        let path = format!("/v2/user/{what}/service_terms");
        let answer = Answer::of(kakao.post(&path).bearer_auth(&token)).await;
        assert_eq!((answer.status.as_u16(), &answer.body["code"]), (400, &json!(-2)), "{what}");
    }
}
