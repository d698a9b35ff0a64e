//! `katok up`: starts, says so, stops, comes back, and gives up in one sentence.

mod operation;
mod real_mode;

use std::fs;
use std::net::{Ipv4Addr, Ipv6Addr, TcpListener};

use serde_json::json;
use url::Url;

use crate::curl::Curl;
use crate::emulator::{Emulator, http};
use crate::program::{Machine, free_port, leave_out};

#[tokio::test]
async fn up_says_where_it_runs_and_that_it_is_the_emulator() {
    let machine = Machine::new();
    let mut running = machine.start(&["up", "--port", "0", "--emulator-port", "0"]);
    let gateway = running.first_line.split_whitespace().find(|word| word.starts_with("http://")).unwrap();
    let page = http().get(gateway).send().await.unwrap().text().await.unwrap();
    assert!(page.contains("카카오 로그인") && page.contains("에뮬레이터"), "{page}");

    let kakao = running.line();
    assert!(kakao.contains("에뮬레이터") && kakao.contains("emulator"), "{kakao}");
    let rooms = kakao.split_whitespace().find(|word| word.starts_with("http://")).unwrap();
    assert!(http().get(rooms).send().await.unwrap().status().is_success());
    assert!(running.line().contains(machine.data().to_str().unwrap()));
}

#[tokio::test]
async fn json_and_healthz_say_that_it_is_the_emulator() {
    let machine = Machine::new();
    let (running, gateway, _emulator) = machine.up();
    assert_eq!(running.json()["kakao"], "emulator");
    let health = Curl::new().get(gateway.join("/healthz").unwrap()).await.json();
    assert_eq!((&health["status"], &health["kakao"]), (&json!("ok"), &json!("emulator")));
}

#[tokio::test]
async fn both_signals_stop_it_properly() {
    for signal in ["TERM", "INT"] {
        let machine = Machine::new();
        let (running, gateway, _emulator) = machine.up();
        running.stop(signal);
        assert!(http().get(gateway).send().await.is_err());
        assert!(!machine.data().join("running.json").exists());
    }
}

#[tokio::test]
async fn signals_stop_the_emulator_alone_too() {
    for signal in ["TERM", "INT"] {
        let machine = Machine::new();
        let (running, _emulator) = machine.emulator();
        running.stop(signal);
        assert!(!machine.data().join("running.json").exists());
    }
}

#[tokio::test]
async fn sessions_people_and_messages_outlive_a_restart() {
    let machine = Machine::new();
    let (port, emulator_port) = (free_port().to_string(), free_port().to_string());
    let up = ["--json", "up", "--port", &port, "--emulator-port", &emulator_port];
    let gateway = Url::parse(&format!("http://localhost:{port}")).unwrap();
    let emulator = Emulator::at(Url::parse(&format!("http://localhost:{emulator_port}")).unwrap());
    let mut curl = Curl::new();

    let running = machine.start(&up);
    assert!(running.talk().contains("vault.key"), "{}", running.talk());
    curl.sign_in(&gateway, &emulator, "ryan").await;
    let message = gateway.join("/message").unwrap();
    curl.post(message.clone(), &json!({"text": "먼저"})).await.json();
    running.stop("TERM");

    let running = machine.start(&up);
    assert_eq!(running.talk(), "");
    let profile = curl.get(gateway.join("/profile").unwrap()).await.json();
    assert_eq!(profile["kakao_account"]["profile"]["nickname"], "라이언");
    curl.post(message, &json!({"text": "나중"})).await.json();
    assert_eq!(emulator.texts("ryan").await, ["먼저", "나중"]);
}

#[tokio::test]
async fn people_come_back_to_the_path_that_is_set_on_the_emulator_too() {
    let mut machine = Machine::new();
    let port = free_port().to_string();
    let gateway = Url::parse(&format!("http://localhost:{port}")).unwrap();
    machine.set("KAKAO_REDIRECT_URI", gateway.as_str().trim_end_matches('/'));
    let running = machine.start(&["--json", "up", "--port", &port, "--emulator-port", "0"]);
    let emulator = Emulator::at(Url::parse(running.json()["emulator"].as_str().unwrap()).unwrap());
    let mut curl = Curl::new();
    curl.sign_in(&gateway, &emulator, "ryan").await;
    curl.get(gateway.join("/profile").unwrap()).await.json();
    assert_eq!(curl.get(gateway.join("/redirect").unwrap()).await.status, 404);
}

