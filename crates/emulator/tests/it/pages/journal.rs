//! The journal and the faults.

use serde_json::json;

use super::{fill_in, open};
use crate::support::{Answer, Kakao, hello};

/// The address of the newest exchange in the journal.
async fn newest(kakao: &Kakao) -> String {
    let list = open(kakao, "/_emulator/journal").await.html;
    let (_, rest) = list.split_once("href=\"/_emulator/journal/").unwrap();
    format!("/_emulator/journal/{}", rest.split('"').next().unwrap())
}

#[tokio::test]
async fn journal_shows_every_exchange_with_readable_request_and_answer() {
    let kakao = Kakao::start().await;
    assert!(open(&kakao, "/_emulator/journal").await.html.contains("아직 기록이 없습니다"));
    let token = kakao.access_token("ryan").await;
    kakao.send_to_me(&token, &hello("<b>안녕</b>")).await.ok();
    let page = open(&kakao, &newest(&kakao).await).await.html;
    for words in
        ["POST /v2/api/talk/memo/default/send", "200", "template_object", "&#60;b&#62;안녕", "result_code"]
    {
        assert!(page.contains(words), "{words}: {page}");
    }
    // Laid out, although it came as one string.
    assert!(page.contains("{\n  &#34;object_type&#34;: &#34;text&#34;"), "{page}");
    assert!(!page.contains(&token) && !page.contains("<b>"));

    kakao.me("unknown").await;
    let refused = open(&kakao, &newest(&kakao).await).await.html;
    assert!(refused.contains("⚠ 401 -401"), "{refused}");
}

#[tokio::test]
async fn journal_can_be_filtered() {
    let kakao = Kakao::start().await;
    let token = kakao.access_token("ryan").await;
    kakao.me(&token).await.ok();
    kakao.me("unknown").await;
    let rows = async |query: &str| {
        let list = open(&kakao, &format!("/_emulator/journal?{query}")).await;
        assert_eq!(list.status, 200, "{query}");
        list.html.matches("href=\"/_emulator/journal/").count()
    };
    assert_eq!(rows("").await, 3);
    assert_eq!(rows("path=/user/me").await, 2);
    assert_eq!(rows("person=ryan&path=/user/me").await, 1);
    assert_eq!(rows("person=apeach").await, 0);
    assert_eq!(rows("result=refused").await, 1);
    assert_eq!(rows("result=ok&app=demo").await, 2);
    assert_eq!(rows("path=%22%3E%3Cscript%3E").await, 0);
    assert!(!open(&kakao, "/_emulator/journal?path=%22%3E%3Cscript%3E").await.html.contains("\"><script>"));
    for path in ["/_emulator/journal/999", "/_emulator/journal/x"] {
        assert_eq!(open(&kakao, path).await.status, 404);
    }
}

#[tokio::test]
async fn open_journal_hears_of_every_exchange() {
    let kakao = Kakao::start().await;
    let written = async |query: &str| {
        Answer::of(kakao.get(&format!("/_emulator/journal/changes{query}"))).await.ok().as_u64().unwrap()
    };
    let since = format!("?since={}", written("").await);
    let (heard, _) = tokio::join!(written(&since), kakao.me("unknown"));
    assert!(heard > 0);
}

#[tokio::test]
async fn preset_spoils_the_next_message_only() {
    let kakao = Kakao::start().await;
    let token = kakao.access_token("ryan").await;
    let page = fill_in(&kakao, "/_emulator/faults", &[("preset", "quota_exceeded")]).await.html;
    assert!(page.contains("/v2/api/talk/memo/*") && page.contains("-10"), "{page}");
    let refused = kakao.send_to_me(&token, &hello("하나")).await;
    assert_eq!((refused.status.as_u16(), &refused.body["code"]), (400, &json!(-10)));
    kakao.send_to_me(&token, &hello("둘")).await.ok();
    assert_eq!(kakao.browser().submit("/_emulator/faults", &[("preset", "dance")]).await.status, 404);
}

