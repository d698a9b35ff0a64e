//! Leaving: Kakao is asked until it confirms, and of the person nothing is kept but a receipt.

use jiff::SignedDuration;
use katok_emulator::Fault;
use serde_json::Value;

use crate::browser::Browser;
use crate::database::Database;
use crate::house::House;
use crate::kakao_proxy::Mood;
use crate::login_end::disconnect;

const UNLINK: &str = "/v1/user/unlink";

/// Lets time pass until a pending unlink is due again, however often it was tried.
async fn later(house: &House) {
    house.advance(SignedDuration::from_hours(6));
    house.gateway.do_what_is_due().await;
}

/// What there is of people, and the state of the one receipt.
async fn is_left(house: &House, accounts: i64, tokens: i64, state: &'static str) {
    assert_eq!(house.number("SELECT COUNT(*) FROM accounts").await, accounts, "accounts");
    assert_eq!(house.number("SELECT COUNT(*) FROM tokens").await, tokens, "tokens");
    let receipts = match state {
        "pending" => "SELECT COUNT(*) FROM unlinks WHERE state = 'pending' AND confirmed_at IS NULL",
        "confirmed" => "SELECT COUNT(*) FROM unlinks WHERE state = 'confirmed' AND confirmed_at > 0",
        "unconfirmed" => "SELECT COUNT(*) FROM unlinks WHERE state = 'unconfirmed' AND confirmed_at IS NULL",
        _ => "SELECT COUNT(*) FROM unlinks WHERE state = 'cancelled' AND confirmed_at IS NULL",
    };
    assert_eq!(house.number(receipts).await, 1, "{state}");
    assert_eq!(house.number("SELECT COUNT(*) FROM unlinks").await, 1);
}

/// An unlink while Kakao has trouble: it is pending.
async fn pending(house: &House, browser: &Browser) -> Value {
    house.kakao.turns(Mood::Html);
    let told = browser.get("/unlink").await.is(202);
    assert_eq!(told["receipt"]["state"], "pending");
    assert!(told["remedy"]["ko"].as_str().unwrap().contains("카카오에 계속 요청"), "{told}");
    told
}

#[tokio::test]
async fn kakaos_answer_is_passed_on_with_a_receipt_and_nothing_else_is_left() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    let told = browser.get("/unlink").await.is(200);
    assert_eq!(told["id"], house.emulator.world().people[0].user_ids["demo"]);
    let receipt = &told["receipt"];
    assert!(receipt["id"].as_str().unwrap().starts_with("rct_"), "{receipt}");
    assert!(receipt["account"].as_str().unwrap().starts_with("acc_"), "{receipt}");
    assert_eq!((&receipt["asked_by"], &receipt["state"]), (&"person".into(), &"confirmed".into()));
    assert_eq!(
        (&receipt["requested_at"], &receipt["confirmed_at"]),
        (&"2026-01-01T03:00:00Z".into(), &"2026-01-01T03:00:00Z".into())
    );
    is_left(&house, 0, 0, "confirmed").await;
    assert_eq!(house.number("SELECT COUNT(*) FROM sessions").await, 0);
    assert!(house.emulator.world().links.iter().all(|link| link.person.as_str() != "ryan"));
}

#[tokio::test]
async fn the_page_tells_of_leaving_and_no_link_tells_it_to_who_is_here() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    let page = "/index.html?unlink=confirmed";
    assert!(!browser.get(page).await.body.contains("연결을 끊고"));
    browser.get("/unlink").await.is(200);
    assert!(browser.get(page).await.body.contains("연결을 끊고"));
}

#[tokio::test]
async fn who_was_not_linked_any_more_is_unlinked() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    house.emulator.fault(Fault::on(UNLINK).times(1).code(-101)).unwrap();
    let told = browser.get("/unlink").await.is(200);
    assert_eq!(told["id"], house.emulator.world().people[0].user_ids["demo"]);
    is_left(&house, 0, 0, "confirmed").await;
}

