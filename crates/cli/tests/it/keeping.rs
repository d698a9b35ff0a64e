//! `katok vault`, `katok backup`, `katok restore`: beside the running program, and in its absence.

use std::fs;

use serde_json::json;

use crate::curl::Curl;
use crate::program::Machine;

#[tokio::test]
async fn vault_key_is_changed_beside_a_running_gateway() {
    let machine = Machine::new();
    let (running, gateway, emulator) = machine.up();
    let mut curl = Curl::new();
    curl.sign_in(&gateway, &emulator, "ryan").await;

    let done = machine.katok(&["--json", "vault", "rotate"]).exits(0).json();
    assert_eq!((&done["sealed_anew"], &done["damaged"]), (&json!(1), &json!(0)));
    assert_eq!(done["new_key_in"], json!(machine.data().join("vault.key")));
    assert_ne!(done["former_key"], done["writing_key"]);
    let found = machine.katok(&["--json", "vault", "check"]).exits(0).json();
    assert_eq!(found["keys"], json!([{"id": done["writing_key"], "accounts": 1}]));
    assert_eq!((&found["writing_key"], &found["opened"]), (&done["writing_key"], &json!(2)));

    let profile = curl.get(gateway.join("/profile").unwrap()).await.json();
    assert_eq!(profile["kakao_account"]["profile"]["nickname"], "라이언");
    let said = machine.katok(&["vault", "rotate"]).exits(0).stdout;
    assert!(said.contains("백업") && said.contains("backups made before now"), "{said}");
    running.stop("TERM");
    machine.katok(&["vault", "check"]).exits(0);
}

#[tokio::test]
async fn lost_vault_key_is_one_sentence_with_its_name() {
    let mut machine = Machine::new();
    let (running, gateway, emulator) = machine.up();
    Curl::new().sign_in(&gateway, &emulator, "ryan").await;
    running.stop("TERM");
    let id = machine.katok(&["--json", "vault", "check"]).exits(0).json()["writing_key"].clone();
    fs::remove_file(machine.data().join("vault.key")).unwrap();
    for (language, accounts) in [("ko_KR.UTF-8", "계정은 1개"), ("en_US.UTF-8", "hang on it are 1")] {
        machine.set("LANG", language);
        let check = machine.katok(&["vault", "check"]).exits(1).says_one_sentence();
        check.says(id.as_str().unwrap()).says(accounts);
    }
}

#[tokio::test]
async fn backup_of_a_running_gateway_is_restored_when_it_has_stopped() {
    let machine = Machine::new();
    let (running, gateway, emulator) = machine.up();
    Curl::new().sign_in(&gateway, &emulator, "ryan").await;
    let backup = machine.data().join("backup.db");
    let backup = backup.to_str().unwrap();
    let said = machine.katok(&["backup", backup]).exits(0).stdout;
    assert!(said.contains("금고 키는 들어 있지 않으니") && said.contains("vault key is not in it"), "{said}");
    machine.katok(&["backup", backup]).exits(2).says(backup);
    machine.katok(&["restore", backup]).exits(2).says("Another katok");

    running.stop("TERM");
    let restored = machine.katok(&["--json", "restore", backup]).exits(0).json();
    assert_eq!(restored["vault"]["accounts"], 1);
    assert!(fs::exists(restored["former"].as_str().unwrap()).unwrap());
    let (running, ..) = machine.up();
    running.stop("TERM");
}

#[tokio::test]
async fn without_a_database_there_is_nothing_to_look_after() {
    let machine = Machine::new();
    let file = machine.data().join("backup.db");
    for command in [&["vault", "rotate"][..], &["vault", "check"], &["restore", file.to_str().unwrap()]] {
        assert!(!machine.katok(command).exits(if command[1] == "check" { 1 } else { 2 }).stderr.is_empty());
    }
    machine.katok(&["backup", "/nonexistent/backup.db"]).exits(2).says("/nonexistent/backup.db");
}

#[tokio::test]
async fn postgresql_is_backed_up_by_its_own_tools() {
    let mut machine = Machine::new();
    machine.set("KATOK_DATABASE_URL", "postgres://katok@localhost/katok");
    let file = machine.data().join("backup.db");
    machine.katok(&["backup", file.to_str().unwrap()]).exits(2).says("pg_dump");
}
