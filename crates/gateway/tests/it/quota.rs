//! `GET /v1/quota`: what is left today, and a word before the wall.

use std::num::NonZeroU32;

use jiff::SignedDuration;
use katok_gateway::config::Quotas;
use serde_json::{Value, json};

use crate::database::Database;
use crate::house::House;

/// The account of a browser, and the realm under which its counts are kept.
async fn names(house: &House, browser: &crate::browser::Browser) -> (String, String) {
    let account = browser.get("/v1/me").await.is(200)["id"].as_str().unwrap().to_owned();
    let realm = "SELECT kakao_app FROM accounts LIMIT 1";
    let realm = house.database.column(house.data.path(), realm).await.remove(0);
    (account, realm)
}

/// Counts as a gateway would have kept them today.
async fn keep(house: &House, realm: &str, counts: &[(String, i64)]) {
    // 2026-01-01, the day on which tests begin.
    for (counter, used) in counts {
        let row = format!("INSERT INTO quota_counts VALUES (20454, '{realm}', '{counter}', {used}, 0)");
        house.database.change(house.data.path(), &row).await;
    }
}

async fn house_with(app: u32, sender: u32, receiver: u32, pair: u32) -> House {
    let limit = |messages| NonZeroU32::new(messages).unwrap();
    let quotas =
        Quotas { app: limit(app), sender: limit(sender), receiver: limit(receiver), pair: limit(pair) };
    House::open_with(Database::new().await, |settings, _| settings.quotas = quotas).await
}

#[tokio::test]
async fn who_has_sent_nothing_has_all_of_it_until_midnight_in_korea() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    let standing =
        |limit: i64| json!({ "used": 0, "limit": limit, "left": limit, "scheduled": 0, "left_after": limit });
    let quota = browser.get("/v1/quota").await.is(200);
    assert_eq!(
        quota,
        json!({
            "day": "2026-01-01",
            "refilled_at": "2026-01-01T15:00:00Z",
            "app": standing(30_000),
            "sender": standing(100),
            "friends": [],
            "warnings": [],
        })
    );
    house.visitor().get("/v1/quota").await.is(401);
}

#[tokio::test]
async fn ones_own_counts_are_told_and_of_others_only_who_is_full() {
    let house = house_with(50, 10, 5, 4).await;
    let (ryan, apeach) = (house.signed_in("ryan").await, house.signed_in("apeach").await);
    let (friend, other) = (house.friend(&ryan, "어피치").await, house.friend(&ryan, "무지").await);
    let ((me, realm), (them, _)) = (names(&house, &ryan).await, names(&house, &apeach).await);
    let counts = [
        ("app".to_owned(), 12),
        (me.clone(), 8),
        (format!("{me} {friend}"), 3),
        (format!("{me} {other}"), 1),
        (format!("receiver {friend}"), 4),
        (format!("receiver {other}"), 5),
        (them.clone(), 4),
        (format!("{them} {other}"), 4),
    ];
    keep(&house, &realm, &counts).await;

    let quota = ryan.get("/v1/quota").await.is(200);
    assert_eq!((&quota["app"]["used"], &quota["app"]["left"]), (&json!(12), &json!(38)));
    assert_eq!((&quota["sender"]["used"], &quota["sender"]["left"]), (&json!(8), &json!(2)));
    let of = |uuid: &str| {
        let friends = quota["friends"].as_array().unwrap();
        friends.iter().find(|friend| friend["uuid"] == uuid).unwrap().clone()
    };
    assert_eq!((&of(&friend)["left"], &of(&friend)["receiver_is_full"]), (&json!(1), &json!(false)));
    assert_eq!((&of(&other)["left"], &of(&other)["receiver_is_full"]), (&json!(3), &json!(true)));
    assert_eq!(quota["friends"].as_array().unwrap().len(), 2);
    let warned: Vec<(&Value, &Value)> = quota["warnings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|warning| (&warning["code"], &warning["quota"]))
        .collect();
    assert_eq!(warned, [(&json!("nearly_used"), &json!("sender")), (&json!("used_up"), &json!("receiver"))]);

    house.advance(SignedDuration::from_hours(12));
    let tomorrow = ryan.get("/v1/quota").await.is(200);
    assert_eq!((&tomorrow["day"], &tomorrow["sender"]["used"]), (&json!("2026-01-02"), &json!(0)));
    assert_eq!(tomorrow["friends"], json!([]));
}

#[tokio::test]
async fn what_is_still_to_be_sent_today_is_set_against_what_is_left() {
    let house = house_with(50, 3, 5, 4).await;
    let browser = house.signed_in("ryan").await;
    let friend = house.friend(&browser, "어피치").await;
    // The last second of the day in Korea, and the first of the next.
    let (today, tomorrow) = ("2026-01-01T14:59:59Z", "2026-01-01T15:00:00Z");
    let to_friend = json!({ "friends": [friend] });
    let wanted = [(json!("me"), today), (json!("me"), tomorrow), (to_friend.clone(), tomorrow)];
    for (to, send_at) in wanted.into_iter().chain(std::iter::repeat_n((to_friend, today), 4)) {
        let message =
            json!({ "to": to, "text": "배포 완료", "link": "https://katok.example", "send_at": send_at });
        browser.post("/v1/messages", message).await.is(202);
    }

    let quota = browser.get("/v1/quota").await.is(200);
    let scheduled = |standing: &Value| {
        (standing["scheduled"].as_i64().unwrap(), standing["left_after"].as_i64().unwrap())
    };
    assert_eq!(scheduled(&quota["app"]), (5, 45));
    assert_eq!(scheduled(&quota["sender"]), (4, -1));
    assert_eq!(scheduled(&quota["friends"][0]), (4, 0));
    let warnings = quota["warnings"].as_array().unwrap();
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    assert_eq!((&warnings[0]["code"], &warnings[0]["quota"]), (&json!("too_small"), &json!("sender")));
    assert!(warnings[0]["message"]["en"].as_str().unwrap().contains("1 of them do not go out today"));
}
