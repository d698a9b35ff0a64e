//! `/oauth/authorize`: sign-in, consent, redirects and error pages.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use katok_emulator::seed::{App, Person};
use katok_emulator::{ApproveError, Decision, Seed};

use crate::support::{ADMIN_KEY, Kakao, Shown, TOO_LARGE, parameter};

#[tokio::test]
async fn somebody_signs_in_with_one_click_agrees_and_comes_back_with_code_and_state() {
    let kakao = Kakao::start().await;
    let mut browser = kakao.browser();
    let url = kakao.authorize_url(&[("state", "a b&c")]);
    let page = browser.sign_in(&url, "ryan").await;
    assert!(page.html.contains("닉네임") && page.html.contains("[필수]"), "{}", page.html);
    let fields = [("scope", "profile_nickname"), ("scope", "friends"), ("decision", "agree")];
    let back = browser.submit(&page.form_action("consent"), &fields).await;
    let location = back.location.clone().unwrap();
    assert!(location.ends_with("&state=a%20b%26c"), "{location}");
    let code = parameter(&back.redirect(), "code").unwrap();
    let tokens = kakao.token(&[("code", &code)]).await.ok();
    assert_eq!(tokens["scope"], "friends profile_nickname");
}

#[tokio::test]
async fn email_and_password_sign_in_as_at_kakao() {
    let kakao = Kakao::start().await;
    let mut browser = kakao.browser();
    let page = browser.open(&kakao.authorize_url(&[("login_hint", "ryan@example.com")])).await;
    assert!(page.html.contains("value=\"ryan@example.com\""));
    let action = page.form_action("sign_in");
    let wrong = browser.submit(&action, &[("email", "ryan@example.com"), ("password", "guess")]).await;
    assert_eq!(wrong.status, 401);
    assert!(wrong.cookie.is_none() && wrong.html.contains("맞지 않습니다"));
    let right = browser.submit(&action, &[("email", "ryan@example.com"), ("password", "pw-ryan")]).await;
    assert_eq!(right.status, 302);
    let cookie = right.cookie.unwrap();
    assert!(cookie.starts_with("kakao_emulator_session="), "{cookie}");
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
}

#[tokio::test]
async fn who_has_agreed_already_gets_a_code_at_once() {
    let kakao = Kakao::start().await;
    let mut browser = kakao.browser();
    let shown = browser.sign_in(&kakao.authorize_url(&[]), "apeach").await;
    assert!(parameter(&shown.redirect(), "code").is_some());
    let again = browser.open(&kakao.authorize_url(&[])).await;
    assert!(parameter(&again.redirect(), "code").is_some());
}

#[tokio::test]
async fn additional_consent_shows_only_what_is_missing() {
    let kakao = Kakao::start().await;
    let mut browser = kakao.browser();
    let url = kakao.authorize_url(&[("scope", "account_email friends")]);
    let page = browser.sign_in(&url, "muzi").await;
    assert!(page.html.contains("account_email"));
    assert!(!page.html.contains("value=\"friends\"") && !page.html.contains("profile_nickname"));
    let fields = [("scope", "account_email"), ("decision", "agree")];
    let back = browser.submit(&page.form_action("consent"), &fields).await;
    let code = parameter(&back.redirect(), "code").unwrap();
    let scope = kakao.token(&[("code", &code)]).await.ok()["scope"].clone();
    assert_eq!(scope, "account_email friends profile_nickname talk_message");
}

#[tokio::test]
async fn items_in_use_are_not_asked_at_login_unless_named() {
    let kakao = Kakao::start().await;
    let page = kakao.browser().sign_in(&kakao.authorize_url(&[]), "ryan").await;
    assert!(!page.html.contains("account_email"));
    let page = kakao.browser().sign_in(&kakao.authorize_url(&[("scope", "account_email")]), "ryan").await;
    assert!(page.html.contains("account_email") && page.html.contains("talk_message"));
}

