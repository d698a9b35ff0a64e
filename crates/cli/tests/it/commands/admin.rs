//! `katok admin`: with the admin key, for any user, after asking.

use serde_json::{Value, json};

use super::signed_in;
use crate::program::Machine;

/// Ryan's id in the app, once he has signed in.
fn ryan(machine: &Machine) -> String {
    machine.katok(&["--json", "whoami"]).exits(0).json()["id"].to_string()
}

#[tokio::test]
async fn users_of_the_app_are_listed_and_shown() {
    let (machine, _running, _emulator) = signed_in("ryan").await;
    let id = ryan(&machine);
    assert!(machine.katok(&["admin", "users"]).exits(0).stdout.lines().any(|line| line == id));
    let users = machine.katok(&["--json", "admin", "users"]).exits(0).json();
    let elements = users["elements"].as_array().unwrap();
    assert!(elements.contains(&json!(id.parse::<i64>().unwrap())));
    assert_eq!(users["total_count"], elements.len());
    assert!(machine.katok(&["admin", "user", &id]).exits(0).stdout.contains("라이언"));
    assert_eq!(machine.katok(&["--json", "admin", "user", &id]).exits(0).json()["id"].to_string(), id);
}

#[tokio::test]
async fn unlinking_asks_first_and_counts_as_done_when_it_was() {
    let (machine, _running, emulator) = signed_in("ryan").await;
    let id = ryan(&machine);
    let hint = format!("hint: katok admin unlink {id} --yes");
    machine.katok(&["admin", "unlink", &id]).exits(2).says(&hint);
    assert!(emulator.is_linked("ryan").await);
    for _ in 0..2 {
        let told = machine.katok(&["--json", "admin", "unlink", &id, "--yes"]).exits(0).json();
        assert_eq!(told, json!({"id": id.parse::<i64>().unwrap()}));
        assert!(!emulator.is_linked("ryan").await);
    }
    machine.katok(&["admin", "user", &id]).exits(1).says("-101");
}

#[tokio::test]
async fn logging_out_ends_the_tokens_and_keeps_the_link() {
    let (machine, _running, emulator) = signed_in("ryan").await;
    let id = ryan(&machine);
    machine.katok(&["admin", "logout", &id]).exits(2);
    machine.katok(&["whoami"]).exits(0);
    machine.katok(&["admin", "logout", &id, "--yes"]).exits(0);
    machine.katok(&["whoami"]).exits(3);
    assert!(emulator.is_linked("ryan").await);
}

#[tokio::test]
async fn the_admin_key_is_needed_and_never_shown() {
    let (mut machine, _running, emulator) = signed_in("ryan").await;
    machine.connect_to(&emulator).await;
    machine.katok(&["admin", "users"]).exits(2).says("KAKAO_ADMIN_KEY");
    let key = "0123456789abcdef0123456789abcdef";
    machine.set("KAKAO_ADMIN_KEY", key);
    let refused = machine.katok(&["admin", "users"]).exits(2).says("-401");
    assert!(!refused.stderr.contains(key));
    let mut machine_with_file = Machine::new();
    machine_with_file.connect_to(&emulator).await;
    let world: Value = emulator.world().await;
    let file = machine_with_file.file("admin_key", world["apps"][0]["admin_key"].as_str().unwrap());
    machine_with_file.set("KAKAO_ADMIN_KEY_FILE", file);
    machine_with_file.katok(&["admin", "users"]).exits(0);
}
