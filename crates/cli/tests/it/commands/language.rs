//! The locale chooses the language; one that says nothing gets both.

use super::signed_in;
use crate::program::{Machine, Outcome};

fn is_korean(text: &str) -> bool {
    text.chars().any(|character| ('가'..='힣').contains(&character))
}

/// Whether two words stand side by side that are neither Korean nor the name of a command or setting.
fn is_english(text: &str) -> bool {
    let word = |word: &str| {
        let word = word.trim_matches(|letter: char| letter.is_ascii_punctuation());
        !word.is_empty() && word.chars().all(|letter| letter.is_ascii_alphabetic())
    };
    let said = text.lines().filter(|line| !line.starts_with("hint: "));
    said.map(|line| line.split(' ').map(word).collect::<Vec<_>>())
        .any(|words| words.windows(2).any(|pair| pair == [true, true]))
}

/// What a person reads when a command does something, and when it cannot.
async fn talk(language: &'static str) -> Vec<Outcome> {
    let (mut machine, _running, _emulator) = signed_in("ryan").await;
    machine.set("LANG", language);
    vec![
        machine.katok(&["send", "12345"]).exits(0),
        machine.katok(&["send", ""]).exits(2),
        machine.katok(&["send", "--to", "nobody", "12345"]).exits(2),
        machine.katok(&["unlink"]).exits(2),
        machine.katok(&["logout"]).exits(0),
        machine.katok(&["whoami"]).exits(3),
    ]
}

#[tokio::test]
async fn korean_locale_reads_korean_alone() {
    for outcome in talk("ko_KR.UTF-8").await {
        let text = format!("{}{}", outcome.stdout, outcome.stderr);
        assert!(is_korean(&text) && !is_english(&text), "{text}");
    }
}

#[tokio::test]
async fn english_locale_reads_english_alone() {
    for outcome in talk("en_US.UTF-8").await {
        let text = format!("{}{}", outcome.stdout, outcome.stderr);
        assert!(is_english(&text) && !is_korean(&text), "{text}");
    }
}

#[test]
fn the_flag_and_its_variable_win_over_the_locale() {
    let mut machine = Machine::new();
    machine.set("LANG", "en_US.UTF-8");
    let told = |outcome: Outcome| outcome.exits(2).stderr;
    let korean = told(machine.katok(&["explain", "--lang", "ko", "KOE9"]));
    assert!(is_korean(&korean) && !is_english(&korean), "{korean}");
    machine.set("KATOK_LANG", "ko");
    let korean = told(machine.katok(&["explain", "KOE9"]));
    assert!(is_korean(&korean) && !is_english(&korean), "{korean}");
    let english = told(machine.katok(&["--lang", "en", "explain", "KOE9"]));
    assert!(is_english(&english) && !is_korean(&english), "{english}");
    machine.katok(&["--lang", "fr", "explain", "KOE006"]).exits(2).says("--lang");
}

#[tokio::test]
async fn locale_that_says_nothing_reads_both() {
    let machine = Machine::new();
    let (_running, _emulator) = machine.emulator();
    let outcome = machine.katok(&["whoami"]).exits(3);
    assert!(is_korean(&outcome.stderr) && is_english(&outcome.stderr), "{}", outcome.stderr);
}