#[tokio::test]
async fn cancel_comes_back_as_access_denied() {
    let kakao = Kakao::start().await;
    let mut browser = kakao.browser();
    let page = browser.sign_in(&kakao.authorize_url(&[("state", "s1")]), "ryan").await;
    let back = browser.submit(&page.form_action("consent"), &[("decision", "cancel")]).await;
    assert_eq!(
        back.location.unwrap(),
        "http://localhost:4000/redirect?error=access_denied&error_description=User%20denied%20access&state=s1"
    );
}

#[tokio::test]
async fn a_required_item_cannot_be_left_out() {
    let kakao = Kakao::start().await;
    let mut browser = kakao.browser();
    let page = browser.sign_in(&kakao.authorize_url(&[]), "ryan").await;
    let action = page.form_action("consent");
    let shown = browser.submit(&action, &[("scope", "friends"), ("decision", "agree")]).await;
    assert_eq!(shown.status, 400);
    assert!(shown.html.contains("KOE203"));
}

#[tokio::test]
async fn what_was_not_asked_cannot_be_agreed_to_and_links_tick_no_boxes() {
    let kakao = Kakao::start().await;
    let mut browser = kakao.browser();
    let url = kakao.authorize_url(&[("scope", "friends")]);
    let page = browser.sign_in(&url, "ryan").await;
    let fields = [("scope", "profile_nickname"), ("scope", "account_email"), ("decision", "agree")];
    let back = browser.submit(&page.form_action("consent"), &fields).await;
    let code = parameter(&back.redirect(), "code").unwrap();
    assert_eq!(kakao.token(&[("code", &code)]).await.ok()["scope"], "profile_nickname");
}

#[tokio::test]
async fn consent_without_a_session_leads_back_to_the_sign_in_page() {
    let kakao = Kakao::start().await;
    let mut browser = kakao.browser();
    let page = browser.sign_in(&kakao.authorize_url(&[]), "ryan").await;
    let action = page.form_action("consent");
    kakao.emulator.advance(SignedDuration::from_hours(25)).unwrap();
    let fields = [("scope", "profile_nickname"), ("decision", "agree")];
    let shown = browser.submit(&action, &fields).await;
    let location = shown.location.unwrap();
    assert!(location.starts_with("/oauth/authorize?"), "{location}");
    assert!(browser.open(&kakao.url(&location)).await.html.contains("카카오계정으로 로그인"));
}

#[tokio::test]
async fn the_session_lasts_24_hours_whatever_happens_in_it() {
    let kakao = Kakao::start().await;
    let mut browser = kakao.browser();
    let url = kakao.authorize_url(&[]);
    browser.sign_in(&url, "apeach").await;
    kakao.emulator.advance(SignedDuration::from_hours(23)).unwrap();
    assert_eq!(browser.open(&url).await.status, 302);
    kakao.emulator.advance(SignedDuration::from_hours(1)).unwrap();
    assert_eq!(browser.open(&url).await.status, 200);
}

#[tokio::test]
async fn prompt_login_asks_again_once() {
    let kakao = Kakao::start().await;
    let mut browser = kakao.browser();
    browser.sign_in(&kakao.authorize_url(&[]), "apeach").await;
    let url = kakao.authorize_url(&[("prompt", "login")]);
    let page = browser.open(&url).await;
    assert!(page.html.contains("카카오계정으로 로그인"));
    let shown = browser.sign_in(&url, "muzi").await;
    let code = parameter(&shown.redirect(), "code").unwrap();
    let tokens = kakao.token(&[("code", &code)]).await.ok();
    let me = kakao.me(tokens["access_token"].as_str().unwrap()).await.ok();
    assert_eq!(me["kakao_account"]["profile"]["nickname"], "무지");
}

