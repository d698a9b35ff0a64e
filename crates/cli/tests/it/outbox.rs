//! `katok outbox`: what an operator sees and does beside the running gateway, with each exit status.

use std::fs;

use jiff::{SignedDuration, Timestamp};
use katok_client::{Clock as _, SystemClock};
use serde_json::{Value, json};
use url::Url;

use crate::curl::Curl;
use crate::emulator::Emulator;
use crate::program::{Machine, Outcome, Running};

/// Nobody has this name.
const NO_MESSAGE: &str = "msg_00000000000000000000000000000000";

/// A gateway at which Ryan has signed in.
struct Place {
    machine: Machine,
    running: Running,
    gateway: Url,
    emulator: Emulator,
    ryan: Curl,
}

impl Place {
    async fn open() -> Self {
        let machine = Machine::new();
        let (running, gateway, emulator) = machine.up();
        let mut ryan = Curl::new();
        ryan.sign_in(&gateway, &emulator, "ryan").await;
        Self { machine, running, gateway, emulator, ryan }
    }

    /// What Ryan's message is called.
    async fn sends(&mut self, message: &Value) -> String {
        let answer = self.ryan.post(self.gateway.join("/v1/messages").unwrap(), message).await;
        assert_eq!(answer.status, 202, "{}", answer.body);
        let accepted: Value = serde_json::from_str(&answer.body).unwrap();
        accepted["id"].as_str().unwrap().to_owned()
    }

    /// The same for one that stays where it is during the test.
    async fn schedules(&mut self, text: &str) -> String {
        self.sends(&json!({"to": "me", "text": text, "send_at": in_an_hour()})).await
    }

    #[track_caller]
    fn outbox(&self, args: &[&str]) -> Outcome {
        self.machine.katok(&[&["outbox"], args].concat())
    }

    #[track_caller]
    fn shown(&self, message: &str) -> Value {
        self.outbox(&["--json", "show", message]).exits(0).json()
    }

    /// The ids that a list names.
    #[track_caller]
    fn listed(&self, args: &[&str]) -> Vec<String> {
        let list = self.outbox(&[&["--json", "list"], args].concat()).exits(0).json();
        let id = |message: &Value| message["id"].as_str().unwrap().to_owned();
        list["messages"].as_array().unwrap().iter().map(id).collect()
    }
}

fn in_an_hour() -> Timestamp {
    SystemClock.now() + SignedDuration::from_hours(1)
}

#[tokio::test]
async fn messages_are_listed_the_newest_first_and_never_with_what_they_say() {
    let mut place = Place::open().await;
    let first = place.schedules("비밀 하나").await;
    let second = place.schedules("비밀 둘").await;
    assert_eq!(place.listed(&[]), [second.as_str(), &first]);
    assert_eq!(place.listed(&["--limit", "1"]), [second.as_str()]);
    assert_eq!(place.listed(&["--state", "scheduled"]).len(), 2);
    assert!(place.listed(&["--state", "delivered"]).is_empty());
    let account = place.shown(&first)["account"].as_str().unwrap().to_owned();
    assert_eq!(place.listed(&["--account", &account]).len(), 2);
    assert!(place.listed(&["--account", "acc_nobody"]).is_empty());

    for args in [&["list"][..], &["--json", "list"], &["show", &first], &["--json", "show", &first]] {
        let said = place.outbox(args).exits(0);
        assert!(said.stdout.contains(&first) && said.stdout.contains("scheduled"), "{said:#?}");
        assert!(!said.stdout.contains("비밀") && !said.stderr.contains("비밀"), "{said:#?}");
    }
    place.outbox(&["list", "--state", "lost"]).exits(2).says("waiting_consent");
    place.outbox(&["list", "--limit", "0"]).exits(2);
    place.outbox(&["show"]).exits(2);
    place.outbox(&["show", NO_MESSAGE]).exits(1).says("라는 메시지가 없습니다").says("There is no message");
    place.outbox(&["show", "1' OR '1'='1"]).exits(1).says("There is no message");
}

