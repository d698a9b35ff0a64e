//! The account page, in a real browser.

use super::Desk;

#[tokio::test]
async fn consents_are_withdrawn_and_given_again_without_scripts() {
    let Some(desk) = Desk::new().await else { return };
    desk.sign_in().await;
    desk.browser.without_scripts().await;
    desk.browser.press_named("nav a", "계정").await;
    desk.browser.see("#profile dd", "라이언").await;
    desk.browser.see("#login .tag", "정상").await;
    desk.browser.press("form[action*=talk_message] button").await;
    desk.browser.press("#consents a[href*=talk_message]").await;
    desk.browser.press("button[name=decision][value=agree]").await;
    desk.browser.see("h1", "계정").await;
    desk.browser.see("form[action*=talk_message] button", "철회").await;
    desk.browser.fits("account").await;
    desk.browser.press_named("nav a", "English").await;
    desk.browser.see("#profile dt", "Nickname").await;
    desk.browser.fits("account-english").await;
    desk.browser.close(&[]).await;
}

#[tokio::test]
async fn unlinking_shows_first_what_is_lost() {
    let Some(desk) = Desk::new().await else { return };
    desk.sign_in().await;
    desk.browser.press_named("nav a", "계정").await;
    desk.browser.press("a[href='/account/unlink']").await;
    desk.browser.see(".lost", "메시지 기록").await;
    desk.browser.fits("account-unlink").await;
    desk.browser.press_named("main a", "그대로 두기").await;
    assert!(desk.emulator.is_linked("ryan").await);
    desk.browser.press("a[href='/account/unlink']").await;
    desk.browser.press("form[action='/account/unlink'] button").await;
    desk.browser.see(".note", "연결을 끊고").await;
    assert!(!desk.emulator.is_linked("ryan").await);
    desk.browser.close(&[]).await;
}
