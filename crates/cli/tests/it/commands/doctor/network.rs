//! What the doctor says where Kakao does not answer, somebody else does, or the clocks differ.

use std::net::{Ipv4Addr, TcpListener};

use serde_json::json;

use super::{check, finds, well};
use crate::program::{Machine, free_port};

#[tokio::test]
async fn name_connection_tls_and_http_are_told_apart() {
    let (machine, _running, emulator) = well().await;
    let silent = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let silent = silent.local_addr().unwrap();
    let tls = emulator.origin().replace("http://localhost", "https://127.0.0.1");
    for (address, status, words) in [
        ("http://kauth.invalid".to_owned(), 4, "DNS does not know"),
        (format!("http://127.0.0.1:{}", free_port()), 4, "no TCP connection"),
        (tls, 4, "no TLS connection"),
        (format!("http://{silent}"), 4, "no HTTP answer"),
        (format!("{}/_emulator/v1", emulator.origin()), 2, "somebody answers who is not Kakao"),
    ] {
        let mut machine = Machine::new();
        machine.connect_to(&emulator).await;
        machine.set("KAKAO_AUTH_BASE_URL", &address);
        let found = finds(&machine, status, "auth_server", "failed", words);
        assert_eq!(check(&found, "api_server")["state"], "ok");
        assert_eq!(check(&found, "app_key")["state"], "skipped");
    }
    drop(machine);
}

#[tokio::test]
async fn a_proxy_in_between_is_named() {
    let (mut machine, _running, _emulator) = well().await;
    machine.set("KAKAO_AUTH_BASE_URL", "https://kauth.invalid");
    machine.set("HTTPS_PROXY", format!("http://127.0.0.1:{}", free_port()));
    finds(&machine, 4, "auth_server", "failed", "through the proxy of HTTPS_PROXY");
}

#[tokio::test]
async fn kakao_that_is_down_is_no_fault_of_the_settings() {
    let (machine, _running, emulator) = well().await;
    let path = "/.well-known/openid-configuration";
    emulator.fault(&json!({"match": {"path": path}, "then": {"status": 503, "body": "<html>"}})).await;
    finds(&machine, 4, "auth_server", "failed", "HTTP 503");
}

#[tokio::test]
async fn neither_key_nor_emulator_says_how_to_get_one() {
    let mut machine = Machine::new();
    machine.set("KAKAO_API_BASE_URL", format!("http://localhost:{}", free_port()));
    let found = finds(&machine, 2, "kakao", "failed", "no emulator runs");
    assert_eq!(check(&found, "kakao")["remedy"]["en"], "katok up");
}

#[tokio::test]
async fn clocks_that_differ_are_told() {
    let (machine, _running, emulator) = well().await;
    emulator.advance_hours(2).await;
    finds(&machine, 2, "clock", "failed", "behind Kakao's");
}
