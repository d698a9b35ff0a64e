//! `katok emulator`: the emulator alone, its world in memory; and commands that act on one that runs.

mod approve;
mod clock;
mod exec;
mod faults;
mod journal;
mod people;
mod rooms;
mod tls;
mod tokens;
mod webhook;
mod world;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::ExitCode;

use katok_emulator::{Authority, AuthorityError, Emulator, Options, Seed, StartError};
use katok_gateway::config::{Logs, SettingsFile};
use serde_json::json;

use crate::args::Args;
use crate::args::emulator::{self, ControlCommand, EmulatorCommand};
use crate::control::Control;
use crate::data_dir;
use crate::failure::{Exit, Failure};
use crate::kakao::environment;
use crate::log;
use crate::output::Output;
use crate::running::Running;
use crate::stop_signal::stop_signal;
use crate::traces::Traces;

pub(super) async fn run(
    args: &Args,
    asked: &emulator::Emulator,
    output: Output,
) -> Result<ExitCode, Failure> {
    let exit = match &asked.command {
        Some(EmulatorCommand::Exec(exec)) => return exec::run(args, exec).await,
        Some(EmulatorCommand::Control(command)) => {
            control(Control::find(args, asked).await?, command, output).await
        }
        None | Some(EmulatorCommand::ExecInside(_)) => serve(args, asked, output).await,
    };
    exit.map(ExitCode::from)
}

/// Acts on an emulator that runs.
async fn control(control: Control, command: &ControlCommand, output: Output) -> Result<Exit, Failure> {
    match command {
        ControlCommand::Seed { file } => world::seed(&control, file, output).await,
        ControlCommand::Reset { built_in } => world::reset(&control, *built_in, output).await,
        ControlCommand::World { yaml } => world::show(&control, *yaml, output).await,
        ControlCommand::People => people::run(&control, output).await,
        ControlCommand::Rooms { person } => rooms::list(&control, person.as_deref(), output).await,
        ControlCommand::Room { person, follow } => rooms::show(control, person, *follow, output).await,
        ControlCommand::Clock { command } => clock::run(&control, command.as_ref(), output).await,
        ControlCommand::Faults { command } => faults::run(&control, command.as_ref(), output).await,
        ControlCommand::Journal(journal) => journal::run(control, journal, output).await,
        ControlCommand::Approve(approve) => approve::run(&control, approve, output).await,
        ControlCommand::ExpireToken => tokens::expire(&control, output).await,
        ControlCommand::AgeToken { remaining } => tokens::age(&control, *remaining, output).await,
        ControlCommand::Webhook { command } => webhook::run(&control, command, output).await,
    }
}

async fn serve(args: &Args, asked: &emulator::Emulator, output: Output) -> Result<Exit, Failure> {
    log::to_stderr(&logs(), &Traces::default());
    let stop = stop_signal()?;
    let seed = seed(asked.seed.as_deref())?;
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, asked.port));
    let options = Options { address, seed, state_file: None, clock: None };
    let mut emulator = start(options, "katok emulator --port 4101").await?;
    let url = emulator.base_url();
    let tls = match asked.tls {
        Some(port) => Some(tls::serve(&mut emulator, port, &authority(args)?).await?),
        None => None,
    };
    let _note = Running { emulator: url.clone() }.write(&data_dir::of(args)?);
    let mut told = json!({"emulator": url});
    if let Some(tls) = &tls {
        told["tls"] = tls.json();
    }
    let told = output.data(&told, || {
        let nothing =
            output.words("실제 카카오로는 아무것도 나가지 않습니다", "nothing reaches the real Kakao");
        let rooms = output.words("사람과 대화방", "people and chat rooms");
        let tls = tls.map(|tls| tls.text(output)).unwrap_or_default();
        format!("katok emulator  {url}  {nothing}\n{url}_emulator/  {rooms}{tls}")
    });
    if told.is_ok() {
        stop.await;
    }
    stop_emulator(emulator).await?;
    told?;
    Ok(Exit::Done)
}

/// The certificate authority of this data folder.
fn authority(args: &Args) -> Result<Authority, Failure> {
    Authority::in_folder(&data_dir::of(args)?.join("ca")).map_err(|error| no_authority(&error))
}

fn no_authority(error: &AuthorityError) -> Failure {
    let failure = Failure::both(Exit::Usage, &error.to_string());
    match error {
        AuthorityError::Io { .. } => failure.hint("katok --data FOLDER emulator …"),
        _ => failure,
    }
}

/// How an emulator logs: it reads no settings file.
fn logs() -> Logs {
    Logs::read(&environment, &SettingsFile::default(), &mut Vec::new())
}

/// The seed file, or the built-in seed.
pub(super) fn seed(path: Option<&Path>) -> Result<Seed, Failure> {
    let Some(path) = path else { return Ok(Seed::built_in()) };
    let text = std::fs::read_to_string(path).map_err(|error| unreadable(path, &error))?;
    parse(&text, path)
}

fn unreadable(path: &Path, error: &io::Error) -> Failure {
    Failure::usage(
        format!("시드 파일을 읽을 수 없습니다: {} ({error})", path.display()),
        format!("The seed file cannot be read: {} ({error})", path.display()),
    )
}

fn parse(text: &str, path: &Path) -> Result<Seed, Failure> {
    Seed::parse(text).map_err(|error| {
        Failure::usage(
            format!("시드 파일 {}에 잘못이 있습니다: {}", path.display(), error.detail()),
            format!("The seed file {} has a mistake: {}", path.display(), error.detail()),
        )
    })
}

/// Starts it; `another_port` is the command that helps when the port is taken.
pub(super) async fn start(options: Options, another_port: &str) -> Result<Emulator, Failure> {
    Emulator::start(options).await.map_err(|error| {
        let failure = Failure::both(Exit::Usage, &error.to_string());
        match error {
            StartError::PortTaken(_) => failure.hint(another_port),
            _ => failure,
        }
    })
}

pub(super) async fn stop_emulator(emulator: Emulator) -> Result<(), Failure> {
    emulator.stop().await.map_err(|error| {
        Failure::system(
            format!("에뮬레이터의 상태를 저장하지 못했습니다({error})."),
            format!("The emulator's state could not be saved ({error})."),
        )
    })
}
