//! Pages of services, which call kapi from the browser by Kakao's JavaScript SDK.

use katok_emulator::Fault;
use reqwest::Method;

use crate::support::{Answer, Kakao, built_in_but};

const PAGE: &str = "http://localhost:4000";

/// What a browser asks before a page of `PAGE` may call.
async fn preflight(kakao: &Kakao, path: &str, method: &str) -> Answer {
    let request = kakao.client.request(Method::OPTIONS, kakao.url(path));
    let request = request.header("origin", PAGE).header("access-control-request-method", method);
    Answer::of(request.header("access-control-request-headers", "authorization,ka")).await
}

#[tokio::test]
async fn a_page_may_call_kapi_and_ask_for_tokens() {
    let kakao = Kakao::start().await;
    for (path, method) in [
        ("/v2/user/me", "GET"),
        ("/v2/api/talk/memo/default/send", "POST"),
        ("/v2/api/talk/message/image/delete", "DELETE"),
        ("/oauth/token", "POST"),
    ] {
        let answer = preflight(&kakao, path, method).await;
        assert_eq!(answer.status, 200, "{path}");
        assert_eq!(answer.headers["access-control-allow-origin"], PAGE);
        assert_eq!(answer.headers["access-control-allow-methods"], "GET,POST,DELETE");
        assert_eq!(answer.headers["access-control-allow-headers"], "authorization,ka");
    }
    assert!(kakao.emulator.journal(0).is_empty());
}

#[tokio::test]
async fn a_page_reads_answers_refusals_and_scripted_faults() {
    let kakao = Kakao::start().await;
    let token = kakao.access_token("ryan").await;
    let me = || kakao.get("/v2/user/me").header("origin", PAGE);
    let answered = Answer::of(me().bearer_auth(&token)).await;
    let refused = Answer::of(me()).await;
    kakao.emulator.fault(Fault::on("/v2/user/me").code(-7).times(1)).unwrap();
    preflight(&kakao, "/v2/user/me", "GET").await;
    let scripted = Answer::spoilt(me().bearer_auth(&token)).await;
    assert_eq!(scripted.body["code"], -7);
    for (answer, status) in [(answered, 200), (refused, 401), (scripted, 400)] {
        assert_eq!(answer.status, status);
        assert_eq!(answer.headers["access-control-allow-origin"], PAGE);
    }
}

#[tokio::test]
async fn only_pages_of_this_machine_and_of_registered_domains_read_answers() {
    let kakao = Kakao::start_from(built_in_but(|seed| {
        seed.apps[0].javascript_domains.push("https://svc.example".to_owned());
    }))
    .await;
    for (origin, may) in [
        ("http://localhost:3000", true),
        ("http://127.0.0.1:5173", true),
        ("https://svc.example", true),
        ("https://evil.example", false),
        ("https://svc.example.evil.example", false),
        ("null", false),
    ] {
        let answer = Answer::of(kakao.get("/v2/user/me").header("origin", origin)).await;
        assert_eq!(answer.headers.contains_key("access-control-allow-origin"), may, "{origin}");
    }
}

#[tokio::test]
async fn no_page_of_another_site_reads_the_emulators_own_answers_or_the_pages_of_kauth() {
    let kakao = Kakao::start().await;
    for path in ["/_emulator/v1/world", "/_emulator/v1/reset", "/", "/oauth/authorize", "/oauth/logout"] {
        let asked = preflight(&kakao, path, "POST").await;
        let called = Answer::of(kakao.get(path).header("origin", PAGE)).await;
        for answer in [asked, called] {
            assert!(!answer.headers.keys().any(|name| name.as_str().starts_with("access-control")), "{path}");
        }
    }
}
