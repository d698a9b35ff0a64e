//! When something comes round: a cron expression on the clocks of a time zone. Pure.
//!
//! Each time that a clock on the wall shows counts once. One that it leaves out, because summer begins, is the moment
//! at which it goes on; of one that it shows twice, because summer ends, the first counts.

use croner::Cron;
use croner::parser::{CronParser, Seconds, Year};
use jiff::civil::{DateTime, date};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{SignedDuration, Timestamp};

use crate::sentence::Sentence;

/// Kakao lets one sender have a hundred messages a day.
const SHORTEST_PAUSE: SignedDuration = SignedDuration::from_mins(5);

/// More times than a day has pauses: two that are too close are among these.
const LOOKED_AT: usize = 300;

const LONGEST_TEXT: usize = 100;

/// A cron expression in a time zone.
pub(crate) struct Schedule {
    cron: Cron,
    time_zone: TimeZone,
}

impl Schedule {
    /// Reads five fields or a word such as `@daily`, and a name of the IANA time zone database.
    pub(crate) fn parse(cron: &str, time_zone: &str) -> Result<Self, Sentence> {
        let time_zone = TimeZone::get(time_zone).map_err(|_| {
            Sentence::new(
                "time_zone은 Asia/Seoul과 같은 IANA 시간대 이름이어야 합니다.",
                "time_zone must be a name of the IANA time zone database, such as Asia/Seoul.",
            )
        })?;
        let parser = CronParser::builder().seconds(Seconds::Disallowed).year(Year::Disallowed).build();
        let cron =
            Some(cron).filter(|cron| cron.len() <= LONGEST_TEXT).and_then(|cron| parser.parse(cron).ok());
        let cron = cron.ok_or_else(|| {
            Sentence::new(
                "cron은 다섯 칸(분 시 일 월 요일)이거나 @daily와 같은 낱말이어야 합니다. 예: 0 9 * * MON-FRI",
                "cron takes five fields (minute, hour, day, month, weekday) or a word such as @daily. For example: 0 9 * * MON-FRI",
            )
        })?;
        if is_too_often(&cron) {
            return Err(Sentence::new(
                "반복 메시지는 5분에 한 번까지 보낼 수 있습니다. 카카오의 한도는 하루 100건쯤입니다.",
                "A recurring message is sent every five minutes at most; Kakao allows about a hundred a day.",
            ));
        }
        Ok(Self { cron, time_zone })
    }

    /// The first time after this one; none when there is no such day.
    pub(crate) fn next_after(&self, after: Timestamp) -> Option<Timestamp> {
        let mut civil = self.time_zone.to_datetime(after);
        loop {
            civil = next_civil(&self.cron, civil)?;
            let time = self.moment(civil)?;
            // Else the clock shows it for the second time.
            if time > after {
                return Some(time);
            }
        }
    }

    /// The last time until then, given that `first` is one.
    pub(crate) fn last_until(&self, first: Timestamp, until: Timestamp) -> Timestamp {
        let mut back = SHORTEST_PAUSE;
        let mut last = loop {
            let from = until.checked_sub(back).unwrap_or(Timestamp::MIN).max(first);
            match self.next_after(from) {
                Some(time) if time <= until => break time,
                _ if from == first => return first,
                _ => back = back.saturating_add(back),
            }
        };
        while let Some(next) = self.next_after(last).filter(|next| *next <= until) {
            last = next;
        }
        last
    }

    /// When the clocks show it.
    fn moment(&self, civil: DateTime) -> Option<Timestamp> {
        let ambiguous = self.time_zone.to_ambiguous_timestamp(civil);
        let AmbiguousOffset::Gap { before, .. } = ambiguous.offset() else { return ambiguous.earlier().ok() };
        let as_if = before.to_timestamp(civil).ok()?.checked_add(SignedDuration::from_secs(1)).ok()?;
        Some(self.time_zone.preceding(as_if).next()?.timestamp())
    }
}

fn next_civil(cron: &Cron, after: DateTime) -> Option<DateTime> {
    cron.find_next_occurrence(&after, false).ok()
}