#[tokio::test]
async fn redirect_address_that_leads_elsewhere_or_to_a_page_of_ours_is_one_sentence() {
    let mut machine = Machine::new();
    machine.set("KAKAO_REDIRECT_URI", "http://localhost:4199/callback");
    gives_up(&mut machine, &ON_FREE_PORTS, "이 게이트웨이의 주소", "does not lead to this gateway");
    let mut machine = Machine::new();
    machine.set("KAKAO_REDIRECT_URI", "https://katok.example/profile");
    gives_up(&mut machine, &ON_FREE_PORTS, "/profile", "/profile");
}

#[tokio::test]
async fn the_gateway_lives_at_the_emulators_time() {
    let machine = Machine::new();
    let (_running, gateway, emulator) = machine.up();
    emulator.advance_hours(24 * 45).await;
    let mut curl = Curl::new();
    curl.sign_in(&gateway, &emulator, "ryan").await;
    emulator.advance_hours(7).await;
    curl.get(gateway.join("/profile").unwrap()).await.json();
}

#[tokio::test]
async fn template_that_is_sent_after_a_sign_in_is_looked_at_when_it_starts() {
    let mut machine = Machine::new();
    let template = machine.file("welcome.json", r#"{"object_type": "text", "link": {}}"#);
    machine.set("KATOK_SEND_AFTER_SIGN_IN", template);
    gives_up(&mut machine, &ON_FREE_PORTS, " text: ", " text: ");

    let mut machine = Machine::new();
    let long =
        json!({"object_type": "text", "text": "가".repeat(201), "link": {"web_url": "http://localhost"}});
    let template = machine.file("welcome.json", &long.to_string());
    machine.set("KATOK_SEND_AFTER_SIGN_IN", template);
    let (running, gateway, emulator) = machine.up();
    assert!(running.talk().contains("welcome.json) text: "), "{}", running.talk());
    let mut curl = Curl::new();
    let kakao = curl.get(gateway.join("/authorize").unwrap()).await.location;
    let returned = emulator.approve(&kakao, "ryan", None).await;
    let page = curl.get(Url::parse(&returned).unwrap()).await.location;
    let page = curl.get(gateway.join(&page).unwrap()).await.body;
    assert!(page.contains("메시지를 보냈습니다"), "{page}");
    assert_eq!(emulator.texts("ryan").await, ["가".repeat(201)]);
}

#[tokio::test]
async fn commands_find_the_emulator_that_up_started() {
    let machine = Machine::new();
    let (_running, _gateway, emulator) = machine.up();
    machine.login(&emulator, "ryan", None).await.exits(0);
    machine.katok(&["send", "안녕"]).exits(0);
    assert_eq!(emulator.texts("ryan").await, ["안녕"]);
}

const ON_FREE_PORTS: [&str; 5] = ["up", "--port", "0", "--emulator-port", "0"];

/// Starts a gateway that cannot, in each language, and checks that it says why in one sentence.
#[track_caller]
fn gives_up(machine: &mut Machine, up: &[&str], korean: &str, english: &str) {
    machine.set("LANG", "ko_KR.UTF-8");
    machine.katok(up).exits(2).says_one_sentence().says(korean);
    machine.set("LANG", "en_US.UTF-8");
    machine.katok(up).exits(2).says_one_sentence().says(english);
}

#[tokio::test]
async fn taken_port_is_one_sentence() {
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let mut machine = Machine::new();
    gives_up(&mut machine, &["up", "--port", &port, "--emulator-port", "0"], &port, &port);
    gives_up(&mut machine, &["up", "--port", "0", "--emulator-port", &port], &port, &port);
    gives_up(&mut machine, &["emulator", "--port", &port], &port, &port);
}

#[tokio::test]
async fn port_taken_in_the_other_address_family_is_taken() {
    let Ok(taken) = TcpListener::bind((Ipv6Addr::LOCALHOST, 0)) else {
        return leave_out("ports taken in one address family: there is no IPv6", "KATOK_REQUIRE_IPV6");
    };
    let port = taken.local_addr().unwrap().port().to_string();
    let mut machine = Machine::new();
    gives_up(&mut machine, &["up", "--port", &port, "--emulator-port", "0"], &port, &port);
}

#[tokio::test]
async fn data_folder_that_is_a_file_is_one_sentence() {
    let mut machine = Machine::new();
    fs::write(machine.data(), "no folder").unwrap();
    gives_up(&mut machine, &ON_FREE_PORTS, "데이터 폴더", "data folder");
    assert_eq!(fs::read_to_string(machine.data()).unwrap(), "no folder");
}

#[tokio::test]
async fn data_folder_in_use_is_one_sentence() {
    let mut machine = Machine::new();
    let (_running, _gateway, _emulator) = machine.up();
    gives_up(&mut machine, &ON_FREE_PORTS, "다른 katok", "Another katok");
}

#[tokio::test]
async fn damaged_database_is_one_sentence_and_stays_as_it_is() {
    let mut machine = Machine::new();
    fs::create_dir(machine.data()).unwrap();
    let database = machine.data().join("katok.db");
    fs::write(&database, "this is no database".repeat(1000)).unwrap();
    gives_up(&mut machine, &ON_FREE_PORTS, "손상", "damaged");
    assert_eq!(fs::read_to_string(database).unwrap(), "this is no database".repeat(1000));
}

#[tokio::test]
async fn database_that_cannot_be_reached_is_one_sentence_without_its_password() {
    let mut machine = Machine::new();
    let url = format!("postgres://katok:hunter2@127.0.0.1:{}/katok", free_port());
    machine.set("KATOK_DATABASE_URL", &url);
    gives_up(&mut machine, &ON_FREE_PORTS, "PostgreSQL에 연결할 수 없습니다", "PostgreSQL cannot be reached");
    assert!(!machine.katok(&ON_FREE_PORTS).exits(2).stderr.contains("hunter2"));
    machine.set("KATOK_DATABASE_URL", "postgres://katok:hunter2@127.0.0.1");
    gives_up(&mut machine, &ON_FREE_PORTS, "PostgreSQL 주소가 아닙니다", "not the address of a PostgreSQL");
    assert!(!machine.katok(&ON_FREE_PORTS).exits(2).stderr.contains("hunter2"));
}

#[tokio::test]
async fn wrong_vault_key_is_one_sentence() {
    let mut machine = Machine::new();
    let (running, ..) = machine.up();
    running.stop("TERM");
    machine.set("KATOK_VAULT_KEY", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");
    gives_up(&mut machine, &ON_FREE_PORTS, "금고 키", "vault key");
}

#[tokio::test]
async fn vault_key_that_is_none_is_one_sentence() {
    let mut machine = Machine::new();
    machine.set("KATOK_VAULT_KEY", "my dog's name");
    gives_up(&mut machine, &ON_FREE_PORTS, "금고 키", "vault key");
    assert!(!machine.data().join("vault.key").exists());
}

#[tokio::test]
async fn seed_with_a_mistake_is_told_with_its_place() {
    let machine = Machine::new();
    let seed = machine.file("seed.yaml", "apps: [{key: shop, redirect_uri: \"http://localhost\"}]");
    for command in [
        &["up", "--port", "0", "--emulator-port", "0", "--seed", &seed][..],
        &["emulator", "--port", "0", "--seed", &seed],
    ] {
        machine.katok(command).exits(2).says("seed.yaml").says("redirect_uri").says("line 1");
    }
}

#[tokio::test]
async fn who_disconnects_the_app_at_the_embedded_emulator_is_forgotten_by_the_gateway() {
    let machine = Machine::new();
    let (_running, gateway, emulator) = machine.up();
    let mut curl = Curl::new();
    curl.sign_in(&gateway, &emulator, "ryan").await;
    let profile = gateway.join("/profile").unwrap();
    assert!(curl.get(profile.clone()).await.json()["id"].is_number());
    let unlink = Url::parse(&format!("{}/_emulator/v1/people/ryan/unlink", emulator.origin())).unwrap();
    let parted = http().post(unlink).json(&json!({"app": "demo"})).send().await.unwrap();
    assert_eq!(parted.status(), 200);
    // The session ends with the account: before, the page of somebody signed in has a button to leave.
    while curl.get(gateway.join("/").unwrap()).await.body.contains("연결 끊기") {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    assert_eq!(curl.get(profile).await.status, 401);
}
