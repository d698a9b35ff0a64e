//! The rules of each kind, asked of the model.

use serde_json::json;

use super::*;
use crate::bubble::{Button, Count, Target};
use crate::mark::Mark;

fn link() -> Value {
    json!({"web_url": "https://a.example/"})
}

fn labels(object: &Value) -> Vec<String> {
    match Bubble::of(object).parts.pop() {
        Some(Part::Buttons { buttons, .. }) => buttons.into_iter().map(|button| button.title.shown).collect(),
        _ => Vec::new(),
    }
}

fn text_with(name: &str, value: Value) -> Value {
    let mut object = json!({"object_type": "text", "text": "안녕", "link": link()});
    object[name] = value;
    object
}

fn of_content(kind: &str, content: Value) -> Value {
    let mut object = json!({"object_type": kind});
    object["content"] = content;
    object["content"]["link"] = link();
    object
}

fn faults(bubble: &Bubble) -> Vec<(&str, Fault)> {
    bubble.marks.iter().map(|mark| (&*mark.place, mark.fault)).collect()
}

fn title_and_description(bubble: &Bubble) -> [Vec<String>; 2] {
    let words = bubble.parts.iter().find_map(|part| match part {
        Part::Words { title, description } => Some([title, description]),
        _ => None,
    });
    words.unwrap().map(|words| words.as_ref().map_or_else(Vec::new, |words| words.text.lines.clone()))
}

#[test]
fn text_without_buttons_gets_the_default_one_with_its_link() {
    let bubble = Bubble::of(&text_with("buttons", json!([])));
    let [Part::Text(text), Part::Buttons { buttons, side_by_side: false }] = &bubble.parts[..] else {
        panic!("{bubble:?}");
    };
    assert!(matches!(&text.target, Target::Opens { url, .. } if url.as_str() == "https://a.example/"));
    assert_eq!((buttons[0].title.shown.as_str(), &buttons[0].target), ("자세히 보기", &text.target));
}

#[test]
fn button_title_renames_the_default_button() {
    assert_eq!(labels(&text_with("button_title", json!("열기"))), ["열기"]);
    assert_eq!(labels(&text_with("button_title", json!(" "))), ["자세히 보기"]);
    assert_eq!(labels(&text_with("button_title", json!(7))), ["자세히 보기"]);
}

#[test]
fn own_buttons_win_over_button_title_which_is_marked() {
    let mut object = text_with("buttons", json!([{"title": "하나", "link": link()}]));
    object["button_title"] = json!("열기");
    assert_eq!(labels(&object), ["하나"]);
    assert_eq!(faults(&Bubble::of(&object)), [("button_title", Fault::NotShown)]);
}

#[test]
fn third_button_and_one_without_a_title_are_marked() {
    let one = json!({"title": "하나", "link": link()});
    let object = text_with("buttons", json!([one, one, one]));
    assert_eq!(labels(&object), ["하나", "하나"]);
    assert_eq!(faults(&Bubble::of(&object)), [("buttons", Fault::TooMany(2))]);
    let object = text_with("buttons", json!([{"link": link()}, one]));
    assert_eq!(labels(&object), ["하나"]);
    assert_eq!(faults(&Bubble::of(&object)), [("buttons[0].title", Fault::Missing)]);
}

#[test]
fn two_short_buttons_stand_side_by_side() {
    let two = |label: &str| {
        let one = json!({"title": "열기", "link": link()});
        let object = text_with("buttons", json!([one, {"title": label, "link": link()}]));
        matches!(Bubble::of(&object).parts.pop(), Some(Part::Buttons { side_by_side: true, .. }))
    };
    assert!(two("가나다라마") && !two("가나다라마바"));
}

#[test]
fn location_ends_with_kakaotalks_map_button() {
    let mut object = of_content("location", json!({"title": "신메뉴"}));
    object["address"] = json!("판교역로 235");
    assert_eq!(labels(&object), ["자세히 보기", "위치 보기"]);
    let one = json!({"title": "하나", "link": link()});
    object["buttons"] = json!([one, one]);
    assert_eq!(labels(&object), ["하나", "위치 보기"]);
    assert_eq!(faults(&Bubble::of(&object)), [("buttons", Fault::TooMany(1))]);
}