fn is_too_often(cron: &Cron) -> bool {
    let times = std::iter::successors(Some(date(2000, 1, 1).at(0, 0, 0, 0)), |last| next_civil(cron, *last));
    let times: Vec<DateTime> = times.skip(1).take(LOOKED_AT).collect();
    times.windows(2).any(|pair| pair[0].duration_until(pair[1]) < SHORTEST_PAUSE)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schedule(cron: &str, time_zone: &str) -> Schedule {
        Schedule::parse(cron, time_zone).unwrap_or_else(|sentence| panic!("{cron}: {}", sentence.en))
    }

    /// The next times after one, as the clocks of the zone show them.
    fn next(cron: &str, time_zone: &str, after: &str, count: usize) -> Vec<String> {
        let schedule = schedule(cron, time_zone);
        let after: Timestamp = after.parse().unwrap();
        let times = std::iter::successors(schedule.next_after(after), |last| schedule.next_after(*last));
        let shown =
            |time: Timestamp| time.to_zoned(schedule.time_zone.clone()).strftime("%F %H:%M%:z").to_string();
        times.take(count).map(shown).collect()
    }

    #[test]
    fn names_lists_steps_and_words_are_read() {
        let seoul = |cron, count| next(cron, "Asia/Seoul", "2026-01-01T00:00:00Z", count);
        assert_eq!(seoul("0 9 * * MON-FRI", 2), ["2026-01-02 09:00+09:00", "2026-01-05 09:00+09:00"]);
        assert_eq!(seoul("30 8 1 JAN,jul *", 2), ["2026-07-01 08:30+09:00", "2027-01-01 08:30+09:00"]);
        assert_eq!(seoul("*/30 9 * * *", 3)[1..], ["2026-01-02 09:00+09:00", "2026-01-02 09:30+09:00"]);
        assert_eq!(seoul("@daily", 1), ["2026-01-02 00:00+09:00"]);
        assert_eq!(seoul("@weekly", 1), ["2026-01-04 00:00+09:00"]);
        assert_eq!(seoul("0 0 * * 7", 1), ["2026-01-04 00:00+09:00"]);
        assert_eq!(next("@hourly", "UTC", "2026-01-01T00:00:00Z", 1), ["2026-01-01 01:00+00:00"]);
    }

    #[test]
    fn months_end_when_they_do() {
        let ends = next("0 9 31 * *", "Asia/Seoul", "2026-01-31T00:00:00Z", 3);
        assert_eq!(ends, ["2026-03-31 09:00+09:00", "2026-05-31 09:00+09:00", "2026-07-31 09:00+09:00"]);
        let last = next("0 9 L * *", "Asia/Seoul", "2028-01-31T00:00:00Z", 2);
        assert_eq!(last, ["2028-02-29 09:00+09:00", "2028-03-31 09:00+09:00"]);
        assert_eq!(next("0 9 29 2 *", "Asia/Seoul", "2026-01-01T00:00:00Z", 1), ["2028-02-29 09:00+09:00"]);
    }

    #[test]
    fn a_time_that_summer_leaves_out_comes_right_after_the_gap() {
        let times = next("30 2 * * *", "America/New_York", "2026-03-07T08:00:00Z", 2);
        assert_eq!(times, ["2026-03-08 03:00-04:00", "2026-03-09 02:30-04:00"]);
        // What falls together comes once.
        let times = next("0,30 2,3 * * *", "America/New_York", "2026-03-08T06:00:00Z", 3);
        assert_eq!(times, ["2026-03-08 03:00-04:00", "2026-03-08 03:30-04:00", "2026-03-09 02:00-04:00"]);
    }

    #[test]
    fn a_time_that_comes_twice_when_summer_ends_counts_once() {
        let times = next("30 1 * * *", "America/New_York", "2026-10-31T12:00:00Z", 2);
        assert_eq!(times, ["2026-11-01 01:30-04:00", "2026-11-02 01:30-05:00"]);
        let times = next("*/30 1,2 * * *", "America/New_York", "2026-11-01T05:00:00Z", 3);
        assert_eq!(times, ["2026-11-01 01:30-04:00", "2026-11-01 02:00-05:00", "2026-11-01 02:30-05:00"]);
        // Asked within the second showing.
        let times = next("30 1 * * *", "America/New_York", "2026-11-01T06:10:00Z", 1);
        assert_eq!(times, ["2026-11-02 01:30-05:00"]);
    }

    #[test]
    fn the_last_time_is_found_however_long_ago_the_first_was() {
        for cron in ["*/5 * * * *", "0 9 * * *", "0 9 29 2 *", "*/10 9-10 * * MON", "@monthly"] {
            let schedule = schedule(cron, "America/New_York");
            let first = schedule.next_after("2020-01-01T00:00:00Z".parse().unwrap()).unwrap();
            for until in ["2026-11-01T06:10:00Z", "2026-03-08T07:00:00Z", "2026-03-09T13:01:00Z"] {
                let until: Timestamp = until.parse().unwrap();
                let last = schedule.last_until(first, until);
                assert!(last <= until && schedule.next_after(last).unwrap() > until, "{cron} {until} {last}");
            }
            assert_eq!(schedule.last_until(first, first), first);
        }
    }

    #[test]
    fn what_never_comes_comes_too_often_or_cannot_be_read_is_refused() {
        for cron in [
            "*/4 * * * *",
            "* * * * *",
            "0,3 9 * * *",
            "58,2 * * * *",
            "58,2 0,23 * * *",
            "0 9 * *",
            "",
            "0 0 9 * * *",
            "61 * * * *",
            "@reboot",
            "0 9 * * MONDAY",
            "오전 9시",
            "0 9 * * * 2027",
        ] {
            assert!(Schedule::parse(cron, "Asia/Seoul").is_err(), "{cron}");
        }
        assert!(Schedule::parse("*/5 * * * *", "Asia/Seoul").is_ok());
        assert!(Schedule::parse("58,2 9 * * *", "Asia/Seoul").is_ok());
        for zone in ["", "Seoul", "+09:00", "../etc/passwd", "Asia/Seoul\0"] {
            assert!(Schedule::parse("0 9 * * *", zone).is_err(), "{zone}");
        }
        assert_eq!(schedule("0 9 30 2 *", "Asia/Seoul").next_after(Timestamp::UNIX_EPOCH), None);
    }
}
