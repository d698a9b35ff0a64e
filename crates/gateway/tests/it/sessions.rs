//! Sessions: how long they last, where one is signed in, and ending them.

use jiff::SignedDuration;
use katok_client::Clock as _;
use katok_gateway::config::SessionSettings;
use reqwest::Method;
use serde_json::Value;

use crate::browser::Browser;
use crate::database::Database;
use crate::house::House;

const DAY: SignedDuration = SignedDuration::from_hours(24);

async fn house() -> House {
    House::open_with(Database::new().await, |settings, _| settings.sessions = SessionSettings::default())
        .await
}

async fn sessions(browser: &Browser) -> Vec<Value> {
    browser.get("/v1/sessions").await.is(200)["sessions"].as_array().unwrap().clone()
}

async fn end(browser: &Browser, id: &Value) -> u16 {
    let path = format!("/v1/sessions/{}", id.as_str().unwrap());
    browser.request_with(Method::DELETE, &path, &[]).await.status.as_u16()
}

#[tokio::test]
async fn a_session_that_nobody_uses_ends_after_fourteen_days() {
    let house = house().await;
    let browser = house.signed_in("ryan").await;
    house.advance(DAY * 13);
    browser.get("/v1/sessions").await.is(200);
    // Its use is written down behind the answer; a gateway that stops finishes that.
    let house = house.restart().await;
    house.advance(DAY * 13);
    browser.get("/v1/sessions").await.is(200);
    let house = house.restart().await;
    house.advance(DAY * 14);
    browser.get("/v1/sessions").await.is(401);
}

#[tokio::test]
async fn a_session_in_daily_use_ends_after_sixty_days() {
    let mut house = house().await;
    let browser = house.signed_in("ryan").await;
    for _ in 0..5 {
        house.advance(DAY * 11);
        browser.get("/v1/sessions").await.is(200);
        house = house.restart().await;
    }
    house.advance(DAY * 5 - SignedDuration::from_secs(1));
    browser.get("/v1/sessions").await.is(200);
    house.advance(SignedDuration::from_secs(1));
    browser.get("/v1/sessions").await.is(401);
}

#[tokio::test]
async fn cookies_last_as_long_as_the_session_can() {
    let lifetime = DAY * 3;
    let house =
        House::open_with(Database::new().await, |settings, _| settings.sessions.lifetime = lifetime).await;
    let browser = house.visitor();
    let authorize = browser.get("/authorize").await.location();
    let back = house.emulator.approve(&authorize, "ryan", &katok_emulator::Decision::Allow).unwrap();
    let page = browser.get_url(&back).await;
    let cookies = page.headers.get_all("set-cookie").iter().filter(|cookie| {
        let cookie = cookie.to_str().unwrap();
        cookie.contains("Max-Age=259200") && (cookie.contains("_session=") || cookie.contains("_write="))
    });
    assert_eq!(cookies.count(), 2, "{:?}", page.headers);
    house.advance(lifetime);
    browser.get("/v1/sessions").await.is(401);
}

#[tokio::test]
async fn what_has_run_out_is_thrown_out_and_what_is_in_use_stays() {
    let house = house().await;
    let (left, used) = (house.signed_in("ryan").await, house.signed_in("ryan").await);
    house.advance(DAY * 10);
    used.get("/v1/sessions").await.is(200);
    let house = house.restart().await;
    house.advance(DAY * 4);
    house.gateway.do_what_is_due().await;
    left.get("/v1/sessions").await.is(401);
    assert_eq!(sessions(&used).await.len(), 1);
    // Also where the clock is turned back it is gone: it was thrown out, not only passed over.
    house.clock.advance(-(DAY * 10));
    left.get("/v1/sessions").await.is(401);
    used.get("/v1/sessions").await.is(200);
}

