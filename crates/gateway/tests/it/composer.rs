//! The composer: a message is written in a form or as JSON, seen as a phone shows it, and sent once.

use serde_json::Value;

use crate::browser::{Browser, Page};
use crate::house::House;

const LINK: (&str, &str) = ("link.web_url", "https://shop.example/orders/7");

/// The fields of a text, as the page posts them.
fn text<'a>(words: &'a str, key: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![("kind", "text"), ("text", words), LINK, ("idempotency_key", key)]
}

async fn preview(browser: &Browser, fields: &[(&str, &str)]) -> Value {
    browser.submit("/compose/preview", fields).await.is(200)
}

/// The value of the hidden field that makes a message one that is sent once.
fn key_in(page: &Page) -> String {
    let rest = page.body.split("name=\"idempotency_key\" value=\"").nth(1).unwrap();
    rest.split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn the_composer_is_for_somebody_and_nobody_is_shown_the_way_in() {
    let house = House::open().await;
    let page = house.signed_in("ryan").await.get("/").await;
    assert!(page.body.contains("id=\"composer\"") && !page.body.contains("라이언"), "{}", page.body);
    assert!(house.visitor().get("/").await.body.contains("카카오 로그인"));
    let asked = house.visitor().get_with("/", &[("accept-language", "en")]).await;
    assert!(!asked.body.contains("id=\"composer\""));
}

#[tokio::test]
async fn every_kind_has_a_form_in_either_language_and_an_example_that_can_be_sent() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    for kind in ["text", "feed", "list", "location", "commerce", "calendar"] {
        let page = browser.submit("/compose", &[("kind", kind), ("do", "example")]).await;
        assert_eq!(page.status, 200);
        assert!(page.body.contains("ktb-bubble") && !page.body.contains("class=\"bad\""), "{kind}");
        let english = browser.get_with(&format!("/?kind={kind}"), &[("accept-language", "en")]).await.body;
        let form = english.split("id=\"composer\"").nth(1).unwrap();
        let without_examples: String = form
            .split("placeholder=\"")
            .map(|part| part.split_once('"').map_or(part, |(_, rest)| rest))
            .collect();
        let korean: String = without_examples.chars().filter(|c| ('가'..='힣').contains(c)).collect();
        assert_eq!(korean, "", "{kind}");
    }
}

#[tokio::test]
async fn a_preview_shows_the_bubble_the_code_and_what_is_wrong_at_its_field() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    let long = "가".repeat(201);
    let seen = preview(&browser, &[("kind", "text"), ("text", &long), ("buttons[1].title", "보기")]).await;
    assert!(seen["bubble"].as_str().unwrap().contains("ktb-text"));
    let note = &seen["fields"]["text"][0];
    assert!(note["text"].as_str().unwrap().contains("201") && note["is_error"] == false, "{note}");
    assert_eq!(seen["fields"]["link.web_url"][0]["is_error"], true);
    // The only button stands in the second place of the form.
    assert_eq!(seen["fields"]["buttons[1].link.web_url"][0]["is_missing"], true, "{seen}");
    assert!(seen["code"]["curl"].as_str().unwrap().contains("/v1/messages"));
    assert!(seen["code"]["json"].as_str().unwrap().contains("\"object_type\": \"text\""));
}

