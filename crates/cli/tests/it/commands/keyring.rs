//! Tokens in the system keyring: a real GNOME Keyring on a session bus of its own.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, Command, Stdio};

use serde_json::json;
use tempfile::TempDir;

use crate::emulator::Emulator;
use crate::program::{Machine, leave_out};

/// A bus that starts nothing by itself: a keyring that it started would be that of whoever runs the test.
const BUS: &str = r#"<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=/tmp</listen>
  <policy context="default"><allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/></policy>
</busconfig>"#;

/// A session bus with a keyring, for a person whose home is a folder of its own.
struct Desktop {
    home: TempDir,
    address: String,
    bus: Child,
    keyring: Child,
}

impl Desktop {
    /// None where there is no GNOME Keyring.
    fn new() -> Option<Self> {
        let home = tempfile::tempdir().unwrap();
        let config = home.path().join("bus.conf");
        fs::write(&config, BUS).unwrap();
        let bus = Command::new("dbus-daemon")
            .args(["--print-address=1", "--nofork", "--nosyslog", "--config-file"])
            .arg(config)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let (Ok(mut bus), true) = (bus, is_there("gnome-keyring-daemon") && is_there("dbus-send")) else {
            leave_out("the system keyring (gnome-keyring or dbus is missing)", "KATOK_REQUIRE_KEYRING");
            return None;
        };
        let mut address = String::new();
        BufReader::new(bus.stdout.take().unwrap()).read_line(&mut address).unwrap();
        let address = address.trim().to_owned();
        let keyring = keyring(&home, &address, &["--unlock"]);
        let desktop = Self { home, address, bus, keyring };
        desktop.is_ready(false);
        Some(desktop)
    }

    /// Locks everything, as logging in by a fingerprint leaves it.
    fn lock(&mut self) {
        let _ = self.keyring.kill();
        let _ = self.keyring.wait();
        self.keyring = keyring(&self.home, &self.address, &[]);
        self.is_ready(true);
    }

    /// Waits until the keyring answers on the bus, open or locked.
    fn is_ready(&self, is_locked: bool) {
        let asked = || {
            Command::new("dbus-send")
                .args(["--session", "--print-reply", "--dest=org.freedesktop.secrets"])
                .args(["/org/freedesktop/secrets/collection/login", "org.freedesktop.DBus.Properties.Get"])
                .args(["string:org.freedesktop.Secret.Collection", "string:Locked"])
                .env("DBUS_SESSION_BUS_ADDRESS", &self.address)
                .output()
                .unwrap()
        };
        let answer = format!("boolean {is_locked}");
        while !String::from_utf8_lossy(&asked().stdout).contains(&answer) {}
    }
}

fn is_there(program: &str) -> bool {
    let found = Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    found.is_ok()
}

fn keyring(home: &TempDir, address: &str, args: &[&str]) -> Child {
    let mut keyring = Command::new("gnome-keyring-daemon")
        .args(["--foreground", "--components=secrets"])
        .args(args)
        .env("HOME", home.path())
        .env("XDG_RUNTIME_DIR", home.path())
        .env("XDG_DATA_HOME", home.path().join("share"))
        .env("DBUS_SESSION_BUS_ADDRESS", address)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    keyring.stdin.take().unwrap().write_all(b"password").unwrap();
    keyring
}

