//! Following chat rooms and the journal while they grow.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::machine;
use crate::emulator::Emulator;
use crate::program::{Begun, Machine, free_port};

fn json_line(following: &mut Begun) -> Value {
    serde_json::from_str(&following.line()).unwrap()
}

/// Sends as the person who signs in anew.
async fn send(machine: &Machine, emulator: &Emulator, text: &str) {
    machine.login(emulator, "ryan", None).await.exits(0);
    machine.katok(&["send", text]).exits(0);
}

#[tokio::test]
async fn a_room_is_drawn_as_messages_arrive_until_ctrl_c() {
    let (machine, _running, emulator) = machine();
    send(&machine, &emulator, "첫째").await;
    for signal in ["INT", "TERM"] {
        let mut following = machine.begin(&["emulator", "room", "ryan", "--follow"]);
        while !following.line().contains("첫째") {}
        machine.katok(&["send", "둘째"]).exits(0);
        while !following.line().contains("둘째") {}
        following.signal(signal);
        assert_eq!(following.status(), Some(0));
    }
}

#[tokio::test]
async fn a_room_is_followed_into_another_world() {
    let (machine, _running, emulator) = machine();
    send(&machine, &emulator, "첫째").await;
    let mut following = machine.begin(&["--json", "emulator", "room", "ryan", "--follow"]);
    assert_eq!(json_line(&mut following)["template_object"]["text"], "첫째");
    // For a while there is no ryan.
    machine.katok_reading(&["emulator", "seed", "-"], r#"{"people": [{"key": "mina"}]}"#).exits(0);
    following.line_of_talk("(it began anew)");
    machine.katok(&["emulator", "reset"]).exits(0);
    send(&machine, &emulator, "새 세계").await;
    assert_eq!(json_line(&mut following)["template_object"]["text"], "새 세계");
}

#[tokio::test]
async fn a_room_and_the_journal_are_followed_over_a_restart_at_another_port() {
    let (machine, running, emulator) = machine();
    send(&machine, &emulator, "첫째").await;
    let mut room = machine.begin(&["--json", "emulator", "room", "ryan", "--follow"]);
    let mut journal = machine.begin(&["--json", "emulator", "journal", "--follow", "--limit", "1"]);
    assert_eq!(json_line(&mut room)["template_object"]["text"], "첫째");
    assert_eq!(json_line(&mut journal)["path"], "/v2/api/talk/memo/default/send");
    running.stop("TERM");
    for following in [&mut room, &mut journal] {
        following.line_of_talk("(the emulator does not answer");
    }
    let (_running, emulator) = machine.emulator();
    send(&machine, &emulator, "둘째").await;
    assert_eq!(json_line(&mut room)["template_object"]["text"], "둘째");
    for path in ["/oauth/token", "/v2/api/talk/memo/default/send"] {
        while json_line(&mut journal)["path"] != path {}
    }
}

/// It goes away after it has told of a message, and before it tells of its people.
#[tokio::test]
async fn a_message_is_drawn_though_the_emulator_goes_away_meanwhile() {
    let messages = |asked: usize| -> Vec<Value> {
        let message = |id: usize| {
            json!({"id": id, "at": "2026-11-22T05:00:00Z", "app_id": 1, "chat": "memo", "from": "ryan",
            "kind": "default", "template_object": {"object_type": "text", "text": format!("메시지 {id}")}, "warnings": []})
        };
        (1..=asked).map(message).collect()
    };
    let asked = Arc::new(AtomicUsize::new(0));
    let world_is_told = asked.clone();
    let emulator = Router::new()
        .route(
            "/_emulator/v1/health",
            get(async || Json(json!({"status": "ok", "now": "2026-11-22T05:00:00Z"}))),
        )
        .route(
            "/_emulator/v1/people/ryan/messages",
            get(async move || Json(messages(2.min(asked.fetch_add(1, Ordering::Relaxed) + 1)))),
        )
        .route(
            "/_emulator/v1/world",
            get(async move || match world_is_told.load(Ordering::Relaxed) {
                1 => Json(json!({"apps": [], "people": [], "links": []})).into_response(),
                _ => StatusCode::SERVICE_UNAVAILABLE.into_response(),
            }),
        );
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, emulator).await.unwrap() });
    let followed = tokio::task::spawn_blocking(move || {
        let machine = Machine::new();
        let mut following = machine.begin(&["emulator", "room", "ryan", "--follow", "--at", &url]);
        for text in ["메시지 1", "메시지 2"] {
            assert!((0..30).any(|_| following.line().contains(text)), "{text}");
        }
        following.signal("INT");
        following.status()
    });
    assert_eq!(followed.await.unwrap(), Some(0));
}

#[tokio::test]
async fn messages_live_on_in_an_emulator_that_kept_them() {
    let mut machine = Machine::new();
    machine.set("LANG", "en_US.UTF-8");
    let port = free_port().to_string();
    let up = ["--json", "up", "--port", "0", "--emulator-port", &port];
    let running = machine.start(&up);
    let emulator = Emulator::at(running.json()["emulator"].as_str().unwrap().parse().unwrap());
    send(&machine, &emulator, "첫째").await;
    let mut following = machine.begin(&["--json", "emulator", "room", "ryan", "--follow"]);
    assert_eq!(json_line(&mut following)["template_object"]["text"], "첫째");
    running.stop("TERM");
    following.line_of_talk("(the emulator does not answer");
    let _running = machine.start(&up);
    machine.katok(&["send", "둘째"]).exits(0);
    // The first is not told again.
    assert_eq!(json_line(&mut following)["template_object"]["text"], "둘째");
}

#[tokio::test]
async fn the_journal_goes_on_after_its_world_began_anew() {
    let (machine, _running, emulator) = machine();
    let mut following = machine.begin(&["--json", "emulator", "journal", "--follow", "--since", "0"]);
    machine.login(&emulator, "ryan", None).await.exits(0);
    // The code is exchanged, and the profile shown.
    let before = [json_line(&mut following), json_line(&mut following)];
    machine.katok(&["emulator", "reset"]).exits(0);
    following.line_of_talk("(it began anew)");
    machine.login(&emulator, "ryan", None).await.exits(0);
    let after = [json_line(&mut following), json_line(&mut following)];
    for (before, after) in before.iter().zip(&after) {
        assert_eq!(before["path"], after["path"]);
    }
    assert!(after[0]["id"].as_u64() > before[1]["id"].as_u64(), "{after:?}");
}

#[tokio::test]
async fn a_closed_pipe_ends_the_following() {
    let (machine, _running, emulator) = machine();
    machine.login(&emulator, "ryan", None).await.exits(0);
    let mut following = machine.begin(&["emulator", "journal", "--follow"]);
    following.line();
    let closed = std::thread::spawn(|| following.close_stdout().code());
    // Something new has to come before it notices.
    while !closed.is_finished() {
        machine.katok(&["whoami"]).exits(0);
    }
    assert_eq!(closed.join().unwrap(), Some(0));
}
