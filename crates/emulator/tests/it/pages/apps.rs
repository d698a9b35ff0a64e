//! Apps: their keys and settings, as in Kakao's console.

use serde_json::{Value, json};

use super::{fill_in, open, save, with_key, world};
use crate::support::{CLIENT_SECRET, Kakao, REST_API_KEY, Shown};

async fn app(kakao: &Kakao, key: &str) -> Value {
    with_key(&world(kakao).await["apps"], key).clone()
}

/// Saves the form of `demo` with some fields changed; an empty list of values leaves one out.
async fn set_up(kakao: &Kakao, changes: &[(&str, &[&str])]) -> Shown {
    save(kakao, "/_emulator/apps/demo", "/_emulator/apps/demo", changes).await
}

#[tokio::test]
async fn saving_an_app_without_a_change_changes_nothing() {
    let kakao = Kakao::start().await;
    let before = world(&kakao).await;
    let saved = set_up(&kakao, &[]).await;
    assert_eq!(saved.status, 303, "{}", saved.html);
    assert_eq!(world(&kakao).await, before);
}

#[tokio::test]
async fn settings_of_an_app_can_be_changed() {
    let mut seed = serde_json::to_value(katok_emulator::Seed::built_in()).unwrap();
    seed["apps"][0]["consent_items"] = json!([
        {"id": "profile_nickname", "level": "required"},
        {"id": "account_email", "level": "in_use"},
        {"id": "friends", "level": "optional"},
    ]);
    seed["links"] = json!([]);
    let kakao = Kakao::start_from(katok_emulator::Seed::parse(&seed.to_string()).unwrap()).await;
    let saved = set_up(
        &kakao,
        &[
            ("client_secret", &[""]),
            ("login", &[]),
            ("oidc", &["on"]),
            ("redirect_uris", &["http://localhost:9/a\r\n\r\n http://localhost:9/b "]),
            ("web_domains", &["https://shop.example"]),
            ("consent_items.friends", &["in_use"]),
            ("consent_items.gender", &["optional"]),
            ("consent_items.account_email", &[""]),
            ("permissions", &["message"]),
            ("members", &["neo", "con"]),
            ("webhooks.unlink", &["http://localhost:9/unlink"]),
            ("webhooks.unlink.method", &["GET"]),
            ("quotas.messages_per_pair_per_day", &["3"]),
            ("properties", &["favorite_color"]),
            ("templates", &[r#"[{"id": 1, "kind": "feed", "body": {"a": "<b>"}}]"#]),
        ],
    )
    .await;
    assert_eq!(saved.status, 303, "{}", saved.html);
    let app = app(&kakao, "demo").await;
    assert_eq!(app["client_secret"], Value::Null);
    assert_eq!((&app["login"], &app["oidc"]), (&json!(false), &json!(true)));
    assert_eq!(app["redirect_uris"], json!(["http://localhost:9/a", "http://localhost:9/b"]));
    assert_eq!(app["web_domains"], json!(["https://shop.example"]));
    let items: Vec<(&str, &str)> = app["consent_items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| (item["id"].as_str().unwrap(), item["level"].as_str().unwrap()))
        .collect();
    assert_eq!(items, [("profile_nickname", "required"), ("friends", "in_use"), ("gender", "optional"),]);
    assert_eq!((&app["permissions"], &app["members"]), (&json!(["message"]), &json!(["con", "neo"])));
    assert_eq!(app["webhooks"]["unlink"], json!({"url": "http://localhost:9/unlink", "method": "GET"}));
    assert_eq!(app["quotas"]["messages_per_pair_per_day"], 3);
    assert_eq!(app["properties"], json!(["favorite_color"]));
    assert_eq!(app["templates"][0]["body"]["a"], "<b>");
    assert!(!open(&kakao, "/_emulator/apps/demo").await.html.contains("<b>"));
}

#[tokio::test]
async fn settings_that_kakaos_console_does_not_take_are_refused_at_the_field() {
    let kakao = Kakao::start().await;
    let before = world(&kakao).await;
    let eleven: Vec<String> = (0..11).map(|n| format!("http://localhost/{n}")).collect();
    let eleven = eleven.join("\n");
    for (field, value) in [
        ("redirect_uris", "not an address"),
        ("redirect_uris", eleven.as_str()),
        ("logout_redirect_uris", "http://localhost/#<i>"),
        ("web_domains", "https://shop.example/path"),
        ("rest_api_key", ""),
        ("quotas.friends_per_page", "101"),
        ("quotas.messages_per_day", "-1"),
        ("quotas.messages_per_day", "<i>"),
        ("templates", "{}"),
        ("service_terms", "[{\"tag\": <i>"),
        ("permissions", "<i>"),
        ("members", "nobody"),
    ] {
        let page = set_up(&kakao, &[(field, &[value]), ("name", &["아직 저장 안 함"])]).await;
        assert_eq!(page.status, 200, "{field}");
        assert!(page.html.contains("role=\"alert\""), "{field}");
        assert!(page.html.contains(&format!("<a href=\"#{field}\">")), "{field}: {}", page.html);
        assert!(page.html.contains("value=\"아직 저장 안 함\""), "{field}");
        assert!(!page.html.contains("<i>"), "{field}");
    }
    assert_eq!(world(&kakao).await, before);
}

#[tokio::test]
async fn apps_can_be_added_and_work_at_once() {
    let kakao = Kakao::start().await;
    let page = fill_in(&kakao, "/_emulator/apps", &[("key", "shop"), ("name", "가게")]).await;
    assert!(page.html.contains("가게"));
    let app = app(&kakao, "shop").await;
    assert_eq!(app["rest_api_key"].as_str().unwrap().len(), 32);
    assert!(world(&kakao).await["people"][0]["user_ids"]["shop"].is_i64());
    for key in ["demo", "", "가게", "<b>"] {
        let page = kakao.browser().submit("/_emulator/apps", &[("key", key), ("name", "<b>")]).await;
        assert_eq!(page.status, 200);
        assert!(page.html.contains("role=\"alert\"") && !page.html.contains("<b>"), "{key}");
    }
}

#[tokio::test]
async fn new_client_secret_voids_the_old_one() {
    let kakao = Kakao::start().await;
    let code = kakao.code("ryan");
    fill_in(&kakao, "/_emulator/apps/demo/secret", &[]).await;
    let secret = app(&kakao, "demo").await["client_secret"].as_str().unwrap().to_owned();
    assert_ne!(secret, CLIENT_SECRET);
    assert_eq!(kakao.token(&[("code", &code)]).await.status, 401);
    kakao.token(&[("code", &code), ("client_secret", &secret), ("client_id", REST_API_KEY)]).await.ok();
}
