//! What the gateway has promised by accepting a message, as its sender knows it.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::judge::Broken;

/// A message that was accepted.
#[derive(Clone, Debug)]
pub(super) struct Promise {
    pub(super) id: String,
    pub(super) sender: usize,
    pub(super) text: String,
    pub(super) accepted_at: Timestamp,
    /// Rather twice than never, by its sender's choice.
    pub(super) resend: bool,
    /// Whether its sender took it back.
    pub(super) cancelled: bool,
    /// Since when its sender has not been there any more; nobody can ask what became of it.
    pub(super) left_at: Option<Timestamp>,
    pub(super) deliveries: Vec<Promised>,
}

/// One receiver's share.
#[derive(Clone, Debug)]
pub(super) struct Promised {
    /// `me`, or a friend's uuid.
    pub(super) to: String,
    pub(super) receiver: usize,
    /// Not before then, and not from then on.
    pub(super) begins: Timestamp,
    pub(super) ends: Timestamp,
    /// What its sender did to it afterwards.
    pub(super) sent_again: bool,
    pub(super) rescheduled: bool,
    pub(super) state: String,
    pub(super) code: Option<String>,
    /// When the gateway looks at it again.
    pub(super) next_at: Option<Timestamp>,
    /// Whether it had to wait for a consent or a quota, which holds up nothing else.
    pub(super) waited: bool,
}

impl Promised {
    pub(super) fn is_over(&self) -> bool {
        ["delivered", "refused", "unconfirmed", "cancelled", "expired"].contains(&self.state.as_str())
    }
}

impl Promise {
    pub(super) fn is_open(&self) -> bool {
        self.left_at.is_none() && !self.deliveries.iter().all(Promised::is_over)
    }

    /// When the gateway looks at it again.
    pub(super) fn due_at(&self) -> Option<Timestamp> {
        self.deliveries.iter().filter_map(|promised| promised.next_at).min()
    }

    /// Takes in what the gateway says of it now.
    pub(super) fn look(&mut self, shown: &Value) -> Result<(), Broken> {
        let all = shown["deliveries"].as_array().into_iter().flatten();
        for (promised, now) in std::iter::zip(&mut self.deliveries, all) {
            let (state, to) = (now["state"].as_str().unwrap_or_default(), now["to"].as_str());
            let code = now["code"].as_str().map(str::to_owned);
            if to != Some(&promised.to) || !may_become(promised, state) {
                let what = format!("{} of {}: {} became {now}", promised.to, self.id, promised.state);
                return Err(Broken { rule: "states change only along the allowed ways", what });
            }
            promised.next_at = now["next_at"].as_str().and_then(|at| at.parse().ok());
            promised.waited |= state.starts_with("waiting");
            (promised.state, promised.code) = (state.to_owned(), code);
        }
        Ok(())
    }

    /// Its sender wants at another time what the gateway shows so; it is tried for as long as before.
    pub(super) fn reschedule(&mut self, begins: Timestamp, shown: &Value) {
        let all = shown["deliveries"].as_array().into_iter().flatten();
        for (promised, now) in std::iter::zip(&mut self.deliveries, all) {
            if now["state"] == "scheduled" {
                promised.ends = begins + promised.ends.duration_since(promised.begins);
                (promised.begins, promised.rescheduled) = (begins, true);
                "scheduled".clone_into(&mut promised.state);
            }
        }
    }

    /// Its sender wants it sent again.
    pub(super) fn send_again(&mut self, now: Timestamp) {
        for promised in &mut self.deliveries {
            promised.ends = promised.ends.max(now + SignedDuration::from_hours(24));
            if promised.is_over() && promised.state != "delivered" {
                // At once, whatever its time was.
                promised.begins = promised.begins.min(now);
                promised.sent_again = true;
                "queued".clone_into(&mut promised.state);
            }
        }
    }
}

/// Whether a delivery that was at rest in one state may be found in another one later.
fn may_become(before: &Promised, state: &str) -> bool {
    match state {
        // What has begun is not scheduled any more.
        "scheduled" => before.state == "scheduled",
        // What a gateway was doing that died is looked at when Kakao can be asked again.
        "queued" | "sending" | "waiting_consent" | "waiting_quota" => !before.is_over(),
        "delivered" | "refused" | "unconfirmed" | "cancelled" | "expired" => {
            !before.is_over() || before.state == state
        }
        _ => false,
    }
}
