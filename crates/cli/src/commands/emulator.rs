//! `katok emulator`: the emulator alone, its world in memory.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;

use katok_emulator::{Emulator, Options, Seed};
use serde_json::json;

use crate::args::{self, Args};
use crate::data_dir;
use crate::failure::{Exit, Failure};
use crate::output::Output;
use crate::running::Running;
use crate::serving;

pub(super) async fn run(args: &Args, emulator: &args::Emulator, output: Output) -> Result<Exit, Failure> {
    serving::log_to_stderr();
    let stop = serving::stop_signal()?;
    let seed = seed(emulator.seed.as_deref())?;
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, emulator.port));
    let options = Options { address, seed, state_file: None, clock: None };
    let emulator = start(options).await?;
    let url = emulator.base_url();
    let _note = Running { emulator: url.clone() }.write(&data_dir::of(args)?);
    output.data(&json!({"emulator": url}), || {
        format!("카카오 에뮬레이터  {url}\n실제 카카오로는 아무것도 나가지 않습니다 (nothing reaches Kakao). 사람과 대화방: {url}_emulator/  멈추려면 Ctrl-C")
    });
    stop.await;
    stop_emulator(emulator).await?;
    Ok(Exit::Done)
}

/// The seed file, or the built-in seed.
pub(super) fn seed(path: Option<&Path>) -> Result<Seed, Failure> {
    let Some(path) = path else { return Ok(Seed::built_in()) };
    let text = std::fs::read_to_string(path).map_err(|error| {
        Failure::usage(
            format!("시드 파일 {}을 읽을 수 없습니다({error}).", path.display()),
            format!("The seed file {} cannot be read ({error}).", path.display()),
        )
    })?;
    Seed::parse(&text).map_err(|error| {
        Failure::usage(
            format!("시드 파일 {}에 잘못이 있습니다: {error}", path.display()),
            format!("The seed file {} has a mistake: {error}", path.display()),
        )
    })
}

pub(super) async fn start(options: Options) -> Result<Emulator, Failure> {
    Emulator::start(options).await.map_err(|error| Failure::both(Exit::Usage, &error.to_string()))
}

pub(super) async fn stop_emulator(emulator: Emulator) -> Result<(), Failure> {
    emulator.stop().await.map_err(|error| {
        Failure::system(
            format!("에뮬레이터의 상태를 저장하지 못했습니다({error})."),
            format!("The emulator's state could not be saved ({error})."),
        )
    })
}
