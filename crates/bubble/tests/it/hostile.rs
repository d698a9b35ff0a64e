//! What no JSON can do: end the program, get a script or a style onto a page, or steer a terminal.

use katok_bubble::{Bubble, Language, Shade};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value};
use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr;

use crate::contents::{KINDS, hostile};

/// The names under which a template object keeps what a bubble shows.
const NAMES: [&str; 42] = [
    "object_type",
    "text",
    "link",
    "web_url",
    "mobile_web_url",
    "android_execution_params",
    "ios_execution_params",
    "buttons",
    "button_title",
    "title",
    "description",
    "image_url",
    "image_width",
    "image_height",
    "content",
    "contents",
    "header_title",
    "header_link",
    "address",
    "address_title",
    "id",
    "id_type",
    "social",
    "like_count",
    "comment_count",
    "shared_count",
    "view_count",
    "commerce",
    "regular_price",
    "discount_price",
    "discount_rate",
    "fixed_discount_price",
    "product_name",
    "currency_unit",
    "currency_unit_position",
    "item_content",
    "profile_text",
    "profile_image_url",
    "items",
    "item",
    "item_op",
    "sum",
];

/// Strings that would do harm where they are not escaped, and those that make a kind of template.
const WORDS: [&str; 22] = [
    "text",
    "feed",
    "list",
    "location",
    "commerce",
    "calendar",
    "<script>alert(1)</script>",
    "\" onclick=\"alert(1)",
    "' style='color:red",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "\u{1}javascript:alert(1)",
    "https://a.example/\"><script>",
    "https://a.example/' onmouseover='x",
    "https://a.example/)}*{color:red",
    "http://[",
    "data:text/html,<script>",
    "&lt;script&gt;",
    "]]><!-- </svg>",
    "\u{1b}[2J\u{9b}31m\u{202e}\u{2066}\r\n\u{0}",
    "99999999999999999999999",
    "18446744073709551615",
];

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        "\\PC{0,400}".prop_map(Value::from),
        select(&WORDS[..]).prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 96, 8, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
            prop::collection::vec((select(&NAMES[..]), inner), 0..12)
                .prop_map(|fields| fields
                    .into_iter()
                    .map(|(name, value)| (name.to_owned(), value))
                    .collect::<Map<_, _>>())
                .prop_map(Value::from),
        ]
    })
}

/// A template of a kind, with anything in some of its places.
fn any_template() -> impl Strategy<Value = Value> {
    let word = prop_oneof![select(&WORDS[..]).prop_map(str::to_owned), any::<String>()];
    let changes = prop::collection::vec((select(&NAMES[1..]), any_json()), 0..4);
    (select(&KINDS[..]), word, changes).prop_map(|(kind, word, changes)| {
        let mut object = hostile(kind, &word);
        for (name, value) in changes {
            object[name] = value;
        }
        object
    })
}

/// The tags of a document, each with its attributes.
fn tags(document: &str) -> Vec<(String, Vec<(String, String)>)> {
    let mut tags = Vec::new();
    for tag in document.split('<').skip(1) {
        let tag = tag.split_once('>').expect("every < begins a tag").0.trim_end_matches('/');
        let (name, mut rest) = tag.split_once(' ').unwrap_or((tag, ""));
        let mut attributes = Vec::new();
        while !rest.is_empty() {
            let (attribute, after) = rest.split_once("=\"").expect("every attribute is quoted");
            let (value, after) = after.split_once('"').expect("every quote ends");
            attributes.push((attribute.to_owned(), value.to_owned()));
            rest = after.trim_start();
        }
        tags.push((name.trim_start_matches('/').to_owned(), attributes));
    }
    tags
}

