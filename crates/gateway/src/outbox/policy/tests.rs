//! Random lives of a delivery beside an observer that knows what must hold and none of the rules.

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

const NOW: Timestamp = Timestamp::constant(1_767_236_400, 0);

fn delivery(state: State) -> Delivery {
    Delivery {
        state,
        code: None,
        attempts: 0,
        may_have_arrived: false,
        expires_at: NOW + SignedDuration::from_hours(24),
        on_unconfirmed: OnUnconfirmed::Hold,
        on_quota: OnQuota::Wait,
        on_failure: OnFailure::Retry,
        consent_within: SignedDuration::from_hours(1),
    }
}

fn outcome() -> impl Strategy<Value = Outcome> {
    let code = || prop::sample::select(&["-1", "-501", "no_answer"][..]).prop_map(str::to_owned);
    prop_oneof![
        Just(Outcome::Delivered),
        (code(), proptest::option::of(0..200_000_u64))
            .prop_map(|(code, after)| Outcome::Retry { code, after: after.map(Duration::from_secs) }),
        (code(), 0..200_000_i64).prop_map(|(code, seconds)| Outcome::NoQuota {
            code,
            refilled_at: NOW + SignedDuration::from_secs(seconds)
        }),
        code().prop_map(|code| Outcome::NoConsent { code, scopes: ScopeSet::new() }),
        code().prop_map(|code| Outcome::Refused { code }),
        code().prop_map(|code| Outcome::Unconfirmed { code }),
    ]
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        4 => Just(Event::Begun),
        4 => outcome().prop_map(Event::Ended),
        1 => outcome().prop_map(Event::Foreseen),
        1 => Just(Event::Abandoned),
        1 => Just(Event::RanOut),
        1 => Just(Event::Consented),
        1 => Just(Event::Cancelled),
        1 => Just(Event::Resent),
        1 => (0..100_000_i64).prop_map(|seconds| Event::Rescheduled {
            send_at: NOW + SignedDuration::from_secs(seconds)
        }),
        1 => (0..100_000_i64).prop_map(|seconds| Event::PutOff {
            send_at: NOW + SignedDuration::from_secs(seconds)
        }),
    ]
}

/// What an observer knows of one delivery.
#[derive(Default)]
struct Observer {
    /// A call was begun, and its outcome is not known or never will be; since the last wish to send again.
    is_uncertain: bool,
    /// The same since the beginning.
    ever_uncertain: bool,
    /// The answer to the last call has come.
    is_answered: bool,
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn whatever_happens_nothing_is_sent_twice_unasked_and_nothing_untrue_is_said(
        events in vec((event(), 0..4000_i64, 0.0..=1.0), 1..60),
        resend in any::<bool>(), refuse_quota in any::<bool>(), refuse_failure in any::<bool>(),
    ) {
        let mut delivery = Delivery {
            on_unconfirmed: if resend { OnUnconfirmed::Resend } else { OnUnconfirmed::Hold },
            on_quota: if refuse_quota { OnQuota::Refuse } else { OnQuota::Wait },
            on_failure: if refuse_failure { OnFailure::Refuse } else { OnFailure::Retry },
            ..delivery(State::Queued)
        };
        let mut seen = Observer { is_answered: true, ..Observer::default() };
        let mut now = NOW;
        for (event, seconds, chance) in events {
            now += SignedDuration::from_secs(seconds);
            // One call has one answer.
            if matches!(event, Event::Ended(_)) && seen.is_answered {
                continue;
            }
            let before = delivery.state;
            let Some(next) = decide(&delivery, &event, now, chance) else { continue };
            if before.is_final() {
                let late_truth = before == State::Unconfirmed && matches!(event, Event::Ended(_));
                let is_asked = matches!(event, Event::Resent | Event::PutOff { .. });
                prop_assert!(is_asked || late_truth, "{before:?} left by {event:?}");
            }
            prop_assert_eq!(next.due_at.is_none(), next.state.is_final());
            prop_assert!(next.state != State::Refused || next.code.is_some(), "refused for no reason");
            let waits = matches!(next.state, State::Queued | State::WaitingQuota | State::WaitingConsent);
            if waits && !matches!(event, Event::Resent | Event::Consented) {
                prop_assert!(next.due_at.is_none_or(|due_at| due_at <= delivery.expires_at));
            }
            match &event {
                Event::Begun => {
                    prop_assert!(!seen.is_uncertain || resend, "sent again unasked");
                    seen = Observer { is_uncertain: true, is_answered: false, ..seen };
                    delivery.attempts += 1;
                }
                Event::Ended(outcome) => {
                    seen.is_answered = true;
                    if outcome.certainly_failed() {
                        seen.is_uncertain = false;
                    } else if matches!(outcome, Outcome::Unconfirmed { .. }) {
                        seen.ever_uncertain = true;
                    }
                }
                // The answer may still come.
                Event::Abandoned => seen.ever_uncertain = true,
                Event::Resent => seen.is_uncertain = false,
                _ => {}
            }
            if matches!(next.state, State::Refused | State::Expired | State::Cancelled) {
                prop_assert!(!seen.ever_uncertain, "{next:?}, though it may have arrived");
            }
            if next.state != State::Unconfirmed {
                // What is sent again has another call, whose answer has not come.
                seen.is_answered |= next.state != State::Sending;
            }
            delivery.may_have_arrived |= matches!(event, Event::Abandoned)
                || matches!(event, Event::Ended(Outcome::Unconfirmed { .. }));
            (delivery.state, delivery.code) = (next.state, next.code);
        }
    }

