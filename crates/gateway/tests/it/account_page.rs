//! The page `/account`: everything by plain forms, and only for its person.

use katok_emulator::Decision;
use serde_json::json;

use crate::browser::Browser;
use crate::house::House;
use crate::kakao_proxy::Mood;
use crate::login_end::disconnect;

/// Where the page's forms lead that contain a word.
fn action(page: &str, word: &str) -> String {
    let actions = page.split("action=\"").skip(1).filter_map(|rest| rest.split('"').next());
    actions
        .filter(|action| action.contains(word))
        .map(str::to_owned)
        .next()
        .unwrap_or_else(|| panic!("{page}"))
}

async fn page(browser: &Browser) -> String {
    let page = browser.get("/account").await;
    assert_eq!(page.status, 200);
    assert!(!page.body.contains("<script") && !page.body.contains("style="), "{}", page.body);
    page.body
}

#[tokio::test]
async fn who_is_not_signed_in_is_offered_to() {
    let house = House::open().await;
    let refused = house.visitor().get("/account").await;
    assert_eq!(refused.status, 401);
    assert!(refused.headers["content-type"].to_str().unwrap().starts_with("text/html"));
    assert!(refused.body.contains("href=\"/authorize?next=/account\""), "{}", refused.body);
    assert!(house.signed_in("ryan").await.get("/index.html").await.body.contains("href=\"/account\""));
}

#[tokio::test]
async fn sessions_are_ended_by_their_buttons() {
    let house = House::open().await;
    let here = house.signed_in("ryan").await;
    let (phone, desk, attic) =
        (house.signed_in("ryan").await, house.signed_in("ryan").await, house.signed_in("ryan").await);
    let before = page(&here).await;
    assert_eq!(before.matches("/end\"").count(), 3, "the current one has no button");
    let one = action(&before, "/end");
    assert_eq!(here.submit(&one, &[]).await.see_other(), "/account#sessions");
    let gone = [&phone, &desk, &attic];
    let mut ended = 0;
    for browser in gone {
        ended += u32::from(browser.get("/profile").await.status == 401);
    }
    assert_eq!(ended, 1);
    here.submit("/account/sessions/end-others", &[]).await.see_other();
    for browser in gone {
        browser.get("/profile").await.is(401);
    }
    here.get("/profile").await.is(200);
}

#[tokio::test]
async fn a_key_is_made_shown_once_and_revoked() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    let name = "<img src=x onerror=alert(1)> & \"배포\"";
    let fields = [("name", name), ("send_me", "on"), ("days", "30"), ("daily_cap", "10")];
    let made = browser.submit("/account/keys", &fields).await;
    assert_eq!(made.status, 200);
    let key =
        made.body.split_once("<pre class=\"secret\" tabindex=\"0\">").unwrap().1.split('<').next().unwrap();
    assert!(!made.body.contains("<img src=x"), "{}", made.body);
    let program = house.visitor();
    let shown = format!("Bearer {key}");
    program.get_with("/message", &[("authorization", &shown)]).await.is(200);
    program.get_with("/profile", &[("authorization", &shown)]).await.is(403);
    let listed = browser.get("/v1/keys").await.is(200);
    assert_eq!(listed["keys"][0]["name"], name);
    assert_eq!(listed["keys"][0]["daily_cap"], 10);
    assert_eq!(listed["keys"][0]["expires_at"], "2026-01-31T03:00:00Z");
    let after = page(&browser).await;
    assert!(!after.contains(key));
    assert_eq!(browser.submit(&action(&after, "/revoke"), &[]).await.see_other(), "/account#keys");
    program.get_with("/message", &[("authorization", &shown)]).await.is(401);
}