#[tokio::test]
async fn one_sees_where_one_is_signed_in_and_ends_it_there() {
    let house = house().await;
    let (here, phone) = (house.signed_in("ryan").await, house.visitor());
    let stranger = house.signed_in("apeach").await;
    house.advance(SignedDuration::from_mins(1));
    let authorize = phone.get("/authorize").await.location();
    let back = house.emulator.approve(&authorize, "ryan", &katok_emulator::Decision::Allow).unwrap();
    let back = back[url::Position::BeforePath..].to_owned();
    phone.get_with(&back, &[("user-agent", "Mozilla/5.0 (iPhone)")]).await.found("/index.html?login=success");
    let list = sessions(&here).await;
    assert_eq!(list.len(), 2, "{list:?}");
    assert_eq!(
        (&list[0]["user_agent"], &list[0]["current"]),
        (&"Mozilla/5.0 (iPhone)".into(), &false.into())
    );
    assert_eq!(list[1]["current"], true);
    assert_eq!(end(&stranger, &list[0]["id"]).await, 404);
    phone.get("/v1/sessions").await.is(200);
    assert_eq!(end(&here, &list[0]["id"]).await, 204);
    phone.get("/v1/sessions").await.is(401);
    assert_eq!(end(&here, &list[0]["id"]).await, 404);
    assert_eq!(sessions(&here).await.len(), 1);
}

#[tokio::test]
async fn a_session_ended_at_one_gateway_is_refused_by_the_other_too() {
    let Some(database) = Database::on_postgres().await else { return };
    let house = House::open_on(database).await;
    let (_other, other) = house.another_gateway().await;
    let (here, phone) = (house.signed_in("ryan").await, house.signed_in("ryan").await);
    let phone = phone.copy_at(&other);
    phone.get("/v1/me").await.is(200);
    let list = sessions(&here).await;
    let other = list.iter().find(|session| session["current"] == false).unwrap();
    assert_eq!(end(&here, &other["id"]).await, 204);
    // It has just looked the session up, and believes for a moment what it saw.
    while phone.get("/v1/sessions").await.status != 401 {}
    phone.get("/v1/me").await.is(401);
}

#[tokio::test]
async fn signing_in_anew_and_agreeing_to_more_leave_the_old_id_dead() {
    let house = house().await;
    let browser = house.signed_in_with("ryan", &[]).await;
    for path in ["/authorize?scope=talk_message", "/authorize"] {
        let before = browser.copy();
        browser.sign_in(&house.emulator, "ryan", path).await;
        before.get("/v1/sessions").await.is(401);
        assert_eq!(sessions(&browser).await.len(), 1);
    }
}

#[tokio::test]
async fn a_monstrous_user_agent_is_kept_short_and_shown_as_text() {
    let house = house().await;
    let browser = house.visitor();
    for monster in ["<script>alert(1)</script>\"'&".repeat(200), "😀".repeat(3000)] {
        let authorize = browser.get("/authorize").await.location();
        let back = house.emulator.approve(&authorize, "ryan", &katok_emulator::Decision::Allow).unwrap();
        let back = back[url::Position::BeforePath..].to_owned();
        browser.get_with(&back, &[("user-agent", &monster)]).await.found("/index.html?login=success");
        let list = sessions(&browser).await;
        assert_eq!(list[0]["user_agent"].as_str().unwrap().chars().count(), 200);
        let page = browser.get("/account").await;
        assert_eq!(page.status, 200);
        assert!(!page.body.contains("<script"), "{}", page.body);
    }
}

#[tokio::test]
async fn many_requests_at_once_of_a_session_long_unseen_are_all_answered() {
    let house = house().await;
    let browser = house.signed_in("ryan").await;
    house.advance(DAY);
    let requests: Vec<_> = (0..50)
        .map(|_| {
            let browser = browser.copy();
            tokio::spawn(async move { browser.get("/v1/sessions").await.status.as_u16() })
        })
        .collect();
    for request in requests {
        assert_eq!(request.await.unwrap(), 200);
    }
    let house = house.restart().await;
    let seen = sessions(&browser).await[0]["last_seen_at"].as_str().unwrap().parse().unwrap();
    assert_eq!(house.clock.now().duration_since(seen), SignedDuration::ZERO);
}
