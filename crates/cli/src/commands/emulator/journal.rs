//! `katok emulator journal`: what was asked of Kakao and what it answered, a line an exchange.

use std::ops::ControlFlow;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use crate::args::emulator::Journal;
use crate::control::{Control, Tail, follow};
use crate::failure::{Exit, Failure};
use crate::korean_time::korean_time;
use crate::output::Output;
use crate::printable::printable;
use crate::stop_signal::stop_signal;

/// How many are shown when nothing is said.
const LIMIT: usize = 20;

/// An exchange, as far as its line tells of it.
#[derive(Deserialize)]
struct Exchange {
    id: u64,
    at: Timestamp,
    host: String,
    method: String,
    path: String,
    app: Option<String>,
    person: Option<String>,
    fault: Option<u64>,
    ending: String,
    response: Option<Response>,
}

#[derive(Deserialize)]
struct Response {
    status: u16,
    body: Option<Value>,
}

pub(super) async fn run(mut control: Control, journal: &Journal, output: Output) -> Result<Exit, Failure> {
    let mut tail = Tail::after(journal.since.unwrap_or(0));
    let mut exchanges = tail.read(&control, &["journal"]).await?;
    let limit = journal.limit.unwrap_or(if journal.since.is_some() { usize::MAX } else { LIMIT });
    exchanges.drain(..exchanges.len().saturating_sub(limit));
    if print(&exchanges, output)?.is_break() || !journal.follow {
        return Ok(Exit::Done);
    }
    let stop = stop_signal()?;
    tokio::select! {
        followed = follow(&mut control, &["journal"], tail, output, async |_: &Control, new: Vec<Value>| {
            print(&new, output)
        }) => followed?,
        _ = stop => {}
    }
    Ok(Exit::Done)
}

fn print(exchanges: &[Value], output: Output) -> Result<ControlFlow<()>, Failure> {
    for exchange in exchanges {
        let told = || Exchange::deserialize(exchange).map(|exchange| line(&exchange)).unwrap_or_default();
        if output.one_of_many(exchange, told)?.is_break() {
            return Ok(ControlFlow::Break(()));
        }
    }
    Ok(ControlFlow::Continue(()))
}

/// `12  2026-03-01 09:00:00  POST    kapi.kakao.com/v2/api/talk/memo/default/send  400 -402  ryan@demo`
fn line(exchange: &Exchange) -> String {
    let Exchange { id, at, host, method, path, app, person, fault, ending, response } = exchange;
    let at = korean_time(*at).strftime("%Y-%m-%d %H:%M:%S");
    let mut parts = vec![format!("{id:>4}"), at.to_string(), format!("{method:<6}"), format!("{host}{path}")];
    if let Some(Response { status, body }) = response {
        let code = body.as_ref().and_then(code).map(|code| format!(" {code}"));
        parts.push(format!("{status}{}", code.unwrap_or_default()));
    }
    if ending != "answered" {
        parts.push(ending.clone());
    }
    match (person, app) {
        (Some(person), Some(app)) => parts.push(format!("{person}@{app}")),
        (None, Some(app)) => parts.push(format!("@{app}")),
        (Some(person), None) => parts.push(person.clone()),
        (None, None) => {}
    }
    parts.extend(fault.map(|fault| format!("fault {fault}")));
    printable(&parts.join("  "))
}

/// kapi's number, kauth's KOE code, or the `error` that stands alone.
fn code(body: &Value) -> Option<String> {
    let code = ["code", "error_code", "error"].iter().find_map(|name| body.get(name))?;
    match code {
        Value::String(code) => Some(code.clone()),
        Value::Number(code) => Some(code.to_string()),
        _ => None,
    }
}
