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
        json!({"object_type": "text", "text": "안녕", "link": link()}),
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
        assert_eq!(taken.warnings, [], "{template}");
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
    let text = |length: usize| json!({"object_type": "text", "text": "가".repeat(length), "link": link()});
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
            *template.pointer_mut(place).unwrap() = json!({"web_url": url});
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
fn optional_texts_are_strings_where_they_have_a_place() {
    let wrong = |kind: usize, pointer: &str| {
        let mut template = smallest().remove(kind);
        let (parent, field) = pointer.rsplit_once('/').unwrap();
        template.pointer_mut(parent).unwrap()[field] = json!(7);
        checked(&template).map_or_else(|fault| fault.code(), |_| 0)
    };
    for (kind, pointer) in [
        (TEXT, "/button_title"),
        (TEXT, "/link/ios_execution_params"),
        (FEED, "/content/description"),
        (FEED, "/social"),
        (LOCATION, "/address_title"),
        (COMMERCE, "/commerce/currency_unit"),
    ] {
        assert_eq!(wrong(kind, pointer), -2, "{pointer}");
    }
    for (kind, pointer) in [(CALENDAR, "/button_title"), (TEXT, "/social")] {
        assert_eq!(wrong(kind, pointer), 0, "{pointer}");
    }
    for wrong in [json!({"sum": 7}), json!({"items": [{"item": 7, "item_op": "1"}]})] {
        let feed =
            json!({"object_type": "feed", "content": {"title": "a", "link": {}}, "item_content": wrong});
        assert_eq!(checked(&feed).unwrap_err().code(), -2, "{feed}");
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

/// The places warned of when these fields stand in a template of this kind.
fn marked(kind: usize, pointer: &str, value: Value) -> Vec<String> {
    let mut template = smallest().remove(kind);
    let (parent, field) = pointer.rsplit_once('/').unwrap();
    template.pointer_mut(parent).unwrap()[field] = value;
    let warnings = checked(&template).unwrap_or_else(|fault| panic!("{}", fault.text())).warnings;
    warnings.into_iter().map(|warning| warning.place).collect()
}

const TEXT: usize = 0;
const FEED: usize = 1;
const LIST: usize = 2;
const LOCATION: usize = 3;
const COMMERCE: usize = 4;
const CALENDAR: usize = 5;

#[test]
fn what_is_shown_only_in_part_is_marked_where_it_stands() {
    let long = |length: usize| Value::from("가".repeat(length));
    for (name, most) in [
        ("profile_text", 16),
        ("title_image_text", 24),
        ("title_image_category", 14),
        ("sum", 6),
        ("sum_op", 11),
    ] {
        assert!(marked(FEED, "/item_content", json!({name: long(most)})).is_empty(), "{name}");
        assert_eq!(
            marked(FEED, "/item_content", json!({name: long(most + 1)})),
            [format!("item_content.{name}")]
        );
    }
    for (name, other, most) in [("item", "item_op", 6), ("item_op", "item", 25)] {
        let items = |length| json!({"items": [{name: long(length), other: "1"}]});
        assert!(marked(FEED, "/item_content", items(most)).is_empty(), "{name}");
        assert_eq!(marked(FEED, "/item_content", items(most + 1)), [format!("item_content.items[0].{name}")]);
    }
    let items = json!({"items": [{"item": "케이크", "item_op": "1,000원"}, {"item": "커피"}]});
    assert_eq!(marked(FEED, "/item_content", items), ["item_content.items[1]"]);
    assert_eq!(marked(LIST, "/header_title", long(201)), ["header_title"]);
    assert_eq!(marked(TEXT, "/button_title", long(9)), ["button_title"]);
    assert!(marked(TEXT, "/button_title", long(8)).is_empty());
    let buttons = json!([{"title": "보기", "link": link()}, {"title": long(9), "link": link()}]);
    assert_eq!(marked(TEXT, "/buttons", buttons), ["buttons[1].title"]);
    let social = json!({"subscriber_count": 1, "view_count": 1, "like_count": 1, "comment_count": 1, "shared_count": 1});
    assert_eq!(marked(FEED, "/social", social), ["social.view_count", "social.subscriber_count"]);
    assert_eq!(marked(FEED, "/content/image_width", json!(199)), ["content.image_width"]);
    assert!(marked(FEED, "/content/image_height", json!(200)).is_empty());
}

#[test]
fn what_contradicts_itself_or_has_no_place_is_marked() {
    let commerce = |fields: Value| marked(COMMERCE, "/commerce", fields);
    assert_eq!(
        commerce(json!({"regular_price": 10, "discount_rate": 10, "fixed_discount_price": 1})),
        ["commerce.fixed_discount_price"]
    );
    assert_eq!(commerce(json!({"regular_price": 10, "discount_price": 11})), ["commerce.discount_price"]);
    assert!(commerce(json!({"regular_price": 10, "discount_price": 9, "discount_rate": 10})).is_empty());
    assert_eq!(marked(COMMERCE, "/social", json!({"like_count": 1})), ["social"]);
    assert_eq!(marked(LIST, "/item_content", json!({})), ["item_content"]);
    assert_eq!(marked(LIST, "/header_image_url", json!("https://a.example/")), ["header_image_url"]);
    assert_eq!(marked(CALENDAR, "/button_title", json!("보기")), ["button_title"]);
    let mut template = smallest().remove(TEXT);
    template["button_title"] = json!("보기");
    template["buttons"] = json!([{"title": "보기", "link": link()}]);
    assert_eq!(checked(&template).unwrap().warnings[0].place, "button_title");
}

#[test]
fn links_that_open_nothing_for_some_are_marked() {
    let params = json!({"android_execution_params": "a=1", "ios_execution_params": "a=1"});
    let on_phones = json!({"mobile_web_url": link()["web_url"]});
    for link in [json!({}), json!({"web_url": ""}), params, on_phones] {
        assert_eq!(marked(TEXT, "/link", link), ["link"]);
    }
    assert_eq!(
        marked(TEXT, "/link/mobile_web_url", json!("https://elsewhere.example/")),
        ["link.mobile_web_url"]
    );
}

#[test]
fn numbers_are_whole_and_in_their_ranges_and_marked_as_strings() {
    let commerce = |field: &str, value: Value| {
        let mut template = smallest().remove(COMMERCE);
        template["commerce"][field] = value;
        checked(&template)
    };
    for field in ["regular_price", "discount_price", "discount_rate", "fixed_discount_price"] {
        for wrong in [json!("싸다"), json!(1.5), json!([])] {
            assert_eq!(commerce(field, wrong).unwrap_err().code(), -2, "{field}");
        }
        assert_eq!(commerce(field, json!("10")).unwrap().warnings[0].place, format!("commerce.{field}"));
    }
    for (field, wrong) in [("discount_rate", 101), ("discount_rate", -1), ("currency_unit_position", 2)] {
        assert_eq!(commerce(field, wrong.into()).unwrap_err().code(), -2, "{field}");
    }
    let mut feed = smallest().remove(FEED);
    feed["social"] = json!({"like_count": "많이"});
    assert_eq!(checked(&feed).unwrap_err().code(), -2);
}

#[test]
fn a_warning_says_where_and_speaks_korean_and_english() {
    let mut template = smallest().remove(TEXT);
    template["link"] = json!({"web_url": "https://elsewhere.example/"});
    assert_eq!(
        checked(&template).unwrap().warnings[0].to_string(),
        "link.web_url: 등록되지 않은 도메인이라 링크가 열리지 않습니다. \
         The link does not open, its domain is not registered: https://elsewhere.example/"
    );
}

#[test]
fn what_kakao_made_itself_is_sent_whatever_is_wrong_with_it() {
    let rows = vec![json!({"title": "a", "link": link()}); 5];
    let list = json!({"object_type": "list", "header_title": "a", "header_link": link(), "contents": rows});
    assert_eq!(made_by_kakao(list, &[link()["web_url"].as_str().unwrap().to_owned()]).warnings, []);
    assert_eq!(made_by_kakao(json!({}), &[]).warnings.len(), 1);
}
