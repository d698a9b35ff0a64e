//! `katok friends` and `katok send`.

use serde_json::json;

use super::signed_in;
use crate::program::Machine;

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
async fn text_longer_than_kakaotalk_shows_is_sent_whole_with_a_word_about_it() {
    let (machine, _running, emulator) = signed_in("ryan").await;
    let text = "🍑".repeat(5000);
    machine.katok(&["send", &text]).exits(0).says("5000");
    assert_eq!(emulator.texts("ryan").await, [text]);
}

#[tokio::test]
async fn wrong_usage_sends_nothing() {
    let (machine, _running, emulator) = signed_in("ryan").await;
    let broken = machine.file("broken.json", "{\"object_type\": ");
    let no_object = machine.file("list.json", "[]");
    for wrong in [
        &["send", ""][..],
        &["send", " \n"],
        &["send", "-"],
        &["send"],
        &["send", "--loudly", "안녕"],
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

#[tokio::test]
async fn template_that_kakao_refuses_is_exit_status_1_with_its_code() {
    let (machine, _running, emulator) = signed_in("ryan").await;
    let unknown = machine.file("unknown.json", "{\"object_type\": \"hologram\"}");
    machine.katok(&["send", "--template", &unknown]).exits(1).says("-2");
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
