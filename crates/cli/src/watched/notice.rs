//! What is sent about a command that has ended; pure. Its arguments are left out: they may hold secrets.

use std::time::Duration;

use katok_bubble::Language;
use katok_client::Text;

use crate::draft::truncate;

/// The most characters of a command's name.
const NAME: usize = 60;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Status(i32),
    Signal(i32),
    /// There is no such command, or none that can be run.
    NotStarted,
}

/// A text that KakaoTalk shows whole: how it ended, and as many of the last lines as there is room for.
pub(crate) fn notice(name: &str, end: End, took: Duration, lines: &[String], language: Language) -> String {
    let mark = if end == End::Status(0) { "✅" } else { "❌" };
    let ended = match end {
        End::Status(0) => language.choose("성공", "succeeded").to_owned(),
        End::Status(status) => format!("{} {status}", language.choose("종료 상태", "exit status")),
        End::Signal(signal) => format!("{} {signal}", language.choose("끝낸 신호", "ended by signal")),
        End::NotStarted => language.choose("실행하지 못함", "could not be run").to_owned(),
    };
    let mut text = format!("{mark} {}\n{ended}", truncate(name, NAME));
    if end != End::NotStarted {
        text = format!("{text} · {}", duration(took, language));
    }
    let room = Text::SHOWN - text.chars().count();
    let shown = last_that_fit(lines, room);
    // One line that is too long for all the room there is.
    match lines.last().filter(|_| shown.is_empty()) {
        Some(line) => format!("{text}\n{}", truncate(line, room - 1)),
        None => [&[text], shown].concat().join("\n"),
    }
}

/// Each takes a character more for the end of the line before it.
fn last_that_fit(lines: &[String], room: usize) -> &[String] {
    let mut taken = 0;
    let fits = |line: &&String| {
        taken += line.chars().count() + 1;
        taken <= room
    };
    let count = lines.iter().rev().take_while(fits).count();
    &lines[lines.len() - count..]
}

fn duration(took: Duration, language: Language) -> String {
    let [hours, minutes, seconds] = match language {
        Language::Korean => ["시간", "분", "초"],
        Language::English => [" h", " min", " s"],
    };
    match took.as_secs() {
        whole @ 0..10 => format!("{whole}.{}{seconds}", took.subsec_millis() / 100),
        whole @ 10..60 => format!("{whole}{seconds}"),
        whole @ 60..3600 => format!("{}{minutes} {}{seconds}", whole / 60, whole % 60),
        whole => format!("{}{hours} {}{minutes}", whole / 3600, whole % 3600 / 60),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn korean(end: End, seconds: u64, lines: &[&str]) -> String {
        let lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
        notice("make", end, Duration::from_secs(seconds), &lines, Language::Korean)
    }

    #[test]
    fn it_says_how_the_command_ended_and_how_long_it_took() {
        assert_eq!(korean(End::Status(0), 3, &[]), "✅ make\n성공 · 3.0초");
        assert_eq!(korean(End::Status(2), 75, &["하나", "둘"]), "❌ make\n종료 상태 2 · 1분 15초\n하나\n둘");
        assert_eq!(korean(End::Signal(15), 7260, &[]), "❌ make\n끝낸 신호 15 · 2시간 1분");
        assert_eq!(korean(End::NotStarted, 0, &[]), "❌ make\n실행하지 못함");
        let english = notice("make", End::Status(1), Duration::from_millis(420), &[], Language::English);
        assert_eq!(english, "❌ make\nexit status 1 · 0.4 s");
    }

    #[test]
    fn the_last_lines_come_first_where_there_is_no_room_for_all() {
        let text = korean(End::Status(1), 3, &[&"가".repeat(178), "나", "다"]);
        assert!(text.ends_with("초\n나\n다"), "{text}");
        let text = korean(End::Status(1), 3, &["나", &"다 ".repeat(150)]);
        assert!(text.ends_with("다…") && !text.contains('나'), "{text}");
        assert!(text.chars().count() > 190, "{text}");
    }

    proptest! {
        #[test]
        fn all_of_it_is_shown(
            name in ".{0,100}",
            status in any::<i32>(),
            seconds in 0_u64..10_000_000,
            lines in prop::collection::vec("[^\n]{0,150}", 0..6),
        ) {
            let text = notice(&name, End::Status(status), Duration::from_secs(seconds), &lines, Language::Korean);
            prop_assert!(text.chars().count() <= Text::SHOWN, "{text}");
        }
    }
}
