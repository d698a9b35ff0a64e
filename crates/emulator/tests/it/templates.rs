//! Messages made of custom templates and of pages.

use axum::Router;
use axum::response::{Html, Redirect};
use axum::routing::get;
use katok_emulator::seed::{App, CustomTemplate, TemplateKind, TemplatePurpose};
use katok_emulator::{MessageKind, Seed};
use serde_json::{Value, json};

use crate::support::{Kakao, built_in_but, refusal, web_site};

const CUSTOM: &str = "/v2/api/talk/memo/send";
const SCRAP: &str = "/v2/api/talk/memo/scrap/send";
const CUSTOM_TO_FRIENDS: &str = "/v1/api/talk/friends/message/send";
const SCRAP_TO_FRIENDS: &str = "/v1/api/talk/friends/message/scrap/send";

fn template(id: i64, kind: TemplateKind, body: Value) -> CustomTemplate {
    CustomTemplate { id, kind, purpose: TemplatePurpose::Message, body }
}

/// Template 1 is of the app, template 2 of another one.
fn with_templates() -> Seed {
    built_in_but(|seed| {
        let body = json!({"content": {"title": "${name}님, 안녕", "link": {"web_url": "http://localhost:4000/${path}"}}});
        seed.apps[0].templates = vec![template(1, TemplateKind::Feed, body)];
        let templates = vec![template(2, TemplateKind::Feed, json!({}))];
        let key = "other".parse().unwrap();
        let other = App { key, templates, app_id: 2, rest_api_key: "other".into(), ..seed.apps[0].clone() };
        for person in &mut seed.people {
            person.user_ids.insert(other.key.clone(), person.user_ids[&seed.apps[0].key]);
        }
        seed.apps.push(other);
    })
}

#[tokio::test]
async fn a_custom_template_is_shown_with_its_arguments() {
    let kakao = Kakao::start_from(with_templates()).await;
    let token = kakao.access_token("ryan").await;
    let args = json!({"name": "라이언", "path": "p/1"}).to_string();
    let sent = kakao.call(&token, CUSTOM, &[("template_id", "1"), ("template_args", &args)]).await.ok();
    assert_eq!(sent, json!({"result_code": 0}));
    let apeach = kakao.uuid(&token, "어피치").await;
    let receivers = json!([apeach]).to_string();
    let form = [("template_id", "1"), ("template_args", &*args), ("receiver_uuids", &*receivers)];
    let sent = kakao.call(&token, CUSTOM_TO_FRIENDS, &form).await.ok();
    assert_eq!(sent, json!({"successful_receiver_uuids": [apeach]}));
    for person in ["ryan", "apeach"] {
        let message = kakao.emulator.messages(person).remove(0);
        assert_eq!(
            message.template_object,
            json!({"content": {"title": "라이언님, 안녕", "link": {"web_url": "http://localhost:4000/p/1"}},
                "object_type": "feed"})
        );
        let template_args =
            [("name", "라이언"), ("path", "p/1")].map(|(name, value)| (name.into(), value.into()));
        assert_eq!(message.kind, MessageKind::Custom { template_id: 1, template_args: template_args.into() });
        assert_eq!(message.warnings, [] as [&str; 0]);
    }
    let seen = crate::support::Answer::of(kakao.get("/_emulator/v1/people/ryan/messages")).await.ok();
    assert_eq!((&seen[0]["kind"], &seen[0]["template_id"]), (&json!("custom"), &json!(1)));
    assert_eq!(seen[0]["template_args"], json!({"name": "라이언", "path": "p/1"}));
}

