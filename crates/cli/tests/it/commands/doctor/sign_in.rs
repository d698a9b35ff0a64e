//! What the doctor says of who is signed in, for how long, and with which consents.

use serde_json::{Value, json};

use super::{check, finds, well};
use crate::program::Machine;

/// Changes what is stored of the only login.
fn change_tokens(machine: &Machine, change: impl FnOnce(&mut Value)) {
    let path = machine.data().join("tokens.json");
    let mut stored: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    let account = stored["accounts"].as_object_mut().unwrap().values_mut().next().unwrap();
    change(&mut account["tokens"]);
    std::fs::write(&path, stored.to_string()).unwrap();
}

#[tokio::test]
async fn nobody_signed_in_is_told_to_sign_in() {
    let mut machine = Machine::new();
    let (_running, emulator) = machine.emulator();
    machine.connect_to(&emulator).await;
    let found = finds(&machine, 3, "signed_in", "failed", "Nobody is signed in");
    assert_eq!(check(&found, "signed_in")["remedy"]["en"], "katok login");
}

#[tokio::test]
async fn a_login_that_is_over_or_nearly_so_is_told() {
    let (machine, _running, emulator) = well().await;
    let now = emulator.world_time().await;
    let in_hours = |hours: i64| (now + jiff::SignedDuration::from_hours(hours)).to_string();
    change_tokens(&machine, |tokens| tokens["access_token_expires_at"] = json!(in_hours(-1)));
    finds(&machine, 0, "access_token", "skipped", "the next command gets a new one");
    change_tokens(&machine, |tokens| tokens["refresh_token_expires_at"] = json!(in_hours(50)));
    finds(&machine, 0, "signed_in", "warning", "2 days");
    change_tokens(&machine, |tokens| tokens["refresh_token_expires_at"] = json!(in_hours(-1)));
    finds(&machine, 3, "signed_in", "failed", "The login expired");
}

#[tokio::test]
async fn a_login_that_kakao_has_ended_is_told() {
    let (machine, _running, emulator) = well().await;
    emulator.reset(&json!({})).await;
    finds(&machine, 3, "access_token", "failed", "-401");
    std::fs::write(machine.data().join("tokens.json"), "{").unwrap();
    let found = machine.katok(&["--json", "doctor"]).exits(2).json();
    let told = check(&found, "signed_in")["sentence"]["en"].as_str().unwrap();
    assert!(told.contains("cannot be understood") && told.contains("run katok login"), "{told}");
}

#[tokio::test]
async fn consents_that_lack_are_named_with_the_command_that_asks_for_them() {
    let (machine, _running, emulator) = well().await;
    for (given, status, state, missing) in
        [(&["talk_message"][..], 0, "warning", "friends"), (&["friends"], 3, "failed", "talk_message")]
    {
        emulator.reset(&json!({})).await;
        machine.login(&emulator, "ryan", Some(given)).await.exits(0);
        let found = finds(&machine, status, "consents", state, missing);
        assert_eq!(check(&found, "consents")["remedy"]["en"], format!("katok login --scope {missing}"));
    }
}

#[tokio::test]
async fn a_machine_that_kakao_does_not_admit_is_told() {
    let (machine, _running, emulator) = well().await;
    let mut world = emulator.world().await;
    world["apps"][0]["ip_allow_list"] = json!(["203.0.113.9"]);
    emulator.reset(&world).await;
    machine.login(&emulator, "ryan", None).await;
    finds(&machine, 1, "access_token", "failed", "IP address");
}
