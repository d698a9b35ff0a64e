//! `katok`: the one binary. Parses, runs one command, ends with its exit status.

mod args;
mod commands;
mod data_dir;
mod failure;
mod kakao;
mod language;
mod loopback;
mod output;
mod running;
mod serving;
mod sign_in;
mod token_file;

use std::process::ExitCode;

use clap::Parser as _;

use crate::args::Args;
use crate::output::Output;

fn main() -> ExitCode {
    let args = Args::parse();
    let output = Output::new(language::of_environment(), args.json);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let Ok(runtime) = runtime else {
        return output.fail(&failure::Failure::system(
            "비동기 실행기를 만들 수 없습니다.",
            "The async runtime cannot be made.",
        ));
    };
    match runtime.block_on(commands::run(args, &output)) {
        Ok(exit) => exit.into(),
        Err(failure) => output.fail(&failure),
    }
}
