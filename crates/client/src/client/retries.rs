//! When a call that failed is made again, and after how long: pure.

use std::time::Duration;

use crate::endpoint::Effect;
use crate::{Chance, Error, ErrorKind, Remedy};

/// How a call is made again that may be, while Kakao is not there for a moment.
///
/// The pauses double, each is shortened by chance so that many clients do not come back at once, and a
/// `Retry-After` of Kakao's is kept to. Whether a call may be made again is a matter of its
/// [`Effect`]: never if it sends a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retries {
    attempts: u32,
    first_pause: Duration,
    longest_pause: Duration,
}

impl Default for Retries {
    /// Three attempts, with pauses of up to 200 and 400 milliseconds, or up to 5 seconds if Kakao asks for it.
    fn default() -> Self {
        Self::attempts(3)
    }
}

impl Retries {
    /// Each call is made once.
    pub const NONE: Self = Self { attempts: 1, first_pause: Duration::ZERO, longest_pause: Duration::ZERO };

    /// At most so many attempts, the first included.
    #[must_use]
    pub const fn attempts(attempts: u32) -> Self {
        Self { attempts, first_pause: Duration::from_millis(200), longest_pause: Duration::from_secs(5) }
    }

    /// The pause after the first attempt, of which chance takes up to the half.
    #[must_use]
    pub const fn first_pause(mut self, pause: Duration) -> Self {
        self.first_pause = pause;
        self
    }

    /// The longest pause; when Kakao asks for a longer one, the call fails and its caller decides.
    #[must_use]
    pub const fn longest_pause(mut self, pause: Duration) -> Self {
        self.longest_pause = pause;
        self
    }

    /// How long to wait before the next attempt; `None` if this one was the last.
    pub(crate) fn pause(
        &self,
        made: u32,
        effect: Effect,
        error: &Error,
        chance: &dyn Chance,
    ) -> Option<Duration> {
        if made >= self.attempts {
            return None;
        }
        let Remedy::Retry { after } = error.remedy() else { return None };
        let may_repeat = match effect {
            Effect::Read | Effect::Change => true,
            Effect::Once => error.kind() == ErrorKind::NotSent,
            Effect::Send => false,
        };
        let doubled = self.first_pause.saturating_mul(2_u32.saturating_pow(made - 1)).min(self.longest_pause);
        let pause = after.unwrap_or_default().max(jittered(doubled, chance));
        (may_repeat && pause <= self.longest_pause).then_some(pause)
    }
}

/// Between the half and the whole of a pause.
fn jittered(pause: Duration, chance: &dyn Chance) -> Duration {
    let mut byte = [0];
    chance.fill(&mut byte);
    pause / 2 + pause / 510 * u32::from(byte[0])
}
