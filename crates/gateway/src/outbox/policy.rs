//! What becomes of a delivery: every change of its state is decided here, by one pure function.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use katok_client::ScopeSet;

use super::state::State;

#[cfg(test)]
mod tests;

/// The pause before the second attempt; it doubles with each one.
const FIRST_PAUSE: SignedDuration = SignedDuration::from_secs(1);
const LONGEST_PAUSE: SignedDuration = SignedDuration::from_mins(5);

/// What a sender wants when nobody knows whether a message arrived.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum OnUnconfirmed {
    /// Rather never than twice: it stays unconfirmed until somebody decides.
    #[default]
    Hold,
    /// Rather twice than never.
    Resend,
}

impl OnUnconfirmed {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Hold => "hold",
            Self::Resend => "resend",
        }
    }

    pub(crate) fn parse(word: &str) -> Option<Self> {
        [Self::Hold, Self::Resend].into_iter().find(|wish| wish.as_str() == word)
    }
}

/// What a sender wants when a quota is used up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum OnQuota {
    /// To wait until the day turns in Korea.
    #[default]
    Wait,
    /// To be told at once.
    Refuse,
}

impl OnQuota {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Wait => "wait",
            Self::Refuse => "refuse",
        }
    }

    pub(crate) fn parse(word: &str) -> Option<Self> {
        [Self::Wait, Self::Refuse].into_iter().find(|wish| wish.as_str() == word)
    }
}

/// What a sender wants when Kakao could not be asked, or could not do it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum OnFailure {
    /// It is tried again until its time runs out.
    #[default]
    Retry,
    /// To be told at once.
    Refuse,
}

impl OnFailure {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Retry => "retry",
            Self::Refuse => "refuse",
        }
    }

    pub(crate) fn parse(word: &str) -> Option<Self> {
        [Self::Retry, Self::Refuse].into_iter().find(|wish| wish.as_str() == word)
    }
}

/// What a decision is made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Delivery {
    pub(crate) state: State,
    /// Why it is in that state.
    pub(crate) code: Option<String>,
    /// How many calls to Kakao have been begun for it.
    pub(crate) attempts: u32,
    /// Whether the outcome of one of these was never known.
    pub(crate) may_have_arrived: bool,
    pub(crate) expires_at: Timestamp,
    pub(crate) on_unconfirmed: OnUnconfirmed,
    pub(crate) on_quota: OnQuota,
    pub(crate) on_failure: OnFailure,
    /// How long a message waits for the consent it lacks.
    pub(crate) consent_within: SignedDuration,
}

/// What happens to a delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// A call to Kakao is about to be made for it.
    Begun,
    /// Kakao need not be asked to know what it would say.
    Foreseen(Outcome),
    /// Kakao answered, or did not.
    Ended(Outcome),
    /// The gateway that was sending it is gone.
    Abandoned,
    /// Its time ran out before it was sent.
    RanOut,
    /// What its sender had to agree to may be there now.
    Consented,
    /// The sender takes it back.
    Cancelled,
    /// The sender wants it sent again.
    Resent,
    /// The sender wants it sent at another time.
    Rescheduled { send_at: Timestamp },
    /// The sender no longer wants what a quota held up to be sent as soon as it can be.
    PutOff { send_at: Timestamp },
}

impl Event {
    /// Whether a call was made of which nobody knows what it came to.
    fn is_uncertain(&self) -> bool {
        matches!(self, Self::Abandoned | Self::Ended(Outcome::Unconfirmed { .. }))
    }
}

/// What one call to Kakao came to for one receiver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Delivered,
    /// It certainly did not arrive, and another call may do better.
    Retry {
        code: String,
        after: Option<Duration>,
    },
    /// It did not arrive, and will not before then.
    NoQuota {
        code: String,
        refilled_at: Timestamp,
    },
    /// It did not arrive for want of these; none when the sender must sign in again.
    NoConsent {
        code: String,
        scopes: ScopeSet,
    },
    /// It did not arrive, and no other call would do better.
    Refused {
        code: String,
    },
    /// It may have arrived.
    Unconfirmed {
        code: String,
    },
}

impl Outcome {
    /// As an attempt notes it.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::Retry { .. } => "failed",
            Self::NoQuota { .. } => "no_quota",
            Self::NoConsent { .. } => "no_consent",
            Self::Refused { .. } => "refused",
            Self::Unconfirmed { .. } => "unconfirmed",
        }
    }

    pub(crate) fn code(&self) -> Option<&str> {
        match self {
            Self::Delivered => None,
            Self::Retry { code, .. }
            | Self::NoQuota { code, .. }
            | Self::NoConsent { code, .. }
            | Self::Refused { code }
            | Self::Unconfirmed { code } => Some(code),
        }
    }

    /// Whether Kakao's quotas are certainly untouched by it.
    pub(crate) fn certainly_failed(&self) -> bool {
        !matches!(self, Self::Delivered | Self::Unconfirmed { .. })
    }
}

/// The code of an attempt whose gateway died over it.
pub(crate) const ABANDONED: &str = "gateway_gone";

/// What a delivery is from now on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Next {
    pub(crate) state: State,
    /// When to look at it again, `UNIX_EPOCH` for at once; none when nothing is to be done.
    pub(crate) due_at: Option<Timestamp>,
    pub(crate) code: Option<String>,
}

