//! Any template that the builders can make.

use katok_client::template::{
    Button, Calendar, CalendarId, Commerce, Content, CurrencyUnitPosition, Discount, Feed, Image,
    ItemContent, ItemInfo, Items, List, Location, Percent, Price, Social,
};
use katok_client::{Link, MessageTemplate, Text};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use url::Url;

pub(super) fn template() -> impl Strategy<Value = MessageTemplate> {
    prop_oneof![
        feed().prop_map_into(),
        list().prop_map_into(),
        location().prop_map_into(),
        commerce().prop_map_into(),
        text().prop_map_into(),
        calendar().prop_map_into(),
    ]
}

/// Sets an optional part, if there is one.
fn with<T, P>(whole: T, part: Option<P>, set: impl FnOnce(T, P) -> T) -> T {
    match part {
        Some(part) => set(whole, part),
        None => whole,
    }
}

fn words() -> BoxedStrategy<String> {
    prop_oneof![
        4 => "[가-힣a-z0-9 ,.원&%+]{0,30}",
        1 => "[가😀]{199,202}",
        1 => any::<String>(),
        1 => "([가-힣]{0,3}\n){0,5}",
    ]
    .boxed()
}

fn web_url() -> impl Strategy<Value = Url> {
    select(vec![
        "https://developers.kakao.com/docs?a=b&c=%20#d",
        "http://localhost:4000/",
        "https://developers.kakao.com:8443/",
        "http://developers.kakao.com/",
        "https://elsewhere.example/",
        "https://elsewhere.example/케이크",
        "mailto:mina@elsewhere.example",
    ])
    .prop_map(|url| url.parse().unwrap())
}

/// Boxed, as most below: a strategy made of all its parts does not fit the stack.
fn link() -> BoxedStrategy<Link> {
    let opens = prop_oneof![
        web_url().prop_map(|url| Link::web(&url)),
        web_url().prop_map(|url| Link::web_url(&url)),
        words().prop_map(Link::app),
    ];
    let more = (option::of(web_url()), option::of(words()), option::of(words()));
    (opens, more)
        .prop_map(|(link, (mobile, android, ios))| {
            let link = with(link, mobile, |link, url| link.mobile_web(&url));
            let link = with(link, android, Link::android);
            with(link, ios, Link::ios)
        })
        .boxed()
}

fn image() -> BoxedStrategy<Image> {
    let size = option::of((select(vec![0, 199, 200, 640]), any::<u32>()));
    (web_url(), size)
        .prop_map(|(url, size)| {
            with(Image::new(&url), size, |image, (width, height)| image.size(width, height))
        })
        .boxed()
}

fn content() -> BoxedStrategy<Content> {
    let start = prop_oneof![
        (words(), link()).prop_map(|(title, link)| Content::titled(title, link)),
        (words(), link()).prop_map(|(description, link)| Content::described(description, link)),
        (image(), link()).prop_map(|(image, link)| Content::pictured(image, link)),
    ];
    let more = (option::of(words()), option::of(words()), option::of(image()));
    (start, more)
        .prop_map(|(content, (title, description, image))| {
            let content = with(content, title, Content::title);
            let content = with(content, description, Content::description);
            with(content, image, Content::image)
        })
        .boxed()
}

fn button() -> BoxedStrategy<Button> {
    (words(), link()).prop_map(|(title, link)| Button::new(title, link)).boxed()
}

fn social() -> BoxedStrategy<Social> {
    let count = || option::of(any::<u32>());
    (count(), count(), count(), count(), count())
        .prop_map(|(likes, comments, shares, views, subscribers)| {
            let social = with(Social::new(), likes, Social::like_count);
            let social = with(social, comments, Social::comment_count);
            let social = with(social, shares, Social::shared_count);
            let social = with(social, views, Social::view_count);
            with(social, subscribers, Social::subscriber_count)
        })
        .boxed()
}

