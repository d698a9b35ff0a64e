//! What an attempt at a webhook means for the next one.

use jiff::SignedDuration;

use super::poster::Outcome;

/// How long to wait after each attempt that failed; after the last there is no other.
const PAUSES: [SignedDuration; 9] = [
    SignedDuration::from_secs(5),
    SignedDuration::from_mins(5),
    SignedDuration::from_mins(30),
    SignedDuration::from_hours(2),
    SignedDuration::from_hours(5),
    SignedDuration::from_hours(10),
    SignedDuration::from_hours(14),
    SignedDuration::from_hours(20),
    SignedDuration::from_hours(24),
];

/// What is to be done after an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Done,
    RetryAfter(SignedDuration),
    /// The receiver wants no more of them.
    Gone,
    GiveUp,
}

/// Judges an attempt, of which this was the first, second, … one.
pub(super) fn verdict(outcome: Outcome, attempt: i64) -> Verdict {
    const GONE: u16 = 410;
    match outcome {
        Outcome::Answered(200..300) => Verdict::Done,
        Outcome::Answered(GONE) => Verdict::Gone,
        _ => {
            let pause = usize::try_from(attempt - 1).ok().and_then(|place| PAUSES.get(place));
            pause.map_or(Verdict::GiveUp, |pause| Verdict::RetryAfter(*pause))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fails_is_tried_ten_times_over_three_days() {
        let mut attempts = 1;
        let mut waited = SignedDuration::ZERO;
        while let Verdict::RetryAfter(pause) = verdict(Outcome::Answered(500), attempts) {
            attempts += 1;
            waited += pause;
        }
        assert_eq!((attempts, waited.as_hours()), (10, 75));
        assert_eq!(verdict(Outcome::TimedOut, 10), Verdict::GiveUp);
    }

    #[test]
    fn only_success_is_done_and_gone_is_the_end() {
        for status in [200, 202, 204, 299] {
            assert_eq!(verdict(Outcome::Answered(status), 1), Verdict::Done);
        }
        for status in [100, 301, 302, 304, 400, 404, 429, 500, 503] {
            assert!(matches!(verdict(Outcome::Answered(status), 1), Verdict::RetryAfter(_)), "{status}");
        }
        assert_eq!(verdict(Outcome::Answered(410), 1), Verdict::Gone);
    }
}
