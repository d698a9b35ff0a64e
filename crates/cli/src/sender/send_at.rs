//! When to send: a time as people write it, by Korean time. Pure; the present moment is an argument.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp, ToSpan as _, Zoned};
use katok_gateway::Sentence;

use crate::failure::Failure;

/// Korea has one time zone, and no summer time since 1988.
const KOREA: Offset = jiff::tz::offset(9);

/// Why a time is none to send at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoTime {
    Unreadable,
    /// Three o'clock, and nobody knows which.
    HalfOfTheDay,
    Past,
}

impl NoTime {
    pub(crate) fn told(self, typed: &str) -> Failure {
        match self {
            Self::Unreadable => Failure::usage(
                format!(
                    "--at을 읽을 수 없습니다: {typed}. +30m, 18:30, \"내일 09:00\", \"모레 오후 3시\", \"12월 1일 정오\", 2026-12-01T09:00:00+09:00처럼 쓰세요."
                ),
                format!(
                    "--at cannot be read: {typed}. Write +30m, 18:30, \"tomorrow 9am\", \"2026-12-01 09:00\" or 2026-12-01T09:00:00+09:00."
                ),
            ),
            Self::HalfOfTheDay => Failure::usage(
                format!(
                    "--at이 오전인지 오후인지 알 수 없습니다: {typed}. \"오전 9시\"나 \"오후 9시\"처럼 쓰세요."
                ),
                format!(
                    "--at leaves open whether it is before or after noon: {typed}. Write \"오전 9시\" (9:00) or \"오후 9시\" (21:00)."
                ),
            ),
            Self::Past => Failure::usage(
                format!("--at의 시각이 이미 지났습니다: {typed}. 바로 보내려면 --at을 빼세요."),
                format!("The time of --at has passed: {typed}. Leave --at out to send it now."),
            ),
        }
    }
}

/// Reads a time, which must be ahead.
pub(crate) fn read(typed: &str, now: Timestamp) -> Result<Timestamp, NoTime> {
    let typed = typed.trim().to_lowercase();
    let at = match typed.strip_prefix('+') {
        Some(wait) => {
            now.checked_add(duration(wait).ok_or(NoTime::Unreadable)?).map_err(|_| NoTime::Unreadable)?
        }
        None => match typed.parse() {
            Ok(moment) => moment,
            Err(_) => on_korean_clocks(&typed, &now.to_zoned(TimeZone::fixed(KOREA)))?,
        },
    };
    if at > now { Ok(at) } else { Err(NoTime::Past) }
}

/// The time as Koreans read it.
pub(crate) fn told(at: Timestamp) -> Sentence {
    let shown = at.to_zoned(TimeZone::fixed(KOREA)).strftime("%Y-%m-%d %H:%M:%S").to_string();
    Sentence::new(format!("한국 시각 {shown}"), format!("{shown}, Korean time"))
}

/// `30m`, `1h30m`, `2d`.
fn duration(text: &str) -> Option<SignedDuration> {
    let mut rest = text;
    let mut seconds = 0_i64;
    while !rest.is_empty() {
        let (number, after) = rest.split_at(rest.find(|letter: char| !letter.is_ascii_digit())?);
        let unit = after.chars().next()?;
        let length = match unit {
            's' => 1,
            'm' => 60,
            'h' => 3600,
            'd' => 86_400,
            _ => return None,
        };
        seconds = seconds.checked_add(number.parse::<i64>().ok()?.checked_mul(length)?)?;
        rest = &after[1..];
    }
    (seconds > 0).then(|| SignedDuration::from_secs(seconds))
}

/// A day and a time of it; without a day the next such time.
fn on_korean_clocks(typed: &str, now: &Zoned) -> Result<Timestamp, NoTime> {
    // A moment may name its time zone besides its offset; here the zone would be overlooked.
    if typed.contains('[') {
        return Err(NoTime::Unreadable);
    }
    if let Ok(moment) = typed.parse::<DateTime>()
        && typed.contains([':', 't'])
    {
        return in_korea(moment);
    }
    let (day, rest) = day(typed, now.date());
    let time = time_of_day(rest)?;
    match day {
        Some(day) => in_korea(day.to_datetime(time)),
        None if time > now.time() => in_korea(now.date().to_datetime(time)),
        None => in_korea(later(now.date(), 1).to_datetime(time)),
    }
}

