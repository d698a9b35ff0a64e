//! `katok send`: to me, or to friends by nickname or uuid; by one's own tokens or through a gateway.

use std::time::Duration;

use indicatif::ProgressBar;
use jiff::Timestamp;
use katok_bubble::Bubble;
use katok_client::{Clock as _, SystemClock};
use katok_gateway::Sentence;
use serde_json::{Value, json};
use url::Url;

use super::{kakao, template, until_stopped};
use crate::args::{self, Args};
use crate::draft::{Draft, is_refused};
use crate::failure::{Exit, Failure};
use crate::gateway_api::GatewayApi;
use crate::output::Output;
use crate::sender::send_at;
use crate::sender::{Order, Outcome, Sender, stopped};

pub(super) async fn run(args: &Args, typed: &args::Send, output: Output) -> Result<Exit, Failure> {
    let gateway = GatewayApi::of_settings(args)?;
    match &gateway {
        None => needs_no_gateway(typed)?,
        Some(_) if typed.image.is_some() && !typed.dry_run => {
            return Err(Failure::usage(
                "게이트웨이를 거쳐서는 그림 파일을 올릴 수 없습니다. --image-url로 인터넷에 있는 그림을 쓰세요.",
                "No picture can be uploaded through a gateway. Use --image-url with one that is on the internet.",
            ));
        }
        Some(_) => {}
    }
    let read = |at: &String| send_at::read(at, SystemClock.now()).map_err(|no_time| no_time.told(at));
    let send_at = typed.at.as_ref().map(read).transpose()?;
    let drafts = Draft::read(typed).await?;
    if typed.dry_run {
        return show(&drafts, gateway.as_ref(), output);
    }
    let sender = sender(args, gateway, output).await?;
    if let Sender::Gateway(gateway) = &sender {
        output.say(&Sentence::new(
            format!("(게이트웨이 {}를 거쳐)", gateway.origin()),
            format!("(through the gateway {})", gateway.origin()),
        ));
    }
    let sending = send(&sender, drafts, typed, send_at, output);
    match &sender {
        Sender::Direct(kakao) => until_stopped(kakao, sending, output).await,
        Sender::Gateway(_) => sending.await,
    }
}

/// The way by which this run sends.
pub(super) async fn sender(
    args: &Args,
    gateway: Option<GatewayApi>,
    output: Output,
) -> Result<Sender, Failure> {
    Ok(match gateway {
        Some(gateway) => Sender::Gateway(gateway),
        None => Sender::Direct(Box::new(kakao(args, &output).await?)),
    })
}

fn needs_no_gateway(typed: &args::Send) -> Result<(), Failure> {
    let option = match typed {
        args::Send { at: Some(_), .. } => "--at",
        args::Send { saved: Some(_), .. } => "--saved",
        _ => return Ok(()),
    };
    Err(Failure::usage(
        format!("{option}은 게이트웨이를 거칠 때만 쓸 수 있습니다. KATOK_GATEWAY_URL과 KATOK_API_KEY를 설정하세요."),
        format!("{option} works only through a gateway. Set KATOK_GATEWAY_URL and KATOK_API_KEY."),
    )
    .hint("katok up"))
}

async fn send(
    sender: &Sender,
    mut drafts: Vec<Draft>,
    typed: &args::Send,
    send_at: Option<Timestamp>,
    output: Output,
) -> Result<Exit, Failure> {
    let to = sender.addressees(&typed.to).await?;
    if let Some(send_at) = send_at {
        output.say(&send_at::told(send_at));
    }
    let calls = drafts.len() * sender.calls(&to);
    let takes_time = calls > 1 || typed.wait.is_some();
    let progress = if takes_time { output.progress(calls) } else { ProgressBar::hidden() };
    let order = Order { to: &to, send_at, wait: typed.wait.map(Duration::from_secs), progress: &progress };
    let mut outcomes = Vec::new();
    // Of several calls somebody is to be told which were made.
    let _finishing = match sender {
        Sender::Direct(kakao) if calls > 1 => Some(kakao.finishing().await),
        _ => None,
    };
    for draft in &mut drafts {
        if !outcomes.is_empty() && sender.is_to_stop() {
            outcomes.push(Err(stopped()));
            break;
        }
        let outcome = sender.send(draft, &order, output).await;
        let goes_on = outcome.as_ref().is_ok_and(|outcome| outcome.exit == Exit::Done);
        outcomes.push(outcome);
        // Parts that follow one that is missing would not be understood.
        if !goes_on {
            break;
        }
    }
    progress.finish_and_clear();
    for warning in outcomes.iter().flatten().flat_map(|outcome| &outcome.warnings) {
        output.say(&Sentence::new(format!("경고: {}", warning.ko), format!("warning: {}", warning.en)));
    }
    if typed.split { parts(outcomes, drafts.len(), output) } else { one(outcomes.remove(0)?, output) }
}

