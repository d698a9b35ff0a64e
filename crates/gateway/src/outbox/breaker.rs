//! Whether it is any use to ask Kakao: after many failures in a row nobody asks for a while, then one tries.

use jiff::{SignedDuration, Timestamp};

/// So many failures in a row open it.
const FAILURES: u32 = 5;
const FIRST_PAUSE: SignedDuration = SignedDuration::from_secs(1);
const LONGEST_PAUSE: SignedDuration = SignedDuration::from_mins(1);

/// The state of one Kakao host.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Breaker {
    failures: u32,
    /// Nobody asks before then; whoever asks first afterwards moves it on, and the others wait for the answer.
    closed_until: Option<Timestamp>,
}

impl Breaker {
    /// Lets a call through, or says when to come back.
    pub(crate) fn may_call(&mut self, now: Timestamp) -> Result<(), Timestamp> {
        match self.closed_until {
            // A clock that was turned back is no reason to wait longer than a pause.
            Some(until) if now < until && until.duration_since(now) <= LONGEST_PAUSE => Err(until),
            Some(_) => {
                self.closed_until = Some(later(now, self.pause()));
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// Notes that Kakao answered, whatever it said.
    pub(crate) fn answered(&mut self) {
        *self = Self::default();
    }

    /// Notes that Kakao could not be asked, or could not answer.
    pub(crate) fn failed(&mut self, now: Timestamp) {
        self.failures = self.failures.saturating_add(1);
        if self.failures >= FAILURES {
            self.closed_until = Some(later(now, self.pause()));
        }
    }

    /// Whether nobody may call now.
    pub(crate) fn pauses(&self, now: Timestamp) -> bool {
        self.clone().may_call(now).is_err()
    }

    fn pause(&self) -> SignedDuration {
        let doublings = self.failures.saturating_sub(FAILURES).min(6);
        (FIRST_PAUSE * 2_i32.pow(doublings)).min(LONGEST_PAUSE)
    }
}

fn later(now: Timestamp, wait: SignedDuration) -> Timestamp {
    now.checked_add(wait).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn after(seconds: i64) -> Timestamp {
        NOW + SignedDuration::from_secs(seconds)
    }

    #[test]
    fn five_failures_in_a_row_stop_the_calls_and_one_answer_lets_them_go_on() {
        let mut breaker = Breaker::default();
        for _ in 0..4 {
            breaker.failed(NOW);
        }
        breaker.answered();
        for _ in 0..4 {
            breaker.failed(NOW);
        }
        assert_eq!(breaker.may_call(NOW), Ok(()));
        breaker.failed(NOW);
        assert_eq!(breaker.may_call(NOW), Err(after(1)));
        breaker.answered();
        assert_eq!(breaker.may_call(NOW), Ok(()));
    }

    #[test]
    fn after_the_pause_one_tries_and_the_others_wait() {
        let mut breaker = Breaker::default();
        for _ in 0..5 {
            breaker.failed(NOW);
        }
        assert_eq!(breaker.may_call(after(1)), Ok(()));
        assert_eq!(breaker.may_call(after(1)), Err(after(2)));
        breaker.failed(after(1));
        assert_eq!(breaker.may_call(after(2)), Err(after(3)));
    }

    #[test]
    fn the_pause_grows_to_a_minute_and_no_turned_clock_makes_it_longer() {
        let mut breaker = Breaker::default();
        for _ in 0..100 {
            breaker.failed(NOW);
        }
        assert_eq!(breaker.may_call(NOW), Err(after(60)));
        assert_eq!(breaker.may_call(after(-3600)), Ok(()));
    }
}
