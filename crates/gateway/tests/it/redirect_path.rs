//! Kakao sends people back to the path that is registered: any free one, `/` included.

use katok_emulator::Decision;
use katok_gateway::StartError;

use crate::database::Database;
use crate::house::{House, START, emulator, listener, settings, start};
use crate::start::is_a_sentence_in_both_languages;

async fn house_at(path: &'static str) -> House {
    House::open_with(Database::new().await, |settings, emulator| {
        let url = settings.public_url.join(path).unwrap();
        emulator.register_redirect_uri(emulator.world().apps[0].key.as_str(), &url).unwrap();
        settings.kakao.redirect_uri = Some(url.as_str().parse().unwrap());
    })
    .await
}

#[tokio::test]
async fn the_callback_comes_to_the_path_that_is_registered_and_to_no_other() {
    for path in ["/", "/login/oauth2/code/kakao", "/:callback", "/%EC%B9%B4%EC%B9%B4%EC%98%A4?from=kakao"] {
        let house = house_at(path).await;
        let browser = house.visitor();
        let authorize = browser.get("/authorize").await.location();
        let back = house.emulator.approve(&authorize, "ryan", &Decision::Allow).unwrap();
        assert_eq!(back.path(), path.split('?').next().unwrap());
        let elsewhere = house.url.join(&format!("/redirect?{}", back.query().unwrap())).unwrap();
        assert_eq!(browser.get_url(&elsewhere).await.status, 404);
        browser.get_url(&back).await.found("/index.html?login=success");
        assert_eq!(browser.get_url(&back).await.status, 400, "{path}: used up");
        browser.get("/profile").await.is(200);
    }
}

#[tokio::test]
async fn where_people_come_back_to_the_start_page_a_mere_visit_gets_the_page() {
    let house = house_at("/").await;
    let browser = house.visitor();
    for path in ["/", "/?utm_source=mail", "/index.html?code=nothing"] {
        let page = browser.get(path).await;
        assert_eq!(page.status, 200, "{path}");
        assert!(page.body.contains("카카오 로그인"), "{path}");
    }
    for path in ["/?code=forged", "/?code=forged&state=guessed", "/?state=a", "/?error=access_denied"] {
        let page = browser.get(path).await;
        assert_eq!(page.status, 400, "{path}");
        assert!(page.body.contains("처음부터 다시 로그인하세요"), "{path}");
    }
    let authorize = browser.get("/authorize").await.location();
    let back = house.emulator.approve(&authorize, "ryan", &Decision::Deny).unwrap();
    browser.get_url(&back).await.found("/index.html?login=cancelled");
}

#[tokio::test]
async fn the_start_page_as_callback_makes_every_check_of_a_sign_in() {
    let house = house_at("/").await;
    let (mine, other) = (house.visitor(), house.visitor());
    let authorize = mine.get("/authorize").await.location();
    let back = house.emulator.approve(&authorize, "ryan", &Decision::Allow).unwrap();
    other.get("/authorize").await.location();
    assert_eq!(other.get_url(&back).await.status, 400);
    let (one, two) = tokio::join!(mine.get_url(&back), mine.get_url(&back));
    let mut statuses = [one.status.as_u16(), two.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [302, 400]);
    let authorize = mine.get("/authorize").await.location();
    let late = house.emulator.approve(&authorize, "ryan", &Decision::Allow).unwrap();
    house.clock.advance(jiff::SignedDuration::from_mins(10));
    assert_eq!(mine.get_url(&late).await.status, 400);
}

#[tokio::test]
async fn a_path_that_is_something_else_here_is_refused_with_a_sentence() {
    let emulator = emulator().await;
    for path in ["/profile", "/v1/me", "/static/katok.css", "/healthz"] {
        let (listener, url) = listener().await;
        let mut settings = settings(&emulator, &emulator.base_url(), &url, &Database::Sqlite);
        settings.kakao.redirect_uri = Some(url.join(path).unwrap().as_str().parse().unwrap());
        let data = tempfile::tempdir().unwrap();
        let clock = std::sync::Arc::new(katok_client::ManualClock::new(START));
        let error = start(settings, data.path(), listener, &clock).await.err().unwrap();
        assert!(matches!(error, StartError::RedirectPath(_)), "{error}");
        assert!(error.to_string().contains(path));
        is_a_sentence_in_both_languages(&error);
    }
}
