//! Reading and writing templates: what others wrote comes out again as it went in.

use std::collections::BTreeSet;

use serde_json::json;
use url::Url;

use super::*;
use crate::SendToMe;
use crate::contract::{Sample, SampleRequest};

fn read(json: &str) -> MessageTemplate {
    MessageTemplate::try_from(serde_json::from_str::<Value>(json).unwrap()).unwrap()
}

fn is_raw(template: &MessageTemplate) -> bool {
    matches!(template, MessageTemplate::Raw(_))
}

fn url(address: &str) -> Url {
    address.parse().unwrap()
}

#[test]
fn every_template_of_the_contract_is_read_typed_and_written_letter_by_letter() {
    let mut kinds = BTreeSet::new();
    for (name, sample) in Sample::all() {
        let SampleRequest { form, query, .. } = sample.request;
        let Some(written) = form.get("template_object").or(query.get("template_object")) else { continue };
        let template = read(written);
        assert!(!is_raw(&template), "{name}");
        assert_eq!(template.to_json().to_string(), *written, "{name}");
        kinds.insert(template.to_json()["object_type"].to_string());
    }
    assert_eq!(kinds.len(), 6);
}

async fn send(sample: &str, template: impl Into<MessageTemplate>) {
    let sample = Sample::named(&format!("talk_memo_default_send/{sample}"));
    sample.call(&SendToMe::new(template)).await.unwrap();
}

#[tokio::test]
async fn builders_write_what_the_documents_show() {
    let page = || {
        Link::web_url(&url("https://shop.example.com/p/1")).mobile_web(&url("https://m.shop.example.com/p/1"))
    };
    let cake = url("https://img.example.com/cake.png");
    let receipt = ItemContent::new()
        .profile_text("Example")
        .profile_image_url(&url("https://img.example.com/logo.png"))
        .title_image_text("딸기 케이크")
        .title_image_url(&cake)
        .title_image_category("케이크")
        .items([ItemInfo::new("케이크", "1,000원"), ItemInfo::new("커피", "2,000원")])
        .sum("총 결제")
        .sum_op("3,000원");
    let social =
        Social::new().like_count(12).comment_count(3).shared_count(7).view_count(90).subscriber_count(5);
    let content = Content::titled("주말 케이크", page().android("pid=1").ios("pid=1"))
        .description("#딸기 #생크림")
        .image(Image::new(&cake).size(640, 640));
    let buttons = [Button::new("웹으로 보기", page()), Button::new("앱으로 보기", Link::app("pid=1"))];
    let [first, second] = buttons;
    send("feed_of_type_b", Feed::new(content).item_content(receipt).social(social).buttons(first, second))
        .await;

    let row = |title: &str, description: &str, name: &str| {
        let page = Link::web_url(&url(&format!("https://news.example.com/{name}")));
        let picture = Image::new(&url(&format!("https://img.example.com/{name}.png"))).size(640, 640);
        Content::titled(title, page).description(description).image(picture)
    };
    let header = Link::web_url(&url("https://news.example.com/"));
    let list = List::new("이번 주 소식", header, row("탁구", "스포츠", "a"), row("커피", "음식", "b"));
    send("list", list.button_title("더 보기")).await;

    let dress = Content::pictured(
        Image::new(&url("https://img.example.com/d.png")),
        Link::web_url(&url("https://shop.example.com/d")),
    );
    let price = Price::new(208_800)
        .product_name("Ivory long dress")
        .discount_price(146_160)
        .discount(Discount::Rate(Percent::try_from(30).unwrap()))
        .currency_unit("원")
        .currency_unit_position(CurrencyUnitPosition::After);
    send("commerce", Commerce::new(dress.title("롱 드레스"), price)).await;

    let menu =
        Content::described("1+1", Link::web_url(&url("https://cafe.example.com/menu"))).title("신메뉴");
    let menu = menu.image(Image::new(&url("https://img.example.com/m.png")));
    let location = Location::new("경기 성남시 분당구 판교역로 235", menu).address_title("판교 사무실");
    send("location", location.button_title("메뉴 보기")).await;

    let film = Content::titled("신작 공개", Link::web_url(&url("https://movie.example.com/")))
        .description("저녁 8시");
    let trailer = Button::new("예고편", Link::web_url(&url("https://movie.example.com/t")));
    let event = CalendarId::Event("63996425afcec577cce8f3a9".to_owned());
    send("calendar", Calendar::new(event, film).button(trailer)).await;
}

