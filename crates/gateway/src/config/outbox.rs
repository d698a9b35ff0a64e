//! How long messages are kept.

use jiff::SignedDuration;

use super::{Environment, SettingsFile, set};
use crate::sentence::Sentence;

/// Settings of the outbox.
#[derive(Clone, Debug)]
pub struct OutboxSettings {
    /// `KATOK_MESSAGE_RETENTION`: how long it is kept what a message said; states and counts stay.
    pub retention: SignedDuration,
}

impl Default for OutboxSettings {
    fn default() -> Self {
        Self { retention: SignedDuration::from_hours(30 * 24) }
    }
}

impl OutboxSettings {
    /// Reads environment and file.
    pub fn read(env: Environment<'_>, file: &SettingsFile, problems: &mut Vec<Sentence>) -> Self {
        let default = Self::default();
        let text = set(env, "KATOK_MESSAGE_RETENTION").or_else(|| file.gateway.message_retention.clone());
        let Some(text) = text else { return default };
        // Shorter than an idempotency key lives, and it could not be told what was accepted under it.
        let bounds = SignedDuration::from_hours(48)..=SignedDuration::from_hours(10 * 366 * 24);
        if let Some(retention) = text.parse().ok().filter(|retention| bounds.contains(retention)) {
            return Self { retention };
        }
        problems.push(Sentence::new(
            "KATOK_MESSAGE_RETENTION 값은 48시간(48h)부터 10년까지의 기간이어야 합니다. 예: 720h",
            "KATOK_MESSAGE_RETENTION takes a duration from 48h to ten years. Example: 720h",
        ));
        default
    }
}
