//! This machine's clock beside Kakao's.

use jiff::{SignedDuration, Timestamp};

use super::Check;
use crate::failure::Exit;

/// What an answer takes, and a second that is cut off, are no matter.
const UNNOTICED: SignedDuration = SignedDuration::from_secs(30);

/// Tokens are refreshed five minutes before they end: a clock that is slower than that comes too late.
const HARMFUL: SignedDuration = SignedDuration::from_mins(5);

pub(crate) fn check(kakaos: Timestamp, ours: Timestamp) -> Check {
    let skew = ours.duration_since(kakaos);
    if skew.abs() <= UNNOTICED {
        return Check::fine(
            "clock",
            "이 컴퓨터의 시계가 카카오와 맞습니다.",
            "This machine's clock agrees with Kakao's.",
        );
    }
    let by = format!("{:#}", SignedDuration::from_secs(skew.abs().as_secs()));
    let (ko, en) = if skew.is_positive() { ("빠릅니다", "ahead of") } else { ("느립니다", "behind") };
    let ko =
        format!("이 컴퓨터의 시계가 카카오보다 {by} {ko}. 토큰의 만료, ID 토큰, 예약 시각이 어긋납니다.");
    let en = format!(
        "This machine's clock is {by} {en} Kakao's: the ends of tokens, ID tokens and scheduled times go wrong."
    );
    let check = if skew.abs() <= HARMFUL {
        Check::warning("clock", ko, en)
    } else {
        Check::failed("clock", Exit::Usage, ko, en)
    };
    check.remedy(
        "시계를 NTP로 맞추세요(timedatectl set-ntp true).",
        "Set the clock by NTP (timedatectl set-ntp true).",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::State;

    #[test]
    fn seconds_are_unnoticed_minutes_warn_and_more_breaks() {
        let kakaos: Timestamp = "2026-01-02T12:00:00Z".parse().unwrap();
        let by = |seconds: i64| check(kakaos, kakaos + SignedDuration::from_secs(seconds));
        assert_eq!(by(-29).state, State::Fine);
        assert_eq!(by(200).state, State::Warning);
        assert!(by(200).sentence.en.contains("3m 20s ahead of"), "{:?}", by(200));
        assert_eq!(by(-3600).state, State::Failed(Exit::Usage));
        assert!(by(-3600).sentence.en.contains("1h behind"), "{:?}", by(-3600));
    }
}