#[test]
fn calendar_begins_with_kakaotalks_button_and_has_no_default_one() {
    let mut object = of_content("calendar", json!({"title": "신작 공개"}));
    object["id"] = json!("6399");
    object["id_type"] = json!("calendar");
    assert_eq!(labels(&object), ["캘린더 구독"]);
    object["id_type"] = json!("event");
    object["buttons"] = json!([{"title": "예고편", "link": link()}]);
    assert_eq!(labels(&object), ["일정 추가", "예고편"]);
    object["id_type"] = json!("events");
    assert_eq!(faults(&Bubble::of(&object)), [("id_type", Fault::UnknownCalendar)]);
}

#[test]
fn phone_prefers_the_mobile_address_and_follows_only_web_addresses() {
    let opened = |link: Value| match Bubble::of(&text_with("link", link)).parts.pop() {
        Some(Part::Buttons { mut buttons, .. }) => buttons.pop().map(|Button { target, .. }| target),
        _ => None,
    };
    let url = |target| match target {
        Some(Target::Opens { url, place }) => (url.to_string(), place),
        other => panic!("{other:?}"),
    };
    let both = json!({"web_url": "https://a.example/", "mobile_web_url": "https://m.a.example/"});
    assert_eq!(url(opened(both)), ("https://m.a.example/".into(), "link.mobile_web_url".into()));
    let web = json!({"web_url": "https://a.example/", "mobile_web_url": ""});
    assert_eq!(url(opened(web)), ("https://a.example/".into(), "link.web_url".into()));
    for address in
        ["javascript:alert(1)", " java\nscript:alert(1)", "data:text/html,hi", "kakao1://x", "//a.example"]
    {
        assert_eq!(opened(json!({"web_url": address})), Some(Target::Nowhere), "{address}");
    }
    assert_eq!(opened(json!({"ios_execution_params": "a=1"})), Some(Target::App));
}

#[test]
fn title_and_description_share_four_lines() {
    let words = |title: &str, description: &str| {
        title_and_description(&Bubble::of(&of_content(
            "feed",
            json!({"title": title, "description": description}),
        )))
        .map(|lines| lines.len())
    };
    let (long, short) = ("가".repeat(200), "가");
    assert_eq!(words(&long, &long), [2, 2]);
    assert_eq!(words(short, &long), [1, 3]);
    assert_eq!(words(&long, ""), [4, 0]);
    assert_eq!(words("", &long), [0, 4]);
}

#[test]
fn commerce_has_fewer_words_than_a_feed() {
    let long = "가".repeat(200);
    let bubble = Bubble::of(&of_content("commerce", json!({"title": long, "description": long})));
    assert_eq!(title_and_description(&bubble).map(|lines| lines.len()), [1, 1]);
}

#[test]
fn picture_is_cropped_beyond_two_to_one_and_three_to_four() {
    let ratio = |width: u64, height: u64| {
        let content =
            json!({"image_url": "https://i.example/", "image_width": width, "image_height": height});
        let bubble = Bubble::of(&of_content("feed", content));
        let Part::Picture(picture) = &bubble.parts[0] else { panic!("{bubble:?}") };
        (picture.ratio, bubble.marks.into_iter().map(|mark| mark.fault).collect::<Vec<_>>())
    };
    assert_eq!(ratio(640, 640), (100, vec![]));
    assert_eq!(ratio(640, 480), (75, vec![]));
    assert_eq!(ratio(800, 400), (50, vec![]));
    assert_eq!(ratio(900, 1200), (135, vec![]));
    assert_eq!(ratio(2000, 300), (50, vec![Fault::Cropped]));
    assert_eq!(ratio(300, u64::MAX), (135, vec![Fault::Cropped]));
    assert_eq!(ratio(199, 200), (100, vec![Fault::TooSmall]));
    assert_eq!(ratio(0, 200), (50, vec![Fault::TooSmall]));
}

#[test]
fn picture_elsewhere_than_on_the_web_is_an_empty_place() {
    let bubble = Bubble::of(&of_content("feed", json!({"image_url": "data:image/png;base64,AA"})));
    assert!(matches!(&bubble.parts[0], Part::Picture(picture) if picture.source.is_none()));
    assert_eq!(faults(&bubble), [("content.image_url", Fault::NotWeb)]);
}

