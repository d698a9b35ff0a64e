//! KakaoTalk Share's look at a template.

use katok_emulator::seed::{CustomTemplate, TemplateKind, TemplatePurpose};
use serde_json::{Value, json};

use crate::support::{ADMIN_KEY, Answer, Kakao, REST_API_KEY, built_in_but, hello, refusal};

const PATH: &str = "/v2/api/kakaolink/talk/template";
const AGENT: &str = "sdk/2.8.1 os/javascript sdk_type/javascript lang/ko-KR device/Linux_x86_64 origin/";

async fn validate(kakao: &Kakao, what: &str, key: &str, agent: &str, query: &[(&str, &str)]) -> Answer {
    let request = kakao.get(&format!("{PATH}/{what}")).query(&[("link_ver", "4.0")]).query(query);
    Answer::of(request.header("authorization", format!("KakaoAK {key}")).header("ka", agent)).await
}

#[tokio::test]
async fn a_template_object_comes_out_as_it_would_be_shared() {
    let kakao = Kakao::start().await;
    let mut template = hello("안녕");
    template["link"]["web_url"] = "https://elsewhere.example/".into();
    let [text, scheme] = [template.to_string(), json!({"list": "default", "limit": 1}).to_string()];
    let query = [("template_object", &*text), ("scheme_params", &*scheme)];
    let answer = validate(&kakao, "default", REST_API_KEY, AGENT, &query).await.ok();
    assert!(answer["template_id"].is_i64());
    assert_eq!(answer["template_args"], json!({}));
    assert_eq!(answer["template_msg"]["C"], template);
    assert_eq!(answer["template_msg"]["P"], json!({"TP": "text", "SNM": "demo"}));
    assert_eq!(answer["warning_msg"].as_object().unwrap().keys().collect::<Vec<_>>(), ["link.web_url"]);
    assert_eq!(answer["argument_msg"], json!({}));
    assert_eq!(answer["scheme_params"], json!({"list": "default", "limit": 1}));
    assert!(kakao.emulator.messages("ryan").is_empty());
}

#[tokio::test]
async fn custom_templates_and_pages_come_out_too() {
    let body =
        json!({"content": {"title": "${name}님 ${what}", "link": {"web_url": "http://localhost:4000/"}}});
    let (kind, purpose) = (TemplateKind::Feed, TemplatePurpose::Share);
    let kakao = Kakao::start_from(built_in_but(|seed| {
        seed.apps[0].templates = vec![CustomTemplate { id: 90001, kind, purpose, body }];
    }))
    .await;
    let query = [("template_id", "90001"), ("template_args", r#"{"name":"라이언"}"#)];
    let custom = validate(&kakao, "validate", REST_API_KEY, AGENT, &query).await.ok();
    assert_eq!(
        (&custom["template_id"], &custom["template_args"]),
        (&json!(90001), &json!({"name": "라이언"}))
    );
    assert_eq!(custom["template_msg"]["C"]["content"]["title"], "라이언님 ${what}");
    assert!(custom["argument_msg"]["what"].is_string());
    let page = [("request_url", "https://developers.kakao.com/")];
    let scrap = validate(&kakao, "scrap", REST_API_KEY, AGENT, &page).await.ok();
    assert!(scrap["warning_msg"]["request_url"].is_string());
    assert_eq!(scrap["template_msg"]["C"]["object_type"], "feed");
}

#[tokio::test]
async fn what_is_wrong_with_a_template_is_minus_2() {
    let kakao = Kakao::start().await;
    let cases: [(&str, &[(&str, &str)]); 5] = [
        ("default", &[]),
        ("default", &[("template_object", "{}")]),
        ("validate", &[("template_id", "1")]),
        ("scrap", &[("request_url", "https://elsewhere.example/")]),
        (
            "default",
            &[("template_object", r#"{"object_type":"text","text":"a","link":{}}"#), ("scheme_params", "x")],
        ),
    ];
    for (what, query) in cases {
        let answer = validate(&kakao, what, REST_API_KEY, AGENT, query).await;
        assert_eq!((answer.status.as_u16(), &answer.body["code"]), (400, &json!(-2)), "{what} {query:?}");
    }
}

#[tokio::test]
async fn the_javascript_key_works_on_registered_pages_alone() {
    let seed =
        built_in_but(|seed| seed.apps[0].javascript_domains = vec!["http://localhost:4000".to_owned()]);
    let key = seed.apps[0].javascript_key.clone();
    let native = seed.apps[0].native_app_key.clone();
    let kakao = Kakao::start_from(seed).await;
    let template = hello("안녕").to_string();
    let query = [("template_object", &*template)];
    let from = async |key: &str, agent: &str| validate(&kakao, "default", key, agent, &query).await;
    from(&key, &format!("{AGENT}http%3A%2F%2Flocalhost%3A4000")).await.ok();
    from(&native, "sdk/2.27.3 os/ios-18 origin/com.example.app").await.ok();
    let mismatched = |caller: &str| -> (u16, Value) {
        refusal(401, -401, &format!("domain mismatched! caller={caller}. check out registered web domains."))
    };
    let other_port = from(&key, &format!("{AGENT}http%3A%2F%2Flocalhost%3A4001")).await;
    assert_eq!(other_port.refusal(), mismatched("http://localhost:4001"));
    assert_eq!(from(&key, "sdk/2.8.1").await.refusal(), mismatched("null"));
}

#[tokio::test]
async fn share_takes_app_keys_alone() {
    let kakao = Kakao::start().await;
    let template = hello("안녕").to_string();
    for key in [ADMIN_KEY, "nobody"] {
        let answer = validate(&kakao, "default", key, AGENT, &[("template_object", &template)]).await;
        assert_eq!((answer.status.as_u16(), &answer.body["code"]), (401, &json!(-401)));
    }
    let token = kakao.access_token("ryan").await;
    let request = kakao.get(&format!("{PATH}/default")).query(&[("template_object", &template)]);
    assert_eq!(Answer::of(request.bearer_auth(token)).await.body["code"], -401);
}
