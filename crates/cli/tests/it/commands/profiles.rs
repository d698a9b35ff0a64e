//! `--profile`: several people side by side in one data folder.

use serde_json::json;

use super::signed_in;
use crate::emulator::Emulator;
use crate::program::Machine;

/// Signs a person in under a profile.
async fn login_as(machine: &Machine, emulator: &Emulator, profile: &str, person: &str) {
    let mut login = machine.begin(&["--profile", profile, "login", "--no-browser"]);
    let returned = emulator.approve(&login.line(), person, None).await;
    login.write(&format!("{returned}\n"));
    login.end().exits(0);
}

#[tokio::test]
async fn each_profile_is_somebody_of_its_own() {
    let (machine, _running, emulator) = signed_in("ryan").await;
    login_as(&machine, &emulator, "회사", "apeach").await;
    machine.katok(&["send", "나는 라이언"]).exits(0);
    machine.katok(&["send", "--profile", "회사", "나는 어피치"]).exits(0);
    assert_eq!(emulator.texts("ryan").await, ["나는 라이언"]);
    assert_eq!(emulator.texts("apeach").await, ["나는 어피치"]);

    let all = machine.katok(&["--json", "token", "show", "--all"]).exits(0).json();
    let people: Vec<_> =
        all["profiles"].as_array().unwrap().iter().map(|one| (&one["profile"], &one["nickname"])).collect();
    assert_eq!(people, [(&json!("default"), &json!("라이언")), (&json!("회사"), &json!("어피치"))]);
    let said = machine.katok(&["token", "show", "--all"]).exits(0).stdout;
    assert!(said.contains("라이언") && said.contains("어피치"), "{said}");

    machine.katok(&["--profile", "회사", "logout"]).exits(0);
    machine.katok(&["--profile", "회사", "whoami"]).exits(3).says("hint: katok --profile 회사 login");
    machine.katok(&["whoami"]).exits(0);
    login_as(&machine, &emulator, "회사", "apeach").await;
    machine.katok(&["unlink", "--yes"]).exits(0);
    machine.katok(&["--profile", "default", "whoami"]).exits(3).says("hint: katok login");
    machine.katok(&["--profile", "회사", "whoami"]).exits(0);
}

#[tokio::test]
async fn profile_is_named_by_the_environment_too() {
    let (mut machine, _running, emulator) = signed_in("ryan").await;
    login_as(&machine, &emulator, "work", "apeach").await;
    machine.set("KATOK_PROFILE", "");
    assert!(machine.katok(&["whoami"]).exits(0).stdout.contains("라이언"));
    machine.set("KATOK_PROFILE", "work");
    assert!(machine.katok(&["whoami"]).exits(0).stdout.contains("어피치"));
    assert!(machine.katok(&["--profile", "default", "whoami"]).exits(0).stdout.contains("라이언"));
    machine.katok(&["--profile", "no/such", "whoami"]).exits(2);
}