#[tokio::test]
async fn json_is_shown_and_judged_however_broken_it_is() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    let json = async |text: &str| preview(&browser, &[("kind", "json"), ("json", text)]).await;
    let broken = json("{\"object_type\": \"text\",\n \"text\": }").await;
    assert!(broken["whole"][0]["text"].as_str().unwrap().contains("2번째 줄"), "{broken}");
    let odd = json(r#"{"object_type": "text", "text": 7, "link": {"weburl": "a"}}"#).await;
    assert!(
        odd["whole"]
            .as_array()
            .unwrap()
            .iter()
            .any(|note| { note["text"].as_str().unwrap().starts_with("link.weburl: ") }),
        "{odd}"
    );
    let hostile =
        json(r#"{"object_type": "text", "text": "<script>", "link": {"web_url": "javascript:1"}}"#).await;
    assert!(!hostile["bubble"].as_str().unwrap().contains("<script"));

    let refused = browser.submit("/compose", &[("kind", "json"), ("json", "{"), ("switch", "text")]).await;
    assert!(refused.body.contains("양식으로 옮기지 못했습니다") && refused.body.contains("id=\"json\""));
    let form = [
        ("kind", "json"),
        ("json", r#"{"object_type": "feed", "content": {"title": "새 글"}}"#),
        ("switch", "text"),
    ];
    let form = browser.submit("/compose", &form).await.body;
    assert!(form.contains(">\n새 글</textarea>"), "{form}");
}

#[tokio::test]
async fn what_was_typed_stays_through_previews_and_other_kinds() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    let typed = [
        ("kind", "text"),
        ("text", "첫 줄\r\n\"둘째\" <줄>"),
        ("buttons[0].title", "보기"),
        ("when", "later"),
        ("time", "2026-01-02T09:30"),
        ("to", "uuid-1"),
        ("shade", "dark"),
    ];
    for button in [("do", "preview"), ("switch", "feed"), ("switch", "calendar")] {
        let page = browser.submit("/compose", &[&typed[..], &[button]].concat()).await.body;
        for kept in ["첫 줄\n", "&#60;줄&#62;", "2026-01-02T09:30", "uuid-1", "ktb-dark", "value=\"보기\""]
        {
            assert!(page.contains(kept), "{button:?}: {kept}\n{page}");
        }
    }
}

#[tokio::test]
async fn a_message_goes_out_once_however_often_the_button_is_pressed() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    let key = key_in(&browser.get("/").await);
    let first = browser.submit("/compose/send", &text("한 번만", &key)).await.see_other().to_owned();
    assert_eq!(browser.submit("/compose/send", &text("한 번만", &key)).await.see_other(), first);
    house.gateway.do_what_is_due().await;
    assert_eq!(house.texts("ryan"), ["한 번만"]);
    assert_eq!(browser.get(&first).await.status, 200);

    // Somebody went back, and changed it.
    let told = browser.submit_by_script("/compose/send", &text("고친 글", &key)).await.is(409);
    assert!(told["remedy"]["ko"].as_str().unwrap().contains("이미 접수되었습니다"), "{told}");
    let changed = browser.submit("/compose/send", &text("고친 글", &key)).await;
    assert_eq!(changed.status, 409);
    assert!(changed.body.contains("이미 접수되었습니다") && changed.body.contains(">\n고친 글</textarea>"));
    let new_key = key_in(&changed);
    assert_ne!(new_key, key);
    browser.submit("/compose/send", &text("고친 글", &new_key)).await.see_other();
    house.gateway.do_what_is_due().await;
    assert_eq!(house.texts("ryan"), ["한 번만", "고친 글"]);
}

#[tokio::test]
async fn what_kakao_would_refuse_is_not_sent_and_stays_on_the_page() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    for (fields, said) in [
        (vec![("kind", "text"), ("text", "링크 없는 글")], "표시된 곳"),
        (vec![("kind", "json"), ("json", "{")], "JSON을 먼저"),
        ([text("늦은 글", "k"), vec![("when", "later"), ("time", "2020-01-01T00:00")]].concat(), "보낼 시각"),
        ([text("받을 사람 없는 글", "k"), vec![("receivers", "friends")]].concat(), "받을 친구"),
    ] {
        let page = browser.submit("/compose/send", &fields).await;
        assert_eq!(page.status, 422, "{said}");
        assert!(page.body.contains(said), "{}", page.body);
    }
    house.gateway.do_what_is_due().await;
    assert!(house.texts("ryan").is_empty());
}

#[tokio::test]
async fn an_ended_session_loses_nothing_that_was_typed() {
    let house = House::open().await;
    for path in ["/compose", "/compose/send"] {
        let page = house.visitor().submit(path, &text("잃지 않는 글", "k")).await;
        assert_eq!(page.status, 401);
        assert!(page.body.contains(">\n잃지 않는 글</textarea>") && page.body.contains("/authorize?next=/"));
        assert!(page.body.contains("name=\"idempotency_key\" value=\"k\""));
    }
    house.visitor().submit("/compose/preview", &text("글", "k")).await.is(401);
}

