//! What one lane sends next: due deliveries become calls to Kakao, in order and as few as may be.

use std::collections::HashSet;

use jiff::Timestamp;
use katok_client::Receivers;

use super::outcome::ONE_OF_THEM;
use super::policy::Delivery;
use super::state::State;

#[cfg(test)]
mod tests;

/// How many calls one lane has under way at a time.
const CALLS: usize = 8;

/// A delivery that is due, as the plan sees it.
#[derive(Clone, Debug)]
pub(crate) struct Due<'a> {
    pub(crate) message: i64,
    pub(crate) receiver: &'a str,
    pub(crate) delivery: &'a Delivery,
}

/// One wave of a lane, by places in what was given.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Plan {
    /// Each is one call for one message.
    pub(crate) calls: Vec<Vec<usize>>,
    /// Those whose time ran out.
    pub(crate) ran_out: Vec<usize>,
}

/// Plans the next wave of deliveries that are given in the order in which they are to arrive.
///
/// No receiver is in two calls of a wave: the second message could overtake the first.
pub(crate) fn plan(due: &[Due<'_>], now: Timestamp) -> Plan {
    let mut plan = Plan::default();
    let mut taken = HashSet::new();
    let mut open: Option<i64> = None;
    for (place, Due { message, receiver, delivery }) in due.iter().enumerate() {
        // What still waits for a consent when it is due has waited long enough.
        if now >= delivery.expires_at || delivery.state == State::WaitingConsent {
            plan.ran_out.push(place);
            continue;
        }
        if !taken.insert(*receiver) {
            continue;
        }
        let goes_alone = delivery.code.as_deref() == Some(ONE_OF_THEM);
        let full = plan.calls.len() == CALLS;
        match plan.calls.last_mut() {
            Some(call) if open == Some(*message) && !goes_alone && call.len() < Receivers::MAX => {
                call.push(place);
            }
            _ if full => break,
            _ => plan.calls.push(vec![place]),
        }
        open = (!goes_alone).then_some(*message);
    }
    plan
}
