//! What the linter says of templates, right and wrong ones.

use serde_json::json;

use super::*;

fn link() -> Value {
    json!({"web_url": "https://shop.example/p/1"})
}

/// One template of each kind, with nothing to spare and nothing to say about it.
fn flawless() -> Vec<Value> {
    let content = json!({"title": "케이크", "image_url": "https://img.example/a.png", "link": link()});
    vec![
        json!({"object_type": "text", "text": "안녕", "link": link()}),
        json!({"object_type": "feed", "content": content}),
        json!({"object_type": "list", "header_title": "소식", "header_link": link(), "contents": [content, content]}),
        json!({"object_type": "location", "address": "판교역로 235", "content": content}),
        json!({"object_type": "commerce", "content": content, "commerce": {"regular_price": 1_000}}),
        json!({"object_type": "calendar", "id_type": "event", "id": "1", "content": content}),
    ]
}

const TEXT: usize = 0;
const FEED: usize = 1;
const LIST: usize = 2;
const LOCATION: usize = 3;
const COMMERCE: usize = 4;
const CALENDAR: usize = 5;

fn findings(template: &Value) -> Vec<(Rule, String)> {
    let options = LintOptions::new().web_domains(["https://shop.example".parse().unwrap()]);
    lint(template, &options).into_iter().map(|finding| (finding.rule, finding.path)).collect()
}

/// What is said when this value stands at this place of a flawless template.
fn with(kind: usize, pointer: &str, value: Value) -> Vec<(Rule, String)> {
    let mut template = flawless().remove(kind);
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    match template.pointer_mut(parent).unwrap() {
        Value::Array(items) => items[name.parse::<usize>().unwrap()] = value,
        object => object[name] = value,
    }
    findings(&template)
}

fn found(rule: Rule, path: &str) -> Vec<(Rule, String)> {
    vec![(rule, path.to_owned())]
}

fn letters(count: usize) -> Value {
    "가".repeat(count).into()
}

fn button() -> Value {
    json!({"title": "보기", "link": link()})
}

#[test]
fn of_a_flawless_template_nothing_is_said() {
    for template in flawless() {
        assert_eq!(findings(&template), [], "{template}");
    }
    let nulls = json!({"object_type": "feed", "content": flawless()[FEED]["content"], "social": null,
        "item_content": {"items": null, "sum": null}, "buttons": null, "button_title": null});
    assert_eq!(findings(&nulls), []);
}

#[test]
fn a_required_field_is_an_error_if_it_is_missing_or_of_another_type() {
    for template in flawless() {
        for name in template.as_object().unwrap().keys() {
            let mut broken = template.clone();
            broken.as_object_mut().unwrap().remove(name);
            assert_eq!(findings(&broken), found(Rule::Missing, name), "{broken}");
            broken[name] = Value::Null;
            assert_eq!(findings(&broken), found(Rule::Missing, name), "{broken}");
            broken[name] = json!(7);
            assert_eq!(findings(&broken), found(Rule::WrongType, name), "{broken}");
        }
    }
    assert_eq!(with(FEED, "/content", json!({"title": "a"})), found(Rule::Missing, "content.link"));
    assert_eq!(with(FEED, "/content", json!({"link": link()})), found(Rule::ContentEmpty, "content"));
    assert_eq!(with(COMMERCE, "/commerce", json!({})), found(Rule::Missing, "commerce.regular_price"));
    assert_eq!(with(LIST, "/contents/1", json!(null)), found(Rule::WrongType, "contents[1]"));
    assert_eq!(with(TEXT, "/buttons", json!([{"link": link()}])), found(Rule::Missing, "buttons[0].title"));
    assert_eq!(with(TEXT, "/link/web_url", json!(7)), found(Rule::WrongType, "link.web_url"));
}

#[test]
fn what_is_no_template_is_an_error() {
    for json in [json!(null), json!(7), json!("text"), json!([{}])] {
        assert_eq!(findings(&json), found(Rule::NotAnObject, ""));
    }
    assert_eq!(findings(&json!({})), found(Rule::Missing, "object_type"));
    assert_eq!(with(TEXT, "/object_type", json!("Text")), found(Rule::UnknownValue, "object_type"));
    assert_eq!(with(CALENDAR, "/id_type", json!("month")), found(Rule::UnknownValue, "id_type"));
}

