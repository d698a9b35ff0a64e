//! Mistyped commands.

use serde_json::Value;

use crate::program::Machine;

fn machine(language: &'static str) -> Machine {
    let mut machine = Machine::new();
    machine.set("LANG", language);
    machine
}

#[test]
fn a_mistyped_command_is_told_in_korean() {
    let machine = machine("ko_KR.UTF-8");
    for (args, told, help) in [
        (&["whoami", "--jsn"][..], "--jsn: 그런 옵션이 없습니다. 비슷한 것: --json", "katok whoami --help"),
        (&["sned", "안녕"], "sned: 그런 명령이 없습니다. 비슷한 것: send", "katok --help"),
        (
            &["emulator", "approve"],
            "빠진 것이 있습니다: --person <KEY>, <URL>",
            "katok emulator approve --help",
        ),
        (
            &["emulator", "people", "--at", "localhost"],
            "--at <URL>: 값이 맞지 않습니다: localhost (http:// 또는 https:// 주소가 필요합니다).",
            "katok emulator people --help",
        ),
        (&["friends", "--data"], "--data <DIR>: 값이 빠졌습니다.", "katok friends --help"),
        (
            &["emulator", "faults", "add", "--drop", "now"],
            "--drop <DROP>: 값이 맞지 않습니다: now. 쓸 수 있는 것: before, after",
            "katok emulator faults add --help",
        ),
        (
            &["emulator", "faults", "add", "--drop", "after", "--status", "500"],
            "함께 쓸 수 없습니다.",
            "katok emulator faults add --help",
        ),
    ] {
        let outcome = machine.katok(args).exits(2).says_one_sentence();
        outcome.says(&format!("{told}\n")).says(&format!("hint: {help}"));
    }
}

#[test]
fn a_mistyped_command_is_told_in_the_language_that_is_asked_for() {
    let machine = machine("en_US.UTF-8");
    for args in [&["--lang", "ko", "sned"][..], &["sned", "--lang=ko"], &["whoami", "--lang=ko", "--jsn"]] {
        machine.katok(args).exits(2).says_one_sentence().says("없습니다.");
    }
}

#[test]
fn a_mistyped_command_is_json_for_a_program() {
    let outcome = machine("en_US.UTF-8").katok(&["--json", "sned"]).exits(2);
    let error: Value = serde_json::from_str(&outcome.stderr).unwrap();
    assert_eq!((&error["error"]["exit"], &error["error"]["hint"]), (&2.into(), &"katok --help".into()));
    let told = "unrecognized subcommand 'sned'; tip: a similar subcommand exists: 'send'";
    assert_eq!(error["error"]["en"], told);
}

#[test]
fn english_speakers_read_usage_and_tip_as_ever() {
    let outcome = machine("en_US.UTF-8").katok(&["whoami", "--jsn"]).exits(2);
    outcome.says("tip: a similar argument exists: '--json'").says("Usage: katok whoami --json");
    let outcome = machine("en_US.UTF-8").katok(&["emulator", "clock", "advance", "soon"]).exits(2);
    let told = "error: invalid value 'soon' for '<DURATION>': write it like 2h30m, 1d or 6h\n";
    outcome.says_one_sentence().says(told).says("hint: katok emulator clock advance --help");
}

#[test]
fn help_and_version_are_no_mistakes() {
    let machine = machine("ko_KR.UTF-8");
    for args in [&["--help"][..], &["--version"], &["emulator", "faults", "--help"]] {
        let outcome = machine.katok(args).exits(0);
        assert!(!outcome.stdout.is_empty() && outcome.stderr.is_empty(), "{outcome:?}");
    }
}
