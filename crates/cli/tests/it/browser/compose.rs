//! The composer in a real browser: written, seen and sent; with and without JavaScript; nothing is lost.

use serde_json::json;

use super::Desk;

/// A field of the form, by its path in the template object.
fn field(path: &str) -> String {
    format!("#composer [name='{path}']")
}

impl Desk {
    /// Signs 라이언 in from the first page, which leads back to it.
    async fn compose(&self) {
        self.browser.open_page(self.gateway.as_str()).await;
        self.browser.press(".kakao-login").await;
        self.browser.press("button[name=person][value=ryan]").await;
        self.browser.press("button[name=decision][value=agree]").await;
        self.browser.see("h1", "메시지 만들기").await;
    }

    async fn compose_in_english(&self) {
        self.compose().await;
        self.browser.press_named("a", "English").await;
        self.browser.see("h1", "Write a message").await;
    }

    /// Lets nothing through to where messages are sent, or everything again.
    async fn is_cut_off(&self, is_cut_off: bool) {
        let blocked: &[&str] = if is_cut_off { &["*/compose/send"] } else { &[] };
        self.browser.cdp().network().enable().await.unwrap();
        let urls = json!({"urls": blocked});
        self.browser.cdp().send_raw("Network.setBlockedURLs", urls).await.unwrap();
    }
}

#[tokio::test]
async fn message_is_seen_while_it_is_written_and_arrives_as_it_was_seen() {
    let Some(desk) = Desk::new().await else { return };
    desk.compose().await;
    let browser = &desk.browser;
    browser.fits("compose").await;
    browser.write(&field("text"), "저녁 7시에 만나요").await;
    browser.see("#phone .ktb-text", "저녁 7시에 만나요").await;
    browser.see(".count", "10/200").await;
    browser.press(".kind[value=feed]").await;
    browser.see("#phone .ktb-title", "저녁 7시에 만나요").await;
    browser.write(&field("content.description"), "강남역 11번 출구").await;
    browser.see("#phone .ktb-description", "강남역 11번 출구").await;
    browser.press_named("summary", "아이템 목록").await;
    browser.write(&field("item_content.items[0].item"), "아주 긴 이름의 커피").await;
    browser.see("#fields .hint", "보이지 않습니다").await;
    browser.press("[name=shade][value=dark]").await;
    browser.see(".ktb-dark .ktb-title", "저녁 7시에 만나요").await;
    browser.fits("compose-feed").await;
    browser.press_named("summary", "Python").await;
    browser.see("#code-python", "\"title\": \"저녁 7시에 만나요\"").await;
    browser.press("#send").await;
    browser.see(".message h2 .state", "보냄").await;
    desk.open_room("라이언", "나와의 채팅").await;
    desk.browser.see(".ktb-bubble .ktb-title", "저녁 7시에 만나요").await;
    desk.browser.close(&[]).await;
}

#[tokio::test]
async fn every_kind_and_what_is_wrong_with_it_fits_a_desk_and_a_phone() {
    let Some(desk) = Desk::new().await else { return };
    desk.compose_in_english().await;
    let browser = &desk.browser;
    for kind in ["list", "location", "commerce", "calendar"] {
        browser.press(&format!(".kind[value={kind}]")).await;
        browser.see(&format!(".kind[value={kind}][aria-pressed=true]"), "").await;
        browser.press_named("button", "Fill in an example").await;
        browser.see("#phone .ktb-button", "").await;
        browser.fits(&format!("compose-{kind}-en")).await;
    }
    browser.press(".kind[value=json]").await;
    browser.see("label", "template_object").await;
    browser.write("#json", "{").await;
    browser.see("#whole .bad", "cannot be read at line").await;
    browser.press("#send").await;
    browser.see("#told", "Mend the JSON first").await;
    browser.fits("compose-json-en").await;
    desk.browser.close(&["/compose/send"]).await;
}