impl Drop for Desktop {
    fn drop(&mut self) {
        for child in [&mut self.keyring, &mut self.bus] {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// A machine on that desktop, signed in.
async fn signed_in(desktop: &Desktop) -> (Machine, crate::program::Running, Emulator) {
    let mut machine = Machine::new();
    machine.set("KATOK_TOKENS", "auto");
    machine.set("DBUS_SESSION_BUS_ADDRESS", &desktop.address);
    let (running, emulator) = machine.emulator();
    machine.login(&emulator, "ryan", None).await.exits(0).says("in the system keyring");
    (machine, running, emulator)
}

/// Whether a file in the data folder holds tokens.
fn is_in_a_file(machine: &Machine) -> bool {
    fs::read_to_string(machine.data().join("tokens.json")).is_ok_and(|text| text.contains("refresh_token"))
}

#[tokio::test]
async fn tokens_live_in_the_keyring_and_nowhere_else() {
    let Some(desktop) = Desktop::new() else { return };
    let (mut machine, _running, emulator) = signed_in(&desktop).await;
    assert!(!is_in_a_file(&machine));
    machine.katok(&["send", "키링에서"]).exits(0);
    machine.set("KATOK_PROFILE", "work");
    machine.login(&emulator, "apeach", None).await.exits(0);
    let all = machine.katok(&["--json", "token", "show", "--all"]).exits(0).json();
    let kept: Vec<_> = all["profiles"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (&one["nickname"], &one["kept_in"], &one["path"]))
        .collect();
    let keyring = (json!("keyring"), json!(null));
    assert_eq!(
        kept,
        [(&json!("라이언"), &keyring.0, &keyring.1), (&json!("어피치"), &keyring.0, &keyring.1)]
    );
    machine.katok(&["logout"]).exits(0);
    machine.katok(&["whoami"]).exits(3);
    machine.katok(&["--profile", "default", "whoami"]).exits(0);
}

#[tokio::test]
async fn twenty_commands_at_expiry_make_one_refresh_in_the_keyring_too() {
    let Some(desktop) = Desktop::new() else { return };
    let (machine, _running, emulator) = signed_in(&desktop).await;
    emulator.advance_hours(7).await;
    let refreshes = async || {
        emulator.journal().await.iter().filter(|exchange| exchange["path"] == "/oauth/token").count()
    };
    let before = refreshes().await;
    let begun: Vec<_> = (0..20).map(|number| machine.begin(&["send", &format!("{number}번째")])).collect();
    for command in begun {
        command.end().exits(0);
    }
    assert_eq!(refreshes().await - before, 1);
    assert_eq!(emulator.texts("ryan").await.len(), 20);
}

#[tokio::test]
async fn a_sign_in_moves_the_tokens_to_where_they_are_wanted() {
    let Some(desktop) = Desktop::new() else { return };
    let (mut machine, _running, emulator) = signed_in(&desktop).await;
    machine.set("KATOK_TOKENS", "file");
    machine.katok(&["send", "아직 키링에서"]).exits(0);
    machine.login(&emulator, "ryan", None).await.exits(0).says("tokens.json");
    assert!(is_in_a_file(&machine));
    machine.set("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent");
    machine.katok(&["send", "키링 없이"]).exits(0);

    machine.set("DBUS_SESSION_BUS_ADDRESS", &desktop.address);
    machine.set("KATOK_TOKENS", "keyring");
    machine.katok(&["send", "아직 파일에서"]).exits(0);
    machine.login(&emulator, "ryan", None).await.exits(0).says("in the system keyring");
    assert!(!is_in_a_file(&machine));
    machine.katok(&["whoami"]).exits(0);
}

#[tokio::test]
async fn keyring_that_is_locked_or_away_is_told_of_and_a_sign_in_goes_to_the_file() {
    let Some(mut desktop) = Desktop::new() else { return };
    let (mut machine, _running, emulator) = signed_in(&desktop).await;
    desktop.lock();
    machine.katok(&["send", "안녕"]).exits(3).says("keyring is locked");
    machine.set("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent");
    machine.katok(&["send", "안녕"]).exits(3).says("cannot be reached").says("KATOK_TOKENS=file");
    machine.set("DBUS_SESSION_BUS_ADDRESS", &desktop.address);
    machine.login(&emulator, "ryan", None).await.exits(0).says("tokens.json");
    machine.katok(&["send", "안녕"]).exits(0);
    assert_eq!(emulator.texts("ryan").await, ["안녕"]);
}

#[tokio::test]
async fn without_a_keyring_tokens_are_in_the_file() {
    let mut machine = Machine::new();
    machine.set("KATOK_TOKENS", "auto");
    machine.set("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent");
    let (_running, emulator) = machine.emulator();
    machine.login(&emulator, "ryan", None).await.exits(0).says("tokens.json");
    assert!(is_in_a_file(&machine));
    machine.set("KATOK_TOKENS", "keyring");
    machine.login(&emulator, "ryan", None).await.exits(3).says("KATOK_TOKENS=file");
    machine.katok(&["whoami"]).exits(0);
    machine.set("KATOK_TOKENS", "cellar");
    machine.katok(&["whoami"]).exits(2).says("KATOK_TOKENS");
}
