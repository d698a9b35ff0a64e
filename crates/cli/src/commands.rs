//! One file a command.

mod emulator;
mod friends;
mod login;
mod logout;
mod send;
mod unlink;
mod up;
mod whoami;

use katok_gateway::{KakaoAt, Sentence};

use crate::args::{Args, Command};
use crate::failure::{Exit, Failure};
use crate::kakao::Kakao;
use crate::output::Output;

/// Runs the command that was typed.
pub(crate) async fn run(args: Args, output: &Output) -> Result<Exit, Failure> {
    match &args.command {
        Command::Up(up) => up::run(&args, up, *output).await,
        Command::Emulator(emulator) => emulator::run(&args, emulator, *output).await,
        Command::Login(login) => login::run(&kakao(&args, output).await?, login, *output).await,
        Command::Logout => logout::run(&kakao(&args, output).await?, *output).await,
        Command::Unlink(unlink) => unlink::run(&kakao(&args, output).await?, unlink, *output).await,
        Command::Whoami => whoami::run(&kakao(&args, output).await?, *output).await,
        Command::Friends => friends::run(&kakao(&args, output).await?, *output).await,
        Command::Send(send) => send::run(&kakao(&args, output).await?, send, *output).await,
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
