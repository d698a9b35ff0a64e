//! One file a command.

mod admin;
mod backup;
mod completions;
mod config;
mod doctor;
mod emulator;
mod explain;
mod friends;
mod login;
mod logout;
mod man;
mod notify;
mod outbox;
mod restore;
mod send;
mod template;
mod token;
mod unlink;
mod up;
mod vault;
mod whoami;

use std::process::ExitCode;
use std::time::Duration;

pub(crate) use config::mistyped_variables;
use katok_gateway::{KakaoAt, Sentence};
use tokio::time::timeout;

use crate::args::{self, Act, Args, Command, ConfigCommand};
use crate::completion::friend_names;
use crate::data_dir;
use crate::failure::{Exit, Failure};
use crate::gateway_api::GatewayApi;
use crate::kakao::Kakao;
use crate::output::Output;
use crate::stop_signal::stop_signal;

/// How long a command that was told to stop waits for Kakao's new tokens: longer than Kakao may take.
const SETTLING: Duration = Duration::from_secs(20);

/// Runs the command that was typed.
pub(crate) async fn run(args: Args, output: &Output) -> Result<ExitCode, Failure> {
    let exit = match &args.command {
        Command::Up(up) => up::run(&args, up, *output).await,
        Command::Emulator(emulator) => return emulator::run(&args, emulator, *output).await,
        Command::Config(args::Config { command: ConfigCommand::Show }) => config::show(&args, *output),
        Command::Completions(completions) => completions::run(completions.shell, *output),
        Command::Man(man) => man::run(man, *output),
        Command::Doctor => doctor::run(&args, *output).await,
        Command::Explain(explain) => explain::run(&explain.pasted, *output).await,
        Command::Template(template) => template::run(&template.command, *output).await,
        Command::Vault(vault) => vault::run(&args, &vault.command, *output).await,
        Command::Outbox(outbox) => outbox::run(&args, &outbox.command, *output).await,
        Command::Backup { file } => backup::run(&args, file, *output).await,
        Command::Restore { file } => restore::run(&args, file, *output).await,
        Command::Send(send) => send::run(&args, send, *output).await,
        Command::Notify(notify) => return notify::run(&args, notify, *output).await,
        Command::Act(act) => {
            if let Some(exit) = by_gateway(&args, act, *output).await? {
                return Ok(exit.into());
            }
            let kakao = kakao(&args, output).await?;
            until_stopped(&kakao, run_act(act, &kakao, *output), *output).await
        }
    };
    exit.map(ExitCode::from)
}

/// Runs what is done by one's own tokens to its end, or until somebody stops it.
async fn until_stopped(
    kakao: &Kakao,
    act: impl Future<Output = Result<Exit, Failure>>,
    output: Output,
) -> Result<Exit, Failure> {
    let stop = stop_signal()?;
    let mut act = Box::pin(act);
    let exit = tokio::select! {
        outcome = &mut act => return outcome.map_err(|failure| failure.of_profile(&kakao.profile)),
        exit = stop => exit,
    };
    kakao.ask_to_stop();
    if kakao.is_under_way() {
        output.say(&Sentence::new(
            "하던 것만 마치고 멈춥니다.",
            "Stopping as soon as what is under way is done.",
        ));
    }
    let finishing = async {
        tokio::select! {
            biased;
            () = kakao.finished() => None,
            outcome = &mut act => Some(outcome),
        }
    };
    if let Ok(Some(outcome)) = timeout(SETTLING, finishing).await {
        return outcome.map_err(|failure| failure.of_profile(&kakao.profile));
    }
    drop(act);
    settle(kakao).await;
    Ok(exit)
}

/// Waits for what must not be lost: Kakao may have ended the refresh token in the file, and its successor is on its way.
async fn settle(kakao: &Kakao) {
    let _ = timeout(SETTLING, kakao.settled()).await;
}

/// What the settings' gateway, if they name one, can tell about whose key it is.
async fn by_gateway(args: &Args, act: &Act, output: Output) -> Result<Option<Exit>, Failure> {
    if !matches!(act, Act::Whoami | Act::Friends) {
        return Ok(None);
    }
    let Some(gateway) = GatewayApi::of_settings(args)? else { return Ok(None) };
    if matches!(act, Act::Whoami) {
        whoami::print(output, &gateway.profile().await?)?;
    } else {
        let friends = gateway.friends().await?;
        friend_names::keep(&data_dir::of(args)?, &friends);
        friends::print(&friends, output)?;
    }
    Ok(Some(Exit::Done))
}

async fn run_act(act: &Act, kakao: &Kakao, output: Output) -> Result<Exit, Failure> {
    match act {
        Act::Login(login) => login::run(kakao, login, output).await,
        Act::Token(token) => token::run(kakao, &token.command, output).await,
        Act::Logout => logout::run(kakao, output).await.inspect(|_| friend_names::forget(&kakao.data)),
        Act::Unlink(unlink) => {
            unlink::run(kakao, unlink, output).await.inspect(|_| friend_names::forget(&kakao.data))
        }
        Act::Whoami => whoami::run(kakao, output).await,
        Act::Friends => friends::run(kakao, output).await,
        Act::Admin(admin) => admin::run(kakao, admin, output).await,
    }
}

/// The Kakao of this run; an emulator is always named, so that nobody waits for a real message.
async fn kakao(args: &Args, output: &Output) -> Result<Kakao, Failure> {
    let kakao = Kakao::find(args).await?;
    if kakao.at == KakaoAt::Emulator {
        output.say(&Sentence::new(
            "(에뮬레이터: 실제 카카오톡으로는 아무것도 보내지 않습니다)",
            "(emulator: nothing reaches the real KakaoTalk)",
        ));
    }
    Ok(kakao)
}
