//! The benchmarks: figures for people to look at, never for a test to judge.

use std::process::Command;
use std::time::Instant;

use crate::needs::{self, run};
use crate::postgres::Postgres;
use crate::target_folder;

/// Measures the client beside the HTTP library it is built on.
pub(crate) fn client() -> Result<(), String> {
    run(Command::new("cargo").args(["bench", "--package", "katok-client", "--bench", "overhead"]))
}

/// Measures the emulator from outside.
pub(crate) fn emulator() -> Result<(), String> {
    run(&mut from_outside("katok-emulator", "load")?)
}

/// Measures the gateway from outside, beside a server that does nothing but pass calls on.
pub(crate) fn gateway() -> Result<(), String> {
    run(&mut from_outside("katok-gateway", "load")?)
}

/// Measures how fast the gateway accepts and delivers messages, on SQLite and on PostgreSQL.
pub(crate) fn outbox() -> Result<(), String> {
    let mut load = from_outside("katok-gateway", "outbox")?;
    // What is accepted has to be on the disk.
    let server = Postgres::start("on")?;
    run(load.env("KATOK_TEST_DATABASE_URL", server.url()))
}

/// Measures what the pages weigh and how soon they are seen, in Chromium.
pub(crate) fn pages() -> Result<(), String> {
    needs::packages()?;
    let mut tests = Command::new("cargo");
    tests.args(["test", "--release", "--package", "katok", "--test", "it", "no_page_of_the_gateway"]);
    run(tests.args(["--", "--nocapture"]).env("KATOK_REQUIRE_BROWSER", "1").env("KATOK_FIGURES", "1"))
}

/// Measures how long the program takes to start and to say something that needs nobody.
pub(crate) fn start() -> Result<(), String> {
    run(Command::new("cargo").args(["build", "--release", "--package", "katok"]))?;
    let program = target_folder()?.join("release/katok");
    for arguments in [&["--version"][..], &["explain", "KOE006"]] {
        let mut taken = Vec::new();
        for _ in 0..50 {
            let begun = Instant::now();
            let said = Command::new(&program).args(arguments).output().map_err(|error| error.to_string())?;
            taken.push(begun.elapsed());
            if !said.status.success() {
                return Err(format!("katok {} ended with {}", arguments.join(" "), said.status));
            }
        }
        taken.sort();
        println!("katok {}: {:.1?}, the middle one of 50", arguments.join(" "), taken[25]);
    }
    Ok(())
}

/// Builds the program as users get it; the command that lets a crate's benchmark measure it.
fn from_outside(package: &str, bench: &str) -> Result<Command, String> {
    run(Command::new("cargo").args(["build", "--release", "--package", "katok"]))?;
    let program = target_folder()?.join("release/katok");
    let mut load = Command::new("cargo");
    load.args(["bench", "--package", package, "--bench", bench]).env("KATOK_BENCH_PROGRAM", program);
    Ok(load)
}