fn in_korea(moment: DateTime) -> Result<Timestamp, NoTime> {
    KOREA.to_timestamp(moment).map_err(|_| NoTime::Unreadable)
}

fn later(day: Date, days: i32) -> Date {
    day.saturating_add(days.days())
}

/// The day that a text begins with, and what follows it.
fn day(typed: &str, today: Date) -> (Option<Date>, &str) {
    let words = [("오늘", 0), ("내일", 1), ("모레", 2), ("글피", 3), ("today", 0), ("tomorrow", 1)];
    for (word, days) in words {
        if let Some(rest) = typed.strip_prefix(word) {
            return (Some(later(today, days)), rest);
        }
    }
    if let Some((date, rest)) = typed.split_once(' ')
        && let Ok(date) = date.parse::<Date>()
    {
        return (Some(date), rest);
    }
    day_of_a_month(typed, today).map_or((None, typed), |(date, rest)| (Some(date), rest))
}

/// `12월 1일`: the next one.
fn day_of_a_month(typed: &str, today: Date) -> Option<(Date, &str)> {
    let (month, rest) = typed.split_once('월')?;
    let (day, rest) = rest.split_once('일')?;
    let (month, day) = (month.trim().parse().ok()?, day.trim().parse().ok()?);
    let this_year = Date::new(today.year(), month, day).ok().filter(|date| *date >= today);
    Some((this_year.or_else(|| Date::new(today.year() + 1, month, day).ok())?, rest))
}

/// `09:00`, `9am`, `오후 3시 30분`, `정오`.
fn time_of_day(typed: &str) -> Result<Time, NoTime> {
    let typed = typed.trim();
    match typed {
        "정오" | "noon" => return Ok(jiff::civil::time(12, 0, 0, 0)),
        "자정" | "midnight" => return Ok(Time::midnight()),
        _ => {}
    }
    let (half, clock) = half_of_the_day(typed);
    let has_minutes = clock.contains(':');
    let (hour, minute) = hour_and_minute(clock).ok_or(NoTime::Unreadable)?;
    let hour = match half {
        Some(_) if !(1..=12).contains(&hour) => return Err(NoTime::Unreadable),
        Some(Half::Morning) => hour % 12,
        Some(Half::Afternoon) => hour % 12 + 12,
        None if has_minutes || !(1..12).contains(&hour) => hour,
        None => return Err(NoTime::HalfOfTheDay),
    };
    Time::new(hour, minute, 0, 0).map_err(|_| NoTime::Unreadable)
}

#[derive(Clone, Copy)]
enum Half {
    Morning,
    Afternoon,
}

fn half_of_the_day(typed: &str) -> (Option<Half>, &str) {
    for (word, half) in [("오전", Half::Morning), ("오후", Half::Afternoon)] {
        if let Some(clock) = typed.strip_prefix(word) {
            return (Some(half), clock.trim());
        }
    }
    for (word, half) in [("am", Half::Morning), ("pm", Half::Afternoon)] {
        if let Some(clock) = typed.strip_suffix(word) {
            return (Some(half), clock.trim());
        }
    }
    (None, typed)
}

