//! The state file: a restart changes nothing.

use std::path::Path;

use jiff::SignedDuration;
use katok_emulator::{Clock, Emulator, Options, Seed, StartError, StartedFrom};

use crate::support::{Kakao, hello, text};

fn options(state_file: &Path, seed: Seed) -> Options {
    let clock = Clock::stopped_at("2026-03-01T00:00:00Z".parse().unwrap());
    Options { seed, state_file: Some(state_file.to_owned()), clock: Some(clock), ..Options::default() }
}

async fn start_error(options: Options) -> StartError {
    match Emulator::start(options).await {
        Ok(_) => panic!("started"),
        Err(error) => error,
    }
}

#[tokio::test]
async fn tokens_messages_links_and_the_clock_survive_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("kakao.json");
    let before = Kakao::start_with(options(&file, Seed::built_in())).await;
    assert_eq!(before.emulator.started_from(), StartedFrom::Seed);
    let tokens = before.log_in("ryan").await;
    let token = text(&tokens["access_token"]);
    before.send_to_me(&token, &hello("안녕")).await.ok();
    let code = before.code("ryan");
    let url = before.authorize_url(&[]);
    let mut browser = before.browser();
    browser.sign_in(&url, "apeach").await;
    let cookie = browser.cookie.clone();
    before.emulator.advance(SignedDuration::from_mins(5)).unwrap();
    let (messages, world) = (before.emulator.messages("ryan"), before.emulator.world());
    before.emulator.stop().await.unwrap();

    let after = Kakao::start_with(options(&file, Seed::built_in())).await;
    assert_eq!(after.emulator.started_from(), StartedFrom::SavedState);
    assert_eq!((after.emulator.messages("ryan"), after.emulator.world()), (messages, world));
    after.me(&token).await.ok();
    after.refresh(&text(&tokens["refresh_token"])).await.ok();
    after.token(&[("code", &code)]).await.ok();
    let mut browser = after.browser();
    browser.cookie = cookie;
    assert_eq!(browser.open(&after.authorize_url(&[])).await.status, 302);
    // Five minutes were turned before the restart, and new tokens differ from all the old ones.
    after.emulator.advance(SignedDuration::from_secs(21_599 - 300)).unwrap();
    assert_eq!(after.me(&token).await.body["msg"], "this access token is already expired");
    assert_ne!(text(&after.log_in("ryan").await["access_token"]), token);
}

#[tokio::test]
async fn changes_reach_the_file_without_a_stop_and_hold_no_secret_of_a_login() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("kakao.json");
    let kakao = Kakao::start_with(options(&file, Seed::built_in())).await;
    let tokens = kakao.log_in("ryan").await;
    let written = loop {
        let written = std::fs::read_to_string(&file).unwrap();
        if written.contains("demo/ryan") {
            break written;
        }
        tokio::task::yield_now().await;
    };
    for secret in ["access_token", "refresh_token"] {
        assert!(!written.contains(&text(&tokens[secret])));
    }
}

#[cfg(unix)]
#[tokio::test]
async fn only_its_owner_may_read_the_file() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("kakao.json");
    let kakao = Kakao::start_with(options(&file, Seed::built_in())).await;
    kakao.emulator.stop().await.unwrap();
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[tokio::test]
async fn another_seed_begins_afresh_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("kakao.json");
    let kakao = Kakao::start_with(options(&file, Seed::built_in())).await;
    kakao.log_in("ryan").await;
    kakao.emulator.stop().await.unwrap();
    let seed = Seed::parse("people: [{key: mina}]").unwrap();
    let kakao = Kakao::start_with(options(&file, seed.clone())).await;
    assert_eq!(kakao.emulator.started_from(), StartedFrom::NewSeedReplacedState);
    assert_eq!(kakao.emulator.world(), seed);
}

#[tokio::test]
async fn a_reset_is_kept_as_well() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("kakao.json");
    let kakao = Kakao::start_with(options(&file, Seed::built_in())).await;
    let other = Seed::parse("people: [{key: mina}]").unwrap();
    kakao.emulator.reset(&other);
    kakao.emulator.stop().await.unwrap();
    let kakao = Kakao::start_with(options(&file, Seed::built_in())).await;
    assert_eq!(kakao.emulator.started_from(), StartedFrom::SavedState);
    assert_eq!(kakao.emulator.world(), other);
}

#[tokio::test]
async fn a_damaged_file_is_named_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("kakao.json");
    for damage in ["", "{", "{\"format\": 9, \"seed\": \"\"}", "[]"] {
        std::fs::write(&file, damage).unwrap();
        let error = start_error(options(&file, Seed::built_in())).await;
        assert!(matches!(error, StartError::StateDamaged { .. }), "{error}");
        let sentence = error.to_string();
        assert!(sentence.contains("kakao.json") && sentence.contains("damaged"), "{sentence}");
        assert_eq!(std::fs::read_to_string(&file).unwrap(), damage);
    }
}

#[tokio::test]
async fn a_file_that_cannot_be_written_is_said_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let error = start_error(options(&folder.path().join("missing/kakao.json"), Seed::built_in())).await;
    assert!(matches!(error, StartError::StateNotWritable { .. }), "{error}");
    let error = start_error(options(folder.path(), Seed::built_in())).await;
    assert!(matches!(error, StartError::StateUnreadable { .. }), "{error}");
}

#[tokio::test]
async fn a_taken_port_is_said_at_the_start() {
    let kakao = Kakao::start().await;
    let port = kakao.emulator.base_url().port().unwrap();
    let error = start_error(Options { address: ([127, 0, 0, 1], port).into(), ..Options::default() }).await;
    assert!(matches!(error, StartError::PortTaken(_)), "{error}");
    assert!(error.to_string().contains(&port.to_string()));
}

#[tokio::test]
async fn a_stopped_emulator_answers_no_more() {
    let kakao = Kakao::start().await;
    let request = kakao.get("/_emulator/v1/health");
    kakao.emulator.stop().await.unwrap();
    assert!(request.send().await.unwrap_err().is_connect());
}
