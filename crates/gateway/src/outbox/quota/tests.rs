use std::num::NonZeroU32;

use jiff::Timestamp;
use proptest::prelude::*;

use super::*;

/// Who sends and to whom, by number; to oneself without a receiver.
type Sent = (u8, Option<u8>);

fn account(number: u8) -> AccountId {
    AccountId::new(Timestamp::UNIX_EPOCH, [number; 10])
}

fn friend(number: u8) -> FriendUuid {
    FriendUuid::new(format!("friend-{number}"))
}

fn limits(app: u32, sender: u32, receiver: u32, pair: u32) -> Limits {
    let limit = |messages| NonZeroU32::new(messages).unwrap();
    Limits { app: limit(app), sender: limit(sender), receiver: limit(receiver), pair: limit(pair) }
}

/// A ledger of the accounts 0 to 3 and the friends 0 to 3.
fn ledger() -> Ledger {
    let accounts: Vec<_> = (0..4).map(account).collect();
    let friends: Vec<_> = (0..4).map(friend).collect();
    let messages = accounts.iter().flat_map(|from| friends.iter().map(move |to| (from, Some(to))));
    Ledger::new(Day::of(Timestamp::UNIX_EPOCH), counters(messages), [])
}

fn take(ledger: &mut Ledger, limits: &Limits, (from, to): Sent) -> Result<(), Exhausted> {
    ledger.take(limits, &account(from), to.map(friend).as_ref())
}

#[test]
fn each_quota_stops_the_message_that_is_one_too_many() {
    let mut ledger = ledger();
    let limits = limits(5, 3, 2, 2);
    let mut take = |from, to| take(&mut ledger, &limits, (from, to));
    assert_eq!(take(0, Some(0)), Ok(()));
    assert_eq!(take(0, Some(0)), Ok(()));
    // The pair is full as well, and Kakao names the receiver first.
    assert_eq!(take(0, Some(0)), Err(Exhausted::Receiver));
    assert_eq!(take(0, Some(1)), Ok(()));
    assert_eq!(take(0, Some(1)), Err(Exhausted::Sender));
    // To oneself: of the app alone.
    assert_eq!(take(0, None), Ok(()));
    assert_eq!(take(1, Some(0)), Err(Exhausted::Receiver));
    assert_eq!(take(1, None), Ok(()));
    assert_eq!(take(1, Some(2)), Err(Exhausted::App));
    assert_eq!(take(2, None), Err(Exhausted::App));
}

#[test]
fn what_was_not_read_has_no_room() {
    let mut ledger = ledger();
    assert_eq!(take(&mut ledger, &Limits::default(), (0, Some(9))), Err(Exhausted::Receiver));
    assert_eq!(ledger.changes().count(), 0);
    let mut nothing = Ledger::new(ledger.day(), BTreeSet::new(), []);
    assert_eq!(take(&mut nothing, &Limits::default(), (0, None)), Err(Exhausted::App));
}

#[test]
fn what_kakao_found_full_stays_full_for_the_day_whatever_is_given_back() {
    for which in Exhausted::ALL {
        let mut ledger = ledger();
        let limits = limits(9, 9, 9, 9);
        take(&mut ledger, &limits, (0, Some(0))).unwrap();
        ledger.fill(which, &account(0), Some(&friend(0)));
        ledger.give_back(&account(0), Some(&friend(0)));
        assert_eq!(take(&mut ledger, &limits, (0, Some(0))), Err(which));
        assert_eq!(Exhausted::meant_by(which.kakao_code()), Some(which));
        let others = take(&mut ledger, &limits, (1, Some(1)));
        assert_eq!(others.is_ok(), which != Exhausted::App);
    }
    assert_eq!(Exhausted::meant_by(-531), None);
}

#[test]
fn each_counter_has_a_text_of_its_own() {
    let (one, other) = (account(1), friend(2));
    let messages = [(&one, Some(&other)), (&one, None)];
    assert_eq!(
        counters(messages).into_iter().collect::<Vec<_>>(),
        [
            "app".to_owned(),
            format!("pair {one} friend-2"),
            "receiver friend-2".to_owned(),
            format!("sender {one}"),
        ]
    );
    assert!(counters(messages).iter().any(|counter| counter.starts_with(&pairs_of(&one))));
}

fn sent() -> impl Strategy<Value = Sent> {
    (0..4_u8, prop::option::of(0..4_u8))
}

