//! The set-up page: values to copy.

use super::Desk;

#[tokio::test]
async fn values_of_the_setup_page_are_copied_by_a_button() {
    let Some(desk) = Desk::new().await else { return };
    desk.browser.open_page(desk.gateway.join("/setup").unwrap().as_str()).await;
    desk.browser.see("#KOE006 code", desk.gateway.join("/redirect").unwrap().as_str()).await;
    desk.browser.press("#KOE006 button").await;
    desk.browser.see("#KOE006 button", "복사함").await;
    desk.browser.fits("setup").await;
    desk.browser.close(&[]).await;
}