#[tokio::test]
async fn with_dead_tokens_the_data_goes_and_the_person_hears_where_to_disconnect() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    disconnect(&house, "ryan").await;
    browser.get("/profile").await.is(401);
    let asked = house.kakao.count_all();
    let told = browser.get("/unlink").await.is(200);
    assert_eq!(told["receipt"]["state"], "unconfirmed");
    assert!(told["remedy"]["ko"].as_str().unwrap().contains("카카오톡"), "{told}");
    assert_eq!(house.kakao.count_all(), asked);
    is_left(&house, 0, 0, "unconfirmed").await;
}

#[tokio::test]
async fn while_kakao_has_trouble_the_data_goes_and_kakao_is_asked_until_it_confirms() {
    let house = House::open().await;
    let (phone, desk) = (house.signed_in("ryan").await, house.signed_in("ryan").await);
    pending(&house, &phone).await;
    for browser in [&phone, &desk] {
        browser.get("/profile").await.is(401);
    }
    assert_eq!(house.number("SELECT COUNT(*) FROM sessions").await, 0);
    is_left(&house, 1, 1, "pending").await;
    let asked = house.kakao.count_all();
    house.gateway.do_what_is_due().await;
    assert_eq!(house.kakao.count_all(), asked, "asked again at once");
    later(&house).await;
    assert!(house.kakao.count_all() > asked, "not asked again");
    is_left(&house, 1, 1, "pending").await;

    let house = house.restart().await;
    house.kakao.turns(Mood::Honest);
    later(&house).await;
    is_left(&house, 0, 0, "confirmed").await;
    let asked = house.kakao.count_all();
    later(&house).await;
    assert_eq!(house.kakao.count_all(), asked);
}

#[tokio::test]
async fn an_unlink_whose_answer_was_lost_is_finished_by_itself() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    house.kakao.turns(Mood::SilentAfterwards);
    browser.get("/unlink").await.is(202);
    house.kakao.turns(Mood::Honest);
    browser.get("/profile").await.is(401);
    later(&house).await;
    is_left(&house, 0, 0, "unconfirmed").await;
}

#[tokio::test]
async fn who_signs_in_again_is_not_unlinked() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    pending(&house, &browser).await;
    house.kakao.turns(Mood::Honest);
    let asked = house.kakao.count(UNLINK);
    browser.sign_in(&house.emulator, "ryan", "/authorize").await;
    is_left(&house, 1, 1, "cancelled").await;
    later(&house).await;
    assert_eq!(house.kakao.count(UNLINK), asked);
    browser.get("/profile").await.is(200);
}

#[tokio::test]
async fn pressed_twice_it_is_one_unlink() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    house.kakao.turns(Mood::Late);
    let other = browser.copy();
    let (one, two) = tokio::join!(browser.get("/unlink"), other.get("/unlink"));
    // Who comes second is either told of the same receipt or no longer signed in.
    assert!([&one, &two].iter().any(|page| page.status == 200), "{one:?} {two:?}");
    assert!(
        [&one, &two].iter().all(|page| [200, 202, 401].contains(&page.status.as_u16())),
        "{one:?} {two:?}"
    );
    assert_eq!(house.kakao.count(UNLINK), 1);
    is_left(&house, 0, 0, "confirmed").await;
}

#[tokio::test]
async fn of_two_gateways_one_asks_again() {
    let Some(database) = Database::on_postgres().await else { return };
    let house = House::open_on(database).await;
    let ((other, _data), _) = house.another_gateway().await;
    let browser = house.signed_in("ryan").await;
    pending(&house, &browser).await;
    house.kakao.turns(Mood::Late);
    let asked = house.kakao.count(UNLINK);
    house.advance(SignedDuration::from_mins(2));
    tokio::join!(house.gateway.do_what_is_due(), other.do_what_is_due());
    assert_eq!(house.kakao.count(UNLINK), asked + 1);
    is_left(&house, 0, 0, "confirmed").await;
}
