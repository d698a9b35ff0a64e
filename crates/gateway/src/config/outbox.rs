//! How long messages are kept, and how many may wait.

use jiff::SignedDuration;

use super::{Environment, SettingsFile, set};
use crate::sentence::Sentence;

/// Settings of the outbox.
#[derive(Clone, Debug)]
pub struct OutboxSettings {
    /// `KATOK_MESSAGE_RETENTION`: how long it is kept what a message said; states and counts stay.
    pub retention: SignedDuration,
    /// `KATOK_OUTBOX_MOST_OPEN`: how many deliveries of one account may wait to be sent.
    pub most_open: i64,
    /// Whether people's messages, and the calls for one of them, are sent side by side: one after the other, the same
    /// begins give the same run, to the last step.
    pub side_by_side: bool,
}

impl Default for OutboxSettings {
    fn default() -> Self {
        Self { retention: SignedDuration::from_hours(30 * 24), most_open: 20_000, side_by_side: true }
    }
}

impl OutboxSettings {
    /// Reads environment and file.
    pub fn read(env: Environment<'_>, file: &SettingsFile, problems: &mut Vec<Sentence>) -> Self {
        let default = Self::default();
        Self {
            retention: retention(env, file, problems).unwrap_or(default.retention),
            most_open: most_open(env, file, problems).unwrap_or(default.most_open),
            side_by_side: default.side_by_side,
        }
    }
}

fn retention(
    env: Environment<'_>,
    file: &SettingsFile,
    problems: &mut Vec<Sentence>,
) -> Option<SignedDuration> {
    let text = set(env, "KATOK_MESSAGE_RETENTION").or_else(|| file.gateway.message_retention.clone());
    let text = text?;
    // Shorter than an idempotency key lives, and it could not be told what was accepted under it.
    let bounds = SignedDuration::from_hours(48)..=SignedDuration::from_hours(10 * 366 * 24);
    if let Some(retention) = text.parse().ok().filter(|retention| bounds.contains(retention)) {
        return Some(retention);
    }
    problems.push(Sentence::new(
        "KATOK_MESSAGE_RETENTION 값은 48시간(48h)부터 10년까지의 기간이어야 합니다. 예: 720h",
        "KATOK_MESSAGE_RETENTION takes a duration from 48h to ten years. Example: 720h",
    ));
    None
}

fn most_open(env: Environment<'_>, file: &SettingsFile, problems: &mut Vec<Sentence>) -> Option<i64> {
    let text = set(env, "KATOK_OUTBOX_MOST_OPEN").or_else(|| file.gateway.outbox_most_open.clone())?;
    let most_open = text.parse().ok().filter(|most_open| (1..=10_000_000).contains(most_open));
    if most_open.is_none() {
        problems.push(Sentence::new(
            "KATOK_OUTBOX_MOST_OPEN 값은 1부터 10000000까지의 수여야 합니다. 예: 20000",
            "KATOK_OUTBOX_MOST_OPEN takes a number from 1 to 10000000. Example: 20000",
        ));
    }
    most_open
}
