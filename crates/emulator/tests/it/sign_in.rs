//! Signing in and up: sessions, the account chooser, and what `prompt` asks for.

use jiff::SignedDuration;
use katok_emulator::Seed;

use crate::support::{Kakao, Shown, parameter, text};

/// Whether the page is the one to sign in on.
fn is_sign_in(shown: &Shown) -> bool {
    shown.html.contains("<h1>카카오계정으로 로그인")
}

fn is_chooser(shown: &Shown) -> bool {
    shown.html.contains("<h1>카카오계정 선택")
}

#[tokio::test]
async fn a_session_kept_lasts_a_month() {
    let kakao = Kakao::start().await;
    let mut browser = kakao.browser();
    let url = kakao.authorize_url(&[]);
    let action = browser.open(&url).await.form_action("sign_in");
    let fields = [("email", "apeach@example.com"), ("password", "pw-apeach"), ("keep", "true")];
    browser.submit(&action, &fields).await;
    kakao.emulator.advance(SignedDuration::from_hours(30 * 24 - 1)).unwrap();
    browser.open(&url).await.redirect();
    kakao.emulator.advance(SignedDuration::from_hours(1)).unwrap();
    assert!(is_sign_in(&browser.open(&url).await));
}

#[tokio::test]
async fn a_phone_number_signs_in_as_well_as_an_address() {
    let mut seed = Seed::built_in();
    seed.people[1].phone_number = Some("+82 10-1234-5678".to_owned());
    let kakao = Kakao::start_from(seed).await;
    let mut browser = kakao.browser();
    let page = browser.open(&kakao.authorize_url(&[("login_hint", "+82 10-1234-5678")])).await;
    // Browsers would not send a number from a field for addresses.
    assert!(page.html.contains("type=\"text\" name=\"email\" value=\"+82 10-1234-5678\""), "{}", page.html);
    let fields = [("email", "+82 1012345678"), ("password", "pw-apeach")];
    assert_eq!(browser.submit(&page.form_action("sign_in"), &fields).await.status, 302);
}

#[tokio::test]
async fn a_sign_in_changes_the_cookie_and_ends_the_session_of_the_old_one() {
    let kakao = Kakao::start().await;
    let mut browser = kakao.browser();
    let url = kakao.authorize_url(&[]);
    browser.sign_in(&url, "apeach").await;
    let mut old = kakao.browser();
    old.cookie = browser.cookie.clone();
    browser.sign_in(&kakao.authorize_url(&[("prompt", "login")]), "muzi").await;
    assert_ne!(old.cookie, browser.cookie);
    assert!(is_sign_in(&old.open(&url).await));
}

#[tokio::test]
async fn select_account_goes_on_with_the_only_account_that_is_signed_in() {
    let kakao = Kakao::start().await;
    let mut browser = kakao.browser();
    let url = kakao.authorize_url(&[("prompt", "select_account")]);
    assert!(is_sign_in(&browser.open(&url).await));
    browser.sign_in(&url, "apeach").await.redirect();
    browser.open(&url).await.redirect();
}

#[tokio::test]
async fn select_account_asks_which_of_several_accounts_and_offers_another() {
    let kakao = Kakao::start().await;
    let mut browser = kakao.browser();
    browser.sign_in(&kakao.authorize_url(&[]), "apeach").await;
    browser.sign_in(&kakao.authorize_url(&[("prompt", "login")]), "muzi").await;
    let url = kakao.authorize_url(&[("prompt", "select_account"), ("state", "s")]);
    let page = browser.open(&url).await;
    assert!(is_chooser(&page), "{}", page.html);
    assert!(page.html.contains("어피치") && page.html.contains("무지") && !page.html.contains("라이언"));
    assert!(page.html.contains("&#38;prompt=login") || page.html.contains("&prompt=login"), "{}", page.html);

    let back = browser.sign_in(&url, "apeach").await.redirect();
    assert_eq!(parameter(&back, "state").unwrap(), "s");
    let tokens = kakao.token(&[("code", &parameter(&back, "code").unwrap())]).await.ok();
    let me = kakao.me(&text(&tokens["access_token"])).await.ok();
    assert_eq!(me["kakao_account"]["profile"]["nickname"], "어피치");

    let another = browser.open(&kakao.authorize_url(&[("prompt", "select_account,login")])).await;
    assert!(is_sign_in(&another));
}