#[test]
fn more_than_there_is_place_for_is_an_error() {
    for (kind, most) in [(TEXT, 2), (FEED, 2), (LIST, 2), (LOCATION, 1), (COMMERCE, 2), (CALENDAR, 1)] {
        assert_eq!(with(kind, "/buttons", vec![button(); most].into()), []);
        assert_eq!(
            with(kind, "/buttons", vec![button(); most + 1].into()),
            found(Rule::TooManyButtons, "buttons")
        );
    }
    let rows = |count| Value::from(vec![flawless()[FEED]["content"].clone(); count]);
    assert_eq!(with(LIST, "/contents", rows(1)), found(Rule::ListRows, "contents"));
    assert_eq!(with(LIST, "/contents", rows(4)), found(Rule::ListRows, "contents"));
    let items = |count| json!({"items": vec![json!({"item": "커피", "item_op": "2,000원"}); count]});
    assert_eq!(with(FEED, "/item_content", items(5)), []);
    assert_eq!(with(FEED, "/item_content", items(6)), found(Rule::TooManyItems, "item_content.items"));
}

#[test]
fn numbers_are_whole_and_in_their_ranges() {
    for (name, wrong, rule) in [
        ("discount_rate", json!(101), Rule::OutOfRange),
        ("discount_rate", json!(-1), Rule::OutOfRange),
        ("currency_unit_position", json!(2), Rule::OutOfRange),
        ("regular_price", json!(1.5), Rule::WrongType),
        ("regular_price", json!("싸다"), Rule::WrongType),
        ("regular_price", json!(u64::MAX), Rule::WrongType),
        ("regular_price", json!("1000"), Rule::NumberAsString),
        ("discount_price", json!(1_001), Rule::DiscountPriceHigher),
    ] {
        let path = format!("commerce.{name}");
        assert_eq!(with(COMMERCE, &format!("/commerce/{name}"), wrong), found(rule, &path));
    }
    let discounts = json!({"regular_price": 10, "discount_rate": 10, "fixed_discount_price": 1});
    assert_eq!(
        with(COMMERCE, "/commerce", discounts),
        found(Rule::DiscountsContradict, "commerce.fixed_discount_price")
    );
}

#[test]
fn what_is_cut_is_a_warning_where_it_stands() {
    for (kind, pointer, most) in [
        (TEXT, "/text", 200),
        (LIST, "/header_title", 200),
        (FEED, "/item_content/profile_text", 16),
        (FEED, "/item_content/title_image_text", 24),
        (FEED, "/item_content/title_image_category", 14),
        (FEED, "/item_content/sum", 6),
        (FEED, "/item_content/sum_op", 11),
    ] {
        let mut template = flawless().remove(kind);
        if kind == FEED {
            template["item_content"] = json!({"sum": "", "profile_text": "", "title_image_text": "", "title_image_category": "", "sum_op": ""});
        }
        *template.pointer_mut(pointer).unwrap() = letters(most);
        assert_eq!(findings(&template), [], "{pointer}");
        *template.pointer_mut(pointer).unwrap() = letters(most + 1);
        assert_eq!(findings(&template), found(Rule::TextTooLong, &pointer[1..].replace('/', ".")));
    }
    assert_eq!(with(TEXT, "/button_title", letters(8)), []);
    assert_eq!(with(TEXT, "/button_title", letters(9)), found(Rule::ButtonTitleTooLong, "button_title"));
    let five_lines = json!({"title": "a\nb", "description": "a\nb\nc", "link": link()});
    assert_eq!(with(FEED, "/content", five_lines), found(Rule::TooManyLines, "content"));
    let category = json!({"title_image_category": "a\nb"});
    assert_eq!(
        with(FEED, "/item_content", category),
        found(Rule::TooManyLines, "item_content.title_image_category")
    );
    let social = json!({"subscriber_count": 1, "view_count": 1, "like_count": 1, "comment_count": 1});
    assert_eq!(with(FEED, "/social", social), found(Rule::SocialHidden, "social.subscriber_count"));
}

#[test]
fn rows_of_text_are_amounts() {
    let item = |item: Value| with(FEED, "/item_content", json!({"items": [item]}));
    let first = "item_content.items[0]";
    for amount in ["1,000원", "₩ 12.50", "$1", "1\n2"] {
        assert_eq!(item(json!({"item": "커피", "item_op": amount})), [], "{amount}");
    }
    let amount = |amount: Value| item(json!({"item": "커피", "item_op": amount}));
    assert_eq!(amount(json!("2개")), found(Rule::ItemOpCharacters, &format!("{first}.item_op")));
    assert_eq!(amount("1".repeat(26).into()), found(Rule::TextTooLong, &format!("{first}.item_op")));
    assert_eq!(item(json!({"item": "커피"})), found(Rule::ItemIncomplete, first));
    assert_eq!(
        item(json!({"item": letters(7), "item_op": "1"})),
        found(Rule::TextTooLong, &format!("{first}.item"))
    );
}

