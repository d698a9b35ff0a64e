//! Signing in: attempts, callbacks, sessions.

use katok_emulator::Decision;

use crate::house::House;

#[tokio::test]
async fn signing_in_leads_to_kakao_and_back_to_the_page() {
    let house = House::open().await;
    let browser = house.visitor();
    let authorize = browser.get("/authorize").await.location();
    assert_eq!(authorize.path(), "/oauth/authorize");
    for parameter in ["client_id", "redirect_uri", "response_type", "state", "code_challenge"] {
        assert!(
            authorize.query_pairs().any(|(name, value)| name == parameter && !value.is_empty()),
            "{parameter}"
        );
    }
    let back = house.emulator.approve(&authorize, "ryan", &Decision::Allow).unwrap();
    browser.get_url(&back).await.found("/index.html?login=success");
    let profile = browser.get("/profile").await.is(200);
    assert_eq!(profile["kakao_account"]["profile"]["nickname"], "라이언");
}

#[tokio::test]
async fn an_anonymous_visit_gets_no_cookie_and_leaves_no_session() {
    let house = House::open().await;
    let browser = house.visitor();
    for path in ["/", "/index.html", "/profile", "/healthz", "/nothing"] {
        browser.get(path).await;
    }
    assert!(browser.cookie_names().is_empty(), "{:?}", browser.cookie_names());
}

#[tokio::test]
async fn cookies_are_out_of_reach_for_scripts_and_other_sites() {
    let house = House::open().await;
    let browser = house.visitor();
    let authorize = browser.get("/authorize").await.location();
    let back = house.emulator.approve(&authorize, "ryan", &Decision::Allow).unwrap();
    let page = browser.get_url(&back).await;
    let set: Vec<&str> =
        page.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap()).collect();
    let find = |name: &str| *set.iter().find(|cookie| cookie.starts_with(name)).unwrap();
    for name in ["katok_session=", "katok_write="] {
        assert!(find(name).contains("HttpOnly"), "{}", find(name));
        assert!(find(name).contains("Path=/"), "{}", find(name));
    }
    assert!(find("katok_session=").contains("SameSite=Lax"));
    assert!(find("katok_write=").contains("SameSite=Strict"));
}

#[tokio::test]
async fn a_new_sign_in_gets_a_new_session_and_ends_the_old_one() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    let before = browser.copy();
    browser.sign_in(&house.emulator, "ryan", "/authorize?scope=friends,talk_message").await;
    assert_ne!(browser.cookie("katok_session"), before.cookie("katok_session"));
    browser.get("/profile").await.is(200);
    before.get("/profile").await.is(401);
}

#[tokio::test]
async fn a_callback_with_a_wrong_or_missing_state_signs_nobody_in() {
    let house = House::open().await;
    let browser = house.visitor();
    let authorize = browser.get("/authorize").await.location();
    let back = house.emulator.approve(&authorize, "ryan", &Decision::Allow).unwrap();
    let code = back.query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned();
    let queries = [
        format!("code={code}&state=guessed"),
        format!("code={code}"),
        String::new(),
        "state=a&state=b".to_owned(),
    ];
    for query in queries {
        let page = browser.get(&format!("/redirect?{query}")).await;
        assert_eq!(page.status, 400, "{query}");
        assert!(page.body.contains("처음부터 다시 로그인하세요"), "{}", page.body);
    }
    assert!(browser.cookie("katok_session").is_none());
    // The attempt itself is still good: a forged callback must not spoil it.
    browser.get_url(&back).await.found("/index.html?login=success");
}

#[tokio::test]
async fn a_callback_in_another_browser_signs_nobody_in() {
    let house = House::open().await;
    let (mine, other) = (house.visitor(), house.visitor());
    let authorize = mine.get("/authorize").await.location();
    let back = house.emulator.approve(&authorize, "ryan", &Decision::Allow).unwrap();
    assert_eq!(other.get_url(&back).await.status, 400);
    other.get("/authorize").await.location();
    assert_eq!(other.get_url(&back).await.status, 400);
    mine.get_url(&back).await.found("/index.html?login=success");
}

#[tokio::test]
async fn a_replayed_callback_is_refused_and_spoils_nothing() {
    let house = House::open().await;
    let browser = house.visitor();
    let authorize = browser.get("/authorize").await.location();
    let back = house.emulator.approve(&authorize, "ryan", &Decision::Allow).unwrap();
    browser.get_url(&back).await.found("/index.html?login=success");
    assert_eq!(browser.get_url(&back).await.status, 400);
    browser.get("/profile").await.is(200);
}

#[tokio::test]
async fn of_two_callbacks_at_once_one_wins() {
    let house = House::open().await;
    let browser = house.visitor();
    let authorize = browser.get("/authorize").await.location();
    let back = house.emulator.approve(&authorize, "ryan", &Decision::Allow).unwrap();
    let (one, two) = tokio::join!(browser.get_url(&back), browser.get_url(&back));
    let mut statuses = [one.status.as_u16(), two.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [302, 400]);
}