impl Next {
    fn at_once(state: State) -> Self {
        Self { state, due_at: Some(Timestamp::UNIX_EPOCH), code: None }
    }

    fn at(state: State, due_at: Timestamp, code: String) -> Self {
        Self { state, due_at: Some(due_at), code: Some(code) }
    }

    fn over(state: State, code: Option<String>) -> Self {
        Self { state, due_at: None, code }
    }
}

/// Decides what an event makes of a delivery; `None` when that cannot happen to it. `chance` is a number from 0 to 1.
pub(crate) fn decide(delivery: &Delivery, event: &Event, now: Timestamp, chance: f64) -> Option<Next> {
    let mut next = next(delivery, event, now, chance)?;
    // Of what may have arrived nobody is told that it did not.
    let did_not_arrive = matches!(next.state, State::Refused | State::Expired | State::Cancelled);
    if did_not_arrive && (delivery.may_have_arrived || event.is_uncertain()) {
        next.state = State::Unconfirmed;
    }
    Some(next)
}

fn next(delivery: &Delivery, event: &Event, now: Timestamp, chance: f64) -> Option<Next> {
    use State::{
        Cancelled, Expired, Queued, Refused, Scheduled, Sending, Unconfirmed, WaitingConsent, WaitingQuota,
    };
    let state = delivery.state;
    Some(match event {
        Event::Begun if state.is_waiting() => Next::at_once(Sending),
        Event::Foreseen(outcome) if state.is_waiting() => ended(delivery, outcome, now, chance),
        // An answer may come late, when others have given the gateway up for dead.
        Event::Ended(outcome) if matches!(state, Sending | Unconfirmed) => {
            ended(delivery, outcome, now, chance)
        }
        Event::Abandoned if state == Sending => {
            ended(delivery, &Outcome::Unconfirmed { code: ABANDONED.to_owned() }, now, chance)
        }
        // What stood in its way may be gone, and it was not tried since: then it was just too late.
        Event::RanOut if state == Queued && delivery.attempts > 0 && delivery.code.is_some() => {
            Next::over(Refused, delivery.code.clone())
        }
        Event::RanOut if state.is_waiting() => Next::over(Expired, delivery.code.clone()),
        Event::Consented if state == WaitingConsent => Next::at_once(Queued),
        Event::Cancelled if state.is_waiting() => {
            Next::over(Cancelled, delivery.code.clone().filter(|_| delivery.may_have_arrived))
        }
        Event::Resent if matches!(state, Unconfirmed | Refused | Expired | Cancelled) => {
            Next::at_once(Queued)
        }
        Event::Rescheduled { send_at } if matches!(state, Scheduled | Queued) && delivery.attempts == 0 => {
            Next { state: Scheduled, due_at: Some(*send_at), code: None }
        }
        Event::PutOff { send_at } if matches!(state, WaitingQuota | Refused) => {
            Next { state: Scheduled, due_at: Some(*send_at), code: None }
        }
        _ => return None,
    })
}

fn ended(delivery: &Delivery, outcome: &Outcome, now: Timestamp, chance: f64) -> Next {
    match outcome {
        Outcome::Delivered => Next::over(State::Delivered, None),
        Outcome::Refused { code } => Next::over(State::Refused, Some(code.clone())),
        Outcome::Retry { code, after } => retry(delivery, code, *after, now, chance),
        Outcome::NoQuota { code, refilled_at } => wait_for_quota(delivery, code, *refilled_at),
        Outcome::NoConsent { code, .. } => {
            let until = later(now, delivery.consent_within).min(delivery.expires_at);
            Next::at(State::WaitingConsent, until, code.clone())
        }
        Outcome::Unconfirmed { code } => match delivery.on_unconfirmed {
            OnUnconfirmed::Hold => Next::over(State::Unconfirmed, Some(code.clone())),
            OnUnconfirmed::Resend => retry(delivery, code, None, now, chance),
        },
    }
}

fn retry(delivery: &Delivery, code: &str, after: Option<Duration>, now: Timestamp, chance: f64) -> Next {
    let asked = after.and_then(|after| SignedDuration::try_from(after).ok()).unwrap_or_default();
    let due_at = later(now, pause_after(delivery.attempts, chance).max(asked));
    if delivery.on_failure == OnFailure::Refuse || due_at >= delivery.expires_at {
        return Next::over(State::Refused, Some(code.to_owned()));
    }
    Next::at(State::Queued, due_at, code.to_owned())
}

fn wait_for_quota(delivery: &Delivery, code: &str, refilled_at: Timestamp) -> Next {
    if delivery.on_quota == OnQuota::Refuse || refilled_at >= delivery.expires_at {
        return Next::over(State::Refused, Some(code.to_owned()));
    }
    Next::at(State::WaitingQuota, refilled_at, code.to_owned())
}

/// One second after the first attempt, twice as long after each further one up to five minutes, and up to half of it
/// less by chance, so that what failed together does not come back together.
fn pause_after(attempts: u32, chance: f64) -> SignedDuration {
    let doublings = attempts.saturating_sub(1).min(16);
    let pause = (FIRST_PAUSE * 2_i32.pow(doublings)).min(LONGEST_PAUSE);
    pause.mul_f64(1.0 - chance.clamp(0.0, 1.0) / 2.0)
}

fn later(now: Timestamp, wait: SignedDuration) -> Timestamp {
    now.checked_add(wait).unwrap_or(Timestamp::MAX)
}