fn one(outcome: Outcome, output: Output) -> Result<Exit, Failure> {
    output.data(&outcome.answer, || outcome.lines).map_err(untold)?;
    outcome.failure.map_or(Ok(outcome.exit), Err)
}

/// What was sent is not worth sending again because the outcome could not be printed.
fn untold(failure: Failure) -> Failure {
    Failure { exit: Exit::Unconfirmed, ..failure }
}

/// Tells which parts arrived; all but the last outcome are good.
fn parts(mut outcomes: Vec<Result<Outcome, Failure>>, of: usize, output: Output) -> Result<Exit, Failure> {
    let begun = outcomes.len();
    let last = outcomes.pop().expect("a text has a part");
    let last = match last {
        // Nobody has anything.
        Err(failure) if begun == 1 && failure.exit != Exit::Unconfirmed => return Err(failure),
        Err(failure) => Outcome {
            answer: Value::Null,
            lines: String::new(),
            exit: failure.exit,
            failure: Some(failure),
            warnings: Vec::new(),
        },
        Ok(outcome) => outcome,
    };
    let state = match last.exit {
        Exit::Done => "done",
        Exit::Unconfirmed => "unconfirmed",
        // Kept by a gateway until somebody has agreed.
        Exit::SignInNeeded if !last.answer.is_null() => "waiting",
        _ => "failed",
    };
    let mut told: Vec<Part> = Vec::new();
    told.extend(outcomes.into_iter().flatten().map(|outcome| Part {
        state: "done",
        answer: outcome.answer,
        lines: outcome.lines,
    }));
    told.push(Part { state, answer: last.answer, lines: last.lines });
    told.resize_with(of, || Part { state: "not_sent", answer: Value::Null, lines: String::new() });
    let as_json = |(place, part): (usize, &Part)| json!({"part": place + 1, "state": part.state, "answer": part.answer});
    let as_json: Vec<Value> = told.iter().enumerate().map(as_json).collect();
    output
        .data(&json!({"parts": as_json}), || {
            let lines = told.iter().enumerate().map(|(place, part)| part.line(place + 1, of, output));
            lines.collect::<Vec<_>>().join("\n")
        })
        .map_err(untold)?;
    match last.failure {
        None => Ok(last.exit),
        // Repeating all of it would send the first parts twice.
        Some(failure) if begun > 1 && state == "failed" => Err(failure.for_the_rest()),
        Some(failure) => Err(failure),
    }
}

/// One part of a long text, and what became of it.
struct Part {
    state: &'static str,
    answer: Value,
    lines: String,
}

impl Part {
    fn line(&self, number: usize, of: usize, output: Output) -> String {
        let (mark, words) = match self.state {
            "done" => ("✓", output.words("보냄", "sent")),
            "unconfirmed" => ("?", output.words("갔는지 확인되지 않음", "unconfirmed")),
            "waiting" => {
                ("-", output.words("게이트웨이가 동의를 기다림", "waits for consent at the gateway"))
            }
            "failed" => ("✗", output.words("보내지 못함", "failed")),
            _ => ("-", output.words("보내지 않음", "not sent")),
        };
        // Of a single receiver there is nothing more to say.
        let several = self.lines.contains('\n');
        let lines = if several { format!("\n  {}", self.lines.replace('\n', "\n  ")) } else { String::new() };
        format!("{mark} {number}/{of} {words}{lines}")
    }
}

/// What Kakao would refuse and what a phone will show, without sending anything.
fn show(drafts: &[Draft], gateway: Option<&GatewayApi>, output: Output) -> Result<Exit, Failure> {
    let nowhere = Url::parse("https://developers.kakao.com").expect("a constant address parses");
    let home = gateway.map_or(&nowhere, GatewayApi::url);
    let mut is_sendable = true;
    let (mut messages, mut drawn) = (Vec::new(), Vec::new());
    for draft in drafts {
        let template = json!(draft.template(home));
        let findings = draft.findings(home);
        is_sendable &= !findings.iter().any(is_refused);
        let drawing = Bubble::of(&template).without_marks().terminal(output.one_language());
        drawn.push(drawing.trim_end().to_owned());
        drawn.extend(findings.iter().map(|finding| template::line(finding, output)));
        messages.push(json!({"template": template, "findings": findings, "drawing": drawing}));
    }
    output.data(&json!({"is_sendable": is_sendable, "messages": messages}), || drawn.join("\n"))?;
    output.say(&Sentence::new("(보내지 않았습니다: --dry-run)", "(nothing was sent: --dry-run)"));
    Ok(if is_sendable { Exit::Done } else { Exit::Refused })
}
