//! `katok friends` and `katok send`.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::{signed_in, signed_in_over_a_wire};
use crate::emulator::{Emulator, seed};
use crate::program::{Machine, Running};
use crate::wire::{Trouble, Wire};

#[tokio::test]
async fn text_stands_in_the_own_chat() {
    let (machine, _running, emulator) = signed_in("ryan").await;
    machine.katok(&["send", "안녕"]).exits(0);
    assert_eq!(emulator.texts("ryan").await, ["안녕"]);
    let message = &emulator.messages("ryan").await[0];
    assert_eq!((&message["chat"], &message["from"]), (&json!("memo"), &json!("ryan")));
}

#[tokio::test]
async fn friend_receives_by_nickname_and_by_uuid() {
    let (machine, _running, emulator) = signed_in("ryan").await;
    let friends = machine.katok(&["--json", "friends"]).exits(0).json();
    let is_muzi = |friend: &&serde_json::Value| friend["profile_nickname"] == "무지";
    let muzi =
        friends["elements"].as_array().unwrap().iter().find(is_muzi).unwrap()["uuid"].as_str().unwrap();

    machine.katok(&["send", "--to", "어피치", "안녕 어피치"]).exits(0);
    machine.katok(&["send", "--to", "어피치", "--to", muzi, "둘 다 안녕"]).exits(0);
    assert_eq!(emulator.texts("apeach").await, ["안녕 어피치", "둘 다 안녕"]);
    assert_eq!(emulator.texts("muzi").await, ["둘 다 안녕"]);
    assert_eq!(emulator.messages("muzi").await[0]["from"], "ryan");
}

#[tokio::test]
async fn friends_are_those_who_use_the_app_and_share_their_list() {
    let (machine, _running, _emulator) = signed_in("ryan").await;
    let friends = machine.katok(&["friends"]).exits(0).stdout;
    for nickname in ["어피치", "무지", "튜브"] {
        assert!(friends.contains(nickname), "{friends}");
    }
    // Neo keeps the list private, Con never signed up.
    for nickname in ["네오", "콘"] {
        assert!(!friends.contains(nickname), "{friends}");
    }
}

#[tokio::test]
async fn dash_sends_standard_input() {
    let (machine, _running, emulator) = signed_in("ryan").await;
    machine.katok_reading(&["send", "-"], "첫 줄\n둘째 줄\n").exits(0);
    assert_eq!(emulator.texts("ryan").await, ["첫 줄\n둘째 줄"]);
}

#[tokio::test]
async fn template_file_is_sent_as_it_is() {
    let (machine, _running, emulator) = signed_in("ryan").await;
    let link = json!({"web_url": "http://localhost:4000/", "mobile_web_url": "http://localhost:4000/m"});
    let template = json!({"object_type": "text", "text": "템플릿", "link": link, "button_title": "열기"});
    let file = machine.file("template.json", &template.to_string());
    machine.katok(&["send", "--template", &file]).exits(0);
    assert_eq!(emulator.messages("ryan").await[0]["template_object"], template);
}

