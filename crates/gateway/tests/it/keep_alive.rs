//! Logins that nobody uses: refreshed before Kakao lets them end, once, by whichever gateway.

use jiff::SignedDuration;
use katok_client::RestApiKey;

use crate::database::Database;
use crate::house::House;
use crate::kakao_proxy::Mood;

const DAY: SignedDuration = SignedDuration::from_hours(24);

/// Lets so many days pass, in which the gateway does what is due and nobody comes.
async fn days_pass(house: &House, days: u32) {
    for _ in 0..days {
        house.advance(DAY);
        house.gateway.do_what_is_due().await;
    }
}

/// What Kakao answered to those who asked for tokens.
fn answers(house: &House) -> Vec<u16> {
    let journal = house.emulator.journal(0);
    let asked = journal.iter().filter(|exchange| exchange.path == "/oauth/token");
    asked.map(|exchange| exchange.response.as_ref().unwrap().status).collect()
}

#[tokio::test]
async fn a_login_that_nobody_uses_lives_for_years() {
    let house = House::open().await;
    house.signed_in("ryan").await;
    // Every forty days: a refresh token lives for sixty, and is replaced in the last thirty of them.
    for (days, refreshes) in [(39, 0), (1, 1), (39, 1), (1, 2), (102, 4), (183, 9)] {
        days_pass(&house, days).await;
        assert_eq!(answers(&house), vec![200; 1 + refreshes]);
    }
}

#[tokio::test]
async fn a_login_that_is_used_is_kept_alive_too() {
    let house = House::open().await;
    house.signed_in("ryan").await;
    for _ in 0..8 {
        days_pass(&house, 45).await;
        let again = house.visitor();
        again.sign_in(&house.emulator, "ryan", "/authorize").await;
        again.get("/profile").await.is(200);
    }
    assert!(answers(&house).iter().all(|status| *status == 200));
}

#[tokio::test]
async fn of_two_gateways_one_refreshes_each_time() {
    let Some(database) = Database::on_postgres().await else { return };
    let house = House::open_on(database).await;
    let ((other, _data), _) = house.another_gateway().await;
    house.signed_in("ryan").await;
    house.signed_in("apeach").await;
    for _ in 0..130 {
        house.advance(DAY);
        tokio::join!(house.gateway.do_what_is_due(), other.do_what_is_due());
    }
    // Two logins, and three refreshes of each.
    assert_eq!(answers(&house), vec![200; 2 + 6]);
}

#[tokio::test]
async fn a_refresh_that_fails_is_put_off_longer_and_longer_and_then_succeeds() {
    let house = House::open().await;
    house.signed_in("ryan").await;
    house.advance(DAY * 40);
    house.kakao.turns(Mood::Html);
    house.gateway.do_what_is_due().await;
    for minutes in [2, 4, 8] {
        let asked = house.kakao.count("/oauth/token");
        house.advance(SignedDuration::from_mins(minutes) - SignedDuration::from_secs(1));
        house.gateway.do_what_is_due().await;
        assert_eq!(house.kakao.count("/oauth/token"), asked, "before {minutes} minutes");
        house.advance(SignedDuration::from_secs(1));
        house.gateway.do_what_is_due().await;
        assert!(house.kakao.count("/oauth/token") > asked, "after {minutes} minutes");
    }
    house.kakao.turns(Mood::Honest);
    house.advance(SignedDuration::from_mins(16));
    house.gateway.do_what_is_due().await;
    house.gateway.do_what_is_due().await;
    assert_eq!(answers(&house), [200, 200]);
    assert_eq!(house.number("SELECT keep_alive_attempts FROM tokens").await, 0);
}

#[tokio::test]
async fn while_kakao_does_not_answer_not_everybody_is_tried() {
    let house = House::open().await;
    house.signed_in("ryan").await;
    house.signed_in("apeach").await;
    house.advance(DAY * 40);
    house.kakao.turns(Mood::Html);
    house.gateway.do_what_is_due().await;
    assert_eq!(house.number("SELECT COUNT(*) FROM tokens WHERE keep_alive_attempts > 0").await, 1);
    house.kakao.turns(Mood::Honest);
    house.advance(SignedDuration::from_mins(2));
    house.gateway.do_what_is_due().await;
    assert_eq!(answers(&house), [200; 4]);
}

#[tokio::test]
async fn tokens_of_another_kakao_app_in_the_same_database_are_left_alone() {
    let house = House::open().await;
    house.signed_in("ryan").await;
    let asked = house.kakao.count_all();
    let house =
        house.restart_with(|settings| settings.kakao.keys.rest_api_key = RestApiKey::new("another")).await;
    days_pass(&house, 60).await;
    assert_eq!(house.kakao.count_all(), asked);
}
