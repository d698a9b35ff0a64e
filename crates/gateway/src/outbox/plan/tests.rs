//! Random lanes, and what must hold of every plan for them.

use jiff::SignedDuration;
use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::outbox::{OnFailure, OnQuota, OnUnconfirmed};

const NOW: Timestamp = Timestamp::constant(1_767_236_400, 0);
const FRIENDS: [&str; 12] = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"];

fn delivery(expired: bool, alone: bool) -> Delivery {
    Delivery {
        state: State::Queued,
        code: alone.then(|| ONE_OF_THEM.to_owned()),
        attempts: 0,
        may_have_arrived: false,
        expires_at: if expired { NOW } else { NOW + SignedDuration::from_secs(1) },
        on_unconfirmed: OnUnconfirmed::Hold,
        on_quota: OnQuota::Wait,
        on_failure: OnFailure::Retry,
        consent_within: SignedDuration::from_hours(1),
    }
}

proptest! {
    #[test]
    fn a_plan_keeps_the_order_and_kakaos_rules(
        lane in vec((0..6_i64, 0..12_usize, prop::bool::weighted(0.1), prop::bool::weighted(0.1)), 0..80),
    ) {
        let deliveries: Vec<_> =
            lane.iter().map(|(_, _, expired, alone)| delivery(*expired, *alone)).collect();
        let mut due: Vec<Due<'_>> = std::iter::zip(&lane, &deliveries)
            .map(|((message, friend, ..), delivery)| {
                Due { message: *message, receiver: FRIENDS[*friend], delivery }
            })
            .collect();
        due.sort_by_key(|one| one.message);
        let Plan { calls, ran_out } = plan(&due, NOW);
        let expired: Vec<usize> =
            ran_out.iter().copied().filter(|place| due[*place].delivery.expires_at <= NOW).collect();
        prop_assert_eq!(&expired, &ran_out);
        prop_assert!(calls.len() <= CALLS);
        prop_assert!(calls.is_empty() == due.iter().all(|one| one.delivery.expires_at <= NOW));
        let mut receivers = HashSet::new();
        for call in &calls {
            prop_assert!((1..=Receivers::MAX).contains(&call.len()));
            prop_assert!(call.len() == 1 || call.iter().all(|place| due[*place].delivery.code.is_none()));
            for place in call {
                let one = &due[*place];
                prop_assert!(one.delivery.expires_at > NOW);
                prop_assert_eq!(one.message, due[call[0]].message);
                prop_assert!(receivers.insert(one.receiver), "twice in one wave");
                let earlier = due[..*place]
                    .iter()
                    .any(|other| other.receiver == one.receiver && other.delivery.expires_at > NOW);
                prop_assert!(!earlier, "overtakes");
            }
        }
    }
}
