//! The token file: private, whole, and safe when two commands refresh at once.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

use serde_json::Value;

use super::{signed_in, stored};
use crate::emulator::Emulator;
use crate::program::Machine;

#[tokio::test]
async fn only_the_owner_reads_the_token_file() {
    let (machine, _running, _emulator) = signed_in("ryan").await;
    let mode = fs::metadata(machine.data().join("tokens.json")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[tokio::test]
async fn only_the_owner_enters_the_data_folder_whoever_made_it() {
    let mode = |machine: &Machine| fs::metadata(machine.data()).unwrap().permissions().mode() & 0o777;
    let noted = Machine::new();
    let (_running, emulator) = noted.emulator();
    assert_eq!(mode(&noted), 0o700);

    let mut signed_in = Machine::new();
    signed_in.connect_to(&emulator).await;
    signed_in.login(&emulator, "ryan", None).await.exits(0);
    assert_eq!(mode(&signed_in), 0o700);
}

/// The version of the only account in the token file.
fn version(machine: &Machine) -> i64 {
    let stored = fs::read_to_string(machine.data().join("tokens.json")).unwrap();
    let stored: Value = serde_json::from_str(&stored).unwrap();
    stored["accounts"].as_object().unwrap().values().next().unwrap()["version"].as_i64().unwrap()
}

#[tokio::test]
async fn version_grows_over_logout_and_login() {
    let (machine, _running, emulator) = signed_in("ryan").await;
    let first = version(&machine);
    machine.katok(&["logout"]).exits(0);
    machine.login(&emulator, "ryan", None).await.exits(0);
    assert!(version(&machine) > first);
}

#[tokio::test]
async fn damaged_token_file_is_left_as_it_is() {
    let (mut machine, _running, _emulator) = signed_in("ryan").await;
    machine.set("LANG", "en_US.UTF-8");
    let path = machine.data().join("tokens.json");
    let half = fs::read_to_string(&path).unwrap()[..40].to_owned();
    fs::write(&path, &half).unwrap();
    for command in [&["whoami"][..], &["send", "안녕"], &["logout"]] {
        machine.katok(command).exits(2).says("cannot be understood").says("tokens.json");
        assert_eq!(fs::read_to_string(&path).unwrap(), half);
    }
}

#[tokio::test]
async fn two_commands_at_once_with_an_expired_token_both_succeed() {
    let (machine, _running, emulator) = signed_in("ryan").await;
    emulator.advance_hours(7).await;
    let one = machine.begin(&["send", "하나"]);
    let other = machine.begin(&["send", "둘"]);
    one.end().exits(0);
    other.end().exits(0);
    let mut texts = emulator.texts("ryan").await;
    texts.sort();
    assert_eq!(texts, ["둘", "하나"]);
    machine.katok(&["whoami"]).exits(0);
}

#[tokio::test]
async fn login_that_has_ended_asks_for_another() {
    let (machine, _running, emulator) = signed_in("ryan").await;
    // Both tokens: the refresh token lives for two months.
    emulator.advance_hours(24 * 70).await;
    machine.katok(&["send", "안녕"]).exits(3).says("hint: katok login");
    machine.login(&emulator, "ryan", None).await.exits(0);
    machine.katok(&["send", "안녕"]).exits(0);
    assert_eq!(emulator.texts("ryan").await, ["안녕"]);
}

/// How often Kakao was asked for tokens.
async fn refreshes(emulator: &Emulator) -> usize {
    let journal = emulator.journal().await;
    journal.iter().filter(|exchange| exchange["path"] == "/oauth/token").count()
}

#[tokio::test]
async fn fifty_commands_at_expiry_make_one_refresh_and_send_fifty_messages() {
    let (machine, _running, emulator) = signed_in("ryan").await;
    emulator.advance_hours(7).await;
    let before = refreshes(&emulator).await;
    let begun: Vec<_> = (0..50).map(|number| machine.begin(&["send", &format!("{number}번째")])).collect();
    for command in begun {
        command.end().exits(0);
    }
    assert_eq!(refreshes(&emulator).await - before, 1);
    let mut texts = emulator.texts("ryan").await;
    texts.sort();
    texts.dedup();
    assert_eq!(texts.len(), 50);
}

#[tokio::test]
async fn whenever_a_refresh_is_killed_the_newest_refresh_token_that_arrived_is_in_a_whole_file() {
    let mut machine = Machine::new();
    let (_running, emulator) = machine.emulator();
    machine.set("LANG", "en_US.UTF-8");
    for round in 0..16_u64 {
        machine.login(&emulator, "ryan", None).await.exits(0);
        // So little is left of it that Kakao replaces it.
        emulator.age(stored(&machine)["refresh_token"].as_str().unwrap(), 3600).await;
        let refresh = machine.begin(&["token", "refresh"]);
        tokio::time::sleep(Duration::from_millis(round * 8)).await;
        refresh.kill();
        // Whole, whatever moment it was.
        stored(&machine);
        let after = machine.katok(&["token", "refresh"]);
        if !after.has_exited(0) {
            // Between Kakao's answer and the disk. Nothing can help then, and nobody is left to wonder.
            after.exits(3).says("A refresh of the tokens was cut off");
        }
        fs::remove_file(machine.data().join("tokens.json")).unwrap();
        emulator.advance_hours(2).await;
    }
}
