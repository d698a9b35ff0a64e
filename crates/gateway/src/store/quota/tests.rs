use std::num::NonZeroU32;

use katok_client::{Chance as _, SystemChance};
use sqlx::AssertSqlSafe;
use url::Url;

use super::*;
use crate::config::PostgresUrl;
use crate::outbox::quota::{Exhausted, Forecast, Limits};

const APP: &str = "app";

type Message = (AccountId, Option<FriendUuid>);

/// Runs a test on SQLite, and on the PostgreSQL that `KATOK_TEST_DATABASE_URL` names; there are two gateways on it.
async fn on_each_engine(test: impl AsyncFn(Store, Store)) {
    let folder = tempfile::tempdir().unwrap();
    let sqlite = Store::open(&folder.path().join("katok.db")).await.unwrap();
    test(sqlite.clone(), sqlite).await;

    let server = std::env::var("KATOK_TEST_DATABASE_URL").unwrap_or_default();
    if server.is_empty() {
        return;
    }
    let mut chance = [0; 8];
    SystemChance.fill(&mut chance);
    let name = format!("katok_test_{:016x}", u64::from_ne_bytes(chance));
    execute(&server, format!("CREATE DATABASE {name} TEMPLATE template0")).await;
    let mut url = Url::parse(&server).unwrap();
    url.set_path(&name);
    let url = PostgresUrl::parse(url.as_str()).unwrap();
    let (store, other) = (Store::connect(&url).await.unwrap(), Store::connect(&url).await.unwrap());
    test(store.clone(), other.clone()).await;
    store.close().await;
    other.close().await;
    execute(&server, format!("DROP DATABASE {name} WITH (FORCE)")).await;
}

async fn execute(server: &str, sql: String) {
    let store = Store::connect_as_it_is(&PostgresUrl::parse(server).unwrap()).await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(&store.writer).await.unwrap();
    store.close().await;
}

fn today() -> Day {
    Day::of(Timestamp::constant(1_767_236_400, 0))
}

fn account(number: u8) -> AccountId {
    AccountId::new(Timestamp::UNIX_EPOCH, [number; 10])
}

fn message(from: u8, to: &str) -> Message {
    (account(from), Some(FriendUuid::new(to)))
}

fn limits(app: u32, sender: u32, receiver: u32, pair: u32) -> Limits {
    let limit = |messages| NonZeroU32::new(messages).unwrap();
    Limits { app: limit(app), sender: limit(sender), receiver: limit(receiver), pair: limit(pair) }
}

/// Changes the ledger of these messages in one transaction.
async fn change<T>(
    store: &Store,
    app: &str,
    messages: &[Message],
    change: impl FnOnce(&mut Ledger) -> T,
) -> T {
    let mut tx = store.begin().await.unwrap();
    let concerned = messages.iter().map(|(from, to)| (from, to.as_ref()));
    let mut ledger = ledger(&mut tx, &store.engine, app, today(), concerned).await.unwrap();
    let changed = change(&mut ledger);
    write_ledger(&mut tx, &store.engine, app, &ledger).await.unwrap();
    tx.commit().await.unwrap();
    changed
}

async fn take(store: &Store, limits: &Limits, messages: &[Message]) -> Vec<Result<(), Exhausted>> {
    let take_all = |ledger: &mut Ledger| {
        messages.iter().map(|(from, to)| ledger.take(limits, from, to.as_ref())).collect()
    };
    change(store, APP, messages, take_all).await
}

