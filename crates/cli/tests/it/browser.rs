//! The pages of gateway and emulator in a real browser.

mod accessible;
mod account;
mod chromium;
mod compose;
mod figures;
mod history;
mod readme;
mod sdk;
mod setup;

use url::Url;

use self::chromium::Chromium;
use crate::emulator::Emulator;
use crate::program::{Machine, Running};

/// A running gateway and emulator, and a browser in front of them.
struct Desk {
    // Kept, not used: both end with the test.
    _machine: Machine,
    _running: Running,
    gateway: Url,
    emulator: Emulator,
    browser: Chromium,
}

impl Desk {
    /// None where there is no browser.
    async fn new() -> Option<Self> {
        Self::with(|_| {}).await
    }

    /// The same on a machine that is set up otherwise.
    async fn with(change: impl FnOnce(&mut Machine)) -> Option<Self> {
        let browser = Chromium::open().await?;
        let mut machine = Machine::new();
        change(&mut machine);
        let (running, gateway, emulator) = machine.up();
        Some(Self { _machine: machine, _running: running, gateway, emulator, browser })
    }

    /// Opens the sample's page, presses login, and chooses 라이언 on the emulator's page.
    async fn choose_ryan(&self) {
        self.browser.open_page(self.gateway.join("/index.html").unwrap().as_str()).await;
        self.browser.press(".kakao-login").await;
        self.browser.press("button[name=person][value=ryan]").await;
    }

    /// Signs 라이언 in, who agrees to everything.
    async fn sign_in(&self) {
        self.choose_ryan().await;
        self.browser.press("button[name=decision][value=agree]").await;
        self.browser.see("#who-name", "라이언").await;
    }

    /// Signs 라이언 in, who does not let the app send messages.
    async fn sign_in_without_messages(&self) {
        self.choose_ryan().await;
        self.browser.press("input[type=checkbox][value=talk_message]").await;
        self.browser.press("button[name=decision][value=agree]").await;
        self.browser.see("#who-name", "라이언").await;
    }

    async fn send_to_me(&self, text: &str) {
        self.browser.write("#text", text).await;
        self.browser.press("#send-me").await;
    }

    /// Opens a chat room from the emulator's list of people.
    async fn open_room(&self, owner: &str, partner: &str) {
        self.browser.open_page(&self.emulator.people_page()).await;
        self.browser.press_named("a", owner).await;
        self.browser.press_named("a", partner).await;
    }
}

#[tokio::test]
async fn the_account_page_makes_a_key_and_leads_to_kakaos_log_out_and_back() {
    let Some(desk) = Desk::new().await else { return };
    desk.sign_in().await;
    desk.browser.press_named("a", "계정").await;
    desk.browser.write("#name", "배포 알림").await;
    desk.browser.press_named("button", "키 만들기").await;
    desk.browser.see(".secret", "ktk_").await;
    // A form whose answer leads to another host: the page's own policy must let it.
    desk.browser.press_named("button", "카카오계정과 함께").await;
    desk.browser.press("button[name=decision][value=account]").await;
    desk.browser.see("h1", "로그아웃했습니다").await;
    desk.browser.open_page(desk.gateway.as_str()).await;
    desk.browser.see("h1", "카카오로 로그인하고").await;
}

#[tokio::test]
async fn messages_to_me_and_to_a_friend_stand_in_their_chat_rooms() {
    let Some(desk) = Desk::new().await else { return };
    desk.sign_in().await;
    desk.send_to_me("나에게 보내는 글").await;
    desk.browser.see("#result", "나와의 채팅으로 보냈습니다.").await;

    desk.browser.press_named("#friends label", "어피치").await;
    desk.browser.see("#chosen", "어피치").await;
    desk.browser.write("#text", "어피치에게 보내는 글").await;
    desk.browser.press("#send-friends").await;
    desk.browser.see("#result", "친구 1명에게 보냈습니다.").await;

    desk.open_room("라이언", "나와의 채팅").await;
    desk.browser.see(".ktb-bubble", "나에게 보내는 글").await;
    desk.open_room("어피치", "라이언").await;
    desk.browser.see(".ktb-bubble", "어피치에게 보내는 글").await;
    desk.browser.close(&[]).await;
}

#[tokio::test]
async fn message_appears_in_a_room_that_is_open() {
    let Some(desk) = Desk::new().await else { return };
    desk.sign_in().await;
    desk.send_to_me("처음").await;
    desk.browser.see("#result", "보냈습니다").await;
    let page = desk.browser.window().await.unwrap();

    let room = desk.browser.new_tab().await.unwrap();
    desk.browser.switch_to_window(room.clone()).await.unwrap();
    desk.open_room("라이언", "나와의 채팅").await;
    desk.browser.see(".ktb-bubble", "처음").await;
    desk.browser.switch_to_window(page).await.unwrap();
    desk.send_to_me("그다음").await;
    desk.browser.switch_to_window(room).await.unwrap();
    desk.browser.see(".ktb-bubble", "그다음").await;
    desk.browser.close(&[]).await;
}

