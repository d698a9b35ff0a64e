//! Kakao that is not there.

use crate::program::{Machine, free_port};

#[tokio::test]
async fn kakao_out_of_reach_is_worth_trying_again() {
    let mut machine = Machine::new();
    let port = free_port().to_string();
    let (running, emulator) = machine.emulator_with(&["--port", &port]);
    machine.connect_to(&emulator).await;
    machine.login(&emulator, "ryan", None).await.exits(0);
    running.stop("TERM");
    machine.katok(&["send", "안녕"]).exits(4);
    machine.katok(&["whoami"]).exits(4);

    let (_running, emulator) = machine.emulator_with(&["--port", &port]);
    machine.login(&emulator, "ryan", None).await.exits(0);
    machine.katok(&["send", "다시 안녕"]).exits(0);
    assert_eq!(emulator.texts("ryan").await, ["다시 안녕"]);
}

#[tokio::test]
async fn neither_key_nor_emulator_says_how_to_get_one() {
    let mut machine = Machine::new();
    // Without this an emulator on the usual port, which belongs to whoever runs the tests, would answer.
    machine.set("KAKAO_API_BASE_URL", format!("http://localhost:{}", free_port()));
    machine.set("LANG", "en_US.UTF-8");
    machine.katok(&["whoami"]).exits(2).says_one_sentence().says("hint: katok up");
}

#[tokio::test]
async fn settings_that_are_none_are_told_by_name() {
    let mut machine = Machine::new();
    machine.set("KAKAO_REST_API_KEY", "0123456789abcdef0123456789abcdef");
    machine.set("KAKAO_AUTH_BASE_URL", "kauth.kakao.com");
    machine.set("KAKAO_CLIENT_SECRET_FILE", "/nowhere/secret");
    machine.katok(&["whoami"]).exits(2).says("KAKAO_AUTH_BASE_URL").says("KAKAO_CLIENT_SECRET_FILE");
}