#[tokio::test]
async fn what_a_message_says_is_shown_to_who_asks_and_has_the_vault_key() {
    let mut place = Place::open().await;
    let message = place.schedules("비밀\u{202e}").await;
    let shown = place.outbox(&["--json", "show", &message, "--content"]).exits(0).json();
    assert_eq!((&shown["id"], &shown["template"]["text"]), (&json!(message), &json!("비밀\u{202e}")));
    let said = place.outbox(&["show", "--content", &message]).exits(0).stdout;
    assert!(said.starts_with(&message) && said.contains("비밀"), "{said}");
    // Nothing turns the terminal around.
    assert!(said.contains(r"\u{202e}"), "{said}");
    place.outbox(&["show", NO_MESSAGE, "--content"]).exits(1).says("There is no message");

    let Place { mut machine, running, .. } = place;
    running.stop("TERM");
    let with_content = ["outbox", "show", &message, "--content"];
    let key = machine.data().join("vault.key");
    let kept = fs::read(&key).unwrap();
    fs::remove_file(&key).unwrap();
    let refused = machine.katok(&with_content).exits(2).says("금고 키").says("vault key");
    assert!(refused.stdout.is_empty(), "{refused:#?}");
    machine.katok(&["outbox", "show", &message]).exits(0);
    fs::write(&key, kept).unwrap();
    machine.katok(&with_content).exits(0);
    machine.set("KATOK_VAULT_KEY", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");
    let refused = machine.katok(&with_content).exits(2).says("KATOK_VAULT_KEY");
    assert!(refused.stdout.is_empty(), "{refused:#?}");
}

#[tokio::test]
async fn what_is_cancelled_is_not_sent_unless_somebody_says_so_again() {
    let mut place = Place::open().await;
    let message = place.schedules("다시").await;
    let cancelled = place.outbox(&["--json", "cancel", &message]).exits(0).json();
    assert_eq!((&cancelled["id"], &place.shown(&message)["state"]), (&json!(message), &json!("cancelled")));
    place.outbox(&["cancel", &message]).exits(1).says("katok outbox show").says("지금 상태에서는");
    place.outbox(&["cancel", NO_MESSAGE]).exits(1).says("There is no message");

    let said = place.outbox(&["resend", &message]).exits(0).stdout;
    assert!(said.contains("다시 보냅니다") && said.contains("It is sent again"), "{said}");
    place.outbox(&["drain", "--timeout", "30"]).exits(0);
    assert_eq!(place.shown(&message)["deliveries"][0]["state"], "delivered");
    assert_eq!(place.emulator.texts("ryan").await, ["다시"]);
    place.outbox(&["resend", &message]).exits(1).says("Its state does not allow that");
    place.outbox(&["resend", NO_MESSAGE]).exits(1).says("There is no message");
    place.outbox(&["cancel", &message]).exits(1);
    assert_eq!(place.emulator.texts("ryan").await.len(), 1);
}

#[tokio::test]
async fn what_is_paused_waits_until_it_is_resumed() {
    let mut place = Place::open().await;
    let message = place.schedules("나중").await;
    let account = place.shown(&message)["account"].as_str().unwrap().to_owned();
    for (number, whose) in [&["--all"][..], &["--account", &account]].into_iter().enumerate() {
        let paused = place.outbox(&[&["--json", "pause"], whose].concat()).exits(0).json();
        assert_eq!(paused, json!({"paused": true}));
        let waits = place.sends(&json!({"to": "me", "text": "기다림"})).await;
        let left =
            place.outbox(&["drain", "--timeout", "1"]).exits(4).says("queued 1").says("보낼 것이 남아");
        assert!(left.stdout.is_empty(), "{left:#?}");
        assert_eq!(place.shown(&waits)["state"], "queued");
        assert_eq!(place.emulator.texts("ryan").await.len(), number);

        let resumed = |place: &Place| place.outbox(&[&["--json", "resume"], whose].concat()).exits(0).json();
        assert_eq!(resumed(&place), json!({"resumed": true}));
        assert_eq!(resumed(&place), json!({"resumed": false}));
        let drained = place.outbox(&["--json", "drain", "--timeout", "30"]).exits(0).json();
        assert_eq!(drained["open"], json!([{"state": "scheduled", "deliveries": 1, "oldest_due_at": null}]));
        assert_eq!(place.shown(&waits)["state"], "delivered");
        assert_eq!(place.emulator.texts("ryan").await.len(), number + 1);
    }
    for nobody in [["--account", "acc_nobody"], ["--key", "key_nothing"]] {
        place.outbox(&[&["pause"], &nobody[..]].concat()).exits(1).says("There is no such account or key");
        place.outbox(&[&["resume"], &nobody[..]].concat()).exits(0);
    }
    place.outbox(&["pause"]).exits(2).says("--all");
    place.outbox(&["resume", "--all", "--key", "key_x"]).exits(2);
    place.outbox(&["drain", "--timeout", "soon"]).exits(2);
    place.running.stop("TERM");
}

#[tokio::test]
async fn without_a_database_each_says_so() {
    let mut machine = Machine::new();
    for args in [
        &["list"][..],
        &["show", NO_MESSAGE],
        &["show", NO_MESSAGE, "--content"],
        &["resend", NO_MESSAGE],
        &["cancel", NO_MESSAGE],
        &["drain"],
        &["pause", "--all"],
        &["resume", "--all"],
    ] {
        let refused = machine.katok(&[&["outbox"], args].concat()).exits(2).says("katok up");
        assert!(refused.stdout.is_empty(), "{refused:#?}");
    }
    machine.set("LANG", "en_US.UTF-8");
    machine.katok(&["outbox", "list"]).exits(2).says_one_sentence().says("Run `katok up` once");
}

#[test]
fn help_names_every_command_in_both_languages() {
    let machine = Machine::new();
    let help = machine.katok(&["outbox", "--help"]).exits(0).stdout;
    for line in [
        "list    메시지 목록, 새것부터 · List messages, the newest first, without what they say",
        "show    메시지 하나와 수신 건 · A message and its deliveries",
        "resend  도착하지 않았거나 그럴 수 있는 것을 다시 보냄 · Send again what did not arrive, or may not have",
        "cancel  보내지 않은 것을 취소 · Take back what has not been sent",
        "drain   지금 보낼 것이 없어질 때까지 기다림 · Wait until nothing is due any more",
        "pause   전송 멈추기, 접수는 계속 · Begin to send nothing more; go on accepting",
        "resume  멈춘 전송 계속하기 · Go on with what was paused",
    ] {
        assert!(help.contains(line), "{line}: {help}");
    }
    let help = machine.katok(&["outbox", "show", "--help"]).exits(0).stdout;
    assert!(help.contains("내용도, 금고 키로 열어서 · Also what it says, opened by the vault key"), "{help}");
}