#[test]
fn three_counts_are_shown_in_kakaos_order() {
    let mut object = of_content("feed", json!({"title": "제목"}));
    object["social"] =
        json!({"subscriber_count": 1, "view_count": 12345, "shared_count": "1234", "comment_count": 0});
    let bubble = Bubble::of(&object);
    let counts = [(Count::Comments, "0"), (Count::Shares, "1,234"), (Count::Views, "1만")];
    assert_eq!(
        bubble.parts[1],
        Part::Social(counts.map(|(count, number)| (count, number.to_owned())).to_vec())
    );
    assert_eq!(
        faults(&bubble),
        [("social.shared_count", Fault::NumberAsText), ("social", Fault::TooMany(3))]
    );
}

#[test]
fn item_content_stands_between_picture_and_words_in_its_order() {
    let mut object = of_content("feed", json!({"title": "제목", "image_url": "https://i.example/"}));
    object["item_content"] = json!({
        "sum": "총", "sum_op": "2원", "items": [{"item": "가", "item_op": "1원"}, {"item": "나"}],
        "title_image_text": "케이크", "profile_text": "Example",
    });
    let bubble = Bubble::of(&object);
    let order = [
        |part: &Part| matches!(part, Part::Picture(_)),
        |part: &Part| matches!(part, Part::Profile { picture: None, .. }),
        |part: &Part| matches!(part, Part::ImageItem { picture: None, .. }),
        |part: &Part| matches!(part, Part::Items(items) if items.len() == 1),
        |part: &Part| matches!(part, Part::Sum { .. }),
        |part: &Part| matches!(part, Part::Words { .. }),
        |part: &Part| matches!(part, Part::Buttons { .. }),
    ];
    assert!(bubble.parts.iter().zip(order).all(|(part, is_next)| is_next(part)), "{bubble:?}");
    assert_eq!(bubble.parts.len(), order.len());
    assert_eq!(faults(&bubble), [("item_content.items[1]", Fault::ItemIncomplete)]);
}

#[test]
fn item_content_has_five_rows_and_short_texts() {
    let item = json!({"item": "가나다라마바사", "item_op": "1".repeat(26)});
    let mut object = of_content("feed", json!({"title": "제목"}));
    object["item_content"] = json!({"items": [item, item, item, item, item, item]});
    let bubble = Bubble::of(&object);
    let Part::Items(items) = &bubble.parts[0] else { panic!("{bubble:?}") };
    assert_eq!(items.len(), 5);
    assert_eq!((&*items[0].0.shown, items[0].1.lines.len()), ("가나다라마바…", 2));
    assert_eq!(bubble.marks[0], Mark { place: "item_content.items".into(), fault: Fault::TooMany(5) });
}

fn price(commerce: Value) -> (Option<[Option<String>; 3]>, Vec<Fault>) {
    let mut object = of_content("commerce", json!({"title": "드레스"}));
    object["commerce"] = commerce;
    let bubble = Bubble::of(&object);
    let price = bubble.parts.iter().find_map(|part| match part.clone() {
        Part::Price { now, before, badge } => Some([Some(now), before, badge]),
        _ => None,
    });
    (price, bubble.marks.into_iter().map(|mark| mark.fault).collect())
}

#[test]
fn price_shows_what_is_given() {
    let shown = |commerce| {
        let (price, marks) = price(commerce);
        assert_eq!(marks, []);
        price.unwrap().map(Option::unwrap_or_default)
    };
    assert_eq!(shown(json!({"regular_price": 208_800})), ["208,800원", "", ""]);
    assert_eq!(shown(json!({"regular_price": 1000, "discount_price": 700})), ["700원", "1,000원", ""]);
    assert_eq!(
        shown(json!({"regular_price": 1000, "discount_price": 700, "discount_rate": 30})),
        ["700원", "1,000원", "30%"]
    );
    let fixed = json!({"regular_price": 9000, "discount_price": 4000, "fixed_discount_price": 5000,
        "currency_unit": "$", "currency_unit_position": 1});
    assert_eq!(shown(fixed), ["$4,000", "$9,000", "-$5,000"]);
}

