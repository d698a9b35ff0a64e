//! Every kind of template in all its conditions, as a terminal and a picture show it, and what HTML makes of the same.
//!
//! Where a drawing is meant to change, the test says which file to look at, and to put in the old one's place.

use std::fs;
use std::path::Path;

use katok_bubble::{Bubble, Language, Shade};
use serde_json::{Value, json};

use crate::contents::{KINDS, hostile, missing, ordinary, overlong};

/// What a template of the kind can be like, and the language and shade it is drawn in then.
fn conditions(kind: &str) -> [(&'static str, Bubble, Language, Shade); 4] {
    let word = "<b>\u{1b}[31m\u{202e}&\"'";
    [
        ("ordinary", Bubble::of(&ordinary(kind)), Language::Korean, Shade::Light),
        ("overlong", Bubble::of(&overlong(kind)), Language::English, Shade::Dark),
        ("missing", Bubble::of(&missing(kind)), Language::Korean, Shade::Light),
        ("hostile", Bubble::of(&hostile(kind, word)), Language::English, Shade::Dark),
    ]
}

fn assert_reviewed(name: &str, now: &str) {
    let reviewed = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/reviewed").join(name);
    if now != fs::read_to_string(reviewed).unwrap_or_default() {
        let drawn = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::write(&drawn, now).expect("the drawing can be kept");
        panic!("{name} is drawn otherwise now: look at {}\n{now}", drawn.display());
    }
}

#[test]
fn every_kind_is_drawn_for_a_terminal_as_it_was_reviewed() {
    for kind in KINDS {
        let drawn = conditions(kind)
            .map(|(condition, bubble, language, _)| format!("{condition}\n{}", bubble.terminal(language)));
        assert_reviewed(&format!("{kind}.txt"), &drawn.join("\n"));
    }
}

#[test]
fn every_kind_is_drawn_as_a_picture_as_it_was_reviewed() {
    for kind in KINDS {
        for (condition, bubble, language, shade) in conditions(kind) {
            assert_reviewed(&format!("{kind}-{condition}.svg"), &bubble.svg(language, shade));
        }
    }
}

#[test]
fn text_keeps_its_lines_and_its_brackets_and_opens_its_link() {
    let object = json!({
        "object_type": "text",
        "text": "1 < 2\n& more",
        "link": {"web_url": "https://a.example/?a=1&b=2"},
        "buttons": [
            {"title": "열기", "link": {"web_url": "https://a.example/"}},
            {"title": "앱", "link": {"android_execution_params": "a=1"}},
        ],
    });
    let expected = concat!(
        r#"<article class="ktb-bubble"><p class="ktb-text">"#,
        r#"<a class="ktb-link" href="https://a.example/?a=1&#38;b=2" rel="noreferrer noopener" target="_blank">"#,
        "1 &#60; 2\n&#38; more</a></p>",
        r#"<div class="ktb-buttons ktb-side-by-side">"#,
        r#"<a class="ktb-button" href="https://a.example/" rel="noreferrer noopener" target="_blank">열기</a>"#,
        r#"<span class="ktb-button" title="휴대폰에서 앱을 엽니다.">앱</span>"#,
        "</div></article>",
    );
    assert_eq!(Bubble::of(&object).html(Language::Korean), expected);
}

#[test]
fn picture_is_asked_for_without_saying_from_where() {
    let html = Bubble::of(&ordinary("feed")).html(Language::Korean);
    let expected = r#"<div class="ktb-picture ktb-ratio-75"><img class="ktb-image" src="https://img.example/cake.png" alt="" loading="lazy" referrerpolicy="no-referrer"></div>"#;
    assert!(html.contains(expected), "{html}");
}

#[test]
fn old_price_is_struck_through_and_the_rate_stands_beside_the_new_one() {
    let html = Bubble::of(&ordinary("commerce")).html(Language::Korean);
    let expected = r#"<strong>146,160원</strong> <span class="ktb-badge">30%</span> <s>208,800원</s>"#;
    assert!(html.contains(expected), "{html}");
    let svg = Bubble::of(&ordinary("commerce")).svg(Language::Korean, Shade::Light);
    assert!(svg.contains(r#"text-decoration="line-through">208,800원</text>"#), "{svg}");
}

#[test]
fn marks_are_in_the_language_asked_for_and_can_be_left_out() {
    let bubble = Bubble::of(&overlong("text"));
    let says = |language, words: &str| {
        [bubble.html(language), bubble.svg(language, Shade::Light), bubble.terminal(language)]
            .iter()
            .all(|drawn| drawn.contains(words))
    };
    assert!(says(Language::Korean, "잘려서") && says(Language::English, "The end is cut off."));
    assert!(!bubble.without_marks().html(Language::Korean).contains("ktb-marks"));
}

#[test]
fn links_that_do_not_open_are_struck_through_and_lead_nowhere() {
    let link = |address: &str| json!({"web_url": address});
    let object = json!({"object_type": "text", "text": "안녕", "link": link("https://elsewhere.example/"),
        "buttons": [{"title": "보기", "link": link("https://a.example/p")}]});
    let bubble = Bubble::of(&object).block_links(|address| address.starts_with("https://a.example/"));
    let html = bubble.html(Language::Korean);
    assert!(html.contains("ktb-link ktb-blocked") && !html.contains("elsewhere.example"), "{html}");
    assert!(html.contains(r#"<a class="ktb-button" href="https://a.example/p""#), "{html}");
    assert!(bubble.svg(Language::Korean, Shade::Light).contains(r#"text-decoration="line-through">안녕<"#));
}

#[test]
fn picture_for_a_file_is_light_or_dark_and_names_no_address() {
    let bubble = Bubble::of(&ordinary("feed_b"));
    let [light, dark] = [Shade::Light, Shade::Dark].map(|shade| bubble.svg(Language::Korean, shade));
    assert!(light.contains(r##"fill="#fff""##) && dark.contains(r##"fill="#2b2b2e""##));
    assert!(!light.replace("http://www.w3.org/2000/svg", "").contains("http"));
}

#[test]
fn broken_object_becomes_a_card_that_says_why() {
    for (bubble, korean, english) in [
        (Bubble::of(&Value::Null), "object_type이 feed", "object_type is none of"),
        (Bubble::of_json("{'a': 1}"), "JSON으로 읽을 수 없습니다.", "It cannot be read as JSON."),
        (
            Bubble::of(&json!({"object_type": "feed"})),
            "보여 줄 내용이 없습니다.",
            "There is nothing to show.",
        ),
    ] {
        assert!(bubble.html(Language::Korean).contains(korean));
        assert!(bubble.html(Language::English).contains(english));
    }
}
