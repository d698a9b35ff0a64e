//! `/oauth/logout`: out of the service, and out of the Kakao account.

use katok_emulator::Seed;
use url::Url;

use crate::support::{Browser, Kakao, REST_API_KEY, Shown};

const LOGOUT_REDIRECT_URI: &str = "http://localhost:4000/logged-out";

async fn kakao() -> Kakao {
    let mut seed = Seed::built_in();
    seed.apps[0].logout_redirect_uris = vec![LOGOUT_REDIRECT_URI.to_owned()];
    Kakao::start_from(seed).await
}

fn logout_url(kakao: &Kakao, parameters: &[(&str, &str)]) -> Url {
    let mut url = kakao.url("/oauth/logout");
    url.query_pairs_mut().extend_pairs(parameters);
    url
}

fn in_order(kakao: &Kakao) -> Url {
    let redirect = ("logout_redirect_uri", LOGOUT_REDIRECT_URI);
    logout_url(kakao, &[("client_id", REST_API_KEY), redirect, ("state", "a b")])
}

async fn press(browser: &mut Browser<'_>, url: &Url, decision: &str) -> Shown {
    let action = format!("/oauth/logout/decision?{}", url.query().unwrap());
    browser.submit(&action, &[("decision", decision)]).await
}

#[tokio::test]
async fn with_the_account_the_session_ends_and_the_service_hears_its_state() {
    let kakao = kakao().await;
    let mut browser = kakao.browser();
    browser.sign_in(&kakao.authorize_url(&[]), "apeach").await;
    let page = browser.open(&in_order(&kakao)).await;
    assert!(page.html.contains("어피치") && page.html.contains("value=\"account\""), "{}", page.html);
    let back = press(&mut browser, &in_order(&kakao), "account").await;
    assert_eq!(back.location.unwrap(), "http://localhost:4000/logged-out?state=a%20b");
    let page = browser.open(&kakao.authorize_url(&[])).await;
    assert!(page.html.contains("카카오계정으로 로그인"));
}

#[tokio::test]
async fn of_the_service_only_the_session_stays_and_no_state_leaves_no_query() {
    let kakao = kakao().await;
    let mut browser = kakao.browser();
    browser.sign_in(&kakao.authorize_url(&[]), "apeach").await;
    let url =
        logout_url(&kakao, &[("client_id", REST_API_KEY), ("logout_redirect_uri", LOGOUT_REDIRECT_URI)]);
    let back = press(&mut browser, &url, "service").await;
    assert_eq!(back.location.unwrap(), LOGOUT_REDIRECT_URI);
    browser.open(&kakao.authorize_url(&[])).await.redirect();
}

#[tokio::test]
async fn tokens_survive_the_logout_of_the_account() {
    let kakao = kakao().await;
    let token = kakao.access_token("apeach").await;
    let mut browser = kakao.browser();
    browser.sign_in(&kakao.authorize_url(&[]), "apeach").await;
    press(&mut browser, &in_order(&kakao), "account").await;
    kakao.me(&token).await.ok();
}

#[tokio::test]
async fn whoever_is_signed_in_nowhere_is_sent_back_at_once() {
    let kakao = kakao().await;
    let back = kakao.browser().open(&in_order(&kakao)).await;
    assert_eq!(back.location.unwrap(), "http://localhost:4000/logged-out?state=a%20b");
}

#[tokio::test]
async fn logout_redirect_uris_that_are_not_registered_are_koe007() {
    let kakao = kakao().await;
    let client = ("client_id", REST_API_KEY);
    for redirect_uri in
        [None, Some("http://localhost:4000/redirect"), Some("http://localhost:4000/logged-out/")]
    {
        let redirect_uri = redirect_uri.map(|uri| ("logout_redirect_uri", uri));
        let url = logout_url(&kakao, &[client].into_iter().chain(redirect_uri).collect::<Vec<_>>());
        let shown = kakao.browser().open(&url).await;
        assert_eq!((shown.status.as_u16(), &shown.location), (400, &None));
        assert!(shown.html.contains("KOE007"), "{}", shown.html);
    }
}

#[tokio::test]
async fn apps_that_do_not_exist_cannot_log_anybody_out() {
    let kakao = kakao().await;
    let redirect = ("logout_redirect_uri", LOGOUT_REDIRECT_URI);
    for (parameters, code) in [(&[redirect][..], "KOE207"), (&[redirect, ("client_id", "nobody")], "KOE101")]
    {
        let shown = kakao.browser().open(&logout_url(&kakao, parameters)).await;
        assert!(shown.html.contains(code), "{}", shown.html);
    }
}

#[tokio::test]
async fn another_site_cannot_log_anybody_out() {
    let kakao = kakao().await;
    let mut browser = kakao.browser();
    browser.sign_in(&kakao.authorize_url(&[]), "apeach").await;
    let action = format!("/oauth/logout/decision?{}", in_order(&kakao).query().unwrap());
    let request = kakao.post(&action).header("cookie", browser.cookie.as_ref().unwrap());
    let request = request.header("origin", "http://evil.example").form(&[("decision", "account")]);
    assert_eq!(request.send().await.unwrap().status(), 403);
    browser.open(&kakao.authorize_url(&[])).await.redirect();
}
