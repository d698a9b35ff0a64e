//! Data on standard output, talk on standard error.

use serde_json::{Value, json};

use super::signed_in;
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
