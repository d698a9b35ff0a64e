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
use crate::failure::{Exit, Failure};
use crate::friend_names;
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
        Command::Act(act) => {
            let kakao = kakao(&args, output).await?;
            let stop = stop_signal()?;
            tokio::select! {
                outcome = run_act(act, &kakao, *output) => {
                    outcome.map_err(|failure| failure.of_profile(&kakao.profile))
                }
                exit = stop => {
                    // Kakao may have ended the refresh token in the file, and its successor is on its way.
                    let _ = timeout(SETTLING, kakao.settled()).await;
                    Ok(exit)
                }
            }
        }
    };
    exit.map(ExitCode::from)
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
        Act::Send(send) => send::run(kakao, send, output).await,
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