    #[test]
    fn a_pause_grows_and_never_ends_early(attempts in 1..100_u32, chance in 0.0..=1.0) {
        let pause = pause_after(attempts, chance);
        prop_assert!(pause >= FIRST_PAUSE.mul_f64(0.5) && pause <= LONGEST_PAUSE);
        prop_assert!(pause_after(attempts + 1, chance) >= pause);
    }
}

#[test]
fn each_thing_that_can_happen_leads_where_it_is_said_to() {
    let unconfirmed = || Event::Ended(Outcome::Unconfirmed { code: "no_answer".to_owned() });
    let refused = || Event::Ended(Outcome::Refused { code: "-501".to_owned() });
    let retry = || Event::Ended(Outcome::Retry { code: "-1".to_owned(), after: None });
    let put_off = || Event::PutOff { send_at: NOW };
    let table: [(State, Event, Option<State>); 23] = [
        (State::Queued, Event::Begun, Some(State::Sending)),
        (State::Scheduled, Event::Begun, Some(State::Sending)),
        (State::WaitingQuota, Event::Begun, Some(State::Sending)),
        (State::Sending, Event::Begun, None),
        (State::Unconfirmed, Event::Begun, None),
        (State::Delivered, Event::Begun, None),
        (State::Sending, Event::Ended(Outcome::Delivered), Some(State::Delivered)),
        (State::Unconfirmed, Event::Ended(Outcome::Delivered), Some(State::Delivered)),
        (State::Queued, Event::Ended(Outcome::Delivered), None),
        (State::Sending, unconfirmed(), Some(State::Unconfirmed)),
        (State::Sending, refused(), Some(State::Refused)),
        (State::Sending, retry(), Some(State::Queued)),
        (State::Sending, Event::Abandoned, Some(State::Unconfirmed)),
        (State::Queued, Event::Abandoned, None),
        (State::Queued, Event::RanOut, Some(State::Expired)),
        (State::WaitingConsent, Event::Consented, Some(State::Queued)),
        (State::Sending, Event::Cancelled, None),
        (State::Scheduled, Event::Cancelled, Some(State::Cancelled)),
        (State::Unconfirmed, Event::Resent, Some(State::Queued)),
        (State::Delivered, Event::Resent, None),
        (State::WaitingQuota, put_off(), Some(State::Scheduled)),
        (State::Refused, put_off(), Some(State::Scheduled)),
        (State::Unconfirmed, put_off(), None),
    ];
    for (state, event, becomes) in table {
        let next = decide(&delivery(state), &event, NOW, 0.0).map(|next| next.state);
        assert_eq!(next, becomes, "{state:?} and {event:?}");
    }
}

#[test]
fn what_may_have_arrived_is_never_said_not_to_have() {
    let tried = Delivery { attempts: 1, may_have_arrived: true, ..delivery(State::Queued) };
    for event in [Event::RanOut, Event::Cancelled] {
        assert_eq!(decide(&tried, &event, NOW, 0.0).map(|next| next.state), Some(State::Unconfirmed));
    }
    let resend = Delivery {
        on_unconfirmed: OnUnconfirmed::Resend,
        attempts: 1,
        expires_at: NOW,
        ..delivery(State::Sending)
    };
    let lost = Event::Ended(Outcome::Unconfirmed { code: "no_answer".to_owned() });
    assert_eq!(decide(&resend, &lost, NOW, 0.0).map(|next| next.state), Some(State::Unconfirmed));
}
