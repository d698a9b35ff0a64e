//! Kakao's quotas as far as waiting goes: when each is full again.

use jiff::civil::Time;
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp, ToSpan};

/// What is used up, named by how long it takes to fill again.
///
/// See [Kakao Docs/Getting started, Quota].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Quota {
    /// Calls in a minute, such as those of `/v1/user/ids`.
    Minute,
    /// Tokens of one user: 20 access tokens in 10 minutes, 30 refresh tokens in an hour (KOE237).
    Tokens,
    /// Calls or messages in a day; a day begins at midnight in Korea.
    Day,
    /// Calls or messages in a month; a month begins at midnight in Korea.
    Month,
}

const KOREA: TimeZone = TimeZone::fixed(Offset::constant(9));

impl Quota {
    /// When to try again, if the quota was found used up at `now`.
    ///
    /// Kakao does not say when its days begin; Korean midnight is what is assumed here. For
    /// [`Tokens`](Self::Tokens) it is the shorter of the two windows.
    #[must_use]
    pub fn refilled_at(self, now: Timestamp) -> Timestamp {
        let today = now.to_zoned(KOREA).date();
        let first_day = match self {
            Self::Minute => return after(now, SignedDuration::from_mins(1)),
            Self::Tokens => return after(now, SignedDuration::from_mins(10)),
            Self::Day => today.checked_add(1.day()),
            Self::Month => today.first_of_month().checked_add(1.month()),
        };
        let midnight = first_day.and_then(|day| day.to_datetime(Time::midnight()).to_zoned(KOREA));
        midnight.map_or(Timestamp::MAX, |midnight| midnight.timestamp())
    }
}

fn after(now: Timestamp, wait: SignedDuration) -> Timestamp {
    now.checked_add(wait).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_months_turn_at_midnight_in_korea() {
        for (quota, now, full) in [
            (Quota::Minute, "2026-01-31T14:59:59Z", "2026-01-31T15:00:59Z"),
            (Quota::Tokens, "2026-01-31T14:59:59Z", "2026-01-31T15:09:59Z"),
            (Quota::Day, "2026-01-31T14:59:59Z", "2026-01-31T15:00:00Z"),
            (Quota::Day, "2026-01-31T15:00:00Z", "2026-02-01T15:00:00Z"),
            (Quota::Month, "2026-01-31T14:59:59Z", "2026-01-31T15:00:00Z"),
            (Quota::Month, "2026-01-31T15:00:00Z", "2026-02-28T15:00:00Z"),
            (Quota::Month, "2026-12-31T00:00:00Z", "2026-12-31T15:00:00Z"),
        ] {
            assert_eq!(quota.refilled_at(now.parse().unwrap()), full.parse().unwrap(), "{quota:?} at {now}");
        }
    }

    #[test]
    fn the_end_of_all_calendars_is_no_panic() {
        for quota in [Quota::Minute, Quota::Tokens, Quota::Day, Quota::Month] {
            assert_eq!(quota.refilled_at(Timestamp::MAX), Timestamp::MAX);
        }
    }
}
