//! `katok send` and others through a gateway, by an API key: each exit status, and nothing sent twice.

use std::fs;

use jiff::{SignedDuration, Timestamp};
use katok_client::{Clock as _, SystemClock};
use serde_json::{Value, json};
use url::Url;

use crate::curl::Curl;
use crate::emulator::Emulator;
use crate::program::{Machine, Outcome, Running, free_port};
use crate::wire::{Trouble, Wire};

const MEMO: &str = "/v2/api/talk/memo/default/send";
const ALL: [&str; 3] = ["send:me", "send:friends", "read"];

/// A gateway at which Ryan has signed in, and another machine that has a key of his.
struct Place {
    gateway: Url,
    emulator: Emulator,
    ryan: Curl,
    machine: Machine,
    key: String,
    _running: Running,
    _machine_of_the_gateway: Machine,
}

impl Place {
    async fn open(scopes: &[&str]) -> Self {
        Self::with_consent(scopes, None).await
    }

    /// Where Ryan agreed to these optional items, or to all.
    async fn with_consent(scopes: &[&str], consent: Option<&[&str]>) -> Self {
        let of_the_gateway = Machine::new();
        let (running, gateway, emulator) = of_the_gateway.up();
        let mut ryan = Curl::new();
        let kakao = ryan.get(gateway.join("/authorize").unwrap()).await.location;
        let returned = emulator.approve(&kakao, "ryan", consent).await;
        ryan.get(Url::parse(&returned).unwrap()).await;
        let wish = json!({"name": "CI", "scopes": scopes});
        let made: Value =
            serde_json::from_str(&ryan.post(gateway.join("/v1/keys").unwrap(), &wish).await.body).unwrap();
        let key = made["key"].as_str().unwrap().to_owned();
        let mut machine = Machine::new();
        machine.set("KATOK_GATEWAY_URL", gateway.origin().ascii_serialization());
        machine.set("KATOK_API_KEY", &key);
        Self {
            gateway,
            emulator,
            ryan,
            machine,
            key,
            _running: running,
            _machine_of_the_gateway: of_the_gateway,
        }
    }

    /// Runs a command, which never tells the key.
    #[track_caller]
    fn katok(&self, args: &[&str]) -> Outcome {
        let outcome = self.machine.katok(args);
        assert!(!outcome.stdout.contains(&self.key) && !outcome.stderr.contains(&self.key), "{outcome:#?}");
        outcome
    }

    async fn post(&mut self, path: &str, body: &Value) -> Value {
        let answer = self.ryan.post(self.gateway.join(path).unwrap(), body).await;
        serde_json::from_str(&answer.body).unwrap()
    }

    async fn messages(&mut self) -> Vec<Value> {
        let list = self.ryan.get(self.gateway.join("/v1/messages").unwrap()).await.json();
        list["messages"].as_array().unwrap().clone()
    }

    async fn fault(&self, then: Value) {
        self.emulator.fault(&json!({"match": {"path": MEMO}, "times": 1, "then": then})).await;
    }
}

#[tokio::test]
async fn text_is_accepted_and_where_it_goes_is_said() {
    let mut place = Place::open(&["send:me"]).await;
    let accepted = place.katok(&["--json", "send", "안녕"]).exits(0).says("게이트웨이 http://localhost");
    let accepted = accepted.says("through the gateway http://localhost").json();
    assert_eq!((&accepted["state"], &accepted["deliveries"][0]["to"]), (&json!("queued"), &json!("me")));
    let said = place.katok(&["send", "또 안녕"]).exits(0).stdout;
    assert!(said.contains("받았습니다: msg_"), "{said}");
    assert_eq!(place.messages().await.len(), 2);
}

#[tokio::test]
async fn who_waits_hears_that_it_arrived() {
    let place = Place::open(&ALL).await;
    let sent = place.katok(&["--json", "send", "--wait", "안녕"]).exits(0).json();
    assert_eq!((&sent["state"], &sent["template"]), (&json!("delivered"), &Value::Null));
    let said =
        place.katok(&["send", "--wait=30", "--to", "어피치", "--to", "무지", "둘에게"]).exits(0).stdout;
    assert_eq!(said, "✓ 어피치\n✓ 무지\n");
    assert_eq!(place.emulator.texts("ryan").await, ["안녕"]);
    assert_eq!(place.emulator.texts("muzi").await, ["둘에게"]);
}

