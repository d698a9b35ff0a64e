//! What comes between two steps of whoever sends a lane, as when another gateway is quicker.

use jiff::{SignedDuration, Timestamp};
use katok_client::Clock as _;
use serde_json::{Value, json};
use sqlx::{Connection as _, PgConnection};

use crate::browser::Browser;
use crate::database::Database;
use crate::house::House;

async fn scheduled(browser: &Browser, send_at: Timestamp) -> Value {
    let message = json!({"to": "me", "text": "하나", "send_at": send_at});
    browser.post("/v1/messages", message).await.is(202)
}

/// Waits until the gateway waits for a lock with a statement like this.
async fn it_waits(house: &House, statement: &str) {
    let waiting = format!(
        "SELECT query FROM pg_stat_activity
         WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '{statement}'"
    );
    while house.database.column(house.data.path(), &waiting).await.is_empty() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn what_becomes_due_while_a_lane_is_read_is_not_left_behind() {
    let Some(database) = Database::on_postgres().await else { return };
    let house = House::open_on(database).await;
    let browser = house.signed_in("ryan").await;
    scheduled(&browser, house.clock.now() + SignedDuration::from_secs(10)).await;
    let mut connection = PgConnection::connect(house.database.url().unwrap().as_str()).await.unwrap();
    let mut slow = connection.begin().await.unwrap();
    sqlx::query("LOCK TABLE deliveries IN ACCESS EXCLUSIVE MODE").execute(&mut *slow).await.unwrap();
    house.database.execute("UPDATE lanes SET due_at = 0").await;
    it_waits(&house, "SELECT d.seq, d.message_seq, %").await;
    house.advance(SignedDuration::from_secs(20));
    slow.rollback().await.unwrap();
    // The lane is let go, and taken again.
    house.gateway.do_what_is_due().await;
    house.gateway.do_what_is_due().await;
    assert_eq!(house.texts("ryan"), ["하나"]);
}

#[tokio::test]
async fn what_is_put_off_after_it_was_read_is_not_begun() {
    let Some(database) = Database::on_postgres().await else { return };
    let house = House::open_on(database).await;
    let browser = house.signed_in("ryan").await;
    let message = scheduled(&browser, house.clock.now() + SignedDuration::from_secs(10)).await;
    // It remembers no key from before.
    let house = house.restart().await;
    let mut connection = PgConnection::connect(house.database.url().unwrap().as_str()).await.unwrap();
    let mut slow = connection.begin().await.unwrap();
    sqlx::query("LOCK TABLE accounts IN ACCESS EXCLUSIVE MODE").execute(&mut *slow).await.unwrap();
    house.advance(SignedDuration::from_secs(20));
    // It has read what is due, and looks for the key that opens it.
    it_waits(&house, "SELECT t.version, t.sealed, a.data_key%").await;
    let later = house.clock.now() + SignedDuration::from_mins(10);
    house.database.execute(&format!("UPDATE deliveries SET due_at = {}", later.as_millisecond())).await;
    slow.rollback().await.unwrap();
    house.gateway.do_what_is_due().await;
    let seen = browser.get(&format!("/v1/messages/{}", message["id"].as_str().unwrap())).await.is(200);
    assert_eq!((&seen["state"], &seen["deliveries"][0]["attempts"]), (&json!("scheduled"), &json!([])));
    assert!(house.texts("ryan").is_empty());
    house.advance(SignedDuration::from_mins(10));
    house.gateway.do_what_is_due().await;
    assert_eq!(house.texts("ryan"), ["하나"]);
}
