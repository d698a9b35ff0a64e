//! `katok notify`: runs a command, and sends how it ended.

use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use indicatif::ProgressBar;
use katok_gateway::Sentence;

use super::send::sender;
use super::settle;
use crate::args::{Args, Notify};
use crate::draft::Draft;
use crate::exec::{Signals, exit_code, signal};
use crate::failure::Failure;
use crate::gateway_api::GatewayApi;
use crate::output::Output;
use crate::printable::printable;
use crate::sender::{Order, Sender};
use crate::watched::{self, End, notice};

/// Ends with the command's exit status, whatever becomes of the message.
pub(super) async fn run(args: &Args, typed: &Notify, output: Output) -> Result<ExitCode, Failure> {
    let mut signals = Signals::listen()
        .map_err(|_| Failure::system("종료 신호를 받을 수 없습니다.", "Cannot listen for signals."))?;
    let (end, exit, took, lines) = match watched::run(&typed.command, typed.lines.into(), &mut signals).await
    {
        Ok(ended) => {
            let end = match signal(ended.status) {
                Some(signal) => End::Signal(signal),
                None => End::Status(ended.status.code().unwrap_or(1)),
            };
            (end, exit_code(ended.status), ended.took, ended.last_lines)
        }
        Err(failure) => (End::NotStarted, output.fail(&failure), Duration::ZERO, Vec::new()),
    };
    if typed.on_failure && end == End::Status(0) {
        return Ok(exit);
    }
    let text = notice(&name(typed), end, took, &lines, output.one_language());
    if let Err(failure) = tell(args, typed, text, &mut signals, output).await {
        output.say(&Sentence::new(
            "명령의 결과를 알리지 못했습니다.",
            "How the command ended could not be sent.",
        ));
        output.fail(&failure);
    }
    Ok(exit)
}

/// What the command is called, without the folder it lies in.
fn name(typed: &Notify) -> String {
    let program = Path::new(&typed.command[0]);
    let file = program.file_name().unwrap_or(program.as_os_str());
    printable(typed.title.as_deref().unwrap_or(&file.to_string_lossy()))
}

/// Sends it, unless somebody stops that: by two signals, since one may have been meant for the command as it ended.
async fn tell(
    args: &Args,
    typed: &Notify,
    text: String,
    signals: &mut Signals,
    output: Output,
) -> Result<(), Failure> {
    let sender = sender(args, GatewayApi::of_settings(args)?, output).await?;
    let sending = async {
        let to = sender.addressees(&typed.to).await?;
        let order = Order { to: &to, send_at: None, wait: None, progress: &ProgressBar::hidden() };
        sender.send(&mut Draft::text(text), &order, output).await
    };
    let stopped = async {
        for _ in 0..2 {
            signals.next().await;
        }
    };
    let outcome = tokio::select! {
        outcome = sending => outcome.map_err(|failure| match &sender {
            Sender::Direct(kakao) => failure.of_profile(&kakao.profile),
            Sender::Gateway(_) => failure,
        })?,
        () = stopped => {
            if let Sender::Direct(kakao) = &sender {
                settle(kakao).await;
            }
            return Err(Failure::system("알리는 중에 멈추었습니다.", "This was stopped while the message was being sent."));
        }
    };
    match outcome.failure {
        Some(failure) => Err(failure),
        None if outcome.exit as u8 == 0 => Ok(()),
        None => Err(Failure::new(
            outcome.exit,
            format!("모두에게 알리지는 못했습니다.\n{}", outcome.lines),
            format!("Not everybody was told.\n{}", outcome.lines),
        )),
    }
}