#[tokio::test]
async fn chosen_friends_stay_when_the_list_is_not_there() {
    let house = House::open().await;
    let fields =
        [text("글", "k"), vec![("receivers", "friends"), ("to", "uuid-1"), ("to", "uuid-2")]].concat();
    let ended = house.visitor().submit("/compose/send", &fields).await;
    for uuid in ["uuid-1", "uuid-2"] {
        assert!(
            ended.body.contains(&format!("<input type=\"hidden\" name=\"to\" value=\"{uuid}\">")),
            "{}",
            ended.body
        );
    }
    let browser = house.signed_in("ryan").await;
    let page = browser.submit("/compose", &fields).await;
    assert!(
        page.body.contains("name=\"to\" value=\"uuid-2\">") && page.body.contains("data-name="),
        "{}",
        page.body
    );
}

#[tokio::test]
async fn what_one_person_wrote_is_not_sent_by_another() {
    let house = House::open().await;
    let page = house.signed_in("ryan").await.get("/").await;
    let by =
        page.body.split("name=\"written_by\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let fields = [text("라이언의 글", "k"), vec![("written_by", by.as_str())]].concat();
    let apeach = house.signed_in("apeach").await;
    for path in ["/compose", "/compose/send"] {
        let refused = apeach.submit(path, &fields).await;
        assert_eq!(refused.status, 409);
        assert!(refused.body.contains("다른 사람이 로그인했습니다"), "{}", refused.body);
    }
    let told = apeach.submit_by_script("/compose/send", &fields).await.is(409);
    assert!(told["remedy"]["en"].as_str().unwrap().contains("Another person has signed in"), "{told}");
    let ended = house.visitor().submit("/compose", &fields).await;
    assert!(ended.body.contains(&format!("name=\"written_by\" value=\"{by}\"")), "{}", ended.body);
    house.gateway.do_what_is_due().await;
    assert_eq!(house.texts("apeach"), [""; 0]);
}

#[tokio::test]
async fn the_value_of_a_variable_outlives_a_half_written_one() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    let fields = [text("${이름} ${", "k"), vec![("var.이름", "어피치")]].concat();
    let page = browser.submit("/compose", &fields).await;
    assert!(page.body.contains("name=\"var.이름\" value=\"어피치\""), "{}", page.body);
}

#[tokio::test]
async fn no_other_site_previews_or_sends() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    for path in ["/compose", "/compose/preview", "/compose/send"] {
        let answer =
            browser.request_with(reqwest::Method::POST, path, &[("sec-fetch-site", "cross-site")]).await;
        assert_eq!(answer.status, 403, "{path}");
    }
    browser.forget_cookie("katok_write");
    browser.submit("/compose/preview", &text("글", "k")).await.is(403);
}

#[tokio::test]
async fn friends_are_chosen_from_a_list_and_more_than_five_get_the_message() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    let page = browser.submit("/compose", &[("kind", "text"), ("text", "글"), ("do", "friends")]).await.body;
    assert!(page.contains("어피치") && page.contains("오늘 남은 메시지"), "{page}");
    let friends: Vec<&str> =
        page.split("name=\"to\" value=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    let apeach = house.friend(&browser, "어피치").await;
    assert!(friends.contains(&apeach.as_str()));
    let chosen: Vec<_> = friends.iter().map(|uuid| ("to", *uuid)).collect();
    let all = [text("모두에게", "k"), chosen.clone(), vec![("receivers", "friends"), ("friend_pages", "1")]]
        .concat();
    let again = browser.submit("/compose", &all).await.body;
    assert_eq!(again.matches(" checked><").count(), friends.len(), "{again}");
    browser.submit("/compose/send", &all).await.see_other();
    house.gateway.do_what_is_due().await;
    assert_eq!(house.texts("apeach"), ["모두에게"]);
    assert_eq!(house.number("SELECT count(*) FROM deliveries").await, i64::try_from(friends.len()).unwrap());
}

#[tokio::test]
async fn without_consent_to_friends_the_list_says_so_and_leads_to_it() {
    let house = House::open().await;
    let browser = house.signed_in_with("ryan", &["talk_message"]).await;
    for page in [
        browser.submit("/compose", &[("kind", "text"), ("receivers", "friends")]).await,
        browser.get("/compose/friends?page=0").await,
    ] {
        assert!(
            page.body.contains("/authorize?scope=friends") && page.body.contains("동의하기"),
            "{}",
            page.body
        );
    }
}

