//! What the emulator takes, refuses and marks in a template object.

use serde_json::json;

use super::*;

const DOMAINS: &[&str] = &["http://localhost:4000", "https://shop.example"];

fn checked(template: &Value) -> Result<CheckedTemplate, ApiFault> {
    let domains: Vec<String> = DOMAINS.iter().map(|domain| (*domain).to_owned()).collect();
    check(Some(&template.to_string()), &domains)
}

fn link() -> Value {
    json!({"web_url": "https://shop.example/p/1"})
}

/// One template of each kind, with nothing to spare.
fn smallest() -> Vec<Value> {
    let content = json!({"title": "케이크", "link": link()});
    vec![
        json!({"object_type": "text", "text": "안녕", "link": {}}),
        json!({"object_type": "feed", "content": content}),
        json!({"object_type": "list", "header_title": "소식", "header_link": link(), "contents": [content, content]}),
        json!({"object_type": "location", "address": "판교역로 235", "content": content}),
        json!({"object_type": "commerce", "content": content, "commerce": {"regular_price": 1000}}),
        json!({"object_type": "calendar", "id_type": "event", "id": "1", "content": content}),
    ]
}

#[test]
fn the_smallest_template_of_each_kind_is_taken_as_it_is() {
    for template in smallest() {
        let taken = checked(&template).unwrap();
        assert_eq!(taken.template_object, template);
        assert_eq!(taken.warnings, [] as [&str; 0], "{template}");
    }
}

#[test]
fn a_template_without_one_of_its_required_fields_is_minus_2() {
    for template in smallest() {
        for field in template.as_object().unwrap().keys() {
            let mut broken = template.clone();
            broken.as_object_mut().unwrap().remove(field);
            assert_eq!(checked(&broken).unwrap_err().code(), -2, "{broken}");
            broken[field] = json!(7);
            assert_eq!(checked(&broken).unwrap_err().code(), -2, "{broken}");
        }
    }
}

#[test]
fn what_is_no_template_is_minus_2() {
    for text in [None, Some(""), Some("안녕"), Some("[]"), Some("{"), Some("{\"object_type\":\"poem\"}")] {
        assert_eq!(check(text, &[]).unwrap_err().code(), -2, "{text:?}");
    }
    let content = |content: Value| json!({"object_type": "feed", "content": content});
    assert_eq!(checked(&content(json!({"link": link()}))).unwrap_err().code(), -2);
    assert_eq!(checked(&content(json!({"title": "a"}))).unwrap_err().code(), -2);
}

#[test]
fn more_rows_or_buttons_than_a_kind_has_are_minus_2() {
    let button = json!({"title": "보기", "link": link()});
    for (template, most) in smallest().into_iter().zip([2, 2, 2, 1, 2, 1]) {
        let with = |buttons: usize| {
            let mut template = template.clone();
            template["buttons"] = vec![button.clone(); buttons].into();
            checked(&template)
        };
        assert!(with(most).is_ok(), "{template}");
        assert_eq!(with(most + 1).unwrap_err().code(), -2, "{template}");
    }
    let mut list = smallest().remove(2);
    for rows in [1, 4] {
        list["contents"] = vec![list["contents"][0].clone(); rows].into();
        assert_eq!(checked(&list).unwrap_err().code(), -2);
    }
}

#[test]
fn texts_over_200_characters_are_marked() {
    let text = |length: usize| json!({"object_type": "text", "text": "가".repeat(length), "link": {}});
    assert!(checked(&text(200)).unwrap().warnings.is_empty());
    assert_eq!(checked(&text(201)).unwrap().warnings.len(), 1);
}

#[test]
fn links_are_marked_wherever_they_stand_unless_scheme_host_and_port_are_registered() {
    let cases = [
        ("https://shop.example/p/1?x=1", true),
        ("https://shop.example:443/", true),
        ("http://localhost:4000", true),
        ("http://shop.example/", false),
        ("https://www.shop.example/", false),
        ("http://localhost:4001/", false),
        ("shop.example", false),
        ("javascript:alert(1)", false),
    ];
    for (url, registered) in cases {
        for place in ["/link", "/buttons/0/link"] {
            let mut template = json!({"object_type": "text", "text": "안녕", "link": link(),
                "buttons": [{"title": "보기", "link": link()}]});
            *template.pointer_mut(place).unwrap() = json!({"mobile_web_url": url});
            assert_eq!(checked(&template).unwrap().warnings.is_empty(), registered, "{url} at {place}");
        }
    }
}

#[test]
fn what_is_optional_may_be_null() {
    for mut template in smallest() {
        for field in ["buttons", "item_content", "social", "button_title"] {
            template[field] = Value::Null;
        }
        if let Some(link) = template.pointer_mut("/content/link") {
            *link = json!({"web_url": null, "mobile_web_url": null});
        }
        assert!(checked(&template).is_ok(), "{template}");
    }
    let feed = json!({"object_type": "feed", "content": {"title": "a", "link": {}}, "item_content": {"items": null}});
    assert!(checked(&feed).is_ok());
}

#[test]
fn addresses_of_links_are_strings_wherever_they_stand() {
    let button = json!({"title": "보기", "link": link()});
    for template in smallest() {
        for place in ["/link", "/header_link", "/content/link", "/contents/1/link", "/buttons/0/link"] {
            for name in ["web_url", "mobile_web_url"] {
                let mut template = template.clone();
                template["buttons"] = json!([button]);
                let Some(link) = template.pointer_mut(place) else { continue };
                *link = json!({name: 7});
                let fault = checked(&template).unwrap_err();
                assert!(fault.code() == -2 && fault.text().contains(name), "{template}: {}", fault.text());
            }
        }
    }
}

#[test]
fn a_feed_has_five_text_items_at_most() {
    let feed = |items: Value| {
        checked(&json!({"object_type": "feed", "content": {"title": "a", "link": {}},
            "item_content": {"items": items}}))
    };
    let items = |count: usize| Value::from(vec![json!({"item": "케이크", "item_op": "1,000원"}); count]);
    assert!(feed(items(5)).is_ok());
    for wrong in [items(6), json!("케이크"), json!([7])] {
        assert_eq!(feed(wrong).unwrap_err().code(), -2);
    }
}
