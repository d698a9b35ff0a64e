//! The benchmarks: figures for people to look at, never for a test to judge.

use std::process::Command;

use crate::needs::run;
use crate::target_folder;

/// Measures the client beside the HTTP library it is built on.
pub(crate) fn client() -> Result<(), String> {
    run(Command::new("cargo").args(["bench", "--package", "katok-client", "--bench", "overhead"]))
}

/// Measures the emulator from outside.
pub(crate) fn emulator() -> Result<(), String> {
    from_outside("katok-emulator")
}

/// Measures the gateway from outside, beside a server that does nothing but pass calls on.
pub(crate) fn gateway() -> Result<(), String> {
    from_outside("katok-gateway")
}

/// Builds the program as users get it, and lets a crate's benchmark measure it.
fn from_outside(package: &str) -> Result<(), String> {
    run(Command::new("cargo").args(["build", "--release", "--package", "katok"]))?;
    let program = target_folder()?.join("release/katok");
    let mut load = Command::new("cargo");
    load.args(["bench", "--package", package, "--bench", "load"]);
    run(load.env("KATOK_BENCH_PROGRAM", program))
}