#[test]
fn price_that_contradicts_itself_is_marked() {
    let both =
        json!({"regular_price": 10, "discount_price": 7, "discount_rate": 30, "fixed_discount_price": 3});
    let (shown, marks) = price(both);
    assert_eq!((shown.unwrap()[2].as_deref(), marks), (Some("30%"), vec![Fault::BesideRate]));
    assert_eq!(price(json!({"regular_price": 10, "discount_price": 11})).1, [Fault::AbovePrice]);
    assert_eq!(price(json!({"regular_price": 10, "discount_rate": 10})).1, [Fault::WithoutDiscount]);
    assert_eq!(
        price(json!({"regular_price": 10, "discount_price": 0, "discount_rate": 101})).1,
        [Fault::AboveHundred]
    );
    assert_eq!(price(json!({"regular_price": -1})), (None, vec![Fault::NotNumber]));
    assert_eq!(price(json!({})), (None, vec![Fault::Missing]));
    assert_eq!(price(json!({"regular_price": 1, "currency_unit_position": 2})).1, [Fault::NotZeroOrOne]);
}

#[test]
fn list_has_two_or_three_rows_and_a_custom_one_five() {
    let row = json!({"title": "탁구", "image_url": "https://i.example/", "link": link()});
    let list = |rows: usize| json!({"object_type": "list", "header_title": "소식", "header_link": link(), "contents": vec![row.clone(); rows]});
    let rows = |bubble: &Bubble| bubble.parts.iter().filter(|part| matches!(part, Part::Row { .. })).count();
    let four = Bubble::of(&list(4));
    assert_eq!((rows(&four), faults(&four)), (3, vec![("contents", Fault::TooMany(3))]));
    assert_eq!(faults(&Bubble::of(&list(1))), [("contents", Fault::TooFew(2))]);
    let custom = Bubble::of_custom(&list(6));
    assert_eq!((rows(&custom), faults(&custom)), (5, vec![("contents", Fault::TooMany(5))]));
}

#[test]
fn row_without_title_or_picture_is_marked() {
    let rows = json!([{"description": "스포츠", "link": link()}, {"title": "커피", "link": link()}, 7]);
    let object =
        json!({"object_type": "list", "header_title": "소식", "header_link": link(), "contents": rows});
    assert_eq!(
        faults(&Bubble::of(&object)),
        [
            ("contents[0]", Fault::RowIncomplete),
            ("contents[1]", Fault::RowIncomplete),
            ("contents[2]", Fault::NotObject)
        ]
    );
}

#[test]
fn custom_template_may_have_numbers_as_strings_and_marks_variables_without_a_value() {
    let mut object = of_content("feed", json!({"title": "${name}님"}));
    object["social"] = json!({"like_count": "3"});
    object["button_title"] = json!("${what} 보기");
    assert_eq!(
        faults(&Bubble::of_custom(&object)),
        [("content.title", Fault::Unfilled), ("button_title", Fault::Unfilled)]
    );
}

#[test]
fn fields_of_other_kinds_are_marked() {
    let object = text_with("social", json!({"like_count": 3}));
    assert_eq!(faults(&Bubble::of(&object)), [("social", Fault::NotShown)]);
}

#[test]
fn blocked_address_is_marked_once_though_words_and_button_lead_there() {
    let bubble =
        Bubble::of(&of_content("feed", json!({"title": "가", "description": "나"}))).block_links(|_| false);
    assert_eq!(faults(&bubble), [("content.link.web_url", Fault::Blocked)]);
}

#[test]
fn what_is_no_template_says_so() {
    let card = |bubble: Bubble| match bubble.parts[..] {
        [Part::Unshowable(fault)] => Some(fault),
        _ => None,
    };
    for object in [json!(null), json!([]), json!("text"), json!({}), json!({"object_type": "Text"})] {
        assert_eq!(card(Bubble::of(&object)), Some(Fault::UnknownKind), "{object}");
    }
    for text in [json!(null), json!(7), json!(""), json!(" \n"), json!("\u{202e}")] {
        assert_eq!(card(Bubble::of(&text_with("text", text))), Some(Fault::NothingToShow));
    }
    for kind in ["feed", "list", "location", "commerce", "calendar"] {
        assert_eq!(card(Bubble::of(&json!({"object_type": kind}))), Some(Fault::NothingToShow), "{kind}");
    }
    assert_eq!(card(Bubble::of_json("{")), Some(Fault::NotJson));
}
