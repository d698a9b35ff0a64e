//! `katok login --qr`: a browser anywhere, the gateway in between, and the code for this terminal alone.

use serde_json::Value;
use url::Url;

use crate::curl::Curl;
use crate::emulator::Emulator;
use crate::program::{Begun, Machine, Running, free_port};

/// A machine with a gateway in reach.
fn machine_with_a_gateway() -> (Machine, Running, Emulator) {
    let mut machine = Machine::new();
    let (running, gateway, emulator) = machine.up();
    machine.set("KATOK_GATEWAY_URL", gateway);
    (machine, running, emulator)
}

/// Begins a sign-in; answers it with its page and its number.
fn begin(machine: &Machine) -> (Begun, Url, String) {
    let mut login = machine.begin(&["--json", "login", "--qr", "--scope", "friends,talk_message"]);
    let offer: Value = serde_json::from_str(&login.line()).unwrap();
    let text = |name: &str| offer[name].as_str().unwrap().to_owned();
    (login, Url::parse(&text("page")).unwrap(), text("number"))
}

#[tokio::test]
async fn code_comes_back_by_the_gateway() {
    let (mut machine, _running, emulator) = machine_with_a_gateway();
    let (login, page, number) = begin(&machine);
    let mut phone = Curl::new();
    assert!(phone.get(page.clone()).await.body.contains(&number));
    let kakao = phone.post(page, &Value::Null).await.location;
    let returned = emulator.approve(&kakao, "ryan", None).await;
    let done = phone.get(Url::parse(&returned).unwrap()).await;
    assert!(done.body.contains("터미널로 돌아가세요"), "{}", done.body);

    let outcome = login.end().exits(0);
    assert_eq!(outcome.json()["kakao_account"]["profile"]["nickname"], "라이언");
    let code =
        Url::parse(&returned).unwrap().query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned();
    assert!(!outcome.stdout.contains(&code) && !outcome.stderr.contains(&code), "{outcome:?}");
    machine.set("KATOK_GATEWAY_URL", "");
    machine.katok(&["send", "QR로 로그인"]).exits(0);
    assert_eq!(emulator.texts("ryan").await, ["QR로 로그인"]);
}

#[tokio::test]
async fn code_is_drawn_with_the_address_below_it() {
    let (mut machine, _running, emulator) = machine_with_a_gateway();
    let mut login = machine.begin(&["login", "--qr"]);
    let mut lines: Vec<String> = Vec::new();
    while lines.last().is_none_or(|line| !line.starts_with("http")) {
        lines.push(login.line());
    }
    let page = Url::parse(&lines.pop().unwrap()).unwrap();
    // Two rows a line, and their number is odd: the last line is half one.
    assert!(lines.pop().is_some_and(|line| line.chars().all(|block| block == '▀')));
    assert!(lines.len() > 15 && lines.iter().all(|line| line.starts_with("████")), "{lines:#?}");
    let mut phone = Curl::new();
    let kakao = phone.post(page, &Value::Null).await.location;
    let returned = emulator.cancel(&kakao, "ryan").await;
    phone.get(Url::parse(&returned).unwrap()).await;
    login.end().exits(3).says("The sign-in was cancelled.");
    machine.set("KATOK_GATEWAY_URL", "");
    machine.katok(&["whoami"]).exits(3);
}

#[tokio::test]
async fn gateway_that_cannot_relay_is_told_of() {
    let (mut machine, _running, emulator) = machine_with_a_gateway();
    let other = Machine::new();
    let (_other_running, other_gateway, _other_emulator) = other.up();
    machine.set("KATOK_GATEWAY_URL", other_gateway);
    machine.katok(&["login", "--qr"]).exits(2).says("another Kakao app");
    machine.set("KATOK_GATEWAY_URL", emulator.origin());
    machine.katok(&["login", "--qr"]).exits(2).says("no katok gateway");
    machine.set("KATOK_GATEWAY_URL", format!("http://localhost:{}", free_port()));
    machine.katok(&["login", "--qr"]).exits(4).says("cannot be reached");
    for none in ["", "localhost:4000"] {
        machine.set("KATOK_GATEWAY_URL", none);
        machine
            .katok(&["login", "--qr"])
            .exits(2)
            .says("KATOK_GATEWAY_URL")
            .says("hint: katok login --no-browser");
    }
    machine.katok(&["login", "--qr", "--no-browser"]).exits(2);
}
