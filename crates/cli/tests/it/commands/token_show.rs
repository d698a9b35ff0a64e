//! `katok token show` and `refresh`: until when, whose and where; never a token.

use serde_json::json;

use super::{signed_in, stored};
use crate::program::Machine;

#[tokio::test]
async fn tokens_are_described_and_not_shown() {
    let (mut machine, _running, _emulator) = signed_in("ryan").await;
    let tokens = stored(&machine);
    let shown = machine.katok(&["--json", "token", "show"]).exits(0).json();
    assert_eq!((&shown["profile"], &shown["nickname"]), (&json!("default"), &json!("라이언")));
    assert_eq!(shown["user_id"], machine.katok(&["--json", "whoami"]).exits(0).json()["id"]);
    for end in ["access_token_expires_at", "refresh_token_expires_at"] {
        assert_eq!(shown[end], tokens[end]);
    }
    assert_eq!(shown["scopes"], tokens["scope"]);
    assert_eq!(shown["kept_in"], "file");
    assert_eq!(shown["path"], json!(machine.data().join("tokens.json")));

    for language in ["ko_KR.UTF-8", "en_US.UTF-8", "C"] {
        machine.set("LANG", language);
        let said = machine.katok(&["token", "show"]).exits(0);
        assert!(said.stdout.contains("라이언") && said.stdout.contains("tokens.json"), "{said:?}");
        for secret in ["access_token", "refresh_token"] {
            let secret = &tokens[secret].as_str().unwrap()[..8];
            assert!(!said.stdout.contains(secret) && !said.stderr.contains(secret), "{said:?}");
        }
    }
}

#[tokio::test]
async fn tokens_are_shown_also_while_kakao_is_away() {
    let mut machine = Machine::new();
    let (running, emulator) = machine.emulator();
    machine.connect_to(&emulator).await;
    machine.login(&emulator, "ryan", None).await.exits(0);
    running.stop("TERM");
    let shown = machine.katok(&["--json", "token", "show"]).exits(0).json();
    assert_eq!(shown["user_id"], json!(null));
    assert_eq!(shown["access_token_expires_at"], stored(&machine)["access_token_expires_at"]);
    machine.katok(&["token", "refresh"]).exits(4);
}

#[tokio::test]
async fn refresh_brings_another_access_token_and_keeps_the_refresh_token_while_kakao_does() {
    let (machine, _running, emulator) = signed_in("ryan").await;
    let before = stored(&machine);
    machine.katok(&["token", "refresh"]).exits(0);
    let after = stored(&machine);
    assert_ne!(after["access_token"], before["access_token"]);
    assert_eq!(after["refresh_token"], before["refresh_token"]);

    emulator.age(after["refresh_token"].as_str().unwrap(), 3600).await;
    machine.katok(&["token", "refresh"]).exits(0);
    assert_ne!(stored(&machine)["refresh_token"], after["refresh_token"]);
    machine.katok(&["whoami"]).exits(0);
}

#[tokio::test]
async fn without_a_login_there_is_nothing_to_show_or_refresh() {
    let machine = Machine::new();
    let (_running, _emulator) = machine.emulator();
    machine.katok(&["token", "show"]).exits(3).says("hint: katok login");
    machine.katok(&["token", "refresh"]).exits(3).says("hint: katok login");
    machine.katok(&["token"]).exits(2);
    let all = machine.katok(&["--json", "token", "show", "--all"]).exits(0).json();
    assert_eq!(all, json!({"profiles": []}));
}