#[tokio::test]
async fn wrong_usage_sends_nothing() {
    let (machine, _running, emulator) = signed_in("ryan").await;
    let broken = machine.file("broken.json", "{\"object_type\": ");
    let good =
        machine.file("good.json", &json!({"object_type": "text", "text": "안녕", "link": {}}).to_string());
    let no_object = machine.file("list.json", "[]");
    for wrong in [
        &["send", ""][..],
        &["send", " \n"],
        &["send", "-"],
        &["send"],
        &["send", "--loudly", "안녕"],
        &["send", "--loudly"],
        &["send", "--link", "javascript:alert(1)", "안녕"],
        &["send", "--link", "ftp://localhost/", "안녕"],
        &["send", "--template", &good, "--link", "http://localhost:4000/"],
        &["send", "--to", "없는친구", "안녕"],
        &["send", "--template", &broken],
        &["send", "--template", &no_object],
        &["send", "--template", "/nowhere/template.json"],
        &["sned", "안녕"],
    ] {
        let outcome = machine.katok(wrong).exits(2);
        assert_eq!(outcome.stdout, "", "{outcome:#?}");
    }
    assert_eq!(emulator.messages("ryan").await.len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn message_that_kakao_refuses_is_exit_status_1_with_its_code() {
    let (machine, wire, _running, emulator) = signed_in_over_a_wire().await;
    let refusal = Trouble::Answer(400, r#"{"msg": "given account is not connected", "code": -501}"#);
    wire.next("/v2/api/talk/memo/default/send", [refusal]);
    machine.katok(&["send", "안녕"]).exits(1).says("-501");
    assert_eq!(emulator.messages("ryan").await.len(), 0);
}

#[tokio::test]
async fn missing_consent_names_the_login_that_helps() {
    let machine = Machine::new();
    let (_running, emulator) = machine.emulator();
    machine.login(&emulator, "ryan", Some(&[])).await.exits(0);
    machine.katok(&["send", "안녕"]).exits(3).says("hint: katok login --scope talk_message");
    machine.katok(&["friends"]).exits(3).says("hint: katok login --scope friends");
    machine.katok(&["send", "--to", "어피치", "안녕"]).exits(3).says("hint: katok login --scope friends");
    assert_eq!(emulator.messages("ryan").await.len(), 0);
}

#[tokio::test]
async fn text_may_begin_with_a_hyphen() {
    let (machine, _running, emulator) = signed_in("ryan").await;
    machine.katok(&["send", "-5도 예상"]).exits(0);
    machine.katok(&["send", "--to", "어피치", "-h는 도움말"]).exits(0);
    machine.katok(&["send", "--- 끝 ---", "--to", "어피치"]).exits(0);
    assert_eq!(emulator.texts("ryan").await, ["-5도 예상"]);
    assert_eq!(emulator.texts("apeach").await, ["-h는 도움말", "--- 끝 ---"]);
}

const FRIENDS: [&str; 7] = ["f1", "f2", "f3", "f4", "f5", "f6", "f7"];
const SEND: &str = "/v1/api/talk/friends/message/default/send";
const MAINTENANCE: Trouble = Trouble::Answer(503, r#"{"msg": "under maintenance", "code": -9798}"#);

/// Ryan with seven friends, which makes two calls, and a wire on which trouble can be made.
async fn seven_friends() -> (Machine, Wire, Running, Emulator) {
    let mut machine = Machine::new();
    let [mut people, mut friendships, mut links] = [(); 3].map(|()| String::new());
    for friend in FRIENDS {
        writeln!(people, "  - {{key: {friend}, nickname: {friend}}}").unwrap();
        writeln!(friendships, "  - {{of: ryan, with: {friend}}}").unwrap();
        writeln!(links, "  - {{app: shop, person: {friend}}}").unwrap();
    }
    let seed = seed("http://localhost:4199/callback")
        .replace("people:\n", &format!("people:\n{people}"))
        .replace("friendships:\n", &format!("friendships:\n{friendships}"))
        .replace("links:\n", &format!("links:\n{links}"));
    let seed = machine.file("seed.yaml", &seed);
    let (running, emulator) = machine.emulator_with(&["--port", "0", "--seed", &seed]);
    let wire = Wire::between(&mut machine, &emulator).await;
    machine.login(&emulator, "ryan", None).await.exits(0);
    (machine, wire, running, emulator)
}

fn to_all() -> Vec<&'static str> {
    ["--json", "send", "안녕"].into_iter().chain(FRIENDS.iter().flat_map(|friend| ["--to", friend])).collect()
}

/// How many receivers the report names as delivered, unconfirmed and not sent.
fn counts(report: &Value) -> [usize; 3] {
    ["successful_receiver_uuids", "unconfirmed_receiver_uuids", "not_sent_receiver_uuids"]
        .map(|name| report[name].as_array().unwrap().len())
}

#[tokio::test(flavor = "multi_thread")]
async fn seven_friends_receive_by_two_calls() {
    let (machine, _wire, _running, emulator) = seven_friends().await;
    assert_eq!(counts(&machine.katok(&to_all()).exits(0).json()), [7, 0, 0]);
    for friend in FRIENDS {
        assert_eq!(emulator.texts(friend).await, ["안녕"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_at_a_terminal_sees_how_far_it_is_and_nothing_of_that_stays() {
    let (machine, _wire, _running, emulator) = seven_friends().await;
    emulator.delays(SEND, 2, 300).await;
    let seen = machine.katok_at_a_terminal(&to_all()[1..]).exits(0);
    assert!(seen.stderr.contains("1/2"), "{seen:#?}");
    let (_, left) = seen.stderr.rsplit_once("1/2").unwrap();
    assert!(left.contains("\u{1b}[2K") && !left.contains('/'), "{seen:#?}");
    assert!(!seen.stdout.contains('/'), "{seen:#?}");
    for quiet in [machine.katok_at_a_terminal(&to_all()), machine.katok(&to_all()[1..])] {
        assert!(!quiet.exits(0).stderr.contains("/2"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_delivery_no_failure_is_worth_trying_the_same_again() {
    let (mut machine, wire, _running, emulator) = seven_friends().await;
    wire.next(SEND, [Trouble::None, MAINTENANCE, Trouble::None, MAINTENANCE]);
    let outcome = machine.katok(&to_all()).exits(1).says("-9798");
    assert_eq!(counts(&outcome.json()), [5, 0, 2]);
    assert_eq!(emulator.texts("f7").await.len(), 0);

    machine.set("LANG", "en_US.UTF-8");
    let outcome = machine.katok(&to_all()[1..]).exits(1).says("-9798").says("those who did not get it");
    let lines = |mark: &str| outcome.stdout.lines().filter(|line| line.starts_with(mark)).count();
    assert_eq!((lines("✓"), lines("-")), (5, 2), "{outcome:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn later_call_without_an_answer_is_unconfirmed() {
    let (machine, wire, _running, emulator) = seven_friends().await;
    wire.next(SEND, [Trouble::None, Trouble::LostAnswer]);
    let outcome = machine.katok(&to_all()).exits(5).says("error");
    assert_eq!(counts(&outcome.json()), [5, 2, 0]);
    assert_eq!(emulator.texts("f7").await, ["안녕"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_call_without_an_answer_no_other_is_made() {
    let (machine, wire, _running, emulator) = seven_friends().await;
    wire.next(SEND, [Trouble::LostAnswer]);
    assert_eq!(counts(&machine.katok(&to_all()).exits(5).json()), [0, 5, 2]);
    assert_eq!(emulator.texts("f7").await.len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn failure_before_any_delivery_is_worth_trying_again() {
    let (machine, wire, _running, _emulator) = seven_friends().await;
    wire.next(SEND, [MAINTENANCE]);
    assert_eq!(machine.katok(&to_all()).exits(4).stdout, "");
    machine.katok(&to_all()).exits(0);
}