#[tokio::test]
async fn prompt_none_shows_no_page() {
    let kakao = Kakao::start().await;
    let url = kakao.authorize_url(&[("prompt", "none"), ("state", "s")]);
    let error = |shown: &Shown| parameter(&shown.redirect(), "error");
    assert_eq!(error(&kakao.browser().open(&url).await).unwrap(), "login_required");

    let mut stranger = kakao.browser();
    stranger.sign_in(&kakao.authorize_url(&[]), "ryan").await;
    assert_eq!(
        stranger.open(&url).await.location.unwrap(),
        "http://localhost:4000/redirect?error=consent_required&error_description=user%20consent%20required.&state=s"
    );

    let mut friend = kakao.browser();
    friend.sign_in(&kakao.authorize_url(&[]), "apeach").await;
    assert!(parameter(&friend.open(&url).await.redirect(), "code").is_some());
}

#[tokio::test]
async fn faults_of_the_app_show_a_page_and_send_nothing_to_the_service() {
    let kakao = Kakao::start().await;
    let cases: [(&[_], u16, &str); 11] = [
        (&[("client_id", "nobody")], 401, "KOE101"),
        (&[("client_id", "")], 400, "KOE207"),
        (&[("redirect_uri", "")], 400, "KOE207"),
        (&[("redirect_uri", "http://localhost:4000/redirect/")], 400, "KOE006"),
        (&[("redirect_uri", "http://localhost:4001/redirect")], 400, "KOE006"),
        (&[("response_type", "")], 400, "KOE207"),
        (&[("response_type", "id_token")], 400, "KOE201"),
        (&[("response_type", "token")], 400, "KOE202"),
        (&[("scope", "friends,gender")], 400, "KOE205"),
        (&[("scope", "openid")], 400, "KOE205"),
        (&[("code_challenge", "x"), ("code_challenge_method", "plain")], 400, "KOE204"),
    ];
    for (changes, status, code) in cases {
        let url = kakao.authorize_url(changes);
        let shown = kakao.browser().open(&url).await;
        assert_eq!((shown.status.as_u16(), &shown.location), (status, &None), "{changes:?}");
        assert!(shown.html.contains(code), "{changes:?}: {}", shown.html);
        // What a test learns from `approve` is what the browser shows.
        let Err(ApproveError::ErrorPage { code: approved, status: approved_status, .. }) =
            kakao.emulator.approve(&url, "ryan", &Decision::Allow)
        else {
            panic!("{changes:?}");
        };
        assert_eq!((approved, approved_status), (code, status));
    }
    let url = kakao.authorize_url(&[("scope", "friends,gender")]);
    assert!(kakao.browser().open(&url).await.html.contains("설정하지 않은 동의 항목: gender"));
    let lost = kakao.browser().open(&kakao.url("/oauth/authorise")).await;
    assert_eq!(lost.status, 404);
    assert!(lost.html.contains("KOE002"));
}

#[tokio::test]
async fn approve_decides_as_a_person_on_the_pages_would() {
    let kakao = Kakao::start().await;
    let scope = async |back: url::Url| {
        let code = parameter(&back, "code").unwrap();
        kakao.token(&[("code", &code)]).await.ok()["scope"].clone()
    };
    let url = kakao.authorize_url(&[("state", "s"), ("prompt", "login")]);
    let denied = kakao.emulator.approve(&url, "ryan", &Decision::Deny).unwrap();
    assert_eq!(parameter(&denied, "error").unwrap(), "access_denied");
    let only = Decision::AllowOnly(BTreeSet::from(["talk_message".to_owned()]));
    let back = kakao.emulator.approve(&url, "ryan", &only).unwrap();
    assert_eq!(parameter(&back, "state").unwrap(), "s");
    assert_eq!(scope(back).await, "profile_nickname talk_message");
    let back = kakao.emulator.approve(&url, "con", &Decision::Allow).unwrap();
    assert_eq!(scope(back).await, "friends profile_image profile_nickname talk_message");
    // There is nothing to deny any more.
    let back = kakao.emulator.approve(&url, "con", &Decision::Deny).unwrap();
    assert!(parameter(&back, "code").is_some());
}

