//! `katok emulator exec`: commands that know nothing of katok, in this machine's network and in one of their own.

mod clients;
mod network;

use std::process::Command;

use crate::program::{Machine, Outcome, leave_out};

/// What Kakao says to whoever asks without a token.
const NO_TOKEN: &str = r#"{"msg":"no authentication key!","code":-401}"#;

/// The networks that a command can have here.
fn networks() -> Vec<&'static str> {
    let private = exec(&Machine::new(), "private", &["true"]);
    if private.stderr.is_empty() {
        return vec!["shared", "private"];
    }
    leave_out("private networks: this kernel gives none", "KATOK_REQUIRE_PRIVATE_NETWORK");
    vec!["shared"]
}

fn exec(machine: &Machine, network: &str, command: &[&str]) -> Outcome {
    machine.katok(&[&["emulator", "exec", "--network", network, "--"], command].concat())
}

/// Runs lines of shell.
fn shell(machine: &Machine, network: &str, lines: &str) -> Outcome {
    exec(machine, network, &["sh", "-c", lines])
}

/// Whether this machine has a program; says what is left out when it has not.
fn has(program: &'static str) -> bool {
    let found = Command::new("sh").args(["-c", &format!("command -v {program}")]).output().unwrap();
    if !found.status.success() {
        leave_out(program, "KATOK_REQUIRE_CLIENTS");
    }
    found.status.success()
}

#[test]
fn status_of_the_command_is_passed_on_as_shells_count() {
    let machine = Machine::new();
    for network in networks() {
        shell(&machine, network, "exit 0").exits(0);
        shell(&machine, network, "exit 7").exits(7);
        shell(&machine, network, "kill -KILL $$").exits(137);
        let unknown = exec(&machine, network, &["katok-no-such-command"]).exits(127);
        unknown.says("There is no such command: katok-no-such-command");
        let plain_file = machine.file("plain", "text");
        exec(&machine, network, &[&plain_file]).exits(126).says("The command cannot be run");
    }
}

#[test]
fn command_reads_and_writes_as_it_would_alone() {
    let machine = Machine::new();
    for network in networks() {
        let args = ["emulator", "exec", "--network", network, "--", "sh", "-c", "cat; echo beside >&2"];
        let outcome = machine.katok_reading(&args, "안녕\n").exits(0);
        assert_eq!([outcome.stdout, outcome.stderr], ["안녕\n", "beside\n"]);
    }
}

#[test]
fn signals_end_the_command_first_and_its_status_is_ours() {
    let machine = Machine::new();
    for (network, signal) in networks().into_iter().zip(["TERM", "HUP"]) {
        let lines = format!("trap 'echo bye; exit 3' {signal}; echo ready; while :; do sleep 0.01; done");
        let mut begun = machine.begin(&["emulator", "exec", "--network", network, "--", "sh", "-c", &lines]);
        assert_eq!(begun.line(), "ready");
        begun.signal(signal);
        assert_eq!(begun.line(), "bye");
        assert_eq!(begun.status(), Some(3));
    }
}

#[test]
fn variables_that_somebody_has_set_are_extended() {
    let mut machine = Machine::new();
    let theirs = [
        ("NO_PROXY", "example.com"),
        ("NODE_OPTIONS", "--no-warnings"),
        ("JAVA_TOOL_OPTIONS", "-Duser=ryan"),
        ("PYTHONPATH", "/theirs"),
        ("PHP_INI_SCAN_DIR", "/theirs"),
    ];
    for (name, value) in theirs {
        machine.set(name, value);
    }
    let outcome = exec(&machine, "shared", &["env"]).exits(0);
    let value = |name: &str| {
        let mut lines = outcome.stdout.lines();
        lines.find_map(|line| line.strip_prefix(&format!("{name}="))).unwrap().to_owned()
    };
    assert_eq!(value("NO_PROXY"), "example.com,localhost,127.0.0.1,::1");
    assert!(value("NODE_OPTIONS").starts_with("--no-warnings \"--require="));
    assert!(value("JAVA_TOOL_OPTIONS").starts_with("-Duser=ryan -Dhttp.proxyHost=127.0.0.1"));
    assert!(value("PYTHONPATH").ends_with(":/theirs"));
    assert!(value("PHP_INI_SCAN_DIR").starts_with("/theirs:"));
    assert_eq!(value("HTTPS_PROXY"), value("https_proxy"));
}

#[test]
fn files_of_the_command_are_gone_after_it() {
    let machine = Machine::new();
    for network in networks() {
        let outcome = shell(&machine, network, r#"test -s "$SSL_CERT_FILE" && printf %s "$SSL_CERT_FILE""#);
        let outcome = outcome.exits(0);
        assert!(!std::fs::exists(&outcome.stdout).unwrap(), "{outcome:?}");
    }
}

#[test]
fn emulator_has_the_seed_and_its_own_address_is_a_variable() {
    if !has("curl") {
        return;
    }
    let machine = Machine::new();
    let seed = machine.file("seed.yaml", &crate::emulator::seed("http://localhost:4000/redirect"));
    let lines = "curl -sS $KATOK_EMULATOR_URL/_emulator/v1/world";
    for network in networks() {
        let args = ["emulator", "exec", "--seed", &seed, "--network", network, "--", "sh", "-c", lines];
        let world = machine.katok(&args).exits(0).json();
        assert_eq!(world["apps"][0]["key"], "shop");
    }
}
