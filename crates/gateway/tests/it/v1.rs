//! `/v1`: what it answers, and how it refuses.

use katok_client::Clock as _;
use katok_emulator::Decision;
use reqwest::Method;
use serde_json::json;

use crate::house::House;
use crate::kakao_proxy::Mood;

#[tokio::test]
async fn me_tells_who_one_is_and_how_the_login_is() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    let me = browser.get("/v1/me").await.is(200);
    assert_eq!(me["nickname"], "라이언");
    assert_eq!(me["kakao_user_id"], me["profile"]["id"]);
    assert_eq!(me["profile"], browser.get("/profile").await.is(200));
    assert!(me["scopes"].as_array().unwrap().contains(&json!("profile_nickname")), "{me}");
    assert_eq!(me["login"]["access_token_expires_at"], "2026-01-01T08:59:59Z");
    let ends_at: jiff::Timestamp = me["login"]["ends_at"].as_str().unwrap().parse().unwrap();
    assert!(ends_at.duration_since(house.clock.now()).as_hours() > 24 * 50, "{me}");
}

#[tokio::test]
async fn friends_come_page_by_page_to_the_last() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    let all = browser.get("/v1/friends?limit=100").await.is(200);
    assert_eq!(all["next_offset"], json!(null));
    let mut found = Vec::new();
    let mut offset = json!(0);
    while !offset.is_null() {
        let page = browser.get(&format!("/v1/friends?limit=1&offset={offset}")).await.is(200);
        found.extend(page["friends"].as_array().unwrap().clone());
        offset = page["next_offset"].clone();
    }
    assert_eq!(json!(found), all["friends"]);
    assert!(found.len() >= 2);
    browser.get("/v1/friends?offset=-1").await.is(400);
}

#[tokio::test]
async fn every_refusal_is_a_problem_with_its_code_and_remedy() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    let visitor = house.visitor();
    let http = crate::browser::http();
    let keys = house.url.join("/v1/keys").unwrap();
    let text =
        |kind: &str, body: &str| http.post(keys.clone()).header("content-type", kind).body(body.to_owned());
    let cross_site = [("sec-fetch-site", "cross-site")];
    let refusals = [
        (visitor.get("/v1/me").await, 401, "not_signed_in"),
        (visitor.get("/v1").await, 404, "not_found"),
        (visitor.get("/v1/nothing").await, 404, "not_found"),
        (browser.request_with(Method::DELETE, "/v1/keys/%00", &[]).await, 404, "not_found"),
        (browser.request_with(Method::DELETE, "/v1/sessions/ses_%00", &[]).await, 404, "not_found"),
        (browser.request_with(Method::PUT, "/v1/me", &[]).await, 405, "method_not_allowed"),
        (browser.request_with(Method::POST, "/v1/keys", &cross_site).await, 403, "cross_site_request"),
        (browser.send(text("text/plain", "{}")).await, 415, "unsupported_media_type"),
        (browser.send(text("application/json", "{")).await, 400, "bad_request"),
        (browser.send(text("application/json", "[]")).await, 422, "invalid"),
        (browser.send(text("application/json", &"[".repeat(100_000))).await, 422, "invalid"),
        (browser.send(text("application/json", &" ".repeat(300 * 1024))).await, 413, "body_too_large"),
    ];
    for (page, status, code) in refusals {
        assert_eq!(page.headers["content-type"], "application/problem+json");
        let problem = page.is(status);
        assert_eq!((&problem["status"], &problem["code"]), (&json!(status), &json!(code)));
        if status == 401 {
            assert_eq!(page.headers["www-authenticate"], r#"Bearer realm="katok""#);
        }
    }
}

#[tokio::test]
async fn what_kakao_refuses_comes_with_kakaos_code_and_the_way_to_mend_it() {
    let house = House::open().await;
    let browser = house.signed_in_with("ryan", &[]).await;
    let refused = browser.get("/v1/friends").await.is(403);
    assert_eq!((&refused["code"], &refused["kakao_code"]), (&json!("kakao_refused"), &json!(-402)));
    assert_eq!(refused["required_scopes"], json!(["friends"]));
    assert_eq!(refused["remedy"]["action"], "ask_consent");
    assert_eq!(refused["remedy"]["href"], "/authorize?scope=friends");
    house.kakao.turns(Mood::Html);
    assert_eq!(browser.get("/v1/me").await.is(502)["code"], "kakao_unavailable");
    house.kakao.turns(Mood::Silent);
    assert_eq!(browser.get("/v1/me").await.is(504)["remedy"]["action"], "retry");
}

#[tokio::test]
async fn without_the_strict_cookie_one_may_look_but_not_act() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    browser.forget_cookie("katok_write");
    browser.get("/v1/keys").await.is(200);
    browser.post("/v1/keys", json!({"name": "CI", "scopes": ["read"]})).await.is(403);
    browser.request_with(Method::DELETE, "/v1/sessions/ses_1", &[]).await.is(403);
}

#[tokio::test]
async fn who_agrees_to_more_sees_it_in_the_scopes() {
    let house = House::open().await;
    let browser = house.signed_in_with("ryan", &[]).await;
    let has = |me: &serde_json::Value| me["scopes"].as_array().unwrap().contains(&json!("friends"));
    assert!(!has(&browser.get("/v1/me").await.is(200)));
    let authorize = browser.get("/authorize?scope=friends").await.location();
    let back = house.emulator.approve(&authorize, "ryan", &Decision::Allow).unwrap();
    browser.get_url(&back).await.found("/index.html?login=success");
    assert!(has(&browser.get("/v1/me").await.is(200)));
}