proptest! {
    /// No counter is ever beyond its limit or below nothing, a refusal changes nothing, and what is given back can be
    /// taken again.
    #[test]
    fn a_message_takes_all_its_places_or_none(
        limits in (1..20_u32, 1..8_u32, 1..8_u32, 1..5_u32),
        steps in prop::collection::vec((sent(), any::<bool>()), 1..60),
    ) {
        let limits = self::limits(limits.0, limits.1, limits.2, limits.3);
        let mut ledger = ledger();
        let mut under_way: Vec<Sent> = Vec::new();
        for (message, gives_back) in steps {
            let before = ledger.counts.clone();
            if gives_back && let Some((from, to)) = under_way.pop() {
                ledger.give_back(&account(from), to.map(friend).as_ref());
                prop_assert_eq!(take(&mut ledger, &limits, (from, to)), Ok(()));
                prop_assert_eq!(&ledger.counts, &before);
                ledger.give_back(&account(from), to.map(friend).as_ref());
            } else if take(&mut ledger, &limits, message).is_ok() {
                under_way.push(message);
            } else {
                prop_assert_eq!(&ledger.counts, &before);
            }
            let count = |counts: fn(&Sent, u8) -> bool, of| {
                i64::try_from(under_way.iter().filter(|sent| counts(sent, of)).count()).unwrap()
            };
            for number in 0..4 {
                let sender = ledger.count(Counter::Sender(&account(number))).unwrap().used;
                prop_assert_eq!(sender, count(|sent, of| sent.0 == of && sent.1.is_some(), number));
                let receiver = ledger.count(Counter::Receiver(&friend(number))).unwrap().used;
                prop_assert_eq!(receiver, count(|sent, of| sent.1 == Some(of), number));
                prop_assert!(sender <= i64::from(limits.sender.get()));
                prop_assert!(receiver <= i64::from(limits.receiver.get()));
            }
            let app = ledger.count(Counter::App).unwrap().used;
            prop_assert_eq!(app, i64::try_from(under_way.len()).unwrap());
            prop_assert!(app <= i64::from(limits.app.get()));
        }
    }
}

/// How a quota of ten stands when so much is used and so much is to be sent, by the codes of its warnings.
fn warned(used: i64, is_full: bool, scheduled: i64) -> Vec<WarningCode> {
    let (sender, receiver) = (account(0), friend(0));
    let messages = [(&sender, Some(&receiver))];
    let found = [(Counter::Pair(&sender, &receiver).to_string(), Count { used, is_full })];
    let ledger = Ledger::new(Day::of(Timestamp::UNIX_EPOCH), counters(messages), found);
    let coming = Coming { to_oneself: 0, to_friends: [(receiver.clone(), scheduled)].into() };
    let forecast = Forecast::new(&ledger, &limits(99, 99, 99, 10), &sender, [receiver], &coming);
    assert_eq!(forecast.friends[0].pair.left_after, forecast.friends[0].pair.left - scheduled);
    assert_eq!(forecast.sender.scheduled, scheduled);
    forecast.warnings.iter().map(|warning| warning.code).collect()
}

#[test]
fn there_is_a_word_before_the_wall() {
    assert_eq!(warned(7, false, 3), []);
    assert_eq!(warned(7, false, 4), [WarningCode::QuotaTooSmall]);
    assert_eq!(warned(8, false, 2), [WarningCode::QuotaNearlyUsed]);
    assert_eq!(warned(8, false, 3), [WarningCode::QuotaTooSmall]);
    assert_eq!(warned(10, false, 0), [WarningCode::QuotaUsedUp]);
    assert_eq!(warned(1, true, 0), [WarningCode::QuotaUsedUp]);
}

#[test]
fn of_a_receiver_it_is_told_that_they_are_full_and_no_number() {
    let (sender, receiver) = (account(0), friend(0));
    let told = |used| {
        let found = [(Counter::Receiver(&receiver).to_string(), Count { used, is_full: false })];
        let ledger =
            Ledger::new(Day::of(Timestamp::UNIX_EPOCH), counters([(&sender, Some(&receiver))]), found);
        let coming = Coming { to_oneself: 2, to_friends: [(receiver.clone(), 5)].into() };
        let forecast = Forecast::new(&ledger, &limits(99, 99, 7, 99), &sender, [receiver.clone()], &coming);
        assert_eq!((forecast.app.scheduled, forecast.app.left_after), (7, 92));
        serde_json::to_value(&forecast).unwrap()
    };
    assert_eq!(told(0), told(6));
    let full = told(7);
    assert_eq!(full["friends"][0]["receiver_is_full"], true);
    assert_eq!(full["warnings"][0]["quota"], "receiver");
    assert_eq!(full["warnings"][0]["uuid"], "friend-0");
}
