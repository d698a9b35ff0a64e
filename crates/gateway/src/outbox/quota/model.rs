//! The ledger beside the emulator's own quotas: what it lets through Kakao never refuses for a quota, and what it
//! refuses Kakao refuses as well.

use std::collections::BTreeMap;
use std::num::NonZeroU32;

use jiff::{SignedDuration, Timestamp};
use katok_emulator::{Clock, Emulator, Options, Seed};
use serde_json::json;

use super::*;

const WORKLOADS: u64 = 10_000;

/// How many workloads one emulator sees before it begins again with other limits.
const LIFE: u64 = 250;

const PEOPLE: u64 = 4;

/// Noon in Korea.
const START: Timestamp = Timestamp::constant(1_767_236_400, 0);

/// Chance that is the same for the same seed (`SplitMix64`).
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % sides
    }

    fn one_in(&mut self, sides: u64) -> bool {
        self.below(sides) == 0
    }

    fn limit(&mut self, from: u64, to: u64) -> NonZeroU32 {
        let limit = from + self.below(to - from + 1);
        NonZeroU32::new(u32::try_from(limit).unwrap()).unwrap()
    }
}

fn person(number: u64) -> String {
    format!("p{number}")
}

/// Four friends, of whom each sends to the others.
fn seed(limits: &Limits) -> Seed {
    let people: Vec<String> = (0..PEOPLE).map(person).collect();
    let friendships = people.iter().enumerate().flat_map(|(place, of)| {
        people[place + 1..].iter().map(move |with| json!({ "of": of, "with": with }))
    });
    let world = json!({
        "apps": [{
            "key": "demo",
            "quotas": {
                "messages_per_day": limits.app,
                "messages_per_sender_per_day": limits.sender,
                "messages_per_receiver_per_day": limits.receiver,
                "messages_per_pair_per_day": limits.pair,
            },
        }],
        "people": people.iter().map(|key| json!({ "key": key, "nickname": key })).collect::<Vec<_>>(),
        "friendships": friendships.collect::<Vec<_>>(),
    });
    Seed::parse(&world.to_string()).unwrap()
}

/// An emulator, and the gateway's side of it.
struct Model {
    emulator: Emulator,
    now: Timestamp,
    accounts: Vec<AccountId>,
    receivers: Vec<FriendUuid>,
    limits: Limits,
    ledgers: BTreeMap<Day, Ledger>,
}

impl Model {
    async fn begin(limits: Limits) -> Self {
        let clock = Some(Clock::stopped_at(START));
        let emulator =
            Emulator::start(Options { seed: seed(&limits), clock, ..Options::default() }).await.unwrap();
        let people = 0..u8::try_from(PEOPLE).unwrap();
        let accounts = people.clone().map(|number| AccountId::new(START, [number; 10])).collect();
        let receivers = people.map(|number| FriendUuid::new(format!("uuid-{number}"))).collect();
        Self { emulator, now: START, accounts, receivers, limits, ledgers: BTreeMap::new() }
    }

    /// Sends to oneself or to friends in one call; the codes with which Kakao refuses it or some of it.
    fn send(&self, sender: u64, to: &[Option<u64>]) -> Vec<i32> {
        let receivers: Vec<String> = to.iter().flatten().copied().map(person).collect();
        let receivers: Vec<&str> = receivers.iter().map(String::as_str).collect();
        self.emulator.send_text("demo", &person(sender), &receivers, "배포 완료")
    }

    fn turn_clock(&mut self, by: SignedDuration) {
        self.emulator.advance(by).unwrap();
        self.now += by;
    }

    fn day(&self) -> Day {
        Day::of(self.now)
    }

    /// The ledger of a day, with what a message counts towards.
    fn on_message<T>(
        &mut self,
        day: Day,
        sender: u64,
        to: Option<u64>,
        work: impl FnOnce(&mut Ledger, &Limits, &AccountId, Option<&FriendUuid>) -> T,
    ) -> T {
        let (accounts, receivers) = (&self.accounts, &self.receivers);
        let ledger = self.ledgers.entry(day).or_insert_with(|| {
            let all = accounts.iter().flat_map(|from| receivers.iter().map(move |to| (from, Some(to))));
            Ledger::new(day, counters(all), [])
        });
        let receiver = to.map(|whom| &receivers[usize::try_from(whom).unwrap()]);
        work(ledger, &self.limits, &accounts[usize::try_from(sender).unwrap()], receiver)
    }