#[tokio::test]
async fn pages_that_lead_to_the_service_let_the_browser_follow_and_run_no_script() {
    let kakao = Kakao::start().await;
    let mut browser = kakao.browser();
    let url = kakao.authorize_url(&[]);
    for page in [browser.open(&url).await, browser.sign_in(&url, "ryan").await] {
        assert!(page.policy.contains("default-src 'none'"), "{}", page.policy);
        assert!(page.policy.contains("form-action 'self' https: http:"), "{}", page.policy);
        assert!(!page.policy.contains("script-src") && !page.html.contains("<script"));
        assert!(!page.html.contains("style="));
    }
}

#[tokio::test]
async fn forms_posted_from_another_site_are_refused() {
    let kakao = Kakao::start().await;
    let mut browser = kakao.browser();
    let page = browser.sign_in(&kakao.authorize_url(&[]), "ryan").await;
    let consent = page.form_action("consent");
    let sign_in = consent.replace("/consent?", "/sign_in?");
    let foreign = [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "http://evil.example"),
        ("origin", "null"),
    ];
    for (name, value) in foreign {
        for action in [&consent, &sign_in] {
            let form = [("scope", "profile_nickname"), ("decision", "agree"), ("person", "ryan")];
            let request = kakao.post(action).header("cookie", browser.cookie.as_ref().unwrap());
            let answer = request.header(name, value).form(&form).send().await.unwrap();
            assert_eq!(answer.status(), 403, "{name}: {value} at {action}");
        }
    }
    let own = kakao.emulator.base_url().origin().ascii_serialization();
    let request = kakao.post(&consent).header("cookie", browser.cookie.as_ref().unwrap());
    let request = request.header("sec-fetch-site", "same-origin").header("origin", own);
    let form = [("scope", "profile_nickname"), ("decision", "agree")];
    assert_eq!(request.form(&form).send().await.unwrap().status(), 302);
}

#[tokio::test]
async fn under_prompt_login_consent_without_signing_in_again_leads_to_the_sign_in_page() {
    let kakao = Kakao::start().await;
    let mut browser = kakao.browser();
    let page = browser.sign_in(&kakao.authorize_url(&[]), "ryan").await;
    let action = format!("{}&prompt=login", page.form_action("consent"));
    let fields = [("scope", "profile_nickname"), ("decision", "agree")];
    let location = browser.submit(&action, &fields).await.location.unwrap();
    assert!(location.starts_with("/oauth/authorize?") && location.contains("prompt=login"), "{location}");
    assert!(browser.open(&kakao.url(&location)).await.html.contains("카카오계정으로 로그인"));
}

#[tokio::test]
async fn head_brings_no_code() {
    let kakao = Kakao::start().await;
    let mut browser = kakao.browser();
    let url = kakao.authorize_url(&[]);
    browser.sign_in(&url, "apeach").await;
    let request = kakao.client.head(url).header("cookie", browser.cookie.unwrap());
    let answer = request.send().await.unwrap();
    assert_eq!((answer.status().as_u16(), answer.headers().get("location")), (405, None));
}

#[tokio::test]
async fn a_form_too_large_to_read_shows_koe001() {
    let kakao = Kakao::start().await;
    let mut browser = kakao.browser();
    let page = browser.open(&kakao.authorize_url(&[])).await;
    let shown = browser.submit(&page.form_action("sign_in"), &[("person", &TOO_LARGE)]).await;
    assert_eq!(shown.status, 400);
    assert!(shown.html.contains("KOE001"), "{}", shown.html);
}

