//! Days as Korea counts them: Kakao's quotas and the caps of API keys are counted by these.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;
use serde::{Serialize, Serializer};

const KOREA: Offset = Offset::constant(9);
const SECONDS: i64 = 24 * 60 * 60;

/// A day from midnight to midnight in Korea, nine hours ahead of UTC all year.
///
/// Kakao does not say when its days begin; Korean midnight is what is assumed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Day(i64);

impl Day {
    /// The day on which a time falls.
    pub(crate) fn of(time: Timestamp) -> Self {
        Self((time.as_second() + i64::from(KOREA.seconds())).div_euclid(SECONDS))
    }

    /// Days since 1970, as it is kept.
    pub(crate) fn number(self) -> i64 {
        self.0
    }

    /// So many days before.
    pub(crate) fn before(self, days: i64) -> Self {
        Self(self.0 - days)
    }

    /// The next midnight in Korea: what was used up on this day is full again.
    pub(crate) fn refilled_at(self) -> Timestamp {
        let midnight = (self.0 + 1) * SECONDS - i64::from(KOREA.seconds());
        Timestamp::from_second(midnight).unwrap_or(Timestamp::MAX)
    }

    fn date(self) -> Date {
        let noon = self.0 * SECONDS + SECONDS / 2 - i64::from(KOREA.seconds());
        KOREA.to_datetime(Timestamp::from_second(noon).unwrap_or(Timestamp::MAX)).date()
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.date().fmt(f)
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use katok_client::Quota;

    #[test]
    fn a_day_begins_at_midnight_in_korea() {
        let day = |text: &str| Day::of(text.parse().unwrap());
        assert_eq!(day("2026-01-01T14:59:59Z").number() + 1, day("2026-01-01T15:00:00Z").number());
        assert_eq!(day("2026-01-01T15:00:00Z"), day("2026-01-02T14:59:59Z"));
        assert_eq!(day("1969-12-31T14:59:59Z").number(), -1);
        assert_eq!(day("2026-01-01T15:00:00Z").to_string(), "2026-01-02");
        assert_eq!(day("1969-12-31T14:59:59Z").to_string(), "1969-12-31");
    }

    #[test]
    fn it_ends_when_the_client_says_that_a_quota_of_a_day_is_full_again() {
        for text in ["1969-12-31T15:00:00Z", "2026-01-31T14:59:59Z", "2026-02-28T15:00:00Z"] {
            let now = text.parse().unwrap();
            assert_eq!(Day::of(now).refilled_at(), Quota::Day.refilled_at(now), "{text}");
        }
        assert_eq!(Day::of(Timestamp::MAX).refilled_at(), Timestamp::MAX);
        assert!(Day::of(Timestamp::MIN).refilled_at() > Timestamp::MIN);
    }
}