#[tokio::test]
async fn what_one_transaction_wrote_the_next_one_reads() {
    on_each_engine(async |store, other| {
        let limits = limits(30, 5, 4, 2);
        // With what JSON and SQL write in their own ways.
        let odd = "\"\\😀%' ";
        let first = [message(1, "a"), message(1, "a"), message(1, odd), (account(1), None)];
        assert_eq!(take(&store, &limits, &first).await, [Ok(()); 4]);
        let second = [message(1, "a"), message(1, odd), message(2, "a"), message(1, odd)];
        let taken = take(&other, &limits, &second).await;
        assert_eq!(taken, [Err(Exhausted::Pair), Ok(()), Ok(()), Err(Exhausted::Pair)]);

        let friends = async |app, day, of| other.friends_sent_to(app, day, &account(of)).await.unwrap();
        assert_eq!(friends(APP, today(), 1).await, [FriendUuid::new("a"), FriendUuid::new(odd)].into());
        assert!(friends(APP, today(), 3).await.is_empty());
        assert!(friends(APP, today().before(1), 1).await.is_empty());
        assert!(friends("another app", today(), 1).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn what_is_given_back_and_what_kakao_found_full_is_kept() {
    on_each_engine(async |store, other| {
        let limits = limits(30, 1, 4, 2);
        let sent = [message(1, "a")];
        assert_eq!(take(&store, &limits, &sent).await, [Ok(())]);
        change(&other, APP, &sent, |ledger| {
            let (from, to) = &sent[0];
            ledger.give_back(from, to.as_ref());
            ledger.fill(Exhausted::Receiver, from, to.as_ref());
        })
        .await;
        let taken = take(&store, &limits, &[message(1, "a"), message(1, "b"), message(1, "c")]).await;
        assert_eq!(taken, [Err(Exhausted::Receiver), Ok(()), Err(Exhausted::Sender)]);
    })
    .await;
}

#[tokio::test]
async fn of_many_who_come_at_once_as_many_get_a_place_as_there_are() {
    /// What all of them share, by how the first one is numbered.
    type Sharing = (&'static str, Limits, fn(u8) -> Message);
    let rounds: [Sharing; 4] = [
        ("app", limits(3, 9, 9, 9), |number| message(number, &format!("{number}"))),
        ("sender", limits(99, 3, 9, 9), |number| message(0, &format!("{number}"))),
        ("receiver", limits(99, 9, 3, 9), |number| message(number, "a")),
        ("pair", limits(99, 9, 9, 3), |_| message(0, "a")),
    ];
    on_each_engine(async |store, other| {
        for (round, limits, message_of) in rounds {
            let begun: Vec<_> = (0..24)
                .map(|number| {
                    let store = if number % 2 == 0 { store.clone() } else { other.clone() };
                    tokio::spawn(async move {
                        let sent = message_of(number);
                        let one = std::slice::from_ref(&sent);
                        let take = |ledger: &mut Ledger| ledger.take(&limits, &sent.0, sent.1.as_ref());
                        change(&store, round, one, take).await.is_ok()
                    })
                })
                .collect();
            let mut taken = 0;
            for one in begun {
                taken += usize::from(one.await.unwrap());
            }
            assert_eq!(taken, 3, "{round}");
        }
    })
    .await;
}

#[tokio::test]
async fn who_take_the_same_places_in_another_order_do_not_wait_for_one_another_for_ever() {
    on_each_engine(async |store, other| {
        let limits = limits(999, 999, 999, 999);
        let begun: Vec<_> = (0..16)
            .map(|number: u8| {
                let store = if number.is_multiple_of(2) { store.clone() } else { other.clone() };
                tokio::spawn(async move {
                    // Each makes rows that nobody has made before, among those that all of them want.
                    let mut messages: Vec<_> = (0..20).map(|to| message(to % 3, &format!("{to}"))).collect();
                    messages.push(message(number, &format!("new {number}")));
                    messages.rotate_left(usize::from(number));
                    take(&store, &limits, &messages).await.iter().all(Result::is_ok)
                })
            })
            .collect();
        for one in begun {
            assert!(one.await.unwrap());
        }
        let app = store.look_at_ledger(APP, today(), [(&account(0), None)]).await.unwrap();
        let app = Forecast::new(&app, &limits, &account(0), [], &Coming::default()).app;
        assert_eq!(app.used, 16 * 21);
    })
    .await;
}

#[tokio::test]
async fn ten_thousand_counters_go_in_one_statement() {
    on_each_engine(async |store, _| {
        let messages: Vec<_> = (0..5_000).map(|number| message(0, &format!("{number}"))).collect();
        let limits = limits(4_999, 9_999, 1, 1);
        let taken = take(&store, &limits, &messages).await;
        assert_eq!(taken.iter().filter(|taken| taken.is_ok()).count(), 4_999);
        assert_eq!(store.friends_sent_to(APP, today(), &account(0)).await.unwrap().len(), 4_999);
    })
    .await;
}

#[tokio::test]
async fn old_days_are_thrown_out_bit_by_bit() {
    on_each_engine(async |store, _| {
        let messages: Vec<_> = (0..3_000).map(|number| message(0, &format!("{number}"))).collect();
        take(&store, &Limits { sender: NonZeroU32::MAX, ..Limits::default() }, &messages).await;
        let left = async || {
            let count = sqlx::query_scalar("SELECT COUNT(*) FROM quota_counts");
            let count: i64 = count.fetch_one(&store.readers).await.unwrap();
            count
        };
        store.throw_out_quota_counts(today()).await.unwrap();
        assert_eq!(left().await, 6_002);
        for left_over in [6_002 - SWEPT_AT_ONCE, 0] {
            store.throw_out_quota_counts(today().before(-1)).await.unwrap();
            assert_eq!(left().await, left_over);
        }
    })
    .await;
}

#[tokio::test]
async fn the_pairs_of_one_sender_are_found_by_the_index() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("katok.db")).await.unwrap();
    let plan: Vec<(i64, i64, i64, String)> =
        sqlx::query_as(AssertSqlSafe(format!("EXPLAIN QUERY PLAN {PAIRS}")))
            .bind(0)
            .bind(APP)
            .bind("pair a ")
            .bind("pair a!")
            .fetch_all(&store.readers)
            .await
            .unwrap();
    let plan: Vec<&str> = plan.iter().map(|(.., step)| step.as_str()).collect();
    let by_key = "SEARCH quota_counts USING PRIMARY KEY (day=? AND kakao_app=? AND counter>? AND counter<?)";
    assert_eq!(plan, [by_key]);
}
