//! `katok doctor`: everything that is wrong in a way it knows is found, named, and said how to mend.

mod network;
mod sign_in;

use serde_json::{Value, json};

use crate::curl::Curl;
use crate::emulator::Emulator;
use crate::program::{Machine, Outcome, Running};

/// A machine on which Kakao is an emulator and all is well.
async fn well() -> (Machine, Running, Emulator) {
    let mut machine = Machine::new();
    let (running, emulator) = machine.emulator();
    machine.connect_to(&emulator).await;
    machine.login(&emulator, "ryan", None).await.exits(0);
    (machine, running, emulator)
}

/// The doctor's finding of this name.
#[track_caller]
fn check<'a>(found: &'a Value, name: &str) -> &'a Value {
    let mut checks = found["checks"].as_array().unwrap().iter();
    checks.find(|check| check["name"] == name).unwrap_or_else(|| panic!("{name}: {found:#}"))
}

/// Runs the doctor, who ends with this status and says of one check this state and these words.
#[track_caller]
fn finds(machine: &Machine, status: i32, name: &str, state: &str, words: &str) -> Value {
    let found = machine.katok(&["--json", "doctor"]).exits(status).json();
    let named = check(&found, name);
    assert_eq!(named["state"], state, "{found:#}");
    assert!(named["sentence"]["en"].as_str().unwrap().contains(words), "{words}: {named:#}");
    assert_eq!(found["ok"], status == 0, "{found:#}");
    // What is wrong with the settings of a gateway is told in one sentence with what to do.
    if (state == "failed" || state == "warning") && !(name == "gateway" && words.contains("KATOK_API_KEY")) {
        for language in ["ko", "en"] {
            assert!(named["remedy"][language].is_string(), "{named:#}");
        }
    }
    found
}

#[tokio::test]
async fn where_all_is_well_nothing_is_sent_used_up_or_changed() {
    let (machine, _running, emulator) = well().await;
    let tokens = || std::fs::read_to_string(machine.data().join("tokens.json")).unwrap();
    let (tokens_before, world_before) = (tokens(), emulator.world().await);
    let outcome = machine.katok(&["--json", "doctor"]).exits(0);
    let found = outcome.json();
    assert_eq!(found["ok"], true);
    for check in found["checks"].as_array().unwrap() {
        let expected = if check["name"] == "gateway" { "skipped" } else { "ok" };
        assert_eq!(check["state"], expected, "{check:#}");
    }
    for name in ["app_key", "client_secret", "redirect_uri", "gateway_redirect_uri", "consent_items", "oidc"]
    {
        check(&found, name);
    }
    assert_eq!((tokens(), emulator.world().await), (tokens_before, world_before));
    assert!(emulator.messages("ryan").await.is_empty());
}

#[tokio::test]
async fn people_read_a_line_each_with_what_to_do_and_no_secret() {
    let (mut machine, _running, emulator) = well().await;
    let app = &emulator.world().await["apps"][0];
    machine.set("KATOK_LOGIN_REDIRECT_URI", "http://localhost:4999/elsewhere");
    machine.set("LANG", "en_US.UTF-8");
    let outcome = machine.katok(&["doctor"]).exits(1);
    let lines: Vec<&str> = outcome.stdout.lines().collect();
    let at = lines.iter().position(|line| line.starts_with("✗ The redirect URI is not registered")).unwrap();
    assert!(lines[at + 1].starts_with("  → Register http://localhost:4999/elsewhere"), "{outcome:?}");
    assert!(lines[at + 2].starts_with("  ⚙ [App] > [Platform key]"), "{outcome:?}");
    assert!(lines.iter().any(|line| line.starts_with("✓ The secret is right")), "{outcome:?}");
    for secret in ["rest_api_key", "client_secret", "admin_key"] {
        let secret = app[secret].as_str().unwrap();
        assert!(!outcome.stdout.contains(secret) && !outcome.stderr.contains(secret), "{outcome:?}");
    }
}