#[tokio::test]
async fn every_preset_can_be_scripted_and_taken_back() {
    let kakao = Kakao::start().await;
    let page = open(&kakao, "/_emulator/faults").await.html;
    let presets: Vec<&str> =
        page.split("name=\"preset\" value=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    assert_eq!(presets.len(), 8);
    for preset in &presets {
        fill_in(&kakao, "/_emulator/faults", &[("preset", preset)]).await;
    }
    let faults = async || Answer::of(kakao.get("/_emulator/v1/faults")).await.ok().as_array().unwrap().len();
    assert_eq!(faults().await, 8);
    fill_in(&kakao, "/_emulator/faults/remove", &[("fault", "3")]).await;
    assert_eq!(faults().await, 7);
    assert_eq!(kakao.browser().submit("/_emulator/faults/remove", &[("fault", "3")]).await.status, 404);
    fill_in(&kakao, "/_emulator/faults/remove", &[]).await;
    assert_eq!(faults().await, 0);
}

#[tokio::test]
async fn faults_can_be_scripted_in_the_form() {
    let kakao = Kakao::start().await;
    let fields = [
        ("match.path", "/v2/user/*"),
        ("match.person", "ryan"),
        ("times", "2"),
        ("probability", "1"),
        ("then", "status"),
        ("value", "503"),
        ("then.delay_ms", "0"),
    ];
    fill_in(&kakao, "/_emulator/faults", &fields).await;
    let faults = Answer::of(kakao.get("/_emulator/v1/faults")).await.ok();
    assert_eq!(faults[0]["match"], json!({"path": "/v2/user/*", "person": "ryan"}));
    assert_eq!((&faults[0]["times"], &faults[0]["then"]["status"]), (&json!(2), &json!(503)));
    let token = kakao.access_token("ryan").await;
    assert_eq!(kakao.me(&token).await.status, 503);
    for (then, value, expected) in [
        ("code", "-401", json!({"code": -401})),
        ("error_code", "KOE320", json!({"error_code": "KOE320"})),
        ("truncate_after_bytes", "5", json!({"truncate_after_bytes": 5})),
        ("drop_before", "", json!({"drop": "before"})),
        ("drop_after", "", json!({"drop": "after"})),
    ] {
        fill_in(&kakao, "/_emulator/faults", &[("then", then), ("value", value)]).await;
        let faults = Answer::of(kakao.get("/_emulator/v1/faults")).await.ok();
        assert_eq!(faults.as_array().unwrap().last().unwrap()["then"], expected);
    }
}

#[tokio::test]
async fn faults_that_make_no_sense_are_refused_at_the_field() {
    let kakao = Kakao::start().await;
    for (fields, field) in [
        ([("then", "code"), ("value", "soon"), ("times", "1")], "value"),
        ([("then", "status"), ("value", "9"), ("times", "1")], "value"),
        ([("then", "drop_before"), ("times", "0"), ("value", "")], "times"),
        ([("then", "drop_before"), ("probability", "2"), ("value", "")], "probability"),
        ([("then", "drop_before"), ("match.path", "user"), ("value", "<i>")], "match.path"),
        ([("then", "drop_before"), ("match.person", "nobody"), ("value", "<i>")], "match.person"),
    ] {
        let page = kakao.browser().submit("/_emulator/faults", &fields).await;
        assert_eq!(page.status, 200);
        assert!(page.html.contains(&format!("<a href=\"#{field}\">")), "{field}: {}", page.html);
        assert!(!page.html.contains("<i>"));
    }
    let nothing = kakao.browser().submit("/_emulator/faults", &[("times", "1")]).await;
    assert!(nothing.html.contains("role=\"alert\""));
    assert_eq!(Answer::of(kakao.get("/_emulator/v1/faults")).await.ok(), json!([]));
}
