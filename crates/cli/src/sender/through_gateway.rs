//! Sending through a gateway, which keeps a message and sends it, and is asked what became of it.

use std::time::Duration;

use katok_gateway::Sentence;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use super::{Order, Outcome};
use crate::draft::Draft;
use crate::failure::{Exit, Failure};
use crate::gateway_api::GatewayApi;
use crate::output::Output;
use crate::printable::printable;
use crate::sender::addressees::Addressees;

/// How often a gateway is asked at first, and at the least.
const PACE: [Duration; 2] = [Duration::from_millis(100), Duration::from_secs(2)];

/// Finds those who were named in the friends list, or takes uuids where the key may not read it.
pub(super) async fn addressees(gateway: &GatewayApi, names: &[String]) -> Result<Addressees, Failure> {
    match gateway.friends().await {
        Ok(friends) => Addressees::among(&friends, names),
        Err(failure) if failure.code.as_deref() == Some("insufficient_scope") => {
            Addressees::by_uuid(names).ok_or(failure)
        }
        Err(failure) => Err(failure),
    }
}

pub(super) async fn send(
    gateway: &GatewayApi,
    draft: &mut Draft,
    order: &Order<'_>,
    output: Output,
) -> Result<Outcome, Failure> {
    if order.wait.is_some() {
        // Nothing is sent that could not be followed.
        gateway.must_read_messages().await?;
    }
    if let Some(name) = draft.saved_template()
        && !name.starts_with("tpl_")
    {
        *name = gateway.template_id(name).await?;
    }
    let mut message = draft.request(gateway.url());
    message["to"] = if order.to.is_oneself() { json!("me") } else { json!({"friends": order.to.uuids()}) };
    if let Some(send_at) = order.send_at {
        message["send_at"] = json!(send_at);
    }
    let accepted = gateway.accept(&message).await?;
    let warnings = accepted["warnings"].as_array().into_iter().flatten().map(warning).collect();
    let id = accepted["id"].as_str().unwrap_or_default().to_owned();
    let outcome = match order.wait {
        None => only_accepted(accepted, &id, output),
        Some(wait) => match follow(gateway, &id, wait).await {
            Ok(message) => became(message, &id, gateway, order.to, output),
            Err(failure) => not_followed(accepted, &id, failure, output),
        },
    };
    order.progress.inc(1);
    Ok(Outcome { warnings, ..outcome })
}

fn warning(warning: &Value) -> Sentence {
    let words = |name: &str| printable(warning[name].as_str().unwrap_or_default());
    let path = words("path");
    Sentence::new(format!("{path}: {}", words("ko")), format!("{path}: {}", words("en")))
}

fn only_accepted(accepted: Value, id: &str, output: Output) -> Outcome {
    let id = printable(id);
    let sentence =
        Sentence::new(format!("게이트웨이가 받았습니다: {id}"), format!("The gateway has accepted it: {id}"));
    let lines = output.text(&sentence);
    Outcome { answer: accepted, lines, exit: Exit::Done, failure: None, warnings: Vec::new() }
}

/// It was accepted, and then the gateway could not be asked any more.
fn not_followed(accepted: Value, id: &str, mut failure: Failure, output: Output) -> Outcome {
    let outcome = only_accepted(accepted, id, output);
    failure.exit = Exit::Unconfirmed;
    is_kept(&mut failure);
    Outcome { exit: failure.exit, failure: Some(failure), ..outcome }
}

/// Whatever else it says: the gateway has the message and goes on with it.
fn is_kept(failure: &mut Failure) {
    failure.sentence.ko.push_str(" 게이트웨이가 메시지를 받아 두었고 알아서 보내니, 다시 보내지 마세요.");
    failure.sentence.en.push_str(" The gateway has the message and goes on with it: do not send it again.");
}

/// Asks until nothing more happens by itself today, or the time is up.
async fn follow(gateway: &GatewayApi, id: &str, wait: Duration) -> Result<Value, Failure> {
    let [mut pause, longest] = PACE;
    let end = Instant::now() + wait;
    loop {
        let mut message = gateway.message(id).await?;
        let is_under_way = deliveries(&message)
            .iter()
            .any(|delivery| matches!(state(delivery), "scheduled" | "queued" | "sending"));
        let left = end.saturating_duration_since(Instant::now());
        if !is_under_way || left.is_zero() {
            // Its sender knows what it says.
            message.as_object_mut().map(|message| message.remove("template"));
            return Ok(message);
        }
        sleep(pause.min(left)).await;
        pause = (pause * 2).min(longest);
    }
}

fn deliveries(message: &Value) -> &[Value] {
    message["deliveries"].as_array().map_or(&[], Vec::as_slice)
}

fn state(delivery: &Value) -> &str {
    delivery["state"].as_str().unwrap_or_default()
}

/// What a delivery means for the exit status, the worst last.
fn exit(delivery: &Value) -> Exit {
    match state(delivery) {
        "delivered" => Exit::Done,
        "refused" | "expired" | "cancelled" => Exit::Refused,
        "waiting_consent" => Exit::SignInNeeded,
        // It may have arrived, or still will: nothing to send again.
        _ => Exit::Unconfirmed,
    }
}

fn became(message: Value, id: &str, gateway: &GatewayApi, to: &Addressees, output: Output) -> Outcome {
    let lines: Vec<String> = deliveries(&message).iter().map(|delivery| line(delivery, to, output)).collect();
    let worst = deliveries(&message).iter().max_by_key(|delivery| exit(delivery) as u8);
    let exit = worst.map_or(Exit::Unconfirmed, exit);
    let failure = worst.filter(|_| exit != Exit::Done).map(|delivery| why(delivery, exit, id, gateway));
    Outcome { lines: lines.join("\n"), exit, failure, answer: message, warnings: Vec::new() }
}

fn line(delivery: &Value, to: &Addressees, output: Output) -> String {
    let name = match delivery["to"].as_str() {
        None | Some("me") => output.words("나와의 채팅", "your own chat"),
        Some(uuid) => to.name(uuid),
    };
    let mark = match exit(delivery) {
        Exit::Done => return format!("✓ {name}"),
        Exit::Refused => "✗",
        Exit::SignInNeeded => "-",
        _ => "?",
    };
    let code = delivery["code"].as_str().map(|code| format!(" {}", printable(code))).unwrap_or_default();
    format!("{mark} {name} ({}{code})", printable(state(delivery)))
}

/// In the gateway's words, if it has any.
fn why(delivery: &Value, exit: Exit, id: &str, gateway: &GatewayApi) -> Failure {
    let remedy = &delivery["remedy"];
    let words = |name: &str| remedy[name].as_str().map(printable);
    let mut failure = match (words("ko"), words("en")) {
        (Some(ko), Some(en)) => Failure::new(exit, ko, en),
        _ if exit == Exit::Refused => {
            Failure::new(exit, "메시지를 보내지 않았습니다.", "The message was not sent.")
        }
        _ => Failure::new(exit, "아직 보내지 못했습니다.", "It has not been sent yet."),
    };
    if !matches!(state(delivery), "refused" | "expired" | "cancelled" | "unconfirmed") {
        is_kept(&mut failure);
    }
    failure.code = delivery["code"].as_str().map(|code| printable(code).into());
    let page = remedy["href"].as_str().map_or_else(|| format!("/history/{id}"), str::to_owned);
    failure.hint(gateway.page(&page))
}
