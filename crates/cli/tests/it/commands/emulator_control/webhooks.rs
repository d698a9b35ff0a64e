//! Webhooks that are sent by hand.

use super::machine;
use crate::program::{Machine, free_port};

#[tokio::test]
async fn a_webhook_is_sent_and_the_answer_told() {
    let machine = Machine::new();
    // Its gateway registers itself for both webhooks.
    let (_running, _gateway, _emulator) = machine.up();
    let sent = machine.katok(&["emulator", "webhook", "unlink", "--person", "apeach"]).exits(0);
    assert!(sent.stdout.contains("/kakao/unlink") && sent.stdout.contains("  200"), "{sent:?}");
    let sent = ["--json", "emulator", "webhook", "account-status", "account-disabled", "--person", "apeach"];
    let delivery = machine.katok(&sent).exits(0).json();
    assert_eq!((&delivery["type"], &delivery["app"]), (&"account_status".into(), &"demo".into()));
}

#[tokio::test]
async fn a_webhook_that_nobody_takes_says_why() {
    let (machine, _running, _emulator) = machine();
    let unlink = ["emulator", "webhook", "unlink", "--person", "ryan"];
    machine.katok(&unlink).exits(2).says("webhooks.unlink.url");
    let nobody = format!("http://localhost:{}/gone", free_port());
    let seed = format!(
        "apps: [{{key: one, webhooks: {{unlink: {{url: \"{nobody}\"}}}}}}, {{key: two}}]\npeople: [{{key: ryan}}]"
    );
    machine.katok_reading(&["emulator", "seed", "-"], &seed).exits(0);
    machine.katok(&unlink).exits(2).says("one, two");
    let sent = machine.katok(&[&unlink[..], &["--app", "one"]].concat()).exits(4);
    assert!(sent.stdout.contains(&nobody), "{sent:?}");
    machine.katok(&[&unlink[..], &["--app", "three"]].concat()).exits(2).says("three");
    machine
        .katok(&["emulator", "webhook", "account-status", "nothing", "--person", "ryan", "--app", "one"])
        .exits(2);
}
