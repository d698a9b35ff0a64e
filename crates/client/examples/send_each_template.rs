//! Sends each of Kakao's six templates, and looks before at what KakaoTalk would not show:
//! `cargo run -p katok-client --example send_each_template`.
#![expect(clippy::print_stdout, reason = "an example shows what happens")]

mod kakao;

use std::error::Error;

use katok_client::template::{
    Button, Calendar, CalendarId, Commerce, Content, Discount, Feed, Image, LintOptions, List, Location,
    Percent, Price, Social,
};
use katok_client::{Link, MessageTemplate, SendToMe, Text};
use url::Url;

fn templates() -> Result<[MessageTemplate; 6], Box<dyn Error>> {
    let page = |path: &str| -> Result<Link, url::ParseError> {
        Ok(Link::web(&Url::parse("http://localhost:4000")?.join(path)?))
    };
    let picture = Image::new(&Url::parse("https://img.example.com/cake.png")?).size(640, 640);
    let cake = Content::titled("주말 케이크", page("/cakes/1")?).image(picture.clone());
    let row = |title: &str, path: &str| -> Result<Content, url::ParseError> {
        Ok(Content::titled(title, page(path)?).description("오늘의 메뉴").image(picture.clone()))
    };
    let price = Price::new(25_000).discount_price(20_000).discount(Discount::Rate(Percent::try_from(20)?));
    let opening = Content::titled("신메뉴가 나왔어요", page("/menu")?);
    Ok([
        Text::new("주문이 도착했어요", page("/orders/7")?)?.button_title("주문 보기").into(),
        Feed::new(cake.clone())
            .social(Social::new().like_count(12).comment_count(3))
            .button(Button::new("케이크 보기", page("/cakes/1")?))
            .into(),
        List::new("이번 주 메뉴", page("/menu")?, row("커피", "/menu/1")?, row("차", "/menu/2")?).into(),
        Location::new("경기 성남시 분당구 판교역로 235", opening).address_title("판교점").into(),
        Commerce::new(cake, price).into(),
        Calendar::new(
            CalendarId::Event("63996425afcec577cce8f3a9".to_owned()),
            Content::titled("개업 1주년", page("/events/1")?).description("저녁 8시"),
        )
        .into(),
    ])
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let kakao = kakao::start().await?;
    let token = kakao.token_of_ryan().await?;
    let options = LintOptions::new().web_domains(["http://localhost:4000".parse()?]);

    for template in templates()? {
        for finding in template.lint(&options) {
            println!("{}: {} {}", finding.path, finding.cause_en, finding.remedy_en);
        }
        kakao.client.call(&SendToMe::new(template), &token).await?;
    }

    let long = "가".repeat(210);
    let text: MessageTemplate = Text::new(long, Link::web(&"https://elsewhere.example/".parse()?))?.into();
    for finding in text.lint(&options) {
        println!("{}: {} {}", finding.path, finding.cause_en, finding.remedy_en);
    }
    kakao.show_messages("ryan");
    Ok(())
}