#[tokio::test]
async fn exchange_appears_in_a_journal_that_is_open_and_in_the_language_chosen() {
    let Some(desk) = Desk::new().await else { return };
    desk.sign_in().await;
    desk.browser.see("#text:placeholder-shown", "").await;
    let page = desk.browser.window().await.unwrap();
    let journal = desk.browser.new_tab().await.unwrap();
    desk.browser.switch_to_window(journal.clone()).await.unwrap();
    desk.browser.open_page(&desk.emulator.page("journal")).await;
    desk.browser.press_named("a", "English").await;
    desk.browser.open_page(&desk.emulator.page("journal?path=memo")).await;
    desk.browser.see("main", "Nothing yet").await;

    desk.browser.switch_to_window(page).await.unwrap();
    desk.send_to_me("기록에 남을 글").await;
    desk.browser.see("#result", "보냈습니다").await;
    desk.browser.switch_to_window(journal).await.unwrap();
    desk.browser.press_named("a", "/v2/api/talk/memo").await;
    desk.browser.see("main", "기록에 남을 글").await;
    desk.browser.close(&[]).await;
}

#[tokio::test]
async fn cancelled_consent_says_so_and_signs_nobody_in() {
    let Some(desk) = Desk::new().await else { return };
    desk.choose_ryan().await;
    desk.browser.press("button[name=decision][value=cancel]").await;
    desk.browser.see(".note", "로그인을 취소했습니다.").await;
    desk.browser.see(".kakao-login", "카카오 로그인").await;
    assert!(!desk.emulator.is_linked("ryan").await);
    desk.browser.close(&[]).await;
}

#[tokio::test]
async fn wrong_password_can_be_corrected() {
    let Some(desk) = Desk::new().await else { return };
    desk.browser.open_page(desk.gateway.as_str()).await;
    desk.browser.press(".kakao-login").await;
    desk.browser.write("input[name=email]", "ryan@example.com").await;
    desk.browser.write("input[name=password]", "guess\n").await;
    desk.browser.see("[role=alert]", "맞지 않습니다").await;
    desk.browser.write("input[name=password]", "pw-ryan\n").await;
    desk.browser.press("button[name=decision][value=agree]").await;
    desk.browser.see("h1", "메시지 만들기").await;
    desk.browser.close(&["/oauth/authorize/sign_in"]).await;
}

#[tokio::test]
async fn missing_consent_is_asked_for_alone_and_the_message_goes_out_once() {
    let Some(desk) = Desk::new().await else { return };
    desk.sign_in_without_messages().await;
    desk.send_to_me("동의하면 가는 글").await;
    desk.browser.press("#result-action").await;
    desk.browser.see("form", "talk_message").await;
    assert_eq!(desk.browser.values("input[type=checkbox]").await, ["talk_message"]);
    assert_eq!(desk.emulator.texts("ryan").await.len(), 0);

    desk.browser.press("button[name=decision][value=agree]").await;
    desk.browser.see("h1", "보냈습니다").await;
    assert_eq!(desk.emulator.texts("ryan").await, ["동의하면 가는 글"]);

    desk.browser.refresh().await.unwrap();
    desk.browser.see("h1", "보냈습니다").await;
    desk.browser.press_named("a", "처음으로").await;
    desk.browser.see("h1", "메시지 만들기").await;
    assert_eq!(desk.emulator.texts("ryan").await, ["동의하면 가는 글"]);
    desk.browser.close(&["/message"]).await;
}

#[tokio::test]
async fn text_waits_when_consent_is_refused_again() {
    let Some(desk) = Desk::new().await else { return };
    desk.sign_in_without_messages().await;
    desk.send_to_me("잃지 않는 글").await;
    desk.browser.press("#result-action").await;
    desk.browser.press("button[name=decision][value=cancel]").await;
    desk.browser.see("h1", "동의를 기다립니다").await;
    desk.browser.fits("waiting").await;
    assert_eq!(desk.emulator.texts("ryan").await.len(), 0);
    desk.browser.press(".button.primary").await;
    desk.browser.press("button[name=decision][value=agree]").await;
    desk.browser.see("h1", "보냈습니다").await;
    desk.browser.fits("went-on").await;
    assert_eq!(desk.emulator.texts("ryan").await, ["잃지 않는 글"]);
    desk.browser.close(&["/message"]).await;
}

#[tokio::test]
async fn message_that_follows_a_sign_in_is_told_on_the_page() {
    let template = r#"{"object_type": "text", "text": "환영합니다", "link": {}, "button_title": "열기"}"#;
    let welcome = |machine: &mut Machine| {
        machine.set("KATOK_SEND_AFTER_SIGN_IN", machine.file("welcome.json", template));
    };
    let Some(desk) = Desk::with(welcome).await else { return };
    desk.choose_ryan().await;
    desk.browser.press("input[type=checkbox][value=talk_message]").await;
    desk.browser.press("button[name=decision][value=agree]").await;
    desk.browser.see(".told", "메시지를 아직 보내지 않았습니다.").await;
    desk.browser.see("#who-name", "라이언").await;
    desk.browser.fits("sign-in-not-sent").await;
    desk.browser.press_named("a", "동의하고 보내기").await;
    desk.browser.press("button[name=decision][value=agree]").await;
    desk.browser.see("h1", "보냈습니다").await;
    assert_eq!(desk.emulator.texts("ryan").await, ["환영합니다"]);
    desk.browser.close(&[]).await;
}

