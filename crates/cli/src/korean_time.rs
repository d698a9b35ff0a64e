//! Times as the clocks of Korea show them: there Kakao's days begin, and most who read them live.

use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, Zoned};

/// The time on a clock of Korea, which knows no summer time.
pub(crate) fn korean_time(at: Timestamp) -> Zoned {
    at.to_zoned(TimeZone::fixed(Offset::constant(9)))
}