#[tokio::test]
async fn nothing_is_lost_by_a_reload_a_lost_connection_or_an_ended_session() {
    let Some(desk) = Desk::new().await else { return };
    desk.compose().await;
    let browser = &desk.browser;
    browser.write(&field("text"), "잃지 않는 글").await;
    browser.see("#phone", "잃지 않는 글").await;
    browser.refresh().await.unwrap();
    browser.see("#told", "이어서 씁니다").await;
    browser.see("#phone", "잃지 않는 글").await;

    desk.is_cut_off(true).await;
    browser.press("#send").await;
    browser.see("#told", "같은 메시지가 두 번 가지는 않습니다").await;
    desk.is_cut_off(false).await;

    browser.delete_cookie("katok_session").await.unwrap();
    browser.press("#send").await;
    browser.see("#told", "이 브라우저에 남아 있어서").await;
    browser.fits("compose-ended").await;
    browser.press_named("a", "다시 로그인").await;
    browser.see("#told", "이어서 씁니다").await;
    browser.see("#phone", "잃지 않는 글").await;
    browser.press("#send").await;
    browser.see(".message h2 .state", "보냄").await;
    assert_eq!(desk.emulator.texts("ryan").await, ["잃지 않는 글"]);

    browser.open_page(desk.gateway.as_str()).await;
    browser.see(".nothing", "여기에 나타납니다").await;
    assert_eq!(browser.values(&field("text")).await, [""]);
    desk.browser.close(&["/compose"]).await;
}

#[tokio::test]
async fn friends_are_found_by_name_and_a_template_is_filled_in_for_them() {
    let Some(desk) = Desk::new().await else { return };
    desk.compose().await;
    let browser = &desk.browser;
    browser.write(&field("text"), "${이름}님, 주문이 왔어요").await;
    browser.press_named("#saved summary", "저장한 템플릿").await;
    browser.write("#template-name", "주문 알림").await;
    browser.press_named("#saved button", "저장하기").await;
    browser.see("#told", "‘주문 알림’ 템플릿으로 저장했습니다").await;
    browser.press(".kind[value=commerce]").await;
    browser.see(".kind[aria-pressed=true]", "커머스").await;
    browser.press_named("#saved button", "불러오기").await;
    browser.see("#told", "불러왔습니다").await;
    browser.write("#variables input", "어피치").await;
    browser.see("#phone", "어피치님, 주문이 왔어요").await;

    browser.press("[name=receivers][value=friends]").await;
    browser.see("#friends", "튜브").await;
    browser.write("#friend-name", "어피").await;
    browser.press_named("#friends label", "어피치").await;
    browser.see("#chosen", "1명에게 보냅니다").await;
    browser.fits("compose-friends").await;
    browser.press("#send").await;
    browser.see(".message h2 .state", "보냄").await;
    assert_eq!(desk.emulator.texts("apeach").await, ["어피치님, 주문이 왔어요"]);
    desk.browser.close(&[]).await;
}

#[tokio::test]
async fn everything_but_the_live_parts_works_without_javascript() {
    let Some(desk) = Desk::new().await else { return };
    desk.browser.without_scripts().await;
    desk.compose().await;
    let browser = &desk.browser;
    browser.write(&field("text"), "스크립트 없이 쓴 글").await;
    browser.press_named("button", "미리 보기").await;
    browser.see("#phone", "스크립트 없이 쓴 글").await;
    browser.fits("compose-without-script").await;
    browser.press(".kind[value=feed]").await;
    browser.see("#phone .ktb-title", "스크립트 없이 쓴 글").await;
    browser.press_named("button", "친구 목록 보기").await;
    browser.see("#friends", "어피치").await;
    browser.press_named("#friends label", "어피치").await;
    browser.press(".kind[value=text]").await;
    browser.see(".kind[value=text][aria-pressed=true]", "").await;
    browser.press("#send").await;
    browser.see(".message .ktb-text", "스크립트 없이 쓴 글").await;

    browser.open_page(desk.gateway.as_str()).await;
    browser.write(&field("text"), "끝난 세션의 글").await;
    browser.delete_cookie("katok_session").await.unwrap();
    browser.press("#send").await;
    browser.see("#told", "새 창에서 로그인").await;
    assert_eq!(browser.values(&field("text")).await, ["끝난 세션의 글"]);
    desk.browser.close(&["/compose"]).await;
}

#[tokio::test]
async fn what_was_being_written_is_forgotten_at_the_log_out() {
    let Some(desk) = Desk::new().await else { return };
    desk.compose().await;
    let browser = &desk.browser;
    browser.write(&field("text"), "비밀 초대").await;
    browser.see("#phone", "비밀 초대").await;
    browser.press_named("a", "계정").await;
    browser.press_named("button", "이 브라우저에서만").await;
    browser.see(".note", "로그아웃했습니다").await;
    let kept = browser.execute("return JSON.stringify(Object.keys(localStorage))", Vec::new()).await.unwrap();
    assert_eq!(kept.convert::<String>().unwrap(), r#"["katok-left"]"#);
    desk.browser.close(&[]).await;
}