#[test]
fn addresses_stay_as_they_were_written() {
    let written = r#"{"object_type":"text","text":"안녕","link":{"web_url":"https://news.example.com"}}"#;
    assert!(!is_raw(&read(written)));
    assert_eq!(read(written).to_json().to_string(), written);
}

#[test]
fn what_a_type_cannot_say_stays_as_it_was_written() {
    let link = json!({"web_url": "https://svc.example"});
    let content = json!({"title": "케이크", "link": link});
    for odd in [
        json!({}),
        json!({"object_type": "poem", "content": content}),
        json!({"object_type": "text", "text": " ", "link": link}),
        json!({"object_type": "text", "text": "안녕", "link": {}}),
        json!({"object_type": "text", "text": "안녕", "link": link, "button_title": null}),
        json!({"object_type": "text", "text": "안녕", "link": link, "buttons": []}),
        json!({"object_type": "text", "text": "안녕", "link": link, "button_title": "보기", "buttons": [{"title": "보기", "link": link}]}),
        json!({"object_type": "feed", "content": {"link": link}}),
        json!({"object_type": "feed", "content": content, "social": {"like_count": "12"}}),
        json!({"object_type": "feed", "content": content, "social": {"like_count": -1}}),
        json!({"object_type": "feed", "content": content, "something": "new"}),
        json!({"object_type": "feed", "content": content, "item_content": {"items": vec![json!({"item": "a", "item_op": "1"}); 6]}}),
        json!({"object_type": "list", "header_title": "소식", "header_link": link, "contents": [content]}),
        json!({"object_type": "list", "header_title": "소식", "header_link": link, "contents": vec![content.clone(); 4]}),
        json!({"object_type": "location", "address": "판교", "content": content, "buttons": vec![json!({"title": "보기", "link": link}); 2]}),
        json!({"object_type": "calendar", "id_type": "event", "id": "1", "content": content, "buttons": vec![json!({"title": "보기", "link": link}); 2]}),
        json!({"object_type": "commerce", "content": content, "commerce": {"regular_price": 1, "discount_rate": 101}}),
        json!({"object_type": "commerce", "content": content, "commerce": {"regular_price": 1, "discount_rate": 1, "fixed_discount_price": 1}}),
        json!({"object_type": "commerce", "content": content, "commerce": {"regular_price": 1, "currency_unit_position": 2}}),
    ] {
        let template = read(&odd.to_string());
        assert!(is_raw(&template), "{odd}");
        assert_eq!(template.to_json(), odd);
    }
    for no_object in [json!(null), json!([]), json!("text")] {
        assert_eq!(MessageTemplate::try_from(no_object), Err(NotAnObject));
    }
}

#[test]
fn what_builders_make_is_read_as_the_same() {
    let link = Link::web(&url("https://svc.example/"));
    let content = Content::titled("케이크", link.clone());
    let row = || content.clone().description("딸기");
    let price =
        Price::new(1_000).discount(Discount::Fixed(10)).currency_unit_position(CurrencyUnitPosition::Before);
    let templates: [MessageTemplate; 4] = [
        List::new("소식", link.clone(), row(), row()).third(row()).into(),
        Commerce::new(content.clone(), price)
            .button_title("보기")
            .button(Button::new("구매", link.clone()))
            .into(),
        Feed::new(Content::pictured(Image::new(&url("https://svc.example/a.png")), link)).into(),
        Calendar::new(CalendarId::Calendar("1".to_owned()), content).into(),
    ];
    for template in templates {
        assert_eq!(MessageTemplate::try_from(template.to_json()).unwrap(), template);
    }
}

#[test]
fn a_receipt_with_more_rows_than_are_shown_is_refused() {
    let rows = |count| vec![ItemInfo::new("커피", "2,000원"); count];
    assert!(Items::try_from(rows(5)).is_ok());
    assert_eq!(Items::try_from(rows(6)), Err(TooManyItems(6)));
    assert_eq!(Percent::try_from(101), Err(OverAHundred));
}
