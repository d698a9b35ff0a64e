//! Random lives of a small world, and what must hold in all of them.

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::sample::select;

use super::happening::{Event, Written};
use super::observer::{ITEMS, Observed, PEOPLE};

fn items() -> impl Strategy<Value = BTreeSet<&'static str>> {
    let some = proptest::collection::btree_set(select(&ITEMS[..]), 0..=ITEMS.len());
    prop_oneof![some, Just(BTreeSet::from(ITEMS))]
}

/// Mostly the first app, so that its people meet.
fn app() -> impl Strategy<Value = usize> {
    prop_oneof![2 => Just(0), 1 => Just(1)]
}

fn written() -> impl Strategy<Value = Written> {
    select(&[Written::Default, Written::Scrap, Written::Custom][..])
}

fn login() -> impl Strategy<Value = Event> {
    let (person, ticked) = (0..PEOPLE.len(), proptest::option::weighted(0.9, items()));
    let by_another = || prop::bool::weighted(0.1);
    prop_oneof![
        4 => (app(), person, items(), ticked)
            .prop_map(|(app, person, scope, ticked)| Event::Authorize { app, person, scope, ticked }),
        5 => (any::<usize>(), by_another())
            .prop_map(|(code, by_another_app)| Event::Exchange { code, by_another_app }),
        3 => (any::<usize>(), by_another())
            .prop_map(|(token, by_another_app)| Event::Refresh { token, by_another_app }),
        1 => any::<usize>().prop_map(|token| Event::SignUp { token }),
    ]
}

fn talk() -> impl Strategy<Value = Event> {
    let friends = proptest::collection::btree_set(0..PEOPLE.len(), 1..=PEOPLE.len());
    prop_oneof![
        2 => (any::<usize>(), written()).prop_map(|(token, written)| Event::SendToMe { token, written }),
        4 => (any::<usize>(), friends, written(), prop::bool::weighted(0.1)).prop_map(
            |(token, friends, written, by_another_app)| Event::SendToFriends {
                token,
                friends,
                written,
                by_another_app
            }
        ),
        1 => any::<usize>().prop_map(|token| Event::ListFriends { token }),
    ]
}

fn farewell() -> impl Strategy<Value = Event> {
    let person = || 0..PEOPLE.len();
    prop_oneof![
        2 => (any::<usize>(), select(&ITEMS[..])).prop_map(|(token, item)| Event::Revoke { token, item }),
        2 => (app(), person(), items())
            .prop_map(|(app, person, items)| Event::EditConsents { app, person, items }),
        1 => any::<usize>().prop_map(|token| Event::Logout { token }),
        1 => (app(), person(), any::<bool>())
            .prop_map(|(app, person, by_another_app)| Event::LogoutByAdmin { app, person, by_another_app }),
        1 => any::<usize>().prop_map(|token| Event::Unlink { token }),
        1 => (app(), person(), any::<bool>())
            .prop_map(|(app, person, by_another_app)| Event::UnlinkByAdmin { app, person, by_another_app }),
        1 => (app(), person()).prop_map(|(app, person)| Event::Part { app, person }),
    ]
}

fn time() -> impl Strategy<Value = Event> {
    let minutes = prop_oneof![1..20_i64, Just(7 * 60), Just(25 * 60), Just(40 * 24 * 60), -1500..0_i64];
    prop_oneof![
        3 => minutes.prop_map(|minutes| Event::Wait { minutes }),
        2 => (-2..3_i64).prop_map(|seconds| Event::GoToMidnight { seconds }),
        1 => any::<usize>().prop_map(|token| Event::Expire { token }),
        1 => (any::<usize>(), 0..60_i64).prop_map(|(token, days)| Event::Age { token, days }),
    ]
}

fn life() -> impl Strategy<Value = Vec<Event>> {
    proptest::collection::vec(prop_oneof![5 => login(), 5 => talk(), 2 => farewell(), 2 => time()], 1..80)
}

proptest! {
    #[test]
    fn codes_are_spent_once_the_dead_stay_dead_quotas_hold_and_nothing_happens_without_consent(life in life()) {
        let mut observed = Observed::with_low_quotas();
        for event in life {
            observed.live(event);
            observed.check();
        }
    }
}

proptest! {
    // It is twice the work, and what it looks for shows at once.
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_world_read_back_from_its_state_file_lives_on_as_it_would_have(life in life()) {
        let (mut stayed, mut read_back) = (Observed::with_low_quotas(), Observed::with_low_quotas());
        for event in life {
            stayed.live(event.clone());
            read_back.live(event);
            let written = read_back.written_down();
            read_back.world = serde_json::from_str(&written).unwrap();
            prop_assert_eq!(written, stayed.written_down());
        }
    }
}
