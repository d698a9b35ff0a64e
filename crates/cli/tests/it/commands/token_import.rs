//! `katok token import` and `katok login --with-token`: tokens of other programs, confirmed by Kakao before they are kept.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use serde_json::{Value, json};

use super::{signed_in, stored};
use crate::emulator::{Emulator, seed};
use crate::program::{Machine, Running};

/// Somebody's tokens, and another machine with the same app on which nobody is signed in.
async fn given(person: &str) -> (Value, Machine, Running, Emulator) {
    let (source, running, emulator) = signed_in(person).await;
    let mut machine = Machine::new();
    machine.connect_to(&emulator).await;
    (stored(&source), machine, running, emulator)
}

/// The copies that were made of former tokens, the oldest first.
fn backups(machine: &Machine) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = fs::read_dir(machine.data())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.file_name().unwrap().to_str().unwrap().starts_with("tokens.2"))
        .collect();
    found.sort();
    found
}

#[tokio::test]
async fn files_of_other_programs_are_taken_over() {
    let (tokens, mut machine, _running, emulator) = given("ryan").await;
    let (access, refresh) =
        (tokens["access_token"].as_str().unwrap(), tokens["refresh_token"].as_str().unwrap());
    let files = [
        json!({"access_token": access, "token_type": "bearer", "refresh_token": refresh, "expires_in": 21599}).to_string(),
        json!({"rest_api_key": "k", "token": {"accessToken": access, "refreshToken": refresh}}).to_string(),
        format!("kakao:\n  access_token: {access}\n  refresh_token: {refresh}\n"),
        format!("export KAKAO_REFRESH_TOKEN='{refresh}'\n"),
    ];
    for (number, file) in files.iter().enumerate() {
        let file = machine.file(&number.to_string(), file);
        machine.set("KATOK_PROFILE", number.to_string());
        let said = machine.katok(&["token", "import", &file]).exits(0);
        assert!(said.stdout.contains("라이언"), "{said:?}");
        assert!(!said.stderr.contains(access) && !said.stderr.contains(refresh), "{said:?}");
        let shown = machine.katok(&["--json", "token", "show"]).exits(0).json();
        assert!(shown["scopes"].as_array().unwrap().contains(&json!("talk_message")), "{shown}");
        machine.katok(&["send", &format!("{number}번 파일에서")]).exits(0);
    }
    assert_eq!(emulator.texts("ryan").await.len(), files.len());
    assert_eq!(backups(&machine), Vec::<PathBuf>::new());
}

#[tokio::test]
async fn access_token_alone_serves_until_it_ends() {
    let (tokens, machine, _running, emulator) = given("ryan").await;
    let access = tokens["access_token"].as_str().unwrap();
    let file = machine.file("token.json", &json!({"access_token": access}).to_string());
    machine.katok(&["token", "import", &file]).exits(0).says("Without a refresh token");
    machine.katok(&["send", "아직 됩니다"]).exits(0);
    let shown = machine.katok(&["--json", "token", "show"]).exits(0).json();
    assert_eq!(shown["refresh_token_expires_at"], json!(null));
    machine.katok(&["token", "refresh"]).exits(3).says("hint: katok login");

    emulator.expire(access).await;
    machine.katok(&["send", "이제 안 됩니다"]).exits(3).says("without a refresh token");
    machine.katok(&["logout"]).exits(0);
    machine.katok(&["token", "show"]).exits(3).says("Nobody is signed in");
}

#[tokio::test]
async fn tokens_come_from_standard_input_too() {
    let (tokens, machine, _running, _emulator) = given("ryan").await;
    let (access, refresh) =
        (tokens["access_token"].as_str().unwrap(), tokens["refresh_token"].as_str().unwrap());
    let json = json!({"access_token": access, "refresh_token": refresh}).to_string();
    for (command, input) in [
        (&["token", "import", "-"][..], json.as_str()),
        (&["login", "--with-token"], &json),
        (&["login", "--with-token"], refresh),
        (&["login", "--with-token"], &format!("{access}\n")),
    ] {
        assert!(machine.katok_reading(command, input).exits(0).stdout.contains("라이언"));
    }
    machine.katok(&["login", "--with-token", "--no-browser"]).exits(2);
    machine.katok(&["login", "--with-token", "--scope", "friends"]).exits(2);
}

