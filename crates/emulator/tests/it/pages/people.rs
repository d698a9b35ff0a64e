//! People: their account, their friends, and what apps have of them.

use serde_json::json;

use super::{fill_in, open, save, with_key, world};
use crate::support::{Kakao, Shown};

#[tokio::test]
async fn somebody_can_be_added_and_has_an_id_in_every_app() {
    let kakao = Kakao::start().await;
    let page = fill_in(&kakao, "/_emulator/people", &[("key", "dana"), ("nickname", "다나")]).await;
    assert!(page.html.contains("다나") && page.html.contains("dana@example.com"));
    let world = world(&kakao).await;
    let dana = with_key(&world["people"], "dana");
    assert_eq!((&dana["nickname"], &dana["password"]), (&json!("다나"), &json!("pw-dana")));
    assert!(dana["user_ids"]["demo"].is_i64());
    kakao.access_token("dana").await;
}

#[tokio::test]
async fn keys_that_are_taken_or_wrong_are_refused_at_the_form() {
    let kakao = Kakao::start().await;
    for key in ["ryan", "", "a b", "<script>"] {
        let page = kakao.browser().submit("/_emulator/people", &[("key", key), ("nickname", "<b>")]).await;
        assert_eq!(page.status, 200);
        assert!(page.html.contains("role=\"alert\""), "{key}");
        assert!(!page.html.contains("<script>") && !page.html.contains("<b>"), "{key}");
    }
    assert_eq!(world(&kakao).await["people"].as_array().unwrap().len(), 7);
}

/// Saves ryan's account with some fields changed or added.
async fn edit_ryan(kakao: &Kakao, changes: &[(&str, &[&str])]) -> Shown {
    save(kakao, "/_emulator/people/ryan", "/_emulator/people/ryan/account", changes).await
}

#[tokio::test]
async fn accounts_can_be_edited() {
    let kakao = Kakao::start().await;
    let before = world(&kakao).await;
    assert_eq!(edit_ryan(&kakao, &[]).await.status, 303);
    assert_eq!(world(&kakao).await, before, "saving without a change changes nothing");

    let address = r#"[{"id": 1, "name": "집"}]"#;
    let edited = edit_ryan(
        &kakao,
        &[
            ("nickname", &["사자"]),
            ("gender", &["female"]),
            ("suspended", &["on"]),
            ("shipping_addresses", &[address]),
        ],
    )
    .await;
    assert_eq!(edited.status, 303, "{}", edited.html);
    let world = world(&kakao).await;
    let ryan = with_key(&world["people"], "ryan");
    assert_eq!((&ryan["nickname"], &ryan["gender"]), (&json!("사자"), &json!("female")));
    assert_eq!((&ryan["suspended"], &ryan["shipping_addresses"][0]["name"]), (&json!(true), &json!("집")));
    assert_eq!(ryan["user_ids"], with_key(&before["people"], "ryan")["user_ids"]);
    assert!(open(&kakao, "/_emulator/people/ryan").await.html.contains("사자"));
    assert_eq!(edit_ryan(&kakao, &[("suspended", &[])]).await.status, 303);
    assert_eq!(with_key(&super::world(&kakao).await["people"], "ryan")["suspended"], false);
}

#[tokio::test]
async fn accounts_that_contradict_others_are_refused_and_what_was_typed_stays() {
    let kakao = Kakao::start().await;
    let before = world(&kakao).await;
    for (field, value) in [
        ("email", "Apeach@example.com"),
        ("shipping_addresses", "[{\"id\": \"<i>\"}]"),
        ("channels", "<u>"),
        ("gender", "<em>"),
    ] {
        let page = edit_ryan(&kakao, &[(field, &[value]), ("nickname", &["아직 저장 안 함"])]).await;
        assert_eq!(page.status, 200, "{field}");
        assert!(page.html.contains(&format!("href=\"#{field}\"")), "{field}: {}", page.html);
        assert!(page.html.contains("aria-invalid=\"true\""), "{field}");
        assert!(page.html.contains("아직 저장 안 함"), "{field}");
        for tag in ["<i>", "<u>", "<em>"] {
            assert!(!page.html.contains(tag), "{field}");
        }
    }
    assert_eq!(world(&kakao).await, before);
}

