//! The judge: holds what was promised against the chat rooms and the wire. Pure.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use jiff::Timestamp;

use super::promise::{Promise, Promised};
use super::wire::{Call, Ending};

mod tests;

/// A message in somebody's chat room.
#[derive(Clone, Debug)]
pub(super) struct Arrived {
    /// Grows with every message of the world.
    pub(super) number: u64,
    pub(super) at: Timestamp,
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) text: String,
}

/// A rule that does not hold.
#[derive(Debug)]
pub(super) struct Broken {
    pub(super) rule: &'static str,
    pub(super) what: String,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.rule, self.what)
    }
}

/// Everything a verdict is made from.
pub(super) struct Evidence<'a> {
    pub(super) promises: &'a [Promise],
    pub(super) arrived: &'a [Arrived],
    pub(super) calls: &'a [Call],
    /// When the gateway died.
    pub(super) deaths: &'a [Timestamp],
    pub(super) now: Timestamp,
}

pub(super) fn judge(evidence: &Evidence<'_>) -> Result<(), Broken> {
    all_are_over(evidence)?;
    each_arrived_as_often_as_it_may(evidence)?;
    none_came_early_or_late(evidence)?;
    all_came_in_order(evidence)?;
    all_reasons_are_true(evidence)?;
    no_quota_was_run_into(evidence)
}

fn broken<T>(rule: &'static str, what: impl Into<String>) -> Result<T, Broken> {
    Err(Broken { rule, what: what.into() })
}

fn all_are_over(evidence: &Evidence<'_>) -> Result<(), Broken> {
    match evidence.promises.iter().find(|promise| promise.is_open()) {
        Some(promise) => broken("everything accepted comes to an end", format!("{promise:?}")),
        None => Ok(()),
    }
}

/// By whom, to whom and what: several messages share a room where one comes round again and again.
type Room<'a> = (usize, usize, &'a str);

fn rooms<'a>(evidence: &Evidence<'a>) -> BTreeMap<Room<'a>, Vec<&'a Arrived>> {
    let mut rooms: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for arrived in evidence.arrived {
        rooms.entry((arrived.from, arrived.to, arrived.text.as_str())).or_default().push(arrived);
    }
    rooms
}

fn shares<'a>(evidence: &Evidence<'a>) -> BTreeMap<Room<'a>, Vec<(&'a Promise, &'a Promised)>> {
    let mut shares: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for promise in evidence.promises {
        for promised in &promise.deliveries {
            let room = (promise.sender, promised.receiver, promise.text.as_str());
            shares.entry(room).or_default().push((promise, promised));
        }
    }
    shares
}

fn each_arrived_as_often_as_it_may(evidence: &Evidence<'_>) -> Result<(), Broken> {
    let (rooms, shares) = (rooms(evidence), shares(evidence));
    for (room, came) in &rooms {
        if !shares.contains_key(room) {
            return broken("nothing arrives that nobody sent", format!("{came:?}"));
        }
    }
    for (room, shares) in &shares {
        let came = rooms.get(room).map_or(0, Vec::len);
        let (mut least, mut most) = (0, 0);
        for (promise, promised) in shares {
            let may_come_twice = promise.resend || promised.sent_again;
            match promised.state.as_str() {
                "delivered" => (least, most) = (least + 1, most + 1),
                _ if promise.left_at.is_some() => most += 1,
                "unconfirmed" => most += 1,
                _ => {}
            }
            if may_come_twice {
                most += evidence.arrived.len();
            }
        }
        if came < least {
            return broken(
                "nothing delivered is missing",
                format!("{came} of {least} in {room:?}: {shares:?}"),
            );
        }
        if came > most {
            return broken(
                "nothing arrives twice",
                format!("{came} instead of {most} in {room:?}: {shares:?}"),
            );
        }
        let (none, is_said) = (came == 0, |state: &str| shares.iter().all(|(_, it)| it.state == state));
        if !none && ["refused", "expired", "cancelled"].iter().any(|state| is_said(state)) {
            let said = "of what arrived nobody is told that it did not";
            if shares.iter().all(|(promise, _)| promise.left_at.is_none()) {
                return broken(said, format!("{came} in {room:?}: {shares:?}"));
            }
        }
    }
    Ok(())
}

/// Calls by which a share of a message was asked for.
fn calls_for<'a>(
    evidence: &Evidence<'a>,
    promise: &'a Promise,
    promised: &'a Promised,
) -> impl Iterator<Item = &'a Call> {
    evidence.calls.iter().filter(move |call| {
        call.begun_at >= promise.accepted_at
            && call.text.as_ref() == Some(&promise.text)
            && (call.receivers.is_empty() && promised.to == "me" || call.receivers.contains(&promised.to))
    })
}

