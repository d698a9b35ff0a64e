//! Template objects to draw: of every kind one as it should be, one too long, one that lacks what it must have, and one
//! full of the same hostile word.

use serde_json::{Map, Value, json};

pub(crate) const KINDS: [&str; 7] = ["feed", "feed_b", "list", "location", "commerce", "text", "calendar"];

pub(crate) fn ordinary(kind: &str) -> Value {
    let link = json!({"web_url": "https://shop.example/p/1", "mobile_web_url": "https://m.shop.example/p/1"});
    let picture = "https://img.example/cake.png";
    let content = json!({"title": "주말 케이크", "description": "#딸기 #생크림", "image_url": picture,
        "image_width": 640, "image_height": 480, "link": link});
    let social = json!({"like_count": 286, "comment_count": 1045, "shared_count": 12845});
    let button = |title: &str| json!({"title": title, "link": link});
    let feed = json!({"object_type": "feed", "content": content, "social": social,
        "buttons": [button("웹으로 보기"), {"title": "앱으로 보기", "link": {"ios_execution_params": "pid=1"}}]});
    match kind {
        "feed" => feed,
        "feed_b" => with(
            feed,
            "item_content",
            json!({
            "profile_text": "Example", "profile_image_url": picture,
            "title_image_text": "딸기 케이크", "title_image_url": picture, "title_image_category": "케이크",
            "items": [{"item": "케이크", "item_op": "1,000원"}, {"item": "커피", "item_op": "2,000원"}],
            "sum": "총 결제", "sum_op": "3,000원"}),
        ),
        "list" => json!({"object_type": "list", "header_title": "이번 주 소식", "header_link": link,
            "contents": [content, {"title": "커피", "description": "음식", "image_url": picture, "link": link}],
            "button_title": "더 보기"}),
        "location" => {
            json!({"object_type": "location", "address": "판교역로 235", "address_title": "판교 사무실",
            "content": content, "social": social, "button_title": "메뉴 보기"})
        }
        "commerce" => json!({"object_type": "commerce", "content": content, "commerce": {
            "product_name": "Ivory long dress", "regular_price": 208_800, "discount_price": 146_160, "discount_rate": 30}}),
        "text" => {
            json!({"object_type": "text", "text": "오늘 저녁 7시에 만나요.\n장소는 the usual place.", "link": link,
            "buttons": [button("열기"), button("지도")]})
        }
        "calendar" => json!({"object_type": "calendar", "id_type": "event", "id": "6399", "content": content,
            "buttons": [button("예고편")]}),
        _ => panic!("{kind} is no kind"),
    }
}

/// Every string three hundred characters long, and every list six entries.
pub(crate) fn overlong(kind: &str) -> Value {
    let long = |name: &str, text: &str| match name {
        "object_type" | "id_type" | "web_url" | "mobile_web_url" | "image_url" => text.to_owned(),
        _ => format!("{text} ").chars().cycle().take(300).collect(),
    };
    let mut object = changed("", &ordinary(kind), &long);
    for list in ["/contents", "/buttons", "/item_content/items"] {
        if let Some(Value::Array(entries)) = object.pointer_mut(list) {
            *entries = vec![entries[0].clone(); 6];
        }
    }
    object
}

/// Without links, titles, prices and whatever else a message of its kind must have.
pub(crate) fn missing(kind: &str) -> Value {
    let mut object = ordinary(kind);
    let required = [
        "link",
        "title",
        "header_title",
        "header_link",
        "address",
        "id",
        "regular_price",
        "item_op",
        "profile_image_url",
    ];
    remove(&mut object, &required);
    object
}

/// A hostile word wherever a person could put one.
pub(crate) fn hostile(kind: &str, word: &str) -> Value {
    changed("", &ordinary(kind), &|name, text| match name {
        "object_type" | "id_type" => text.to_owned(),
        _ => word.to_owned(),
    })
}

fn with(mut object: Value, name: &str, value: Value) -> Value {
    object[name] = value;
    object
}

fn changed(name: &str, value: &Value, change: &impl Fn(&str, &str) -> String) -> Value {
    match value {
        Value::String(text) => change(name, text).into(),
        Value::Array(entries) => entries.iter().map(|entry| changed(name, entry, change)).collect(),
        Value::Object(fields) => {
            let fields = fields.iter().map(|(name, value)| (name.clone(), changed(name, value, change)));
            Value::Object(fields.collect::<Map<_, _>>())
        }
        other => other.clone(),
    }
}

fn remove(value: &mut Value, names: &[&str]) {
    match value {
        Value::Array(entries) => entries.iter_mut().for_each(|entry| remove(entry, names)),
        Value::Object(fields) => {
            fields.retain(|name, _| !names.contains(&name.as_str()));
            fields.values_mut().for_each(|value| remove(value, names));
        }
        _ => {}
    }
}
