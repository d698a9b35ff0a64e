//! The project's chores: `cargo xtask test` and its parts.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a chore talks to the terminal")]

mod bench;
mod deploy;
mod fuzz;
mod named_tests;
mod needs;
mod oldest_rust;
mod pictures;
mod postgres;
mod remembered_rows;
mod suite;
mod third_party;
mod tidy;

use std::env;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask test                 set up what the tests need, then run every check and every test
cargo xtask test --advisories    the same, and ask the advisory database about the dependencies (needs the internet)
cargo xtask tidy                 only check that every line of code is in the room it belongs to
cargo xtask deploy               only check the systemd unit and the container file
cargo xtask fuzz [SECONDS]       feed the emulator's parsers with what a fuzzer makes up, 60 seconds each unless said
cargo xtask crash CYCLES         kill gateways so many times over their outbox, on SQLite and PostgreSQL
cargo xtask simulate --seeds N   live through so many simulated years by chance, and say how fast that went
cargo xtask simulate --seed S    live through the year of one seed again, and show everything that happens
cargo xtask bench client         measure what a typed call costs beside a bare HTTP call
cargo xtask bench emulator       measure how fast the emulator is (builds the program with optimisation)
cargo xtask bench gateway        measure what the gateway adds to a call of Kakao's (builds the program with optimisation)
cargo xtask bench outbox         measure how fast messages are accepted and delivered, on SQLite and PostgreSQL
cargo xtask bench pages          measure what the pages weigh, and how soon they and a preview are there
cargo xtask bench start          measure how long the program takes to start (builds it with optimisation)
cargo xtask pictures             take the pictures of the READMEs anew, and one of every page to look at";

fn main() -> ExitCode {
    // Every path and every command below is meant from the root of the repository.
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let arguments: Vec<_> = env::args().skip(1).collect();
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    let done =
        env::set_current_dir(root).map_err(|error| error.to_string()).and_then(|()| match arguments[..] {
            ["test"] => suite::run_all(&["bans", "licenses", "sources"]),
            ["test", "--advisories"] => suite::run_all(&["advisories", "bans", "licenses", "sources"]),
            ["tidy"] => tidy::run(),
            ["deploy"] => deploy::lint(),
            ["fuzz"] => needs::cargo_fuzz().and_then(|()| fuzz::run_all(60)),
            ["fuzz", seconds] => {
                let seconds = seconds.parse().map_err(|_| USAGE.to_owned());
                seconds.and_then(|seconds| needs::cargo_fuzz().and_then(|()| fuzz::run_all(seconds)))
            }
            ["crash", cycles] => suite::crash(cycles),
            ["simulate", "--seeds", seeds] => suite::simulate("KATOK_SIMULATE_SEEDS", seeds),
            ["simulate", "--seed", seed] => suite::simulate("KATOK_SIMULATE_SEED", seed),
            ["bench", "client"] => bench::client(),
            ["bench", "emulator"] => bench::emulator(),
            ["bench", "gateway"] => bench::gateway(),
            ["bench", "outbox"] => bench::outbox(),
            ["bench", "pages"] => bench::pages(),
            ["bench", "start"] => bench::start(),
            ["pictures"] => pictures::run_all(),
            _ => Err(USAGE.to_owned()),
        });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// The folder of everything that is made and can be made again; absolute, since tests run elsewhere.
fn target_folder() -> Result<PathBuf, String> {
    let folder = env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into());
    std::path::absolute(folder).map_err(|error| error.to_string())
}
