//! What a form holds of a template object, and what comes of switching between kinds.

use katok_bubble::Language;
use proptest::prelude::*;
use serde_json::json;

use super::*;

const HOME: &str = "https://shop.example/";

fn draft(kind: Kind, fields: &[(&str, &str)]) -> Draft {
    Draft::of_form(Some(kind), "", fields.iter().copied())
}

fn template(draft: &Draft) -> Value {
    draft.written().template.unwrap()
}

#[test]
fn an_example_of_each_kind_goes_into_the_form_and_comes_back_as_it_was() {
    for (kind, language) in
        Kind::ALL.into_iter().flat_map(|kind| [(kind, Language::Korean), (kind, Language::English)])
    {
        let example = kind.example(HOME, language);
        let (draft, lost) = Draft::of_template(&example).unwrap();
        assert_eq!(lost, [""; 0], "{kind:?}");
        assert_eq!(template(&draft), example, "{kind:?}");
    }
}

#[test]
fn a_form_has_a_field_for_everything_the_linter_knows() {
    for kind in Kind::ALL {
        let all: Vec<(String, String)> = fields(kind).map(|(path, _)| (path, "7".to_owned())).collect();
        let full =
            draft(kind, &all.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect::<Vec<_>>());
        let findings =
            katok_client::template::lint(&template(&full), &katok_client::template::LintOptions::new());
        let unknown: Vec<_> = findings
            .iter()
            .filter(|finding| finding.rule == katok_client::template::Rule::UnknownField)
            .collect();
        assert!(unknown.is_empty(), "{kind:?}: {unknown:?}");
    }
}

#[test]
fn what_is_left_empty_is_left_out_and_rows_move_up() {
    let second =
        draft(Kind::Text, &[("text", "안녕"), ("buttons[0].title", ""), ("buttons[1].title", "보기")]);
    assert_eq!(
        template(&second),
        json!({"object_type": "text", "text": "안녕", "buttons": [{"title": "보기"}]})
    );
    assert_eq!(second.written().place_in_form("buttons[0].link"), "buttons[1].link");
}

#[test]
fn a_number_is_a_number_and_what_is_none_stays_as_it_was_typed() {
    let priced =
        draft(Kind::Commerce, &[("commerce.regular_price", " 1000"), ("commerce.discount_rate", "3할")]);
    assert_eq!(template(&priced)["commerce"], json!({"regular_price": 1000, "discount_rate": "3할"}));
}

#[test]
fn another_kind_takes_along_what_has_a_place_there_and_loses_nothing() {
    let text = draft(Kind::Text, &[("text", "안녕"), ("link.web_url", HOME), ("buttons[0].title", "보기")]);
    let (feed, _) = text.switched(Some(Kind::Feed)).unwrap();
    assert_eq!(
        template(&feed),
        json!({
            "object_type": "feed",
            "content": {"title": "안녕", "link": {"web_url": HOME}},
            "buttons": [{"title": "보기"}],
        })
    );
    let (list, _) = feed.switched(Some(Kind::List)).unwrap();
    assert_eq!(template(&list)["contents"], json!([{"title": "안녕", "link": {"web_url": HOME}}]));
    assert_eq!(template(&list)["header_link"], json!({"web_url": HOME}));
    let (back, _) = list.switched(Some(Kind::Text)).unwrap();
    assert_eq!(template(&back), template(&text));
    assert!(back.hidden().any(|(path, text)| (path, text) == ("content.title", "안녕")));
}

#[test]
fn json_becomes_a_form_and_says_what_that_cannot_hold() {
    let json = |text: &str| Draft { kind: None, values: BTreeMap::new(), json: text.to_owned() };
    let read =
        json(r#"{"object_type": "text", "text": "안녕", "wholly": [{"new": 1}], "link": {"web_url": 7}}"#);
    let (text, lost) = read.switched(Some(Kind::Text)).unwrap();
    assert_eq!(template(&text), json!({"object_type": "text", "text": "안녕"}));
    assert_eq!(lost, ["wholly[0].new", "link.web_url"]);
    for broken in ["{", "[]", "7", r#"{"object_type": "letter"}"#] {
        assert!(json(broken).switched(Some(Kind::Text)).is_none(), "{broken}");
    }
    let (written, _) = text.switched(None).unwrap();
    assert_eq!(template(&written), template(&text));
}

proptest! {
    #[test]
    fn whatever_is_typed_makes_a_template_that_goes_into_the_form_again(
        kind in prop::sample::select(&Kind::ALL[..]),
        texts in prop::collection::vec("[a-z0-9 가-힣\"\\\\\n]{0,12}", 48),
    ) {
        let all: Vec<(String, &Field)> = fields(kind).collect();
        let typed = all.iter().zip(&texts).map(|((path, _), text)| (path.as_str(), text.as_str()));
        let written = template(&Draft::of_form(Some(kind), "", typed));
        let (again, lost) = Draft::of_template(&written).unwrap();
        // Words where a number belongs are sent as words, and no field for numbers would show them.
        let is_number = |path: &String| all.iter().any(|(known, field)| known == path && field.is_number());
        prop_assert!(lost.iter().all(is_number), "{lost:?}");
        if lost.is_empty() {
            prop_assert_eq!(template(&again), written);
        }
    }
}