#[tokio::test]
async fn what_was_there_before_is_kept_beside() {
    let (tokens, machine, _running, emulator) = given("ryan").await;
    machine.login(&emulator, "apeach", None).await.exits(0);
    let former = stored(&machine);
    let file = machine.file("kakao_code.json", &tokens.to_string());
    for number in 1..=3 {
        let said = machine.katok(&["token", "import", &file]).exits(0);
        let backups = backups(&machine);
        assert_eq!(backups.len(), number);
        assert!(backups.iter().any(|backup| said.stderr.contains(backup.to_str().unwrap())), "{said:?}");
    }
    let backups = backups(&machine);
    for backup in &backups {
        assert_eq!(fs::metadata(backup).unwrap().permissions().mode() & 0o777, 0o600);
    }
    // Whoever wants them back imports them.
    let back = backups.iter().find(|backup| {
        fs::read_to_string(backup).unwrap().contains(former["refresh_token"].as_str().unwrap())
    });
    let said = machine.katok(&["token", "import", back.unwrap().to_str().unwrap()]).exits(0);
    assert!(said.stdout.contains("어피치"), "{said:?}");
}

#[tokio::test]
async fn what_kakao_does_not_confirm_changes_nothing() {
    let (_, machine, running, emulator) = given("ryan").await;
    machine.login(&emulator, "apeach", None).await.exits(0);
    let before = fs::read(machine.data().join("tokens.json")).unwrap();
    let import = |name: &str, content: &str| {
        let file = machine.file(name, content);
        machine.katok(&["token", "import", &file])
    };
    for content in [r#"{"refresh_token": "made-up"}"#, r#"{"access_token": "made-up"}"#, "made-up"] {
        let refused = import("unknown", content).exits(3).says("hint: katok login");
        assert!(!refused.stderr.contains("made-up"), "{refused:?}");
    }
    for content in
        ["", "{}", "nothing here", r#"[{"refresh_token": "secret-1"}, {"refresh_token": "secret-2"}]"#]
    {
        let refused = import("nothing", content).exits(2).says("hint: katok token import --help");
        assert!(!refused.stderr.contains("secret-"), "{refused:?}");
    }
    machine.katok(&["token", "import", "/nonexistent/tokens.json"]).exits(2).says("/nonexistent/tokens.json");
    running.stop("TERM");
    import("while-away", r#"{"refresh_token": "made-up"}"#).exits(4);
    assert_eq!(fs::read(machine.data().join("tokens.json")).unwrap(), before);
    assert_eq!(backups(&machine), Vec::<PathBuf>::new());
}

#[tokio::test]
async fn tokens_of_another_app_are_not_taken() {
    let mut one = Machine::new();
    let redirect = "http://localhost:4199/callback";
    let other_app = format!("  - {{key: other, redirect_uris: [\"{redirect}\"]}}\npeople:");
    let seed = one.file("seed.yaml", &seed(redirect).replacen("people:", &other_app, 1));
    let (_running, emulator) = one.emulator_with(&["--port", "0", "--seed", &seed]);
    one.connect_to(&emulator).await;
    one.login(&emulator, "ryan", None).await.exits(0);

    let mut other = Machine::new();
    other.connect_to(&emulator).await;
    let app = &emulator.world().await["apps"][1];
    for (name, field) in [("KAKAO_REST_API_KEY", "rest_api_key"), ("KAKAO_CLIENT_SECRET", "client_secret")] {
        other.set(name, app[field].as_str().unwrap());
    }
    let file = other.file("kakao_code.json", &stored(&one).to_string());
    other.katok(&["token", "import", &file]).exits(3).says("belongs to another app");
    other.katok(&["token", "show"]).exits(3);
}
