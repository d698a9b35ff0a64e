//! The set-up page: what Kakao finds wrong, and what to enter where.

use katok_emulator::Decision;
use katok_emulator::seed::{App, Secret};

use crate::browser::{Browser, Page};
use crate::house::House;

/// Changes the app at Kakao.
fn at_kakao(house: &House, change: impl FnOnce(&mut App)) {
    let mut world = house.emulator.world();
    change(&mut world.apps[0]);
    house.emulator.reset(&world);
}

/// Signs in while something changes between leaving and coming back.
async fn sign_in(house: &House, browser: &Browser, meanwhile: impl FnOnce(&House)) -> Page {
    let authorize = browser.get("/authorize").await.location();
    let back = house.emulator.approve(&authorize, "ryan", &Decision::Allow).unwrap();
    meanwhile(house);
    browser.get_url(&back).await
}

fn without_secrets(house: &House, page: &str) {
    let app = &house.emulator.world().apps[0];
    let secrets = [app.client_secret.as_ref().unwrap().secret(), app.admin_key.secret(), &app.rest_api_key];
    assert!(secrets.iter().all(|secret| !page.contains(secret)), "{page}");
}

#[tokio::test]
async fn anybody_sees_what_to_enter_in_kakaos_console_and_no_secret() {
    let house = House::open().await;
    let page = house.visitor().get("/setup").await;
    assert_eq!(page.status, 200);
    let redirect_uri = house.url.join("/redirect").unwrap();
    for value in [
        redirect_uri.as_str(),
        house.url.join("/logged-out").unwrap().as_str(),
        house.url.as_str().trim_end_matches('/'),
        "talk_message",
        "에뮬레이터로 동작합니다",
        "[앱] &#62; [플랫폼 키] &#62; [REST API 키] &#62; [리다이렉트 URI]",
    ] {
        assert!(page.body.contains(value), "{value}: {}", page.body);
    }
    assert!(!page.body.contains("role=\"alert\""), "{}", page.body);
    without_secrets(&house, &page.body);
    let english = house.visitor().get_with("/setup", &[("accept-language", "en")]).await.body;
    assert!(
        english.contains("<html lang=\"en\">") && english.contains("[App] &#62; [Platform key]"),
        "{english}"
    );
}

#[tokio::test]
async fn what_kakao_refused_is_told_at_the_sign_in_and_on_the_page_until_it_is_mended() {
    let house = House::open().await;
    let browser = house.visitor();
    let right = house.emulator.world();
    let wrong = |app: &mut App| app.client_secret = Some(Secret::new("another-secret"));
    let failed = sign_in(&house, &browser, |house| at_kakao(house, wrong)).await;
    assert_eq!(failed.status, 502);
    let told = "KAKAO_CLIENT_SECRET에 넣은 값이 이 REST API 키의 시크릿과 다릅니다";
    assert!(failed.body.contains("로그인하지 못했습니다") && failed.body.contains(told), "{}", failed.body);
    let page = house.visitor().get("/setup").await.body;
    assert!(page.contains("<strong>KOE010</strong>") && page.contains("2026-01-01 12:00"), "{page}");
    assert!(page.contains(told));
    assert!(
        page.find("id=\"KOE010\"").unwrap() < page.find("id=\"KOE101\"").unwrap(),
        "what is wrong comes first"
    );
    without_secrets(&house, &page);
    assert!(!page.contains("another-secret"));

    house.emulator.reset(&right);
    browser.sign_in(&house.emulator, "ryan", "/authorize").await;
    let page = house.visitor().get("/setup").await.body;
    assert!(!page.contains("<strong>KOE010</strong>"), "{page}");
}

#[tokio::test]
async fn a_key_that_kakao_does_not_know_is_told() {
    let house = House::open().await;
    let unknown = |app: &mut App| app.rest_api_key = "another".into();
    let failed = sign_in(&house, &house.visitor(), |house| at_kakao(house, unknown)).await;
    assert_eq!(failed.status, 502);
    assert!(failed.body.contains("KOE101") && failed.body.contains("KAKAO_REST_API_KEY"), "{}", failed.body);
}

#[tokio::test]
async fn a_refusal_that_comes_by_the_redirect_is_told_the_same_way() {
    let house = House::open().await;
    let browser = house.visitor();
    let authorize = browser.get("/authorize").await.location();
    let (_, state) = authorize.query_pairs().find(|(name, _)| name == "state").unwrap();
    let back = format!("/redirect?error=invalid_scope&state={state}");
    let failed = browser.get(&back).await;
    assert_eq!(failed.status, 502);
    assert!(
        failed.body.contains("<strong>KOE205</strong>") && failed.body.contains("talk_message"),
        "{}",
        failed.body
    );
    // Whoever comes back with such words made up has others see nothing of it.
    assert!(!house.visitor().get("/setup").await.body.contains("<strong>KOE205</strong>"));
}
