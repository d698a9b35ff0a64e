//! `katok outbox`: what a gateway has still to send, and holding it; beside the gateway, on its database.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use katok_client::{Clock as _, SystemChance, SystemClock};
use katok_gateway::{OutboxChange, OutboxDepth, OutboxMessage, OutboxQuery, Sentence, StartError, Storage};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use crate::args::{Args, OutboxCommand};
use crate::failure::{Exit, Failure};
use crate::output::Output;
use crate::printable::printable;
use crate::storage;

/// How often it is looked whether everything has gone.
const LOOK: Duration = Duration::from_secs(1);

pub(super) async fn run(args: &Args, command: &OutboxCommand, output: Output) -> Result<Exit, Failure> {
    let storage = storage::of(args)?;
    match command {
        OutboxCommand::List { state, account, limit } => {
            let query = OutboxQuery { state: state.clone(), account: account.clone(), limit: *limit };
            let messages = storage.outbox_messages(&query).await.map_err(|error| unreadable(&error))?;
            output.data(&json!({ "messages": messages }), || {
                messages.iter().map(line).collect::<Vec<_>>().join("\n")
            })?;
            Ok(Exit::Done)
        }
        OutboxCommand::Show { message, content } => {
            let found = storage.outbox_message(message).await.map_err(|error| unreadable(&error))?;
            let found = found.ok_or_else(|| no_message(message))?;
            if *content {
                let template = storage.outbox_content(message, Arc::new(SystemChance)).await;
                let template = template.map_err(|error| unreadable(&error))?;
                let mut json = json!(found);
                json["template"] = json!(template);
                output
                    .data(&json, || format!("{}\n{}", text(&found), content_of(template.as_ref(), output)))?;
            } else {
                output.data(&json!(found), || text(&found))?;
            }
            Ok(Exit::Done)
        }
        OutboxCommand::Resend { message } => {
            let change = storage.resend_message(message, now()).await.map_err(|error| unreadable(&error))?;
            changed(change, message, ("다시 보냅니다.", "It is sent again."), output)
        }
        OutboxCommand::Cancel { message } => {
            let change = storage.cancel_message(message, now()).await.map_err(|error| unreadable(&error))?;
            changed(change, message, ("취소했습니다.", "Cancelled."), output)
        }
        OutboxCommand::Drain { timeout } => drain(&storage, Duration::from_secs(*timeout), output).await,
        OutboxCommand::Pause(whose) => {
            if !storage.pause_outbox(&whose.scope(), now()).await.map_err(|error| unreadable(&error))? {
                return Err(Failure::new(
                    Exit::Refused,
                    "그런 계정이나 키가 없습니다.",
                    "There is no such account or key.",
                ));
            }
            let said = Sentence::new(
                "멈추었습니다. 받은 메시지는 보관되며, 다시 시작할 때까지 보내지 않습니다.",
                "Paused. What is accepted is kept, and not sent until it is resumed.",
            );
            output.done(&json!({"paused": true}), &said)?;
            Ok(Exit::Done)
        }
        OutboxCommand::Resume(whose) => {
            let resumed =
                storage.resume_outbox(&whose.scope(), now()).await.map_err(|error| unreadable(&error))?;
            let said = if resumed {
                Sentence::new("다시 보냅니다.", "Resumed.")
            } else {
                Sentence::new("멈춘 것이 없었습니다.", "Nothing was paused.")
            };
            output.done(&json!({"resumed": resumed}), &said)?;
            Ok(Exit::Done)
        }
    }
}

/// Waits until nothing is due any more, which is for the gateways to do.
async fn drain(storage: &Storage, timeout: Duration, output: Output) -> Result<Exit, Failure> {
    let begun = Instant::now();
    loop {
        let depth = storage.outbox_depth(now()).await.map_err(|error| unreadable(&error))?;
        if depth.iter().all(|state| state.oldest_due_at.is_none()) {
            output.data(&json!({ "open": depth }), || {
                let mut lines =
                    vec![output.text(&Sentence::new("지금 보낼 것이 없습니다.", "Nothing is due any more."))];
                lines.extend(depth.iter().map(left));
                lines.join("\n")
            })?;
            return Ok(Exit::Done);
        }
        if begun.elapsed() >= timeout {
            let left: Vec<String> = depth.iter().map(left).collect();
            let left = left.join(", ").replace('\t', " ");
            return Err(Failure::system(
                format!(
                    "아직 보낼 것이 남아 있습니다: {left}. 게이트웨이가 실행 중인지, 멈추어 두지 않았는지 확인하세요."
                ),
                format!(
                    "Something is still due: {left}. Check that a gateway runs, and that nothing is paused."
                ),
            ));
        }
        sleep(LOOK.min(timeout.saturating_sub(begun.elapsed()))).await;
    }
}

fn changed(
    change: OutboxChange,
    message: &str,
    (ko, en): (&str, &str),
    output: Output,
) -> Result<Exit, Failure> {
    match change {
        OutboxChange::Done => {
            output.done(&json!({ "id": message }), &Sentence::new(ko, en))?;
            Ok(Exit::Done)
        }
        OutboxChange::NoMessage => Err(no_message(message)),
        OutboxChange::TooLate => Err(Failure::new(
            Exit::Refused,
            "지금 상태에서는 할 수 없습니다. katok outbox show로 확인하세요.",
            "Its state does not allow that now; see katok outbox show.",
        )),
    }
}

fn line(message: &OutboxMessage) -> String {
    let OutboxMessage { id, state, created_at, account, deliveries, .. } = message;
    format!("{id}\t{state}\t{created_at:.0}\t{account}\t{}", deliveries.len())
}

fn text(message: &OutboxMessage) -> String {
    let mut lines = vec![line(message)];
    for delivery in &message.deliveries {
        let code = delivery.code.as_deref().unwrap_or("-");
        lines.push(format!(
            "{}\t{}\t{code}\t{}\t{}",
            delivery.id, delivery.state, delivery.attempts, delivery.to
        ));
    }
    lines.join("\n")
}

/// What a message says, as it is given to Kakao.
fn content_of(template: Option<&Value>, output: Output) -> String {
    let Some(template) = template else {
        return output.text(&Sentence::new(
            "보관 기간이 지나 내용은 남아 있지 않습니다.",
            "What it said is no longer kept.",
        ));
    };
    format!("{template:#}").lines().map(printable).collect::<Vec<_>>().join("\n")
}

fn left(state: &OutboxDepth) -> String {
    format!("{}\t{}", state.state, state.deliveries)
}

fn no_message(message: &str) -> Failure {
    Failure::new(
        Exit::Refused,
        format!("{message}라는 메시지가 없습니다."),
        format!("There is no message {message}."),
    )
}

fn unreadable(error: &StartError) -> Failure {
    Failure::both(Exit::Usage, &error.to_string())
}

fn now() -> Timestamp {
    SystemClock.now()
}