#[tokio::test]
async fn wrong_keys_and_secrets_are_told_apart() {
    let (mut machine, _running, emulator) = well().await;
    let app = emulator.world().await["apps"][0].clone();
    let key = |name: &str| app[name].as_str().unwrap().to_owned();

    machine.set("KAKAO_CLIENT_SECRET", "wr0ngwr0ngwr0ngwr0ngwr0ngwr0ng00");
    finds(&machine, 1, "client_secret", "failed", "is not the secret of this REST API key");
    machine.set("KAKAO_CLIENT_SECRET", "");
    let found = finds(&machine, 1, "client_secret", "failed", "KAKAO_CLIENT_SECRET is not set");
    assert_eq!(check(&found, "app_key")["state"], "ok");
    assert!(check(&found, "client_secret")["console"]["ko"].as_str().unwrap().contains("클라이언트 시크릿"));

    for (given, words) in [
        ("0123456789abcdef0123456789abcdef".to_owned(), "does not know the key"),
        (key("admin_key"), "holds an admin key"),
    ] {
        machine.set("KAKAO_REST_API_KEY", given);
        finds(&machine, 1, "app_key", "failed", words);
    }
    machine.set("KAKAO_REST_API_KEY", key("javascript_key"));
    machine.set("KAKAO_JAVASCRIPT_KEY", key("javascript_key"));
    finds(&machine, 2, "key_shapes", "failed", "KAKAO_JAVASCRIPT_KEY are the same");
    machine.set("KAKAO_REST_API_KEY", format!("'{}'", key("rest_api_key")));
    finds(&machine, 1, "key_shapes", "warning", "34 characters");
}

/// What is changed in the app, and what the doctor says then.
#[tokio::test]
async fn each_wrong_setting_of_the_console_is_named() {
    let (mut machine, _running, emulator) = well().await;
    let as_it_was = emulator.world().await;
    let without = |item: &str| {
        let items = as_it_was["apps"][0]["consent_items"].as_array().unwrap();
        json!(items.iter().filter(|other| other["id"] != item).collect::<Vec<_>>())
    };
    for (field, value, status, name, state, words) in [
        ("redirect_uris", json!(["http://localhost:4000/redirect"]), 1, "redirect_uri", "failed", "KOE006"),
        (
            "redirect_uris",
            json!(["http://localhost:4199/callback"]),
            0,
            "gateway_redirect_uri",
            "warning",
            "KOE006",
        ),
        ("login", json!(false), 1, "kakao_login", "failed", "KOE004"),
        ("suspended", json!(true), 1, "kakao_login", "failed", "unauthorized_client"),
        ("client_secret", Value::Null, 0, "client_secret", "warning", "asks for none"),
        ("oidc", json!(false), 0, "oidc", "warning", "switched off"),
        ("consent_items", without("talk_message"), 1, "consent_items", "failed", "talk_message."),
        ("consent_items", without("friends"), 0, "consent_items", "warning", "friends."),
        (
            "web_domains",
            json!(["https://shop.example.com"]),
            0,
            "link_domain",
            "warning",
            "developers.kakao.com",
        ),
    ] {
        let mut world = as_it_was.clone();
        world["apps"][0][field] = value;
        emulator.reset(&world).await;
        if status == 0 {
            // A world that begins anew knows no tokens.
            machine.login(&emulator, "ryan", None).await.exits(0);
        }
        finds(&machine, status, name, state, words);
    }
    let mut world = as_it_was.clone();
    world["apps"][0]["oidc"] = json!(false);
    emulator.reset(&world).await;
    machine.set("KATOK_OIDC", "required");
    finds(&machine, 1, "oidc", "failed", "nobody can sign in");
}

#[tokio::test]
async fn a_key_of_another_kind_is_told_by_what_kakao_says_to_it() {
    let (mut machine, _running, emulator) = well().await;
    let mut world = emulator.world().await;
    world["apps"][0]["javascript_domains"] = json!(["https://shop.example.com"]);
    emulator.reset(&world).await;
    machine.set("KAKAO_REST_API_KEY", world["apps"][0]["javascript_key"].as_str().unwrap());
    finds(&machine, 1, "app_key", "failed", "holds a JavaScript key");
}