    fn take(&mut self, sender: u64, to: Option<u64>) -> Result<(), Exhausted> {
        self.on_message(self.day(), sender, to, Ledger::take)
    }

    fn give_back(&mut self, sender: u64, to: Option<u64>) {
        self.on_message(self.day(), sender, to, |ledger, _, from, to| ledger.give_back(from, to));
    }

    fn fill(&mut self, which: Exhausted, sender: u64, to: Option<u64>) {
        self.on_message(self.day(), sender, to, |ledger, _, from, to| ledger.fill(which, from, to));
    }
}

/// Who sends next, and to whom: to oneself or to one to three friends.
fn message(dice: &mut Dice) -> (u64, Vec<Option<u64>>) {
    let sender = dice.below(PEOPLE);
    if dice.one_in(6) {
        return (sender, vec![None]);
    }
    let mut friends: Vec<_> = (0..PEOPLE).filter(|whom| *whom != sender).map(Some).collect();
    friends.swap(0, usize::try_from(dice.below(3)).unwrap());
    friends.truncate(usize::try_from(1 + dice.below(3)).unwrap());
    (sender, friends)
}

/// A day or two on which nobody else sends by the app: the ledger says exactly what Kakao says.
fn alone(model: &mut Model, dice: &mut Dice, place: &str) {
    for _ in 0..8 {
        if dice.one_in(6) {
            model.turn_clock(SignedDuration::from_mins(i64::try_from(dice.below(12 * 60)).unwrap()));
        }
        let (sender, to) = message(dice);
        let (taken, refused): (Vec<_>, Vec<_>) =
            to.into_iter().partition(|receiver| model.take(sender, *receiver).is_ok());
        if !taken.is_empty() {
            if dice.one_in(6) {
                // Nobody was there, or another limit was met.
                for receiver in taken {
                    model.give_back(sender, receiver);
                }
            } else {
                let answer = model.send(sender, &taken);
                assert!(answer.is_empty(), "{place}: {answer:?} to {taken:?}");
            }
        }
        for receiver in refused {
            // Places may have been given back meanwhile.
            let expected = model.take(sender, receiver).err().map(Exhausted::kakao_code);
            let answer = model.send(sender, &[receiver]);
            assert_eq!(answer, Vec::from_iter(expected), "{place}: {sender} to {receiver:?}");
        }
    }
}

/// A day or two on which others send by the same app: what they used up is learnt at the first refusal.
fn among_others(model: &mut Model, dice: &mut Dice, place: &str) {
    for _ in 0..10 {
        if dice.one_in(8) {
            model.turn_clock(SignedDuration::from_mins(i64::try_from(dice.below(12 * 60)).unwrap()));
        }
        let (sender, to) = message(dice);
        let is_theirs = dice.one_in(3);
        for receiver in to {
            if is_theirs {
                let _ = model.send(sender, &[receiver]);
                continue;
            }
            let taken = model.take(sender, receiver);
            let answer = model.send(sender, &[receiver]);
            let meant = answer.first().map(|code| Exhausted::meant_by(*code).unwrap());
            match (taken, meant) {
                (Ok(()), None) => {}
                (Ok(()), Some(which)) => {
                    model.fill(which, sender, receiver);
                    model.give_back(sender, receiver);
                    assert!(model.take(sender, receiver).is_err(), "{place}: {which:?} is not remembered");
                }
                (Err(which), meant) => {
                    assert!(meant.is_some(), "{place}: {which:?}, and Kakao lets it through");
                }
            }
        }
    }
}

/// All workloads of one emulator; the same number gives the same ones.
async fn live(life: u64) {
    let mut dice = Dice(life);
    let limits = Limits {
        app: dice.limit(4, 16),
        sender: dice.limit(2, 6),
        receiver: dice.limit(2, 6),
        pair: dice.limit(1, 3),
    };
    let mut model = Model::begin(limits).await;
    for workload in 0..LIFE {
        let place = format!("life {life}, workload {workload}, {limits:?}");
        // At any time of another day.
        let pause = 24 * 60 + dice.below(24 * 60);
        model.turn_clock(SignedDuration::from_mins(i64::try_from(pause).unwrap()));
        model.ledgers.clear();
        if workload % 4 == 0 {
            among_others(&mut model, &mut dice, &place);
        } else {
            alone(&mut model, &mut dice, &place);
        }
    }
}

#[tokio::test]
async fn what_the_ledger_lets_through_kakao_never_refuses_and_the_other_way_round() {
    for life in 0..WORKLOADS / LIFE {
        live(life).await;
    }
}