#[tokio::test]
async fn a_time_is_korean_time_and_waits_until_then() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    // Tests begin at noon in Korea on the first of January 2026.
    let later = [text("저녁에", "k"), vec![("when", "later"), ("time", "2026-01-01T19:30")]].concat();
    let code = preview(&browser, &later).await["code"]["curl"].as_str().unwrap().to_owned();
    assert!(code.contains("2026-01-01T10:30:00Z"), "{code}");
    browser.submit("/compose/send", &later).await.see_other();
    house.gateway.do_what_is_due().await;
    assert!(house.texts("ryan").is_empty());
    house.advance(jiff::SignedDuration::from_mins(451));
    house.gateway.do_what_is_due().await;
    assert_eq!(house.texts("ryan"), ["저녁에"]);
}

#[tokio::test]
async fn a_template_is_saved_loaded_filled_in_and_deleted() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    let written = "${이름}님, ${menu} 나왔어요";
    let save = [text(written, "k"), vec![("do", "save"), ("template_name", "주문")]].concat();
    assert!(browser.submit("/compose", &save).await.body.contains("‘주문’ 템플릿으로 저장했습니다"));
    browser.submit("/compose", &save).await;
    let saved = browser.get("/v1/templates").await.json();
    assert_eq!(saved["templates"].as_array().unwrap().len(), 1, "the same name is the same template");
    let id = saved["templates"][0]["id"].as_str().unwrap();

    let loaded = browser.submit("/compose", &[("kind", "feed"), ("saved", id), ("do", "load")]).await.body;
    assert!(
        loaded.contains(&format!(">\n{written}</textarea>")) && loaded.contains("name=\"var.menu\""),
        "{loaded}"
    );
    let partly = [text(written, "k"), vec![("var.이름", "라이언")]].concat();
    let seen = preview(&browser, &partly).await;
    assert!(seen["bubble"].as_str().unwrap().contains("라이언님, ${menu}"), "{seen}");
    assert_eq!(seen["fields"]["var.menu"][0]["is_error"], true);
    assert_eq!(browser.submit("/compose/send", &partly).await.status, 422);
    let filled = [partly, vec![("var.menu", "${이름} \"케이크\"")]].concat();
    browser.submit("/compose/send", &filled).await.see_other();
    house.gateway.do_what_is_due().await;
    assert_eq!(house.texts("ryan"), ["라이언님, ${이름} \"케이크\" 나왔어요"]);

    browser.submit("/compose", &[("saved", id), ("do", "delete")]).await;
    assert_eq!(browser.get("/v1/templates").await.json()["templates"], serde_json::json!([]));
    let gone = browser.submit("/compose", &[("kind", "text"), ("saved", id), ("do", "load")]).await;
    assert!(gone.body.contains("result bad"));
}

#[tokio::test]
async fn the_page_is_small() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    for kind in ["text", "feed", "list", "location", "commerce", "calendar"] {
        let page = browser.get(&format!("/?kind={kind}")).await.body;
        let mut size = page.len();
        let base = page.split("href=\"").find(|part| part.starts_with("/static/")).unwrap();
        let folder = base.split("katok.svg").next().unwrap().to_owned();
        for asset in [
            "katok.css",
            "bubble.css",
            "compose.css",
            "compose.js",
            "compose-draft.js",
            "compose-friends.js",
            "katok.svg",
        ] {
            size += browser.get(&format!("{folder}{asset}")).await.body.len();
        }
        assert!(size <= 60 * 1024, "{kind}: {size} bytes");
    }
}

#[tokio::test]
async fn typing_does_not_count_towards_the_pace_of_an_account() {
    let house = House::open_with(crate::database::Database::new().await, |settings, _| {
        settings.rate_limits.account = std::num::NonZeroU32::new(3);
    })
    .await;
    let browser = house.signed_in("ryan").await;
    for _ in 0..20 {
        preview(&browser, &text("글", "k")).await;
    }
}
