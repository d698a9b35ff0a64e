//! Data on standard output, talk on standard error.

use serde_json::{Value, json};

use super::signed_in;
use crate::emulator::seed;
use crate::program::Machine;

#[tokio::test]
async fn json_is_all_there_is_on_standard_output() {
    let (machine, _running, _emulator) = signed_in("ryan").await;
    let profile = machine.katok(&["--json", "whoami"]).exits(0).json();
    assert_eq!(profile["kakao_account"]["profile"]["nickname"], "라이언");
    let friends = machine.katok(&["friends", "--json"]).exits(0).json();
    assert_eq!(friends["total_count"], friends["elements"].as_array().unwrap().len());
    assert_eq!(machine.katok(&["--json", "send", "안녕"]).exits(0).json(), json!({"result_code": 0}));
    let report = machine.katok(&["--json", "send", "--to", "어피치", "안녕"]).exits(0).json();
    assert_eq!(report["successful_receiver_uuids"].as_array().unwrap().len(), 1);
    machine.katok(&["--json", "logout"]).exits(0).json();
}

#[tokio::test]
async fn failure_is_json_on_standard_error() {
    let machine = Machine::new();
    let (_running, _emulator) = machine.emulator();
    let outcome = machine.katok(&["--json", "whoami"]).exits(3);
    assert_eq!(outcome.stdout, "");
    let error: Value = serde_json::from_str(outcome.stderr.lines().last().unwrap()).unwrap();
    assert_eq!((&error["error"]["exit"], &error["error"]["hint"]), (&json!(3), &json!("katok login")));
}

#[tokio::test]
async fn secrets_are_not_printed() {
    let (machine, _running, _emulator) = signed_in("ryan").await;
    let stored = std::fs::read_to_string(machine.data().join("tokens.json")).unwrap();
    let stored: Value = serde_json::from_str(&stored).unwrap();
    let account = stored["accounts"].as_object().unwrap().values().next().unwrap();
    let access_token = account["tokens"]["access_token"].as_str().unwrap();
    for command in [&["whoami"][..], &["friends"], &["send", "안녕"], &["send", "--to", "어피치", "안녕"]]
    {
        let outcome = machine.katok(command).exits(0);
        assert!(!outcome.stdout.contains(access_token) && !outcome.stderr.contains(access_token));
    }
}

#[tokio::test]
async fn closed_pipe_is_a_normal_end() {
    let (machine, _running, _emulator) = signed_in("ryan").await;
    assert_eq!(machine.begin(&["friends"]).close_stdout().code(), Some(0));
}

#[test]
fn closed_pipe_is_a_normal_end_of_help_and_scripts_too() {
    let machine = Machine::new();
    for command in [
        &["--help"][..],
        &["send", "--help"],
        &["--version"],
        &["explain", "KOE006"],
        &["completions", "zsh"],
    ] {
        assert_eq!(machine.begin(command).close_stdout().code(), Some(0), "{command:?}");
    }
}

#[test]
fn colours_are_for_terminals_and_for_those_who_insist_but_never_against_no_color() {
    let mut machine = Machine::new();
    machine.set("KAKAO_API_BASE_URL", "http://localhost:1");
    let is_coloured = |machine: &Machine| machine.katok(&["doctor"]).stdout.contains('\u{1b}');
    assert!(!is_coloured(&machine));
    machine.set("CLICOLOR_FORCE", "1");
    assert!(is_coloured(&machine));
    assert!(machine.katok(&["--help"]).stdout.contains('\u{1b}'));
    machine.set("NO_COLOR", "1");
    assert!(!is_coloured(&machine));
}

#[tokio::test]
async fn data_that_cannot_be_written_is_a_failure() {
    let (machine, _running, emulator) = signed_in("ryan").await;
    machine
        .katok_on_a_full_disk(&["whoami"])
        .exits(4)
        .says("결과를 출력하지 못했습니다")
        .says("could not be written");
    // Not 4: trying again would send it twice.
    machine.katok_on_a_full_disk(&["send", "한 번만"]).exits(5).says("could not be written");
    assert_eq!(emulator.texts("ryan").await, ["한 번만"]);
}

#[tokio::test]
async fn names_cannot_write_on_the_terminal() {
    let machine = Machine::new();
    let nickname = "\u{1b}[31m어피치\n무지\u{202e}";
    // Rust and YAML write such characters alike, but for the braces.
    let written = r#""\e[31m어피치\n무지\u202E""#;
    let seed = seed("http://localhost:4199/callback").replace("어피치", written);
    let seed = machine.file("seed.yaml", &seed);
    let (_running, emulator) = machine.emulator_with(&["--port", "0", "--seed", &seed]);
    machine.login(&emulator, "ryan", None).await.exits(0);

    let friends = machine.katok(&["--json", "friends"]).exits(0).json();
    assert_eq!(friends["elements"][0]["profile_nickname"], nickname);
    let uuid = friends["elements"][0]["uuid"].as_str().unwrap();
    machine.login(&emulator, "apeach", None).await.exits(0);
    let whoami = machine.katok(&["whoami"]).exits(0);
    machine.login(&emulator, "ryan", None).await.exits(0);
    for outcome in [
        machine.katok(&["friends"]).exits(0),
        machine.katok(&["send", "--to", uuid, "안녕"]).exits(0),
        whoami,
    ] {
        let escaped = r"\u{1b}[31m어피치\u{a}무지\u{202e}";
        assert!(outcome.stdout.contains(escaped) && outcome.stdout.lines().count() == 1, "{outcome:#?}");
    }
}