#[tokio::test]
async fn forms_of_a_page_under_the_standard_port_are_its_own() {
    let kakao = Kakao::start().await;
    let mut browser = kakao.browser();
    let page = browser.sign_in(&kakao.authorize_url(&[]), "ryan").await;
    let cases = [
        ("https://kauth.kakao.com", "kauth.kakao.com:443", 302),
        ("https://kauth.kakao.com", "kauth.kakao.com", 302),
        ("https://kauth.kakao.com", "kauth.kakao.com:80", 403),
        ("https://evil.example", "kauth.kakao.com", 403),
        ("http://evil.example", "evil.example", 403),
    ];
    for (origin, host, status) in cases {
        let request =
            kakao.post(&page.form_action("consent")).header("cookie", browser.cookie.as_ref().unwrap());
        let request = request.header("origin", origin).header("host", host).form(&[("decision", "cancel")]);
        assert_eq!(request.send().await.unwrap().status(), status, "{origin} at {host}");
    }
}

/// The built-in world with changes to its app and to ryan.
async fn kakao_with(change: impl FnOnce(&mut App, &mut Person)) -> Kakao {
    let mut seed = Seed::built_in();
    change(&mut seed.apps[0], &mut seed.people[0]);
    Kakao::start_from(seed).await
}

#[tokio::test]
async fn kakao_login_switched_off_is_koe004() {
    let kakao = kakao_with(|app, _| app.login = false).await;
    let shown = kakao.browser().open(&kakao.authorize_url(&[])).await;
    assert_eq!(shown.status, 400);
    assert!(shown.html.contains("KOE004"), "{}", shown.html);
}

#[tokio::test]
async fn only_its_team_logs_in_to_a_test_app_others_see_koe005() {
    let kakao = kakao_with(|app, _| app.test_app = true).await;
    let stranger = kakao.browser().sign_in(&kakao.authorize_url(&[]), "apeach").await;
    assert_eq!(stranger.status, 400);
    assert!(stranger.html.contains("KOE005"), "{}", stranger.html);
    let refused = kakao.emulator.approve(&kakao.authorize_url(&[]), "apeach", &Decision::Allow);
    assert!(matches!(refused, Err(ApproveError::ErrorPage { code: "KOE005", .. })));
    kakao.log_in("ryan").await;
}

#[tokio::test]
async fn an_admin_key_is_no_client_and_a_native_key_does_not_return_to_the_web() {
    let kakao = Kakao::start().await;
    let native = kakao.emulator.world().apps[0].native_app_key.clone();
    for (changes, code) in [
        (&[("client_id", ADMIN_KEY)][..], "KOE101"),
        (&[("client_id", native.as_str())], "KOE008"),
        (&[("client_id", native.as_str()), ("redirect_uri", "http://localhost:1/")], "KOE006"),
        (&[("redirect_uri", &format!("kakao{native}://oauth"))], "KOE006"),
    ] {
        let shown = kakao.browser().open(&kakao.authorize_url(changes)).await;
        assert!(shown.html.contains(code), "{changes:?}: {}", shown.html);
    }
}

#[tokio::test]
async fn a_native_app_gets_its_code_at_the_scheme_of_its_key() {
    let kakao = Kakao::start().await;
    let native = kakao.emulator.world().apps[0].native_app_key.clone();
    let redirect_uri = format!("kakao{native}://oauth");
    let url = kakao.authorize_url(&[("client_id", &native), ("redirect_uri", &redirect_uri)]);
    let mut browser = kakao.browser();
    let page = browser.sign_in(&url, "ryan").await;
    // Chromium knows no way to allow a scheme but to allow all.
    assert!(
        page.policy.contains("default-src 'none'") && !page.policy.contains("form-action"),
        "{}",
        page.policy
    );
    let fields = [("scope", "profile_nickname"), ("decision", "agree")];
    let back = browser.submit(&page.form_action("consent"), &fields).await.location.unwrap();
    assert!(back.starts_with(&format!("{redirect_uri}?code=")), "{back}");
}

