//! `katok`: the one binary. Parses, runs one command, ends with its exit status.

mod args;
mod columns;
mod commands;
mod completion;
mod control;
mod data_dir;
mod doctor;
mod draft;
mod exec;
mod failure;
mod gateway_api;
mod kakao;
mod korean_time;
mod language;
mod log;
mod output;
mod pasted;
mod printable;
mod profile;
mod running;
mod sender;
mod sign_in;
mod standard_input;
mod stop_signal;
mod storage;
mod template_file;
mod tokens;
mod traces;
mod up_settings;
mod usage;
mod watched;

use std::process::ExitCode;

use clap::Parser as _;

use crate::args::emulator::{Emulator, EmulatorCommand};
use crate::args::{Args, Command};
use crate::output::Output;

/// A gateway under load makes and drops many small things on several threads at once.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    match completion::answer() {
        Ok(false) => {}
        Ok(true) => return ExitCode::SUCCESS,
        Err(error) => error.exit(),
    }
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => return usage::told(&error),
    };
    let output = Output::new(args.lang.unwrap_or_else(language::of_environment), args.json);
    #[cfg(target_os = "linux")]
    if let Command::Emulator(Emulator { command: Some(EmulatorCommand::ExecInside(inside)), .. }) =
        &args.command
    {
        // The kernel gives a namespace to processes of one thread only, so this comes before the runtime.
        let Err(failure) = exec::become_command(inside);
        return failure.map_or(ExitCode::FAILURE, |failure| output.fail(&failure));
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let Ok(runtime) = runtime else {
        return output.fail(&failure::Failure::system(
            "비동기 실행기를 만들 수 없습니다.",
            "The async runtime cannot be made.",
        ));
    };
    let outcome = runtime.block_on(commands::run(args, &output));
    // Waiting for it would wait for a person: reading standard input cannot be cancelled.
    runtime.shutdown_background();
    match outcome {
        Ok(exit) => exit,
        Err(failure) => output.fail(&failure),
    }
}