fn item_content() -> BoxedStrategy<ItemContent> {
    let words = || option::of(words());
    let item = (self::words(), self::words()).prop_map(|(item, item_op)| ItemInfo::new(item, item_op));
    let profile = (words(), option::of(web_url()));
    let picture = (words(), option::of(web_url()), words());
    let rows = (option::of(vec(item, 0..=Items::MAX)), words(), words());
    (profile, picture, rows)
        .prop_map(|((profile, profile_url), (title, title_url, category), (items, sum, sum_op))| {
            let whole = with(ItemContent::new(), profile, ItemContent::profile_text);
            let whole = with(whole, profile_url, |whole, url| whole.profile_image_url(&url));
            let whole = with(whole, title, ItemContent::title_image_text);
            let whole = with(whole, title_url, |whole, url| whole.title_image_url(&url));
            let whole = with(whole, category, ItemContent::title_image_category);
            let whole = with(whole, items, |whole, items| whole.items(Items::try_from(items).unwrap()));
            let whole = with(whole, sum, ItemContent::sum);
            with(whole, sum_op, ItemContent::sum_op)
        })
        .boxed()
}

fn price() -> BoxedStrategy<Price> {
    let discount = prop_oneof![
        (0..=100_u8).prop_map(|rate| Discount::Rate(Percent::try_from(rate).unwrap())),
        any::<u32>().prop_map(Discount::Fixed),
    ];
    let position = select(vec![CurrencyUnitPosition::After, CurrencyUnitPosition::Before]);
    let discounts = (option::of(any::<u32>()), option::of(discount));
    (any::<u32>(), option::of(words()), discounts, option::of(words()), option::of(position))
        .prop_map(|(regular, name, (discount_price, discount), unit, position)| {
            let price = with(Price::new(regular), name, Price::product_name);
            let price = with(price, discount_price, Price::discount_price);
            let price = with(price, discount, Price::discount);
            let price = with(price, unit, Price::currency_unit);
            with(price, position, Price::currency_unit_position)
        })
        .boxed()
}

/// The three ways to have buttons.
#[derive(Debug, Clone)]
enum Buttons {
    Titled(String),
    One(Button),
    Two(Button, Button),
}

fn buttons() -> BoxedStrategy<Option<Buttons>> {
    option::of(prop_oneof![
        words().prop_map(Buttons::Titled),
        button().prop_map(Buttons::One),
        (button(), button()).prop_map(|(first, second)| Buttons::Two(first, second)),
    ])
    .boxed()
}

/// Gives a template its buttons.
macro_rules! with_buttons {
    ($template:expr, $buttons:expr) => {
        with($template, $buttons, |template, buttons| match buttons {
            Buttons::Titled(title) => template.button_title(title),
            Buttons::One(button) => template.button(button),
            Buttons::Two(first, second) => template.buttons(first, second),
        })
    };
}

fn feed() -> BoxedStrategy<Feed> {
    (content(), option::of(item_content()), option::of(social()), buttons())
        .prop_map(|(content, item_content, social, buttons)| {
            let feed = with(Feed::new(content), item_content, Feed::item_content);
            with_buttons!(with(feed, social, Feed::social), buttons)
        })
        .boxed()
}

fn list() -> BoxedStrategy<List> {
    (words(), link(), [content(), content()], option::of(content()), buttons())
        .prop_map(|(title, link, [first, second], third, buttons)| {
            with_buttons!(with(List::new(title, link, first, second), third, List::third), buttons)
        })
        .boxed()
}

fn location() -> BoxedStrategy<Location> {
    let buttons =
        option::of(prop_oneof![words().prop_map(Buttons::Titled), button().prop_map(Buttons::One),]);
    (words(), content(), option::of(words()), option::of(social()), buttons)
        .prop_map(|(address, content, title, social, buttons)| {
            let location = with(Location::new(address, content), title, Location::address_title);
            with(with(location, social, Location::social), buttons, |location, buttons| match buttons {
                Buttons::Titled(title) => location.button_title(title),
                Buttons::One(button) | Buttons::Two(button, _) => location.button(button),
            })
        })
        .boxed()
}

fn commerce() -> BoxedStrategy<Commerce> {
    (content(), price(), buttons())
        .prop_map(|(content, price, buttons)| with_buttons!(Commerce::new(content, price), buttons))
        .boxed()
}

fn text() -> BoxedStrategy<Text> {
    (words(), link(), buttons())
        .prop_filter_map("a text is not empty", |(words, link, buttons)| {
            Some(with_buttons!(Text::new(words, link).ok()?, buttons))
        })
        .boxed()
}

fn calendar() -> BoxedStrategy<Calendar> {
    let id = prop_oneof![words().prop_map(CalendarId::Event), words().prop_map(CalendarId::Calendar)];
    (id, content(), option::of(button()))
        .prop_map(|(id, content, button)| with(Calendar::new(id, content), button, Calendar::button))
        .boxed()
}