#[tokio::test]
async fn friends_can_be_added_marked_and_removed() {
    let kakao = Kakao::start().await;
    let path = "/_emulator/people/ryan/friends";
    let token = kakao.access_token("ryan").await;
    let names = async || {
        let friends = kakao.friends(&token, "limit=100").await.ok();
        let elements = friends["elements"].as_array().unwrap().clone();
        elements
            .iter()
            .map(|friend| friend["profile_nickname"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(names().await, ["어피치", "무지", "튜브"]);
    fill_in(&kakao, path, &[("with", "apeach"), ("action", "save"), ("hidden", "on")]).await;
    assert_eq!(names().await, ["무지", "튜브"]);
    fill_in(&kakao, path, &[("with", "tube"), ("action", "save"), ("favorite", "on")]).await;
    assert_eq!(names().await, ["튜브", "무지"]);
    fill_in(&kakao, path, &[("with", "muzi"), ("action", "remove")]).await;
    assert_eq!(names().await, ["튜브"]);
    let apeachs = kakao.access_token("muzi").await;
    assert_eq!(kakao.friends(&apeachs, "").await.ok()["elements"][0]["profile_nickname"], "라이언");
    fill_in(&kakao, path, &[("with", "con"), ("action", "add"), ("mutual", "on")]).await;
    kakao.access_token("con").await;
    assert_eq!(names().await, ["튜브", "콘"]);
    let written = world(&kakao).await["friendships"].clone();
    let has = |of: &str, with: &str| {
        written.as_array().unwrap().iter().any(|line| line["of"] == of && line["with"] == with)
    };
    assert!(has("ryan", "con") && has("con", "ryan"));
}

#[tokio::test]
async fn consents_are_given_and_withdrawn_and_required_ones_stay() {
    let kakao = Kakao::start().await;
    let path = "/_emulator/people/apeach/apps/demo";
    let token = kakao.access_token("apeach").await;
    assert_eq!(kakao.friends(&token, "").await.status, 200);
    fill_in(&kakao, path, &[("action", "consents"), ("scope", "talk_message"), ("scope", "made_up")]).await;
    assert_eq!(kakao.friends(&token, "").await.status, 403);
    let world = world(&kakao).await;
    let links = world["links"].as_array().unwrap();
    let link = links.iter().find(|link| link["person"] == "apeach").unwrap();
    assert_eq!(link["scopes"], json!(["profile_nickname", "talk_message"]));
}

#[tokio::test]
async fn somebody_can_be_linked_to_an_app_and_unlinked_again() {
    let kakao = Kakao::start().await;
    let path = "/_emulator/people/frodo/apps/demo";
    assert!(open(&kakao, "/_emulator/people/frodo").await.html.contains("연결되어 있지 않습니다"));
    let page = fill_in(&kakao, path, &[("action", "consents"), ("scope", "friends")]).await;
    assert!(page.html.contains("친구 UUID"));
    let token = kakao.access_token("frodo").await;
    kakao.me(&token).await.ok();
    let unlink = [("action", "unlink"), ("referrer_type", "UNLINK_FROM_APPS")];
    assert_eq!(kakao.browser().submit(path, &[unlink[0], ("referrer_type", "BOREDOM")]).await.status, 404);
    let page = fill_in(&kakao, path, &unlink).await;
    assert!(page.html.contains("연결되어 있지 않습니다"));
    assert_eq!(kakao.me(&token).await.status, 401);
    assert_eq!(kakao.browser().submit(path, &unlink).await.status, 404);
}

#[tokio::test]
async fn sessions_are_listed_and_can_be_ended_everywhere() {
    let kakao = Kakao::start().await;
    assert!(open(&kakao, "/_emulator/people/ryan").await.html.contains("로그인된 브라우저가 없습니다"));
    let mut browser = kakao.browser();
    let url = kakao.authorize_url(&[]);
    assert!(browser.sign_in(&url, "ryan").await.html.contains("동의하고 계속하기"));
    let page = open(&kakao, "/_emulator/people/ryan").await.html;
    assert!(page.contains("로그인한 때 2026-03-01 09:00 · 남은 시간 1일"), "{page}");
    assert!(open(&kakao, "/_emulator/people/apeach").await.html.contains("로그인된 브라우저가 없습니다"));
    let page = fill_in(&kakao, "/_emulator/people/ryan/sessions/end", &[]).await;
    assert!(page.html.contains("로그인된 브라우저가 없습니다"));
    assert!(!browser.open(&url).await.html.contains("동의하고 계속하기"));
}
