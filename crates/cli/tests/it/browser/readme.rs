//! The pages that the READMEs show, in the language of each; see `cargo xtask pictures`.

use serde_json::{Value, json};

use super::Desk;

#[tokio::test]
async fn korean_pages_of_the_readme_fit_a_desk_and_a_phone() {
    show("ko", ["오늘 저녁 7시, 강남역 11번 출구", "#128 배포 완료, 3분 12초 걸렸습니다"]).await;
}

#[tokio::test]
async fn english_pages_of_the_readme_fit_a_desk_and_a_phone() {
    show("en", ["Dinner at seven, Gangnam Station exit 11", "#128 is deployed, after 3 min 12 s"]).await;
}

async fn show(language: &str, texts: [&str; 2]) {
    let Some(desk) = Desk::new().await else { return };
    let Desk { browser, gateway, emulator, .. } = &desk;
    desk.sign_in().await;
    browser.open_page(&format!("{gateway}?lang={language}")).await;
    browser.press(".kind[value=feed]").await;
    browser.press("button[value=example]").await;
    browser.see("#phone .ktb-bubble", "").await;
    browser.execute("scrollTo(0, 0)", Vec::new()).await.unwrap();
    browser.fits(&format!("composer-{language}")).await;

    for text in texts {
        desk.post_message(json!({"to": "me", "text": text})).await;
    }
    browser.press("#send").await;
    browser.see_gone("#composer").await;
    let later = "return new Date(Date.now() + 86400000).toISOString()";
    let later: Value = browser.execute(later, Vec::new()).await.unwrap().convert().unwrap();
    desk.post_message(json!({"to": "me", "text": texts[0], "send_at": later})).await;
    browser.open_page(gateway.join("/history").unwrap().as_str()).await;
    browser.see(".message .ktb-bubble", texts[1]).await;
    browser.fits(&format!("history-{language}")).await;

    browser.open_page(&emulator.page(&format!("people/ryan/rooms/ryan?lang={language}"))).await;
    browser.see(".ktb-bubble", texts[1]).await;
    browser.fits(&format!("room-{language}")).await;
}
