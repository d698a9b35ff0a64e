//! The benchmarks: figures for people to look at, never for a test to judge.

use std::process::Command;

use crate::needs::run;
use crate::target_folder;

/// Measures the client beside the HTTP library it is built on.
pub(crate) fn client() -> Result<(), String> {
    run(Command::new("cargo").args(["bench", "--package", "katok-client", "--bench", "overhead"]))
}

/// Builds the program as users get it, and measures it from outside.
pub(crate) fn emulator() -> Result<(), String> {
    run(Command::new("cargo").args(["build", "--release", "--package", "katok"]))?;
    let program = target_folder()?.join("release/katok");
    let mut load = Command::new("cargo");
    load.args(["bench", "--package", "katok-emulator", "--bench", "load"]);
    run(load.env("KATOK_BENCH_PROGRAM", program))
}
