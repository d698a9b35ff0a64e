//! The HTML of bubbles, and what no template object can make it say.

use katok_bubble::{STYLESHEET, html, html_opening};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};

/// The names under which a template object keeps what a bubble shows.
const NAMES: [&str; 15] = [
    "object_type",
    "text",
    "link",
    "web_url",
    "mobile_web_url",
    "buttons",
    "button_title",
    "title",
    "description",
    "content",
    "contents",
    "header_title",
    "header_link",
    "address",
    "address_title",
];

/// Strings that would do harm where they are not escaped, and those that make a kind of template.
const WORDS: [&str; 16] = [
    "text",
    "feed",
    "list",
    "location",
    "commerce",
    "calendar",
    "<script>alert(1)</script>",
    "\" onclick=\"alert(1)",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "\u{1}javascript:alert(1)",
    "https://a.example/\"><script>",
    "https://a.example/' onmouseover='x",
    "http://[",
    "data:text/html,<script>",
    "&lt;script&gt;",
];

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        select(&WORDS[..]).prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 64, 8, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((select(&NAMES[..]), inner), 0..8)
                .prop_map(|fields| fields
                    .into_iter()
                    .map(|(name, value)| (name.to_owned(), value))
                    .collect::<Map<_, _>>())
                .prop_map(Value::from),
        ]
    })
}

/// Something a bubble draws, with a hostile word wherever a person could put one.
fn any_template() -> impl Strategy<Value = Value> {
    let word = || select(&WORDS[..]);
    (select(&WORDS[..6]), word(), word(), word(), word()).prop_map(|(kind, text, title, address, other)| {
        let link = json!({"mobile_web_url": address, "web_url": other});
        json!({
            "object_type": kind, "text": text, "link": link, "header_title": title, "header_link": link,
            "address": text, "content": {"title": title, "description": text, "link": link},
            "buttons": [{"title": title, "link": link}],
        })
    })
}

/// Fails on any tag or attribute but the few harmless ones a bubble is made of.
fn assert_harmless(html: &str) {
    for tag in html.split('<').skip(1) {
        let tag = tag.split_once('>').expect("every < begins a tag").0;
        let (name, mut rest) = tag.split_once(' ').unwrap_or((tag, ""));
        let name = name.trim_start_matches('/');
        assert!(["article", "p", "a", "span", "div", "br"].contains(&name), "<{tag}>");
        while !rest.is_empty() {
            let (attribute, after) = rest.split_once("=\"").expect("every attribute is quoted");
            let (value, after) = after.split_once('"').expect("every quote ends");
            match attribute {
                "class" => assert!(value.split(' ').all(|class| class.starts_with("ktb-")), "<{tag}>"),
                "href" => assert!(value.starts_with("https://") || value.starts_with("http://"), "<{tag}>"),
                "rel" => assert_eq!(value, "noreferrer noopener"),
                "target" => assert_eq!(value, "_blank"),
                _ => panic!("<{tag}>"),
            }
            rest = after.trim_start();
        }
    }
}

proptest! {
    #[test]
    fn no_json_gets_a_script_an_event_or_a_harmful_link_into_the_page(object in any_json()) {
        assert_harmless(&html(&object));
    }

    #[test]
    fn no_template_gets_a_script_an_event_or_a_harmful_link_into_the_page(object in any_template()) {
        assert_harmless(&html(&object));
    }
}

#[test]
fn text_keeps_its_lines_and_its_brackets_and_opens_its_link() {
    let object = json!({
        "object_type": "text",
        "text": "1 < 2\n& more",
        "link": {"web_url": "https://a.example/?a=1&b=2"},
        "buttons": [{"title": "열기", "link": {"web_url": "https://a.example/"}}, {"title": "앱", "link": {}}],
    });
    let expected = concat!(
        r#"<article class="ktb-bubble">"#,
        r#"<a class="ktb-text" href="https://a.example/?a=1&#38;b=2" rel="noreferrer noopener" target="_blank">"#,
        "1 &#60; 2\n&#38; more</a>",
        r#"<div class="ktb-buttons ktb-side-by-side">"#,
        r#"<a class="ktb-button" href="https://a.example/" rel="noreferrer noopener" target="_blank">열기</a>"#,
        r#"<span class="ktb-button">앱</span>"#,
        "</div></article>",
    );
    assert_eq!(html(&object), expected);
}

#[test]
fn kind_that_is_not_drawn_yet_says_so_and_shows_its_words() {
    let html =
        html(&json!({"object_type": "location", "address": "판교역로 235", "content": {"title": "신메뉴"}}));
    for part in ["위치 메시지", "휴대폰 화면과 다릅니다", "신메뉴", "판교역로 235", "자세히 보기"]
    {
        assert!(html.contains(part), "{part} in {html}");
    }
}

#[test]
fn broken_object_becomes_a_card_that_says_why() {
    let html = html(&json!({"object_type": "txt"}));
    assert!(html.contains("object_type이 feed"), "{html}");
    assert!(html.contains("object_type is none of"), "{html}");
}

#[test]
fn every_class_has_a_rule() {
    for class in ["bubble", "text", "kind", "line", "note", "buttons", "side-by-side", "button"] {
        assert!(
            STYLESHEET.contains(&format!(".ktb-{class} {{"))
                || STYLESHEET.contains(&format!(".ktb-{class},"))
        );
    }
}

#[test]
fn links_that_do_not_open_are_marked_and_lead_nowhere() {
    let link = |address: &str| json!({"web_url": address});
    let object = json!({"object_type": "text", "text": "안녕", "link": link("https://elsewhere.example/"),
        "buttons": [{"title": "보기", "link": link("https://a.example/p")}]});
    let html = html_opening(&object, |address| address.starts_with("https://a.example/"));
    assert!(html.contains("ktb-text ktb-blocked") && !html.contains("elsewhere.example"), "{html}");
    assert!(html.contains(r#"<a class="ktb-button" href="https://a.example/p""#), "{html}");
}