fn assert_harmless_html(html: &str) {
    const TAGS: [&str; 14] =
        ["article", "p", "a", "span", "div", "img", "ul", "li", "dl", "dt", "dd", "strong", "s", "br"];
    for (name, attributes) in tags(html) {
        assert!(TAGS.contains(&&*name), "<{name}> in {html}");
        for (attribute, value) in attributes {
            let harmless = match &*attribute {
                "class" => value.split(' ').all(|class| class.starts_with("ktb-")),
                "href" | "src" => value.starts_with("https://") || value.starts_with("http://"),
                "rel" => value == "noreferrer noopener",
                "target" => value == "_blank",
                "alt" => value.is_empty(),
                "loading" => value == "lazy",
                "referrerpolicy" => value == "no-referrer",
                "title" => true,
                _ => false,
            };
            assert!(harmless, "{attribute}={value} in {html}");
        }
    }
}

fn assert_harmless_svg(svg: &str) {
    const TAGS: [&str; 7] = ["svg", "clipPath", "rect", "g", "path", "circle", "text"];
    for (name, attributes) in tags(svg) {
        assert!(TAGS.contains(&&*name), "<{name}> in {svg}");
        for (attribute, value) in attributes {
            let is_ours = attribute == "xmlns" || !(value.contains(':') || value.contains("url("));
            assert!(is_ours || value == "url(#bubble)", "{attribute}={value}");
            assert!(!attribute.starts_with("on") && attribute != "style", "{attribute}={value}");
        }
    }
    let ampersands = svg.split('&').skip(1);
    assert!(
        ampersands
            .into_iter()
            .all(|rest| ["amp;", "lt;", "gt;", "quot;"].iter().any(|name| rest.starts_with(name)))
    );
}

fn steers(c: char) -> bool {
    c.is_control() && c != '\n'
        || matches!(c, '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn assert_harmless_lines(drawn: &str) {
    assert!(!drawn.contains(steers), "{drawn:?}");
    let mut lines = drawn.lines();
    for line in lines.by_ref().take_while(|line| !line.starts_with('└')) {
        let width: usize = line.graphemes(true).map(UnicodeWidthStr::width).sum();
        assert_eq!(width, 36, "{line:?} in\n{drawn}");
    }
    assert!(lines.all(|mark| mark.starts_with('⚠')), "{drawn}");
}

fn assert_harmless(object: &Value) {
    for (bubble, language, shade) in [
        (Bubble::of(object), Language::Korean, Shade::Light),
        (Bubble::of_custom(object).block_links(|url| url.len() % 2 == 0), Language::English, Shade::Dark),
    ] {
        assert_harmless_html(&bubble.html(language));
        let svg = bubble.svg(language, shade);
        assert_harmless_svg(&svg);
        assert!(!svg.contains(steers), "{svg:?}");
        assert_harmless_lines(&bubble.terminal(language));
    }
}

proptest! {
    #[test]
    fn no_json_gets_a_script_or_a_style_or_a_control_character_through(object in any_json()) {
        assert_harmless(&object);
    }

    #[test]
    fn no_template_gets_a_script_or_a_style_or_a_control_character_through(object in any_template()) {
        assert_harmless(&object);
    }

    #[test]
    fn no_text_for_json_ends_the_program(text in "\\PC*") {
        assert_harmless_html(&Bubble::of_json(&text).html(Language::Korean));
    }
}

#[test]
fn every_hostile_word_in_every_place_is_harmless() {
    for kind in KINDS {
        for word in WORDS {
            assert_harmless(&hostile(kind, word));
        }
    }
}

#[test]
fn endless_texts_and_lists_are_cut() {
    let million = |text: &str| text.repeat(1_000_000);
    let long = [million("가"), million(" "), million("\0"), "e".to_owned() + &million("\u{301}")];
    for endless in long.into_iter().chain(["https://a.example/".to_owned() + &million("가")]) {
        for kind in KINDS {
            assert_harmless(&hostile(kind, &endless));
        }
    }
    let mut object = hostile("list", "가");
    object["contents"] = vec![object["contents"][0].clone(); 10_000].into();
    object["buttons"] = vec![Value::Null; 10_000].into();
    assert_harmless(&object);
}
