//! Call quotas: how often an app may call kapi.
//!
//! See [Kakao Docs/Quota].

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::quota::korean_time;
use crate::fault::ApiFault;

const MINUTE: SignedDuration = SignedDuration::from_mins(1);

/// How often an app has called.
#[derive(Clone, Default, Serialize, Deserialize)]
pub(super) struct CallCounts {
    /// The first day of the month that is counted.
    month: Date,
    requests: u32,
    /// When the minute began in which calls of `/v1/user/ids` are counted.
    minute: Timestamp,
    user_ids: u32,
}

impl CallCounts {
    /// Counts a call of this month, which is a month in Korea.
    pub(super) fn count_request(&mut self, limit: u32, now: Timestamp) -> Result<(), ApiFault> {
        let month = korean_time(now).date().first_of_month();
        if self.month != month {
            (self.month, self.requests) = (month, 0);
        }
        count(&mut self.requests, limit, ApiFault::QuotaExceeded)
    }

    /// Counts a call of `/v1/user/ids`.
    pub(super) fn count_user_ids(&mut self, limit: u32, now: Timestamp) -> Result<(), ApiFault> {
        // The minute lies ahead when somebody turned the clock back.
        if now.duration_since(self.minute).abs() >= MINUTE {
            (self.minute, self.user_ids) = (now, 0);
        }
        count(&mut self.user_ids, limit, ApiFault::TooManyCalls)
    }
}

fn count(calls: &mut u32, limit: u32, full: ApiFault) -> Result<(), ApiFault> {
    if *calls >= limit {
        return Err(full);
    }
    *calls += 1;
    Ok(())
}