#[tokio::test]
async fn logout_ends_the_session_and_the_next_login_needs_no_consent() {
    let Some(desk) = Desk::new().await else { return };
    desk.sign_in().await;
    desk.browser.press("#logout").await;
    desk.browser.see(".note", "로그아웃했습니다").await;
    desk.browser.refresh().await.unwrap();
    // Still signed in at Kakao, and everything is agreed to: straight through.
    desk.browser.press(".kakao-login").await;
    desk.browser.see("#who-name", "라이언").await;
    desk.browser.close(&[]).await;
}

#[tokio::test]
async fn unlink_asks_first() {
    let Some(desk) = Desk::new().await else { return };
    desk.sign_in().await;
    desk.browser.press("#unlink").await;
    desk.browser.press("#unlink-dialog button[value=keep]").await;
    desk.browser.see_gone("#unlink-dialog[open]").await;
    desk.browser.refresh().await.unwrap();
    desk.browser.see("#who-name", "라이언").await;
    assert!(desk.emulator.is_linked("ryan").await);

    desk.browser.press("#unlink").await;
    desk.browser.press("#unlink-dialog button[value=unlink]").await;
    desk.browser.see(".note", "연결을 끊고").await;
    desk.browser.see(".kakao-login", "카카오 로그인").await;
    assert!(!desk.emulator.is_linked("ryan").await);
    desk.browser.close(&[]).await;
}

/// Leaves pictures of all pages in the folder that `KATOK_PICTURES` names; see `cargo xtask pictures`.
#[tokio::test]
async fn every_page_fits_a_desk_and_a_phone() {
    let Some(desk) = Desk::new().await else { return };
    let Desk { browser, gateway, emulator, .. } = &desk;
    browser.open_page(gateway.as_str()).await;
    browser.fits("welcome").await;
    browser.press(".kakao-login").await;
    browser.fits("sign-in").await;
    browser.press("button[name=person][value=ryan]").await;
    browser.fits("consent").await;
    browser.press("button[name=decision][value=cancel]").await;
    browser.fits("cancelled").await;

    browser.press(".kakao-login").await;
    browser.press("button[name=decision][value=agree]").await;
    browser.see("#who-name", "라이언").await;
    for text in
        ["오늘 저녁 7시, 강남역 11번 출구", "#128 배포 완료, 3분 12초 걸렸습니다", "우유, 달걀, 대파 사 오기"]
    {
        desk.send_to_me(text).await;
        browser.see("#text:placeholder-shown", "").await;
    }
    browser.fits("sent").await;
    browser.refresh().await.unwrap();
    browser.see("#who-name", "라이언").await;
    browser.write("#text", "이번 주말에 같이 등산 갈래요?").await;
    browser.press_named("#friends label", "어피치").await;
    browser.fits("page").await;
    browser.press("#send-friends").await;
    browser.see("#result", "친구 1명에게 보냈습니다.").await;
    browser.press("#unlink").await;
    browser.fits("unlink").await;

    browser.open_page(&emulator.people_page()).await;
    browser.fits("overview").await;
    browser.press_named("a", "라이언").await;
    browser.fits("person").await;
    browser.press_named("a", "휴대폰 화면으로 보기").await;
    browser.fits("rooms").await;
    browser.press_named("a", "나와의 채팅").await;
    browser.see(".ktb-bubble", "대파").await;
    browser.fits("room").await;
    desk.open_room("어피치", "라이언").await;
    browser.see(".ktb-bubble", "등산").await;
    browser.fits("friends-room").await;
    for name in ["people", "apps", "apps/demo", "tokens", "journal", "journal/1", "faults", "clock"] {
        browser.open_page(&emulator.page(name)).await;
        browser.fits(&format!("emulator-{}", name.replace('/', "-"))).await;
    }

    browser.open_page(gateway.join("/nowhere").unwrap().as_str()).await;
    browser.fits("problem").await;
    browser.open_page(&format!("{}/oauth/authorize?client_id=nobody", emulator.origin())).await;
    browser.fits("fault").await;
    desk.browser.close(&["/nowhere", "/oauth/authorize"]).await;
}

#[tokio::test]
async fn refusal_with_its_remedy_fits_a_desk_and_a_phone() {
    let Some(desk) = Desk::new().await else { return };
    desk.sign_in_without_messages().await;
    desk.send_to_me("동의가 없어 가지 못하는 글").await;
    desk.browser.see("#result-action", "동의").await;
    desk.browser.fits("refusal").await;
    desk.browser.press("#result-action").await;
    desk.browser.fits("more-consent").await;
    desk.browser.close(&["/message"]).await;
}
