//! `katok config show`: every setting, where it comes from, and all faults at once.

use std::fs;

use serde_json::{Value, json};

use crate::program::Machine;

fn setting<'a>(shown: &'a Value, variable: &str) -> &'a Value {
    let settings = shown["settings"].as_array().unwrap();
    settings.iter().find(|setting| setting["variable"] == variable).unwrap()
}

#[test]
fn values_are_shown_with_where_they_come_from() {
    let mut machine = Machine::new();
    fs::create_dir(machine.data()).unwrap();
    fs::write(machine.data().join("katok.toml"), "[gateway]\nport = 5002\nmetrics = \"off\"\n").unwrap();
    machine.set("KATOK_METRICS", "open");
    let shown = machine.katok(&["--json", "config", "show"]).exits(0).json();
    let is = |variable: &str, value: &str, source: &str| {
        let found = setting(&shown, variable);
        assert_eq!((&found["value"], &found["source"]), (&json!(value), &json!(source)), "{variable}");
    };
    is("KATOK_PORT", "5002", "file");
    is("KATOK_METRICS", "open", "environment");
    is("KATOK_HOST", "127.0.0.1", "default");
    is("KAKAO_REDIRECT_URI", "<KATOK_PUBLIC_URL>/redirect", "default");
    is("KATOK_CONFIG", machine.data().join("katok.toml").to_str().unwrap(), "default");
    assert_eq!(setting(&shown, "KATOK_PORT")["key"], "gateway.port");
    is("KATOK_DATA", machine.data().to_str().unwrap(), "flag");
    let text = machine.katok(&["config", "show"]).exits(0).stdout;
    assert!(text.contains("(environment KATOK_METRICS)") && text.contains("katok.toml)"), "{text}");
}

#[test]
fn secrets_are_hidden_wherever_they_come_from() {
    let mut machine = Machine::new();
    let secret = machine.file("secret", "hunter2");
    machine.set("KAKAO_REST_API_KEY", "hunter2");
    machine.set("KAKAO_CLIENT_SECRET_FILE", &secret);
    machine.set("KATOK_DATABASE_URL", "postgres://katok:hunter2@db.example/katok");
    for args in [&["config", "show"][..], &["--json", "config", "show"]] {
        let outcome = machine.katok(args).exits(0);
        assert!(!outcome.stdout.contains("hunter2") && !outcome.stderr.contains("hunter2"), "{outcome:?}");
    }
    let shown = machine.katok(&["--json", "config", "show"]).json();
    for (variable, value) in
        [("KAKAO_REST_API_KEY", "set"), ("KAKAO_CLIENT_SECRET", "set"), ("KATOK_VAULT_KEY", "not set")]
    {
        assert_eq!(setting(&shown, variable)["value"], value, "{variable}");
    }
}

#[test]
fn all_faults_are_told_at_once_and_up_tells_the_same() {
    let mut machine = Machine::new();
    for (name, value) in [
        ("LANG", "en_US.UTF-8"),
        ("KATOK_PORT", "many"),
        ("KATOK_RATE_LIMITS", "hunter2"),
        ("KATOK_TRUSTED_PROXIES", "nginx"),
        ("KATOK_LOG_FORMAT", "xml"),
        ("KATOK_TLS_CERT_FILE", "/nonexistent"),
        ("KATOK_VAULT_KEY", "passphrase"),
        ("KATOK_METRIC", "off"),
    ] {
        machine.set(name, value);
    }
    let shown = machine.katok(&["--json", "config", "show"]).exits(2).json();
    assert_eq!(shown["problems"].as_array().unwrap().len(), 6, "{shown}");
    for command in [&["config", "show"][..], &["up", "--emulator-port", "0"]] {
        let outcome = machine.katok(command).exits(2);
        for variable in [
            "KATOK_PORT",
            "KATOK_RATE_LIMITS",
            "KATOK_TRUSTED_PROXIES",
            "KATOK_LOG_FORMAT",
            "KATOK_TLS_KEY_FILE",
            "KATOK_VAULT_KEY",
        ] {
            assert!(outcome.stderr.contains(variable), "{variable}: {outcome:?}");
        }
    }
    machine.katok(&["config", "show"]).says("Did you mean KATOK_METRICS?");
}