#[tokio::test]
async fn a_form_filled_in_wrongly_says_what_is_wrong_and_makes_nothing() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    for fields in [
        [("name", ""), ("read", "on"), ("days", ""), ("daily_cap", "")],
        [("name", "CI"), ("nothing", "on"), ("days", ""), ("daily_cap", "")],
        [("name", "CI"), ("read", "on"), ("days", "soon"), ("daily_cap", "")],
        [("name", "CI"), ("read", "on"), ("days", ""), ("daily_cap", "0")],
        [("name", "CI"), ("read", "on"), ("days", "-9223372036854775808"), ("daily_cap", "")],
    ] {
        let refused = browser.submit("/account/keys", &fields).await;
        assert_eq!(refused.status, 422, "{fields:?}");
        assert!(refused.body.contains("role=\"alert\""), "{}", refused.body);
        let typed = format!("name=\"name\" required maxlength=\"100\" value=\"{}\"", fields[0].1);
        assert!(refused.body.contains(&typed), "{}", refused.body);
    }
    assert_eq!(browser.submit("/account/keys", &[("name", "CI")]).await.status, 422);
    assert_eq!(browser.get("/v1/keys").await.is(200)["keys"], json!([]));
}

#[tokio::test]
async fn another_site_can_press_none_of_its_buttons() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    for path in [
        "/account/keys",
        "/account/sessions/end-others",
        "/account/sessions/ses_1/end",
        "/account/keys/key_1/revoke",
        "/account/consents/talk_message/withdraw",
        "/account/unlink",
    ] {
        let refused =
            browser.request_with(reqwest::Method::POST, path, &[("origin", "https://evil.example")]).await;
        assert_eq!(refused.status, 403, "{path}");
    }
}

#[tokio::test]
async fn profile_consents_and_login_are_read_from_kakao() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    let shown = page(&browser).await;
    assert!(shown.contains("라이언") && shown.contains("2026-01-01 12:00"), "{shown}");
    assert!(shown.contains("카카오톡 메시지 전송") && shown.contains("친구 목록"), "{shown}");
    // A second less than six hours and sixty days from noon in Korea.
    assert!(shown.contains("2026-01-01 17:59까지") && shown.contains("2026-03-02 11:59까지"), "{shown}");
    assert!(!shown.contains("/consents/profile_nickname/withdraw"), "a required item stays: {shown}");
    let english = browser.get_with("/account", &[("accept-language", "en")]).await.body;
    assert!(english.contains("sending KakaoTalk messages") && english.contains("until 2026-01-01 17:59"));
}

#[tokio::test]
async fn a_consent_is_withdrawn_by_its_button_and_given_again_by_another() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    let withdraw = action(&page(&browser).await, "talk_message/withdraw");
    assert_eq!(browser.submit(&withdraw, &[]).await.see_other(), "/account#consents");
    browser.post("/message", json!({})).await.is(403);
    let shown = page(&browser).await;
    assert!(shown.contains("href=\"/authorize?scope=talk_message&amp;next=/account\""), "{shown}");
    let authorize = browser.get("/authorize?scope=talk_message&next=/account").await.location();
    let back = house.emulator.approve(&authorize, "ryan", &Decision::Allow).unwrap();
    browser.get_url(&back).await.found("/account");
    browser.post("/message", json!({})).await.is(200);
    assert_eq!(browser.submit("/account/consents/no_such_item/withdraw", &[]).await.status, 400);
}

#[tokio::test]
async fn without_kakao_the_rest_of_the_page_is_there() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    house.kakao.turns(Mood::Maintenance);
    let shown = page(&browser).await;
    assert!(shown.contains("id=\"sessions\"") && shown.contains("확인 필요"), "{shown}");
    assert!(!shown.contains("라이언") && !shown.contains("href=\"/authorize"), "{shown}");
    house.kakao.turns(Mood::Honest);
    disconnect(&house, "ryan").await;
    let shown = page(&browser).await;
    assert!(shown.contains("href=\"/authorize?next=/account\""), "{shown}");
}

#[tokio::test]
async fn unlinking_says_first_what_is_lost() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    assert!(page(&browser).await.contains("href=\"/account/unlink\""));
    let asked = browser.get("/account/unlink").await;
    assert!(asked.body.contains("되돌릴 수 없습니다"), "{}", asked.body);
    browser.get("/profile").await.is(200);
    let left = browser.submit("/account/unlink", &[]).await;
    assert_eq!(left.see_other(), "/index.html?unlink=confirmed");
    assert_eq!(browser.get("/account").await.status, 401);
    assert_eq!(house.number("SELECT COUNT(*) FROM accounts").await, 0);
}