/// `3`, `3:30`, `3시`, `3시 반`, `3시 30분`.
fn hour_and_minute(clock: &str) -> Option<(i8, i8)> {
    let number = |text: &str| {
        let text = text.trim();
        text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
    };
    if let Some((hour, minute)) = clock.split_once(':') {
        return Some((number(hour)?, number(minute).filter(|_| minute.len() == 2)?));
    }
    let Some((hour, rest)) = clock.split_once('시') else { return Some((number(clock)?, 0)) };
    let minute = match rest.trim() {
        "" => 0,
        "반" => 30,
        minutes => number(minutes.strip_suffix('분')?)?,
    };
    Some((number(hour)?, minute))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A Sunday, ten past two in the afternoon in Korea.
    const NOW: &str = "2026-11-22T14:10:00+09:00";

    fn now() -> Timestamp {
        NOW.parse().unwrap()
    }

    #[track_caller]
    fn is(typed: &str, korean: &str) {
        let expected = format!("{korean}+09:00").parse().unwrap();
        assert_eq!(read(typed, now()), Ok(expected), "{typed}");
    }

    #[test]
    fn days_and_times_are_read_as_people_in_korea_write_them() {
        is("내일 09:00", "2026-11-23T09:00:00");
        is("내일 오전 9시 30분", "2026-11-23T09:30:00");
        is("모레 오후 3시", "2026-11-24T15:00:00");
        is("모레 오후3시반", "2026-11-24T15:30:00");
        is("글피 정오", "2026-11-25T12:00:00");
        is("내일 자정", "2026-11-23T00:00:00");
        is("오늘 23:59", "2026-11-22T23:59:00");
        is("오후 12시", "2026-11-23T12:00:00");
        is("오전 12시 5분", "2026-11-23T00:05:00");
        is("12월 1일 오전 9시", "2026-12-01T09:00:00");
        is("1월 2일 21시", "2027-01-02T21:00:00");
        is("tomorrow 9am", "2026-11-23T09:00:00");
        is("Today 3:30PM", "2026-11-22T15:30:00");
        is("noon", "2026-11-23T12:00:00");
        is("2026-12-01 09:00", "2026-12-01T09:00:00");
        is("2026-12-01 오후 9시", "2026-12-01T21:00:00");
        is("2026-12-01T09:00:30", "2026-12-01T09:00:30");
    }

    #[test]
    fn a_time_without_a_day_is_the_next_one() {
        is("18:30", "2026-11-22T18:30:00");
        is("14:10", "2026-11-23T14:10:00");
        is("9:05", "2026-11-23T09:05:00");
    }

    #[test]
    fn a_moment_and_a_wait_are_the_same_everywhere() {
        is("2026-11-22T06:00:00Z", "2026-11-22T15:00:00");
        is("2026-12-01t09:00:00+09:00", "2026-12-01T09:00:00");
        is("2026-12-01T09:00+09:00[Asia/Seoul]", "2026-12-01T09:00:00");
        is("+30m", "2026-11-22T14:40:00");
        is("+1h30m", "2026-11-22T15:40:00");
        is("+2d", "2026-11-24T14:10:00");
        is("+90s", "2026-11-22T14:11:30");
    }

    #[test]
    fn what_has_passed_or_could_be_two_times_is_refused() {
        for past in ["오늘 09:00", "오늘 14:10", "2026-11-22T14:09:59+09:00", "2025-01-01 09:00"] {
            assert_eq!(read(past, now()), Err(NoTime::Past), "{past}");
        }
        for open in ["내일 3시", "모레 11시 반", "9", "tomorrow 9"] {
            assert_eq!(read(open, now()), Err(NoTime::HalfOfTheDay), "{open}");
        }
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for no_time in [
            "",
            "곧",
            "내일",
            "내일 25:00",
            "내일 9:5",
            "오후 13시",
            "오전 0시",
            "+",
            "+5",
            "+m",
            "+0s",
            "+1w",
            "-5m",
            "2월 30일 09:00",
            "2026-13-01 09:00",
            "2026-12-01",
            "2026-12-01T09:00[America/New_York]",
            "2026-12-01 09:00[Asia/Seoul]",
            "2026-12-01[America/New_York] 09:00",
            "내일 오전 9시 70분",
            "내일 +3:00",
            "+99999999999999999d",
        ] {
            assert_eq!(read(no_time, now()), Err(NoTime::Unreadable), "{no_time}");
        }
    }

    proptest! {
        #[test]
        fn nothing_that_is_typed_breaks_it_and_no_time_has_passed(typed in "[오늘내일모레전후시분반월일정자 0-9:+TZapmhds-]{0,24}") {
            if let Ok(at) = read(&typed, now()) {
                prop_assert!(at > now());
            }
        }

        #[test]
        fn a_moment_reads_as_it_was_written(seconds in 1_i64..3_000_000_000) {
            let moment = now() + SignedDuration::from_secs(seconds);
            prop_assert_eq!(read(&moment.to_string(), now()), Ok(moment));
            let korean = moment.to_zoned(TimeZone::fixed(KOREA)).datetime().to_string();
            prop_assert_eq!(read(&korean, now()), Ok(moment));
        }
    }
}