#[test]
fn a_link_is_a_warning_unless_it_opens_everywhere() {
    for opens_nothing in [json!({}), json!({"web_url": "", "ios_execution_params": null})] {
        assert_eq!(with(TEXT, "/link", opens_nothing), found(Rule::LinkOpensNothing, "link"));
    }
    for not_on_computers in
        [json!({"android_execution_params": "a=1"}), json!({"mobile_web_url": "https://shop.example/"})]
    {
        assert_eq!(with(TEXT, "/link", not_on_computers), found(Rule::LinkWithoutWebUrl, "link"));
    }
    for (address, rule) in [
        ("https://shop.example:443/a?b#c", None),
        ("http://shop.example/", Some(Rule::LinkNotRegistered)),
        ("https://www.shop.example/", Some(Rule::LinkNotRegistered)),
        ("https://shop.example:8443/", Some(Rule::LinkNotRegistered)),
        ("shop.example", Some(Rule::LinkNotWeb)),
        ("javascript:alert(1)", Some(Rule::LinkNotWeb)),
    ] {
        let expected: Vec<_> = rule.map(|rule| (rule, "link.web_url".to_owned())).into_iter().collect();
        assert_eq!(with(TEXT, "/link/web_url", address.into()), expected, "{address}");
    }
    let elsewhere =
        json!({"object_type": "text", "text": "안녕", "link": {"web_url": "https://elsewhere.example"}});
    assert_eq!(lint(&elsewhere, &LintOptions::new()), [], "nobody said which domains are registered");
}

#[test]
fn a_picture_is_a_warning_unless_kakao_can_fetch_and_draw_it() {
    for address in
        ["/a.png", "", "http://localhost/a.png", "http://10.0.0.1/", "http://[::1]/", "http://nas/a"]
    {
        let expected = found(Rule::ImageUnreachable, "content.image_url");
        assert_eq!(with(FEED, "/content/image_url", address.into()), expected, "{address}");
    }
    for address in ["http://img.example/a.png", "https://93.184.216.34/a"] {
        assert_eq!(with(FEED, "/content/image_url", address.into()), [], "{address}");
    }
    assert_eq!(with(FEED, "/content/image_width", json!(200)), []);
    assert_eq!(
        with(FEED, "/content/image_width", json!(199)),
        found(Rule::ImageTooSmall, "content.image_width")
    );
    let bare = json!({"title": "a", "link": link()});
    assert_eq!(with(LIST, "/contents/1", bare), found(Rule::ListRowIncomplete, "contents[1]"));
}

#[test]
fn what_has_no_place_or_nothing_to_read_is_a_warning() {
    assert_eq!(with(TEXT, "/text", json!(" ")), found(Rule::Blank, "text"));
    assert_eq!(with(FEED, "/content", json!({"title": "", "link": link()})), found(Rule::Blank, "content"));
    assert_eq!(with(COMMERCE, "/social", json!(7)), found(Rule::NotShown, "social"));
    assert_eq!(with(LIST, "/header_image_url", json!("")), found(Rule::NotShown, "header_image_url"));
    assert_eq!(with(CALENDAR, "/button_title", json!("보기")), found(Rule::NotShown, "button_title"));
    let mut template = flawless().remove(TEXT);
    template["buttons"] = json!([button()]);
    template["button_title"] = json!("보기");
    assert_eq!(findings(&template), found(Rule::NotShown, "button_title"));
    assert_eq!(with(FEED, "/content/imageUrl", json!("")), found(Rule::UnknownField, "content.imageUrl"));
}

#[test]
fn what_was_probably_meant_is_said() {
    let mut template = flawless().remove(FEED);
    template["content"]["imageUrl"] = json!("");
    template["wholly_new"] = json!(1);
    let remedies: Vec<_> =
        lint(&template, &LintOptions::new()).into_iter().map(|finding| finding.remedy_en).collect();
    assert_eq!(remedies, ["Write image_url.", "Check the name of the field."]);
    let kind = lint(&json!({"object_type": "txt"}), &LintOptions::new()).remove(0);
    assert_eq!(
        (kind.cause_en.as_str(), kind.remedy_ko.as_str()),
        ("It must be one of feed, list, location, commerce, text, calendar.", "text(으)로 쓰세요.")
    );
}

#[test]
fn a_rule_is_called_the_same_in_rust_and_in_json() {
    for rule in Rule::ALL {
        assert_eq!(format!("_{rule}"), spelling::snake_case(&format!("{rule:?}")));
    }
    let finding = serde_json::to_value(&lint(&json!([]), &LintOptions::new())[0]).unwrap();
    assert_eq!((&finding["rule"], &finding["severity"]), (&json!("not_an_object"), &json!("error")));
}