#[tokio::test]
async fn a_channel_of_an_app_without_channels_is_koe102() {
    let kakao = Kakao::start().await;
    let shown = kakao.browser().open(&kakao.authorize_url(&[("channel_public_id", "_shop")])).await;
    assert!(shown.html.contains("KOE102"), "{}", shown.html);
    assert!(shown.html.contains("Required PLUS_FRIENDS_ON_AGREEMENT_SUPPORTED permission"));
}

#[tokio::test]
async fn children_are_sent_back_unless_the_app_allows_them() {
    let refused = "http://localhost:4000/redirect?error=access_denied&error_description=Not%20allowed%20under%20age%2014&state=s";
    let kakao = kakao_with(|_, ryan| ryan.under_14 = true).await;
    let url = kakao.authorize_url(&[("state", "s")]);
    assert_eq!(kakao.browser().sign_in(&url, "ryan").await.location.unwrap(), refused);
    assert_eq!(kakao.emulator.approve(&url, "ryan", &Decision::Allow).unwrap().as_str(), refused);
    let kakao = kakao_with(|app, ryan| (app.allows_under_14, ryan.under_14) = (true, true)).await;
    kakao.log_in("ryan").await;
}

#[tokio::test]
async fn a_suspended_account_sees_a_page_and_under_prompt_none_nothing() {
    let kakao = kakao_with(|_, ryan| ryan.suspended = true).await;
    let mut browser = kakao.browser();
    let shown = browser.sign_in(&kakao.authorize_url(&[]), "ryan").await;
    assert_eq!(shown.status, 400);
    assert!(shown.html.contains("이용이 제한된 카카오계정입니다"), "{}", shown.html);
    let refused = kakao.emulator.approve(&kakao.authorize_url(&[]), "ryan", &Decision::Allow);
    assert_eq!(refused, Err(ApproveError::AccountSuspended("ryan".to_owned())));
    // What is asked first is whether there is anything to agree to.
    let silent = kakao.authorize_url(&[("prompt", "none")]);
    let error = |shown: &Shown| parameter(&shown.redirect(), "error").unwrap();
    assert_eq!(error(&browser.open(&silent).await), "consent_required");
    // Nor does the page let them through that was open before.
    let action = format!("/oauth/authorize/consent?{}", kakao.authorize_url(&[]).query().unwrap());
    let fields = [("scope", "profile_nickname"), ("decision", "agree")];
    let location = browser.submit(&action, &fields).await.location.unwrap();
    assert!(location.starts_with("/oauth/authorize?"), "{location}");
}

#[tokio::test]
async fn a_suspended_account_that_is_linked_is_interaction_required_under_prompt_none() {
    let mut seed = Seed::built_in();
    seed.people[1].suspended = true;
    let kakao = Kakao::start_from(seed).await;
    let mut browser = kakao.browser();
    browser.sign_in(&kakao.authorize_url(&[]), "apeach").await;
    let back = browser.open(&kakao.authorize_url(&[("prompt", "none")])).await.redirect();
    assert_eq!(parameter(&back, "error").unwrap(), "interaction_required");
}

#[tokio::test]
async fn a_suspended_app_hears_unauthorized_client() {
    let kakao = kakao_with(|app, _| app.suspended = true).await;
    let shown = kakao.browser().open(&kakao.authorize_url(&[("state", "s")])).await;
    assert_eq!(parameter(&shown.redirect(), "error").unwrap(), "unauthorized_client");
    assert_eq!(parameter(&shown.redirect(), "state").unwrap(), "s");
}

#[tokio::test]
async fn what_only_sdks_send_does_not_matter() {
    let kakao = Kakao::start().await;
    let sdk = [("ka", "sdk/2.27 os/ios"), ("agt", "x"), ("prompt", "cert"), ("auth_type", "reauthenticate")];
    let mut browser = kakao.browser();
    browser.sign_in(&kakao.authorize_url(&[]), "apeach").await;
    browser.open(&kakao.authorize_url(&sdk)).await.redirect();
}
