//! `katok emulator …` on an emulator that runs: its world, clock, faults, journal and chat rooms.

mod following;
mod webhooks;

use serde_json::{Value, json};

use crate::emulator::{Emulator, seed};
use crate::program::{Machine, Running, free_port};

/// A machine with an emulator, in English.
fn machine() -> (Machine, Running, Emulator) {
    let mut machine = Machine::new();
    let (running, emulator) = machine.emulator();
    machine.set("LANG", "en_US.UTF-8");
    (machine, running, emulator)
}

#[tokio::test]
async fn seed_begins_anew_and_prints_the_keys_as_an_environment_file() {
    let (machine, _running, emulator) = machine();
    let file = machine.file("seed.yaml", &seed("http://localhost:5000/callback"));
    let seeded = machine.katok(&["emulator", "seed", &file]).exits(0).says("apps: 1, people: 2");
    let app = &emulator.world().await["apps"][0];
    assert_eq!(app["key"], "shop");
    let (origin, key) = (emulator.origin(), app["rest_api_key"].as_str().unwrap());
    assert!(
        seeded.stdout.starts_with(&format!("KAKAO_AUTH_BASE_URL={origin}\nKAKAO_API_BASE_URL={origin}\n"))
    );
    assert!(seeded.stdout.contains(&format!("# shop\nKAKAO_REST_API_KEY={key}\nKAKAO_CLIENT_SECRET=")));

    let world = machine.katok_reading(&["--json", "emulator", "seed", "-"], r#"{"apps": [{"key": "cafe"}]}"#);
    assert_eq!(world.exits(0).json(), emulator.world().await);
    machine.katok_reading(&["emulator", "seed", "-"], " \n").exits(2).says("hint: katok emulator reset");
    machine.katok_reading(&["emulator", "seed", "-"], "apps: 5").exits(2).says_one_sentence();
    machine.katok(&["emulator", "seed", "nowhere.yaml"]).exits(2).says("nowhere.yaml");
    assert_eq!(emulator.world().await["apps"][0]["key"], "cafe");
}

#[tokio::test]
async fn reset_goes_back_to_the_seed_it_was_started_with() {
    let machine = Machine::new();
    let file = machine.file("seed.yaml", &seed("http://localhost:5000/callback"));
    let (_running, emulator) = machine.emulator_with(&["--port", "0", "--seed", &file]);
    let begun = emulator.world().await;
    machine.login(&emulator, "ryan", None).await.exits(0);

    let built_in = machine.katok(&["--json", "emulator", "reset", "--built-in"]).exits(0).json();
    assert_eq!(built_in["apps"][0]["key"], "demo");
    assert_eq!(machine.katok(&["--json", "emulator", "reset"]).exits(0).json(), begun);
    assert_eq!(emulator.world().await, begun);
}

#[tokio::test]
async fn world_is_a_seed_to_begin_with_again() {
    let (machine, _running, emulator) = machine();
    machine.login(&emulator, "ryan", None).await.exits(0);
    let world = emulator.world().await;
    for args in
        [&["emulator", "world"][..], &["emulator", "world", "--yaml"], &["emulator", "world", "--json"]]
    {
        let shown = machine.katok(args).exits(0).stdout;
        machine.katok(&["emulator", "reset"]).exits(0);
        assert!(!emulator.is_linked("ryan").await);
        machine.katok_reading(&["emulator", "seed", "-"], &shown).exits(0);
        assert_eq!(emulator.world().await, world, "{args:?}");
    }
}

#[tokio::test]
async fn people_stand_in_columns_with_their_apps() {
    let (machine, _running, _emulator) = machine();
    let people = machine.katok(&["emulator", "people"]).exits(0).stdout;
    let lines: Vec<&str> = people.lines().collect();
    assert_eq!(lines.len(), 8, "{people}");
    assert_eq!(lines[0], "key     nickname  email               apps");
    assert_eq!(lines[1], "ryan    라이언    ryan@example.com");
    assert_eq!(lines[2], "apeach  어피치    apeach@example.com  demo");
    let people = machine.katok(&["--json", "emulator", "people"]).exits(0).json();
    assert_eq!(
        people["people"][1],
        json!({"key": "apeach", "nickname": "어피치", "email": "apeach@example.com", "apps": ["demo"]})
    );
}

#[tokio::test]
async fn rooms_are_listed_and_a_room_is_drawn() {
    let (mut machine, _running, emulator) = machine();
    machine.katok(&["emulator", "rooms"]).exits(0);
    machine.login(&emulator, "ryan", None).await.exits(0);
    machine.katok(&["send", "배포 완료"]).exits(0);
    machine.katok(&["send", "--to", "어피치", "안녕\n어피치"]).exits(0);

    let rooms = machine.katok(&["--json", "emulator", "rooms"]).exits(0).json();
    let rooms: Vec<String> = rooms["rooms"].as_array().unwrap().iter().map(room).collect();
    assert_eq!(rooms, ["ryan memo ryan 1 배포 완료", "apeach direct ryan 1 안녕 어피치"]);
    let rooms = machine.katok(&["emulator", "rooms", "apeach"]).exits(0).stdout;
    assert!(rooms.starts_with("person  room") && rooms.contains("라이언 (ryan)"), "{rooms}");
    assert!(!rooms.contains("배포 완료"), "{rooms}");

    let room = machine.katok(&["emulator", "room", "apeach"]).exits(0).stdout;
    let lines: Vec<&str> = room.lines().collect();
    assert!(lines[0].contains("라이언 (ryan)") && lines[0].ends_with("demo"), "{room}");
    assert!(lines[1].starts_with('┌') && lines[2].contains("안녕") && lines[3].contains("어피치"), "{room}");
    let message = machine.katok(&["--json", "emulator", "room", "ryan"]).exits(0).json();
    assert_eq!(message["template_object"]["text"], "배포 완료");

    machine.set("LANG", "ko_KR.UTF-8");
    assert!(machine.katok(&["emulator", "room", "ryan"]).exits(0).stdout.contains("나와의 채팅"));
    for args in [["emulator", "room", "nobody"], ["emulator", "rooms", "nobody"]] {
        machine.katok(&args).exits(2).says("nobody").says("hint: katok emulator people");
    }
}

fn room(room: &Value) -> String {
    let text = |name: &str| room[name].as_str().unwrap();
    format!("{} {} {} {} {}", text("person"), text("chat"), text("with"), room["messages"], text("latest"))
}

#[tokio::test]
async fn clock_is_turned_in_words() {
    let (machine, _running, _emulator) = machine();
    let clock = |args: &[&str]| {
        let now = machine.katok(&[&["--json", "emulator", "clock"], args].concat()).exits(0).json();
        now["now"].as_str().unwrap().parse::<jiff::Timestamp>().unwrap()
    };
    clock(&["set", "2026-01-31T23:00:00+09:00"]);
    let set = "2026-01-31T14:00:00Z".parse().unwrap();
    let passed = |now: jiff::Timestamp| now.duration_since(set).as_hours();
    assert_eq!(passed(clock(&[])), 0);
    assert_eq!(passed(clock(&["advance", "2h30m"])), 2);
    assert_eq!(passed(clock(&["advance", "1d"])), 26);
    assert_eq!(passed(clock(&["advance", "-1 day"])), 2);
    // It is February in Korea.
    assert_eq!(passed(clock(&["advance", "1mo"])), 28 * 24 + 2);
    let turned = machine.katok(&["emulator", "clock", "show"]).exits(0).stdout;
    assert!(turned.starts_with("2026-03-01T01:30") && turned.contains("the real time)"), "{turned}");
    clock(&["real"]);
    let real = machine.katok(&["emulator", "clock"]).exits(0).stdout;
    assert!(real.trim_end().ends_with("+09:00"), "{real}");

    for wrong in [["advance", "soon"], ["advance", "10"], ["advance", "500ms"], ["advance", "9999y"]] {
        machine.katok(&[&["emulator", "clock"], &wrong[..]].concat()).exits(2);
    }
    for wrong in ["tomorrow", "1969-12-31T00:00:00Z"] {
        machine.katok(&["emulator", "clock", "set", wrong]).exits(2);
    }
}

#[tokio::test]
async fn faults_are_written_as_flags() {
    let (machine, _running, emulator) = machine();
    let add = |args: &[&str]| machine.katok(&[&["--json", "emulator", "faults", "add"], args].concat());
    machine.login(&emulator, "ryan", None).await.exits(0);
    let fault = add(&["--code", "-402", "--person", "ryan", "--times", "1"]).exits(0).json();
    assert_eq!(fault["match"], json!({"person": "ryan"}));
    assert_eq!((&fault["then"], &fault["remaining"]), (&json!({"code": -402}), &json!(1)));
    machine.katok(&["whoami"]).exits(3).says("(-402)");
    machine.katok(&["whoami"]).exits(0);

    let token = ["--path", "/oauth/token", "--method", "POST", "--app", "demo"];
    let fault = add(&[&token[..], &["--code", "KOE237", "--msg", "slow down"]].concat()).exits(0).json();
    assert_eq!(fault["then"], json!({"error_code": "KOE237", "error_description": "slow down"}));
    assert_eq!(fault["match"], json!({"path": "/oauth/token", "method": "POST", "app": "demo"}));
    let fault = add(&["--delay", "1m 30s", "--status", "503"]).exits(0).json();
    assert_eq!(fault["then"], json!({"delay_ms": 90_000, "status": 503}));
    assert_eq!(add(&["--drop", "after"]).exits(0).json()["then"], json!({"drop": "after"}));
    let document = r#"{"probability": 0.5, "then": {"body": "<h1>Bad Gateway</h1>"}}"#;
    let read = machine.katok_reading(&["emulator", "faults", "add", "--json-fault", "-"], document);
    assert!(read.exits(0).stdout.contains("body=<h1>Bad Gateway</h1>"));

    let faults = machine.katok(&["emulator", "faults"]).exits(0).stdout;
    let lines: Vec<&str> = faults.lines().collect();
    assert_eq!(lines.len(), 6, "{faults}");
    assert!(lines[1].starts_with("1   person=ryan"), "{faults}");
    assert_eq!(lines[1].split_whitespace().skip(2).collect::<Vec<_>>(), ["code=-402", "0", "1"], "{faults}");
    assert!(lines[4].contains("all") && lines[4].contains("no end"), "{faults}");
    machine.katok(&["emulator", "faults", "clear", "2"]).exits(0);
    let listed = machine.katok(&["--json", "emulator", "faults", "list"]).exits(0).json();
    assert_eq!(listed["faults"].as_array().unwrap().len(), 4);
    let cleared = machine.katok(&["--json", "emulator", "faults", "clear"]).exits(0).json();
    assert_eq!(cleared, json!({"removed": 4}));
}

#[tokio::test]
async fn a_fault_that_cannot_be_is_refused() {
    let (machine, _running, _emulator) = machine();
    for wrong in [
        &[][..],
        &["--times", "1"],
        &["--status", "99"],
        &["--times", "0", "--status", "500"],
        &["--path", "kapi.kakao.com/v2/user/me", "--status", "500"],
        &["--msg", "alone"],
        &["--code", "402"],
        &["--code", "-77777"],
        &["--drop", "before", "--status", "500"],
        &["--delay", "1h", "--status", "500"],
        &["--person", "nobody", "--status", "500"],
        &["--json-fault", "-", "--status", "500"],
        &["--json-fault", "nowhere.json"],
    ] {
        machine.katok(&[&["emulator", "faults", "add"], wrong].concat()).exits(2);
    }
    machine.katok(&["emulator", "faults", "clear", "7"]).exits(2).says("hint: katok emulator faults");
}

#[tokio::test]
async fn journal_tells_an_exchange_in_a_line() {
    let (machine, _running, emulator) = machine();
    assert_eq!(machine.katok(&["emulator", "journal"]).exits(0).stdout, "");
    machine.login(&emulator, "ryan", None).await.exits(0);
    machine.katok(&["emulator", "faults", "add", "--code", "-402", "--times", "1"]).exits(0);
    machine.katok(&["whoami"]).exits(3);

    let journal = machine.katok(&["emulator", "journal"]).exits(0).stdout;
    let lines: Vec<&str> = journal.lines().collect();
    // After the sign-in the profile is shown.
    assert_eq!(lines.len(), 3, "{journal}");
    assert!(lines[0].contains("POST    kauth.kakao.com/oauth/token  200  ryan@demo"), "{journal}");
    assert!(
        lines[2].ends_with("GET     kapi.kakao.com/v2/user/me  403 -402  ryan@demo  fault 1"),
        "{journal}"
    );
    let last = machine.katok(&["--json", "emulator", "journal", "--limit", "1"]).exits(0).json();
    assert_eq!(last["path"], "/v2/user/me");
    let first = last["id"].as_u64().unwrap() - 1;
    let since = machine.katok(&["--json", "emulator", "journal", "--since", &first.to_string()]).exits(0);
    assert_eq!(since.json(), last);
}

#[tokio::test]
async fn approve_plays_the_person_at_the_consent_page() {
    let (machine, _running, _emulator) = machine();
    let mut login = machine.begin(&["login", "--no-browser"]);
    let url = login.line();
    let approved =
        machine.katok(&["emulator", "approve", &url, "--person", "ryan", "--scopes", "talk_message"]);
    login.write(&approved.exits(0).stdout);
    login.end().exits(0);
    machine.katok(&["send", "안녕"]).exits(0);
    machine.katok(&["friends"]).exits(3);

    let denied = machine.katok(&["--json", "emulator", "approve", &url, "--person", "con", "--deny"]);
    let denied = denied.exits(0).json();
    assert!(denied["redirect_url"].as_str().unwrap().contains("error=access_denied"), "{denied}");

    let other = url.replace("client_id=", "client_id=0");
    let refused = machine.katok(&["emulator", "approve", &other, "--person", "ryan"]).exits(1);
    refused.says("(KOE101)").says("Kakao: ").says("hint: katok explain KOE101");
    machine.katok(&["emulator", "approve", &url, "--person", "nobody"]).exits(2);
    machine.katok(&["emulator", "approve", "http://localhost/elsewhere", "--person", "ryan"]).exits(2);
}

#[tokio::test]
async fn tokens_end_and_are_read_from_standard_input_alone() {
    let (machine, _running, emulator) = machine();
    machine.login(&emulator, "ryan", None).await.exits(0);
    let stored = std::fs::read_to_string(machine.data().join("tokens.json")).unwrap();
    let stored: Value = serde_json::from_str(&stored).unwrap();
    let tokens = &stored["accounts"].as_object().unwrap().values().next().unwrap()["tokens"];
    let [access, refresh] = ["access_token", "refresh_token"].map(|name| tokens[name].as_str().unwrap());

    let aged = machine.katok_reading(&["--json", "emulator", "age-token", "--remaining", "7d"], refresh);
    let aged = aged.exits(0).json();
    assert_eq!((&aged["person"], &aged["app"]), (&json!("ryan"), &json!("demo")));
    let ended = machine.katok_reading(&["emulator", "expire-token"], &format!("{access}\n")).exits(0);
    assert!(ended.stdout.starts_with("The token of ryan@demo ends at ") && !ended.stdout.contains(access));
    // A new one is got by the refresh token.
    machine.katok(&["whoami"]).exits(0);
    assert_eq!(machine.katok(&["emulator", "journal"]).exits(0).stdout.matches("/oauth/token").count(), 2);

    machine.katok_reading(&["emulator", "expire-token"], "unknown-token").exits(2);
    machine.katok_reading(&["emulator", "expire-token"], "\n").exits(2).says("standard input");
    machine.katok(&["emulator", "expire-token", access]).exits(2);
    machine.katok_reading(&["emulator", "age-token", "--remaining", "90d"], refresh).exits(2);
}

#[tokio::test]
async fn an_emulator_is_found_where_it_is_named() {
    let mut elsewhere = Machine::new();
    let (_running, emulator) = elsewhere.emulator();
    let mut machine = Machine::new();
    machine.set("LANG", "en_US.UTF-8");
    let origin = emulator.origin();
    machine.katok(&["emulator", "people", "--at", &origin]).exits(0);
    machine.set("KAKAO_API_BASE_URL", &origin);
    machine.katok(&["emulator", "people"]).exits(0);
    let nobody = format!("http://localhost:{}", free_port());
    machine.katok(&["emulator", "people", "--at", &nobody]).exits(4).says_one_sentence().says(&nobody);
    // As within `katok emulator exec`.
    machine.set("KATOK_EMULATOR_URL", &nobody);
    machine.katok(&["emulator", "people"]).exits(4);
    elsewhere.set("KATOK_EMULATOR_URL", &origin);
    elsewhere.katok(&["emulator", "people"]).exits(0);
}

#[tokio::test]
async fn what_is_no_emulator_is_asked_nothing_more() {
    let mut machine = Machine::new();
    machine.set("LANG", "en_US.UTF-8");
    let (_running, gateway, _emulator) = machine.up();
    let asked = machine.katok(&["emulator", "reset", "--at", gateway.as_str()]);
    asked.exits(2).says_one_sentence().says("is no emulator");
    for kakao in ["https://kapi.kakao.com", "http://kauth.kakao.com:4100"] {
        machine.katok(&["emulator", "reset", "--at", kakao]).exits(2).says("is Kakao itself");
    }
    machine.set("KAKAO_API_BASE_URL", "https://kapi.kakao.com");
    machine.katok(&["emulator", "people"]).exits(2).says("is Kakao itself");
}