fn none_came_early_or_late(evidence: &Evidence<'_>) -> Result<(), Broken> {
    // Where several share a room, any of them may have been meant.
    for shares in shares(evidence).values() {
        let (promise, promised) = shares[0];
        let meant = |at: Timestamp| shares.iter().any(|(_, it)| it.begins <= at && at < it.ends);
        if let Some(call) = calls_for(evidence, promise, promised).find(|call| !meant(call.begun_at)) {
            return broken(
                "nothing is sent before its time, or when it is over",
                format!("{call:?}: {promise:?}"),
            );
        }
        if let Some(left_at) = promise.left_at
            && let Some(call) = calls_for(evidence, promise, promised).find(|call| call.begun_at > left_at)
        {
            return broken("nothing is sent for who has left", format!("{call:?}: {promise:?}"));
        }
    }
    Ok(())
}

/// A share with the place at which it arrived first.
struct InOrder<'a> {
    promise: &'a Promise,
    promised: &'a Promised,
    number: u64,
}

fn all_came_in_order(evidence: &Evidence<'_>) -> Result<(), Broken> {
    let first = |room: Room<'_>| {
        let came = evidence.arrived.iter().filter(|it| (it.from, it.to, it.text.as_str()) == room);
        came.map(|arrived| arrived.number).min()
    };
    let mut in_order: Vec<InOrder<'_>> = Vec::new();
    for (room, shares) in shares(evidence) {
        let [(promise, promised)] = shares[..] else { continue };
        // What waits for something holds up nobody, and what was changed has another place.
        let is_of_the_order = !promised.waited && !promised.rescheduled && !promised.sent_again;
        if let Some(number) = first(room).filter(|_| is_of_the_order) {
            in_order.push(InOrder { promise, promised, number });
        }
    }
    for one in &in_order {
        let overtaken = in_order.iter().find(|other| {
            (other.promise.sender, other.promised.receiver) == (one.promise.sender, one.promised.receiver)
                && other.promise.accepted_at < one.promise.accepted_at
                && other.promised.begins <= one.promised.begins
                && other.number > one.number
        });
        if let Some(InOrder { promise: other, .. }) = overtaken {
            let what = format!("{:?} before {other:?}", one.promise);
            return broken("messages to one receiver keep their order", what);
        }
    }
    Ok(())
}

fn all_reasons_are_true(evidence: &Evidence<'_>) -> Result<(), Broken> {
    for promise in evidence.promises.iter().filter(|promise| promise.left_at.is_none()) {
        for promised in &promise.deliveries {
            let is_true = match (promised.state.as_str(), promised.code.as_deref()) {
                ("delivered", code) => code.is_none(),
                ("cancelled", _) => promise.cancelled,
                ("expired", None) => promised.ends <= evidence.now,
                ("unconfirmed", Some(_)) => {
                    let unknown =
                        calls_for(evidence, promise, promised).any(|call| call.ending == Ending::Unknown);
                    let died = evidence.deaths.iter().any(|at| *at >= promise.accepted_at);
                    unknown || died
                }
                ("refused" | "expired", Some(code)) => happened(evidence, promise, code),
                _ => false,
            };
            if !is_true {
                return broken("every reason is true", format!("{promised:?} of {promise:?}"));
            }
        }
    }
    Ok(())
}

/// Whether anything happened since a message was accepted that this code can mean.
fn happened(evidence: &Evidence<'_>, promise: &Promise, code: &str) -> bool {
    // Nobody is asked when it is known that the day has no place left: that nothing was run into is a rule of its own.
    if ["-10", "-532", "-533", "-536"].contains(&code) {
        return true;
    }
    // The login ended by its person's doing, which is a rule of its own too.
    if code == "sign_in_again" {
        return true;
    }
    evidence.calls.iter().filter(|call| call.begun_at >= promise.accepted_at).any(|call| match &call.ending {
        Ending::NotSent => code == "not_reached",
        Ending::Unknown => code == "no_answer",
        Ending::Answered { code: said, refused } => {
            said.as_deref() == Some(code) || refused.values().any(|said| said == code)
        }
    }) || code == "gateway_gone" && evidence.deaths.iter().any(|at| *at >= promise.accepted_at)
}

fn no_quota_was_run_into(evidence: &Evidence<'_>) -> Result<(), Broken> {
    let full: BTreeSet<&str> = ["-532", "-533", "-536"].into();
    let ran_into = evidence.calls.iter().find(|call| match &call.ending {
        Ending::Answered { code, refused } => {
            code.iter().chain(refused.values()).any(|code| full.contains(code.as_str()))
        }
        _ => false,
    });
    match ran_into {
        Some(call) => broken("Kakao never has to say that a quota is full", format!("{call:?}")),
        None => Ok(()),
    }
}