#[tokio::test]
async fn an_account_whose_session_has_ended_is_still_offered_for_a_month() {
    let kakao = Kakao::start().await;
    let mut browser = kakao.browser();
    let url = kakao.authorize_url(&[("prompt", "select_account")]);
    browser.sign_in(&url, "apeach").await;
    kakao.emulator.advance(SignedDuration::from_hours(25)).unwrap();
    assert!(is_chooser(&browser.open(&url).await));
    kakao.emulator.advance(SignedDuration::from_hours(30 * 24)).unwrap();
    assert!(is_sign_in(&browser.open(&url).await));
}

#[tokio::test]
async fn create_signs_up_first_even_if_somebody_is_signed_in() {
    let kakao = Kakao::start().await;
    let mut browser = kakao.browser();
    browser.sign_in(&kakao.authorize_url(&[]), "apeach").await;
    let url = kakao.authorize_url(&[("prompt", "create"), ("login_hint", "choon@example.com")]);
    let page = browser.open(&url).await;
    assert!(page.html.contains("value=\"choon@example.com\""), "{}", page.html);
    let fields = [("nickname", " 춘식 "), ("email", "choon@example.com"), ("password", "secret")];
    let signed_up = browser.submit(&page.form_action("sign_up"), &fields).await;
    let consent = browser.open(&kakao.url(&signed_up.location.unwrap())).await;
    assert!(consent.html.contains("춘식") && consent.html.contains("[필수]"), "{}", consent.html);
    let agree = [("scope", "profile_nickname"), ("decision", "agree")];
    let back = browser.submit(&consent.form_action("consent"), &agree).await.redirect();
    let tokens = kakao.token(&[("code", &parameter(&back, "code").unwrap())]).await.ok();
    let me = kakao.me(&text(&tokens["access_token"])).await.ok();
    assert_eq!(me["kakao_account"]["profile"]["nickname"], "춘식");

    let seed = kakao.emulator.world();
    let choon = seed.people.last().unwrap();
    assert_eq!((choon.key.as_str(), choon.email.as_str()), ("choon", "choon@example.com"));
    assert_eq!(choon.user_ids["demo"].to_string(), me["id"].to_string());
    // A seed that the world writes can be read again.
    assert_eq!(Seed::parse(&serde_json::to_string(&seed).unwrap()).unwrap(), seed);

    let mut elsewhere = kakao.browser();
    let action = elsewhere.open(&kakao.authorize_url(&[])).await.form_action("sign_in");
    let signed_in =
        elsewhere.submit(&action, &[("email", "choon@example.com"), ("password", "secret")]).await;
    assert_eq!(signed_in.status, 302);
}

#[tokio::test]
async fn who_cannot_sign_up_is_told_why() {
    let kakao = Kakao::start().await;
    let mut browser = kakao.browser();
    let action = browser.open(&kakao.authorize_url(&[("prompt", "create")])).await.form_action("sign_up");
    let cases = [
        ("춘식", "RYAN@example.com", "pw", "이미 가입한 이메일입니다"),
        ("", "choon@example.com", "pw", "모두 입력하세요"),
        ("춘식", "choon", "pw", "모두 입력하세요"),
        ("춘식", "choon@example.com", "", "모두 입력하세요"),
        ("스무한글자가넘는별명은쓸수없습니다정말로요", "choon@example.com", "pw", "모두 입력하세요"),
    ];
    for (nickname, email, password, why) in cases {
        let fields = [("nickname", nickname), ("email", email), ("password", password)];
        let shown = browser.submit(&action, &fields).await;
        assert_eq!((shown.status.as_u16(), &shown.cookie), (400, &None));
        assert!(shown.html.contains(why) && shown.html.contains(email), "{email}: {}", shown.html);
    }
    assert_eq!(kakao.emulator.world().people.len(), 7);
}

#[tokio::test]
async fn people_whose_addresses_begin_alike_get_keys_of_their_own() {
    let kakao = Kakao::start().await;
    for host in ["one.example", "two.example"] {
        let mut browser = kakao.browser();
        let action = browser.open(&kakao.authorize_url(&[("prompt", "create")])).await.form_action("sign_up");
        let email = format!("ryan@{host}");
        let fields = [("nickname", "라이언"), ("email", email.as_str()), ("password", "pw")];
        assert_eq!(browser.submit(&action, &fields).await.status, 302);
    }
    let keys: Vec<String> =
        kakao.emulator.world().people.iter().map(|person| person.key.to_string()).collect();
    assert_eq!(keys[7..], ["ryan-2", "ryan-3"]);
}