#[tokio::test]
async fn settings_are_told_with_where_they_come_from() {
    let (mut machine, _running, _emulator) = well().await;
    std::fs::write(machine.data().join("katok.toml"), "[gateway]\nmetrics = \"off\"\n").unwrap();
    let found = finds(&machine, 0, "settings", "ok", "KAKAO_REST_API_KEY");
    let told = check(&found, "settings")["sentence"]["en"].as_str().unwrap();
    assert!(told.contains("gateway.metrics (file)") && told.contains("katok.toml"), "{told}");
    machine.set("KATOK_METRIC", "off");
    finds(&machine, 0, "setting", "warning", "Did you mean KATOK_METRICS?");
    machine.set("KATOK_PORT", "many");
    machine.set("KAKAO_AUTH_BASE_URL", "kauth.kakao.com");
    let found = finds(&machine, 2, "setting", "failed", "KAKAO_AUTH_BASE_URL");
    assert_eq!(check(&found, "kakao")["state"], "skipped");
}

#[cfg(unix)]
#[tokio::test]
async fn files_that_others_may_read_are_named_with_the_command_that_closes_them() {
    use std::fs::{Permissions, set_permissions};
    use std::os::unix::fs::PermissionsExt as _;

    let (machine, _running, _emulator) = well().await;
    set_permissions(machine.data(), Permissions::from_mode(0o755)).unwrap();
    set_permissions(machine.data().join("tokens.json"), Permissions::from_mode(0o644)).unwrap();
    let found = finds(&machine, 0, "data_folder", "warning", "mode 755");
    let remedy = check(&found, "token_file")["remedy"]["en"].as_str().unwrap();
    assert!(remedy.starts_with("chmod 600 '") && remedy.ends_with("tokens.json'"), "{remedy}");
}

#[tokio::test]
async fn a_gateway_is_asked_for_the_quota() {
    let there = Machine::new();
    let (_up, gateway, kakao) = there.up();
    let mut ryan = Curl::new();
    ryan.sign_in(&gateway, &kakao, "ryan").await;
    let mut key = async |scopes: &[&str]| {
        let wish = json!({"name": "doctor", "scopes": scopes});
        let made: Value =
            serde_json::from_str(&ryan.post(gateway.join("/v1/keys").unwrap(), &wish).await.body).unwrap();
        made["key"].as_str().unwrap().to_owned()
    };
    let (reading, sending) = (key(&["read"]).await, key(&["send:me"]).await);

    let (mut machine, _running, emulator) = well().await;
    machine.set("KATOK_GATEWAY_URL", gateway.as_str());
    finds(&machine, 2, "gateway", "failed", "KATOK_API_KEY is not");
    machine.set("KATOK_API_KEY", &reading);
    let found = finds(&machine, 0, "gateway", "ok", "the gateway answers");
    assert!(check(&found, "quota")["sentence"]["en"].as_str().unwrap().contains("100 of today's 100"));
    machine.katok(&["logout"]).exits(0);
    finds(&machine, 0, "signed_in", "skipped", "go through a gateway");
    machine.set("KATOK_API_KEY", sending);
    finds(&machine, 0, "quota", "skipped", "only sends");
    machine.set("KATOK_API_KEY", "ktk_nobody");
    finds(&machine, 2, "gateway", "failed", "KATOK_API_KEY is cut short");
    // As gateways make them, and made by none.
    machine.set("KATOK_API_KEY", "ktk_NobodysKeyNobodysKeyNobodysKeyNobodysKeyNob1y3h");
    finds(&machine, 3, "api_key", "failed", "does not take KATOK_API_KEY");
    machine.set("KATOK_GATEWAY_URL", emulator.origin());
    finds(&machine, 2, "gateway", "failed", "no gateway of katok's");
    let outcome: Outcome = machine.katok(&["doctor"]);
    assert!(!outcome.stdout.contains(&reading));
}