#[tokio::test]
async fn an_argument_that_is_missing_is_marked_and_its_placeholder_shown() {
    let kakao = Kakao::start_from(with_templates()).await;
    let token = kakao.access_token("ryan").await;
    kakao.call(&token, CUSTOM, &[("template_id", "1"), ("template_args", r#"{"path":""}"#)]).await.ok();
    let message = kakao.emulator.messages("ryan").remove(0);
    assert_eq!(message.template_object["content"]["title"], "${name}님, 안녕");
    assert!(message.warnings[0].starts_with("template_args.name: "), "{:?}", message.warnings);
}

#[tokio::test]
async fn what_is_wrong_with_a_custom_message_is_minus_2() {
    let kakao = Kakao::start_from(with_templates()).await;
    let token = kakao.access_token("ryan").await;
    let none =
        "Constraints on the parameter [template_id] are unsatisfied. There is no such template of this app.";
    let cases: [(&[(&str, &str)], &str); 6] = [
        (&[], "The Parameter [template_id] cannot be null."),
        (&[("template_id", "하나")], "failed to parse parameter [template_id]"),
        (&[("template_id", "2")], none),
        (&[("template_id", "3")], none),
        (
            &[("template_id", "1"), ("template_args", r#"{"name":1}"#)],
            "failed to parse parameter [template_args]",
        ),
        (&[("template_id", "1"), ("template_args", "name")], "failed to parse parameter [template_args]"),
    ];
    for (form, msg) in cases {
        assert_eq!(kakao.call(&token, CUSTOM, form).await.refusal(), refusal(400, -2, msg), "{form:?}");
    }
    assert!(kakao.emulator.messages("ryan").is_empty());
}

#[tokio::test]
async fn a_template_built_for_sharing_does_not_go_to_friends() {
    let mut seed = with_templates();
    seed.apps[0].templates[0].purpose = TemplatePurpose::Share;
    let kakao = Kakao::start_from(seed).await;
    let token = kakao.access_token("ryan").await;
    let receivers = json!([kakao.uuid(&token, "어피치").await]).to_string();
    let form = [("template_id", "1"), ("receiver_uuids", &receivers)];
    let msg =
        "template_type (messageType: 'kakaolink/memo API') is invalid. please use 'message API' messageType.";
    assert_eq!(kakao.call(&token, CUSTOM_TO_FRIENDS, &form).await.refusal(), refusal(400, -2, msg));
    kakao.call(&token, CUSTOM, &[("template_id", "1")]).await.ok();
}

/// A service whose pages the app `demo` may have scraped; its address and the emulator.
async fn with_a_web_site(templates: Vec<CustomTemplate>) -> (String, Kakao) {
    let tags = "<meta property='og:title' content='딸기 케이크'><meta property='og:description' content='주말만'>\
                <meta property='og:image' content='/cake.png'>";
    let pages = Router::new()
        .route("/cake", get(async move || Html(tags)))
        .route("/moved", get(async || Redirect::to("/cake")))
        .route("/away", get(async || Redirect::to("http://elsewhere.example/")))
        .route("/plain", get(async || "안녕"));
    let site = web_site(pages).await;
    let seed = built_in_but(|seed| {
        seed.apps[0].web_domains = vec![site.clone(), "https://shop.example".to_owned()];
        seed.apps[0].templates = templates;
    });
    (site, Kakao::start_from(seed).await)
}

#[tokio::test]
async fn a_page_of_this_machine_becomes_a_feed_of_its_open_graph_tags() {
    let (site, kakao) = with_a_web_site(Vec::new()).await;
    let token = kakao.access_token("ryan").await;
    let receivers = json!([kakao.uuid(&token, "어피치").await]).to_string();
    let page = format!("{site}/cake");
    kakao.call(&token, SCRAP, &[("request_url", &page)]).await.ok();
    kakao.call(&token, SCRAP, &[("request_url", &format!("{site}/moved"))]).await.ok();
    kakao
        .call(&token, SCRAP_TO_FRIENDS, &[("request_url", &page), ("receiver_uuids", &receivers)])
        .await
        .ok();
    let [mine, moved] = kakao.emulator.messages("ryan").try_into().unwrap();
    let friends = kakao.emulator.messages("apeach").remove(0);
    let content = |link: &str| {
        json!({"title": "딸기 케이크", "description": "주말만", "image_url": format!("{site}/cake.png"),
            "link": {"web_url": link, "mobile_web_url": link}})
    };
    assert_eq!(mine.template_object, json!({"object_type": "feed", "content": content(&page)}));
    assert_eq!(friends.template_object, mine.template_object);
    assert_eq!(moved.template_object["content"], content(&format!("{site}/moved")));
    let kind = MessageKind::Scrap { request_url: page, template_id: None, template_args: [].into() };
    assert_eq!(mine.kind, kind);
    assert_eq!(mine.warnings, [] as [&str; 0]);
}

#[tokio::test]
async fn a_page_that_is_not_read_is_shown_by_its_address_and_marked() {
    let (site, kakao) = with_a_web_site(Vec::new()).await;
    let token = kakao.access_token("ryan").await;
    let gone = format!("{site}/gone");
    let cases = [
        ("https://shop.example/p/1", "이 컴퓨터의 페이지만"),
        (&*gone, "읽을 수 없었습니다"),
        (&format!("{site}/away"), "읽을 수 없었습니다"),
        (&format!("{site}/plain"), "Open Graph 태그가 없습니다"),
    ];
    for (page, warning) in cases {
        kakao.call(&token, SCRAP, &[("request_url", page)]).await.ok();
        let message = kakao.emulator.messages("ryan").pop().unwrap();
        assert_eq!(message.template_object["content"]["title"], page);
        let [marked] = message.warnings.try_into().unwrap();
        assert!(marked.starts_with("request_url: ") && marked.contains(warning), "{marked}");
    }
}

#[tokio::test]
async fn a_custom_template_of_the_scrap_kind_gets_what_the_page_says() {
    let body = json!({"content": {"title": "${SCRAP_TITLE} ${sale}", "description": "${SCRAP_DESCRIPTION}",
        "image_url": "${SCRAP_IMAGE}", "link": {"web_url": "${SCRAP_REQUEST_URL}"}}});
    let (site, kakao) = with_a_web_site(vec![template(7, TemplateKind::Scrap, body)]).await;
    let token = kakao.access_token("ryan").await;
    let page = format!("{site}/cake");
    let form = [("request_url", &*page), ("template_id", "7"), ("template_args", r#"{"sale":"할인"}"#)];
    kakao.call(&token, SCRAP, &form).await.ok();
    let message = kakao.emulator.messages("ryan").remove(0);
    assert_eq!(
        message.template_object["content"],
        json!({"title": "딸기 케이크 할인", "description": "주말만", "image_url": format!("{site}/cake.png"),
            "link": {"web_url": page}})
    );
    let template_args = [("sale".to_owned(), "할인".to_owned())].into();
    assert_eq!(message.kind, MessageKind::Scrap { request_url: page, template_id: Some(7), template_args });
}

#[tokio::test]
async fn pages_that_may_not_be_scraped_are_minus_2() {
    let (site, kakao) = with_a_web_site(Vec::new()).await;
    let token = kakao.access_token("ryan").await;
    let unsatisfied =
        |why: &str| format!("Constraints on the parameter [request_url] are unsatisfied. {why}");
    let other_scheme = site.replace("http", "https");
    let cases = [
        (None, "The Parameter [request_url] cannot be null.".to_owned()),
        (Some(""), "The Parameter [request_url] cannot be empty.".to_owned()),
        (Some("cake"), unsatisfied("It must be an http or https address.")),
        (Some("file:///etc/passwd"), unsatisfied("It must be an http or https address.")),
        (Some("http://elsewhere.example/"), unsatisfied("Its domain is not registered for the app.")),
        (Some(&other_scheme), unsatisfied("Its domain is not registered for the app.")),
    ];
    for (page, msg) in cases {
        let form: Vec<(&str, &str)> = page.map(|page| ("request_url", page)).into_iter().collect();
        assert_eq!(kakao.call(&token, SCRAP, &form).await.refusal(), refusal(400, -2, &msg), "{page:?}");
    }
}

#[tokio::test]
async fn without_consent_each_call_to_oneself_says_its_own_name() {
    let (site, kakao) = with_a_web_site(Vec::new()).await;
    let only = katok_emulator::Decision::AllowOnly(["profile_nickname".to_owned()].into());
    let back = kakao.emulator.approve(&kakao.authorize_url(&[]), "con", &only).unwrap();
    let code = crate::support::parameter(&back, "code").unwrap();
    let token = crate::support::text(&kakao.token(&[("code", &code)]).await.ok()["access_token"]);
    let page = format!("{site}/cake");
    for (path, api) in [(SCRAP, "TALK_MEMO_SCRAP_SEND"), (CUSTOM, "TALK_MEMO_SEND")] {
        let answer = kakao.call(&token, path, &[("request_url", &page), ("template_id", "1")]).await;
        assert_eq!((&answer.body["code"], &answer.body["api_type"]), (&json!(-402), &json!(api)));
    }
}