#[tokio::test]
async fn every_form_goes_through_a_gateway() {
    let place = Place::open(&ALL).await;
    let send = |args: &[&str]| place.katok(&[&["send", "--wait"], args].concat()).exits(0);
    send(&[
        "--feed",
        "새 글",
        "--image-url",
        "https://img.example.com/a.png",
        "--button",
        "읽기=http://localhost:4000/1",
    ]);
    send(&["--list", "오늘", "--item", "a", "--item", "b"]).says("경고: ").says("warning: ");
    send(&["--link", "http://localhost:4000/2", "링크"]);
    let text = ["가", "나"].map(|letter| letter.repeat(150)).join("\n");
    let parts = place.katok(&["--json", "send", "--split", "--wait", &text]).exits(0).json();
    assert_eq!(parts["parts"][1]["answer"]["state"], "delivered");
    let templates: Vec<Value> = place
        .emulator
        .messages("ryan")
        .await
        .iter()
        .map(|message| message["template_object"].clone())
        .collect();
    let kinds: Vec<&Value> = templates.iter().map(|template| &template["object_type"]).collect();
    assert_eq!(kinds, ["feed", "list", "text", "text", "text"]);
    assert_eq!(templates[2]["link"]["web_url"], "http://localhost:4000/2");
    assert_eq!(
        (&templates[3]["text"], &templates[4]["text"]),
        (&json!("가".repeat(150)), &json!("나".repeat(150)))
    );
}

#[tokio::test]
async fn what_is_sent_later_waits_at_the_gateway() {
    let mut place = Place::open(&ALL).await;
    let now = SystemClock.now();
    place.katok(&["send", "--at", "+30m", "나중"]).exits(0).says("한국 시각");
    let message = &place.messages().await[0];
    let send_at: Timestamp = message["send_at"].as_str().unwrap().parse().unwrap();
    let wait = send_at.duration_since(now);
    assert!(wait >= SignedDuration::from_secs(1799) && wait < SignedDuration::from_mins(40), "{wait:?}");
    assert_eq!(message["state"], "scheduled");
    place.katok(&["--json", "send", "--at", "2099-01-01 09:00", "너무 나중"]).exits(1);
    for wrong in ["곧", "내일 3시", "2020-01-01 09:00"] {
        place.katok(&["send", "--at", wrong, "안녕"]).exits(2).says("--at").says(wrong);
    }
    // Nobody waits until then.
    place.katok(&["send", "--at", "+30m", "--wait", "나중"]).exits(2);
    assert_eq!(place.messages().await.len(), 1);
}

#[tokio::test]
async fn saved_template_is_filled_in() {
    let mut place = Place::open(&ALL).await;
    let template =
        json!({"object_type": "text", "text": "${item} 도착", "link": {"web_url": "http://localhost:4000"}});
    let saved = place.post("/v1/templates", &json!({"name": "주문", "template": template})).await;
    let id = saved["id"].as_str().unwrap();
    place.katok(&["send", "--wait", "--saved", "주문", "--var", "item=케이크"]).exits(0);
    place.katok(&["send", "--wait", "--saved", id, "--var", "item=a=b"]).exits(0);
    assert_eq!(place.emulator.texts("ryan").await, ["케이크 도착", "a=b 도착"]);
    place.katok(&["send", "--saved", "없음"]).exits(2).says("없음");
    place.katok(&["send", "--saved", "주문"]).exits(1).says("item");
    place.katok(&["send", "--saved", "주문", "--dry-run"]).exits(2);
    place.katok(&["send", "--var", "item=a", "글"]).exits(2);
}

#[tokio::test]
async fn key_that_may_only_send_needs_uuids_and_cannot_wait() {
    let mut place = Place::open(&["send:me", "send:friends"]).await;
    let friends = place.ryan.get(place.gateway.join("/v1/friends").unwrap()).await.json();
    let apeach =
        friends["friends"].as_array().unwrap().iter().find(|friend| friend["profile_nickname"] == "어피치");
    let uuid = apeach.unwrap()["uuid"].as_str().unwrap();
    place.katok(&["send", "--to", uuid, "안녕"]).exits(0);
    assert_eq!(place.messages().await.len(), 1);
    for refused in
        [&["send", "--to", "어피치", "안녕"][..], &["send", "--wait", "안녕"], &["friends"], &["whoami"]]
    {
        place.katok(refused).exits(1).says("insufficient_scope").says("lacks the scope read");
    }
    assert_eq!(place.messages().await.len(), 1);
}