#[tokio::test]
async fn two_tabs_of_one_browser_sign_in_side_by_side() {
    let house = House::open().await;
    let browser = house.visitor();
    let (first, second) =
        (browser.get("/authorize").await.location(), browser.get("/authorize").await.location());
    for authorize in [second, first] {
        let back = house.emulator.approve(&authorize, "ryan", &Decision::Allow).unwrap();
        browser.get_url(&back).await.found("/index.html?login=success");
    }
}

#[tokio::test]
async fn an_attempt_older_than_ten_minutes_is_refused() {
    let house = House::open().await;
    let browser = house.visitor();
    let authorize = browser.get("/authorize").await.location();
    let back = house.emulator.approve(&authorize, "ryan", &Decision::Allow).unwrap();
    house.clock.advance(jiff::SignedDuration::from_mins(10));
    assert_eq!(browser.get_url(&back).await.status, 400);
}

#[tokio::test]
async fn cancelling_at_kakao_leads_back_to_the_page_and_signs_nobody_in() {
    let house = House::open().await;
    let browser = house.visitor();
    let authorize = browser.get("/authorize").await.location();
    let back = house.emulator.approve(&authorize, "ryan", &Decision::Deny).unwrap();
    assert!(back.query().unwrap().contains("error=access_denied"));
    browser.get_url(&back).await.found("/index.html?login=cancelled");
    assert!(browser.get("/index.html?login=cancelled").await.body.contains("로그인을 취소했습니다"));
    browser.get("/profile").await.is(401);
}

#[tokio::test]
async fn an_error_from_kakao_is_told_without_repeating_what_came_through_the_browser() {
    let house = House::open().await;
    let browser = house.visitor();
    let state = |url: url::Url| url.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
    for (error, told) in [("server_error", "server_error"), ("<script>alert(1)</script>", "unknown_error")] {
        let state = state(browser.get("/authorize").await.location());
        let query = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("error", error)
            .append_pair("error_description", "<img src=x>")
            .append_pair("state", &state)
            .finish();
        let page = browser.get(&format!("/redirect?{query}")).await;
        assert_eq!(page.status, 400);
        assert!(
            page.body.contains(told)
                && !page.body.contains("<script>alert")
                && !page.body.contains("<img src=x")
        );
    }
}

#[tokio::test]
async fn a_code_that_kakao_does_not_take_is_explained_with_its_remedy() {
    let house = House::open().await;
    let browser = house.visitor();
    let authorize = browser.get("/authorize").await.location();
    let state = authorize.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
    let page = browser.get(&format!("/redirect?code=used-already&state={state}")).await;
    assert_eq!(page.status, 502);
    assert!(page.body.contains("다시"), "{}", page.body);
    assert!(!page.body.contains("used-already"), "the code is in the page");
    browser.get("/profile").await.is(401);
}

#[tokio::test]
async fn a_session_survives_a_restart_and_ends_after_sixty_days() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    let house = house.restart().await;
    browser.get("/profile").await.is(200);
    house.advance(jiff::SignedDuration::from_hours(24 * 60));
    browser.get("/profile").await.is(401);
}

#[tokio::test]
async fn scopes_are_asked_for_as_the_page_names_them() {
    let house = House::open().await;
    let authorize = house.visitor().get("/authorize?scope=friends,talk_message").await.location();
    let scope = authorize.query_pairs().find(|(name, _)| name == "scope").unwrap().1.into_owned();
    assert_eq!(scope, "friends,talk_message");
}

#[tokio::test]
async fn the_other_name_of_this_machine_leads_to_the_one_kakao_knows() {
    let house = House::open().await;
    let port = house.url.port().unwrap();
    for path in ["/", "/authorize?scope=friends"] {
        let page = house.visitor().get_with(path, &[("host", &format!("127.0.0.1:{port}"))]).await;
        assert_eq!(page.status, 307);
        assert_eq!(page.headers["location"], house.url.join(path).unwrap().as_str());
    }
}

#[tokio::test]
async fn another_person_can_sign_in_where_kakao_still_knows_the_last_one() {
    let house = House::open().await;
    let prompt = |url: url::Url| {
        url.query_pairs().find(|(name, _)| name == "prompt").map(|(_, value)| value.into_owned())
    };
    assert_eq!(
        prompt(house.visitor().get("/authorize?prompt=login").await.location()).as_deref(),
        Some("login")
    );
    assert_eq!(prompt(house.visitor().get("/authorize").await.location()), None);
    assert_eq!(prompt(house.visitor().get("/authorize?prompt=none").await.location()), None);
    assert!(house.visitor().get("/").await.body.contains("/authorize?prompt=login"));
}
