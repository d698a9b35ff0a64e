//! The clock: the system's time, moved by whatever offset somebody asked for.

use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

/// Far enough from the end of what a timestamp can hold that adding a token's lifetime cannot fail.
const LAST: Timestamp = Timestamp::constant(221_845_392_000, 0);

/// The emulator's time, which can be turned.
#[derive(Debug)]
pub struct Clock {
    base: Base,
    offset: Mutex<SignedDuration>,
}

#[derive(Debug)]
enum Base {
    System,
    Stopped(Timestamp),
}

/// The time asked for is out of reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("시계는 1970년과 9000년 사이로만 맞출 수 있습니다. The clock can only be set between 1970 and 9000.")]
pub struct ClockError;

impl Clock {
    /// A clock that follows the system's.
    #[must_use]
    pub fn system() -> Self {
        Self::new(Base::System)
    }

    /// A clock that stands still until it is turned.
    #[must_use]
    pub fn stopped_at(at: Timestamp) -> Self {
        Self::new(Base::Stopped(at))
    }

    fn new(base: Base) -> Self {
        Self { base, offset: Mutex::new(SignedDuration::ZERO) }
    }

    /// What time it is in the emulated world.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        // Out of range only if somebody edited the state file.
        self.base().checked_add(self.offset()).unwrap_or(LAST)
    }

    /// Turns the clock by this much.
    pub fn advance(&self, by: SignedDuration) -> Result<(), ClockError> {
        let to = self.now().checked_add(by).map_err(|_| ClockError)?;
        self.set(to)
    }

    /// Turns the clock to this time, from where it goes on.
    pub fn set(&self, to: Timestamp) -> Result<(), ClockError> {
        if !(Timestamp::UNIX_EPOCH..=LAST).contains(&to) {
            return Err(ClockError);
        }
        self.set_offset(to.duration_since(self.base()));
        Ok(())
    }

    pub(crate) fn offset(&self) -> SignedDuration {
        *self.offset.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn set_offset(&self, offset: SignedDuration) {
        *self.offset.lock().unwrap_or_else(PoisonError::into_inner) = offset;
    }

    #[expect(clippy::disallowed_methods, reason = "this is the emulator's one clock")]
    fn base(&self) -> Timestamp {
        match self.base {
            Base::System => Timestamp::now(),
            Base::Stopped(at) => at,
        }
    }
}