#[tokio::test]
async fn refusals_are_exit_status_1() {
    let mut place = Place::open(&ALL).await;
    let unknown = place.machine.file("unknown.json", r#"{"object_type": "hologram"}"#);
    place.katok(&["send", "--template", &unknown]).exits(1).says("object_type");
    assert_eq!(place.messages().await.len(), 0);
    place.fault(json!({"status": 400, "code": -501, "msg": "no"})).await;
    let refused = place.katok(&["--json", "send", "--wait", "안녕"]).exits(1).says("-501");
    assert_eq!(refused.json()["deliveries"][0]["state"], "refused");
}

#[tokio::test]
async fn wrong_usage_and_settings_are_exit_status_2_and_send_nothing() {
    let mut place = Place::open(&ALL).await;
    let picture = place.machine.file("a.gif", "GIF89a");
    place.katok(&["send", "--feed", "글", "--image", &picture]).exits(2).says("--image-url");
    place.katok(&["send", "--to", "없는친구", "안녕"]).exits(2).says("없는친구");
    place.katok(&["send", &"가".repeat(201)]).exits(2).says("--split");
    place.katok(&["send", "--wait=soon", "안녕"]).exits(2);
    let (url, key) = (place.gateway.origin().ascii_serialization(), place.key.clone());
    for (url, key, says) in [
        (url.as_str(), "", "KATOK_API_KEY is not"),
        (&url, &key[..30], "cut short"),
        ("katok.example", &key, "KATOK_GATEWAY_URL"),
        ("http://katok.example", &key, "KATOK_GATEWAY_PLAIN_HTTP"),
    ] {
        let mut machine = Machine::new();
        machine.set("KATOK_GATEWAY_URL", url);
        machine.set("KATOK_API_KEY", key);
        for command in [&["send", "안녕"][..], &["friends"], &["config", "show"]] {
            let refused = machine.katok(command).exits(2).says(says);
            let of_the_key = &place.key[..20];
            assert!(
                !refused.stdout.contains(of_the_key) && !refused.stderr.contains(of_the_key),
                "{refused:#?}"
            );
        }
    }
    assert_eq!(place.messages().await.len(), 0);
}

#[tokio::test]
async fn dead_key_and_missing_consent_are_exit_status_3() {
    let place = Place::with_consent(&ALL, Some(&[])).await;
    let waits =
        place.katok(&["--json", "send", "--wait", "안녕"]).exits(3).says("/consent/msg_").says("-402");
    assert_eq!(waits.json()["state"], "waiting_consent");
    waits.says("다시 보내지 마세요");
    // The gateway keeps the first part and sends it after the consent; only the second is nowhere.
    let text = ["가", "나"].map(|letter| letter.repeat(150)).join("\n");
    let split = place.katok(&["--json", "send", "--split", "--wait", &text]).exits(3).json();
    assert_eq!([&split["parts"][0]["state"], &split["parts"][1]["state"]], ["waiting", "not_sent"]);
    place.katok(&["friends"]).exits(3).says("/authorize?scope=friends");

    // Well-formed, and of another gateway.
    let elsewhere = Place::open(&ALL).await;
    let mut stranger = Machine::new();
    stranger.set("KATOK_GATEWAY_URL", place.gateway.origin().ascii_serialization());
    stranger.set("KATOK_API_KEY", &elsewhere.key);
    for command in [&["send", "안녕"][..], &["friends"], &["whoami"]] {
        let refused = stranger.katok(command).exits(3).says("invalid_api_key").says("/account");
        assert!(!refused.stderr.contains(&elsewhere.key), "{refused:#?}");
    }
}

#[tokio::test]
async fn gateway_that_is_not_there_is_exit_status_4() {
    let mut machine = Place::open(&ALL).await.machine;
    machine.set("KATOK_GATEWAY_URL", format!("http://localhost:{}", free_port()));
    machine
        .katok(&["send", "안녕"])
        .exits(4)
        .says("게이트웨이에 연결하지 못했습니다")
        .says("could not be reached");
    machine.katok(&["notify", "--", "false"]).exits(1).says("could not be sent").says("could not be reached");
}

#[tokio::test(flavor = "multi_thread")]
async fn something_else_at_that_address_is_exit_status_4() {
    let place = Place::open(&ALL).await;
    let (wire, address) = Wire::before(place.gateway.origin().ascii_serialization()).await;
    let mut machine = Machine::new();
    machine.set("KATOK_GATEWAY_URL", address);
    machine.set("KATOK_API_KEY", &place.key);
    wire.next("/v1/messages", [Trouble::Answer(200, "<h1>Hello</h1>")]);
    machine.katok(&["send", "안녕"]).exits(4).says("카톡 게이트웨이의 답이 아닙니다");
}

#[tokio::test(flavor = "multi_thread")]
async fn lost_answer_is_asked_for_again_and_nothing_is_sent_twice() {
    let mut place = Place::open(&ALL).await;
    let (wire, address) = Wire::before(place.gateway.origin().ascii_serialization()).await;
    place.machine.set("KATOK_GATEWAY_URL", address);
    wire.next("/v1/messages", [Trouble::None, Trouble::LostAnswer, Trouble::LostAnswer]);
    place.katok(&["send", "--wait", "안녕"]).exits(0);
    assert_eq!(place.messages().await.len(), 1);
    assert_eq!(place.emulator.texts("ryan").await, ["안녕"]);

    wire.next("/v1/messages", [(); 4].map(|()| Trouble::LostAnswer));
    place.katok(&["send", "답이 없음"]).exits(5).says("접수되었을 수도").says("/history");
    assert_eq!(place.messages().await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn refusal_after_a_lost_answer_does_not_say_that_nothing_was_accepted() {
    let mut place = Place::open(&ALL).await;
    let (wire, address) = Wire::before(place.gateway.origin().ascii_serialization()).await;
    place.machine.set("KATOK_GATEWAY_URL", address);
    let refused = || Trouble::Answer(429, r#"{"code": "too_many_requests"}"#);
    wire.next("/v1/messages", [Trouble::LostAnswer, refused(), refused(), refused()]);
    place.katok(&["send", "안녕"]).exits(5).says("접수되었을 수도");
    assert_eq!(place.messages().await.len(), 1);
}

#[tokio::test]
async fn what_the_gateway_still_tries_is_not_to_be_sent_again() {
    let place = Place::open(&ALL).await;
    place.fault(json!({"status": 503, "code": -9798, "msg": "down"})).await;
    place.katok(&["send", "--wait=0", "안녕"]).exits(5).says("다시 보내지 마세요").says("/history/msg_");
}

#[tokio::test(flavor = "multi_thread")]
async fn answer_without_an_id_is_no_gateways() {
    let mut place = Place::open(&ALL).await;
    let (wire, address) = Wire::before(place.gateway.origin().ascii_serialization()).await;
    place.machine.set("KATOK_GATEWAY_URL", address);
    wire.next("/v1/messages", [Trouble::Answer(200, "{}")]);
    place.katok(&["send", "안녕"]).exits(4).says("카톡 게이트웨이의 답이 아닙니다");
}

#[tokio::test]
async fn profile_of_ones_own_does_not_fit_a_gateway_which_can_be_left_out_for_once() {
    let mut place = Place::open(&ALL).await;
    place.katok(&["--profile", "work", "send", "안녕"]).exits(2).says("--profile");
    assert_eq!(place.messages().await.len(), 0);
    let url = place.gateway.origin().ascii_serialization();
    fs::create_dir(place.machine.data()).unwrap();
    let settings = format!("[remote]\ngateway_url = \"{url}\"\n");
    fs::write(place.machine.data().join("katok.toml"), settings).unwrap();
    place.machine.set("KATOK_GATEWAY_URL", "");
    // By tokens of one's own, of which there are none.
    place.katok(&["--profile", "work", "send", "안녕"]).exits(2).says("katok up");
}

#[tokio::test]
async fn outcome_that_nobody_knows_is_exit_status_5() {
    let place = Place::open(&ALL).await;
    place.fault(json!({"drop": "after"})).await;
    let told = place.katok(&["send", "--wait", "안녕"]).exits(5).says("error");
    assert!(told.stdout.starts_with("? 나와의 채팅"), "{told:#?}");
    assert_eq!(place.emulator.texts("ryan").await, ["안녕"]);
}

#[tokio::test]
async fn friends_and_whoami_are_those_of_the_key() {
    let place = Place::open(&ALL).await;
    let friends = place.katok(&["--json", "friends"]).exits(0).json();
    assert_eq!(
        friends["total_count"].as_u64().unwrap(),
        friends["elements"].as_array().unwrap().len() as u64
    );
    assert!(place.katok(&["friends"]).exits(0).stdout.contains("어피치"));
    let profile = place.katok(&["--json", "whoami"]).exits(0).json();
    assert_eq!(profile["kakao_account"]["profile"]["nickname"], "라이언");
    // What needs tokens of one's own still does.
    place.katok(&["logout"]).exits(2).says("katok up");
}

#[tokio::test]
async fn settings_file_names_the_gateway_and_the_file_of_the_key() {
    let place = Place::open(&ALL).await;
    let machine = Machine::new();
    let key = machine.file("key", &format!("{}\n", place.key));
    let url = place.gateway.origin().ascii_serialization();
    fs::create_dir(machine.data()).unwrap();
    let settings = format!("[remote]\ngateway_url = \"{url}\"\napi_key_file = \"{key}\"\n");
    fs::write(machine.data().join("katok.toml"), settings).unwrap();
    machine.katok(&["send", "--wait", "안녕"]).exits(0);
    assert_eq!(place.emulator.texts("ryan").await, ["안녕"]);
    let shown = machine.katok(&["config", "show"]).exits(0).stdout;
    assert!(shown.contains(&url) && !shown.contains(&place.key), "{shown}");
}

#[tokio::test]
async fn notify_tells_through_a_gateway() {
    let mut place = Place::open(&["send:me"]).await;
    let ended = place.katok(&["notify", "--", "sh", "-c", "echo 끝; exit 2"]).exits(2);
    assert_eq!((ended.stdout.as_str(), ended.stderr.as_str()), ("끝\n", ""));
    assert_eq!(place.messages().await.len(), 1);
}
