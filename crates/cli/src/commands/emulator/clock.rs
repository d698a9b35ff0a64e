//! `katok emulator clock`: what time it is in the emulator's world, and turning it.

use jiff::{SignedDuration, Span, Timestamp};
use katok_client::{Clock as _, SystemClock};
use serde_json::json;

use crate::args::emulator::ClockCommand;
use crate::control::Control;
use crate::failure::{Exit, Failure};
use crate::korean_time::korean_time;
use crate::output::Output;

pub(super) async fn run(
    control: &Control,
    command: Option<&ClockCommand>,
    output: Output,
) -> Result<Exit, Failure> {
    let turn = match command {
        None | Some(ClockCommand::Show) => None,
        Some(ClockCommand::Advance { by }) => {
            Some(json!({"advance_seconds": seconds(*by, control.now().await?)?}))
        }
        Some(ClockCommand::Set { to }) => Some(json!({"set": to})),
        Some(ClockCommand::Real) => Some(json!({"real": true})),
    };
    if let Some(turn) = turn {
        control.post(&["clock"], &turn).await?;
    }
    let now = control.now().await?;
    output.data(&json!({"now": now}), || told(now, output))?;
    Ok(Exit::Done)
}

/// A day or a month begins and ends by the clocks of Korea, as on the emulator's own page.
fn seconds(by: Span, now: Timestamp) -> Result<i64, Failure> {
    let to = korean_time(now).checked_add(by).map_err(|_| {
        Failure::usage("시계를 그만큼 돌릴 수 없습니다.", "The clock cannot be turned that far.")
    })?;
    match to.timestamp().duration_since(now).as_secs() {
        0 => Err(Failure::usage("1초보다 짧습니다.", "That is less than a second.")),
        seconds => Ok(seconds),
    }
}

/// The time, and how far it is from the real one if somebody has turned it.
fn told(now: Timestamp, output: Output) -> String {
    let at = korean_time(now).strftime("%Y-%m-%dT%H:%M:%S%:z");
    let ahead = SignedDuration::from_secs(now.duration_since(SystemClock.now()).as_secs());
    // An answer takes a moment.
    if ahead.abs() < SignedDuration::from_secs(2) {
        return at.to_string();
    }
    let by = ahead.abs();
    let turned = if ahead.is_positive() {
        output.words(&format!("실제보다 {by:#} 빠름"), &format!("{by:#} ahead of the real time"))
    } else {
        output.words(&format!("실제보다 {by:#} 느림"), &format!("{by:#} behind the real time"))
    };
    format!("{at}  ({turned})")
}
