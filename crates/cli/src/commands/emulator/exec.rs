//! `katok emulator exec`: runs a command for which the emulator is Kakao.

use std::net::{Ipv4Addr, SocketAddr};
use std::process::ExitCode;

use katok_emulator::Options;
use katok_gateway::Sentence;

use crate::args::Args;
use crate::args::emulator::{Exec, Network};
use crate::exec::{Signals, Surroundings, exit_code};
use crate::failure::{Exit, Failure};
use crate::log;
use crate::traces::Traces;

pub(crate) async fn run(args: &Args, exec: &Exec) -> Result<ExitCode, Failure> {
    log::to_stderr(&super::logs(), &Traces::default());
    // First of all: from here on there is something to clear away.
    let mut signals = Signals::listen()
        .map_err(|_| Failure::system("종료 신호를 받을 수 없습니다.", "Cannot listen for signals."))?;
    let seed = super::seed(exec.seed.as_deref())?;
    let authority = super::authority(args)?;
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, exec.port));
    let options = Options { address, seed, ..Options::default() };
    let emulator = super::start(options, "katok emulator exec --port 0 -- CMD").await?;
    let mut surroundings =
        Surroundings::around(emulator, &authority, exec.allow_others).await.map_err(|error| {
            Failure::system(
                format!("명령을 실행할 준비를 하지 못했습니다({error})."),
                format!("What the command needs could not be prepared ({error})."),
            )
        })?;

    let wants_private = match exec.network {
        Network::Private => true,
        // From a private network no way leads to others but the proxy, which not every program knows.
        Network::Auto => !exec.allow_others,
        Network::Shared => false,
    };
    let private = if wants_private {
        Some(surroundings.start_in_private(&exec.command, &mut signals).await)
    } else {
        None
    };
    let mut child = match private {
        Some(Ok(child)) => child,
        Some(Err(reason)) => {
            // Then it was not the kernel that ended what was on its way to become the command.
            if let Some(status) = signals.heard().await {
                return Ok(status);
            }
            if exec.network == Network::Private {
                return Err(no_private_network(&reason));
            }
            tracing::info!(reason = reason.en, "no private network: the command uses this machine's");
            surroundings.start(&exec.command)?
        }
        None => surroundings.start(&exec.command)?,
    };
    child.wait(&mut signals).await.map(exit_code).map_err(|error| {
        Failure::system(
            format!("명령이 어떻게 끝났는지 알 수 없습니다({error})."),
            format!("How the command ended is unknown ({error})."),
        )
    })
}

fn no_private_network(reason: &Sentence) -> Failure {
    Failure::new(
        Exit::Usage,
        format!("여기서는 사설 네트워크를 만들 수 없습니다({}). --network shared를 쓰세요.", reason.ko),
        format!("No private network can be made here ({}). Use --network shared.", reason.en),
    )
}
