//! The project's chores: `cargo xtask test` and its parts.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a chore talks to the terminal")]

mod needs;
mod suite;
mod tidy;

use std::env;
use std::path::Path;
use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask test                 set up what the tests need, then run every check and every test
cargo xtask test --advisories    the same, and ask the advisory database about the dependencies (needs the internet)
cargo xtask tidy                 only check that every line of code is in the room it belongs to";

fn main() -> ExitCode {
    // Every path and every command below is meant from the root of the repository.
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let arguments: Vec<_> = env::args().skip(1).collect();
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    let done =
        env::set_current_dir(root).map_err(|error| error.to_string()).and_then(|()| match arguments[..] {
            ["test"] => suite::run(&["bans", "licenses", "sources"]),
            ["test", "--advisories"] => suite::run(&["advisories", "bans", "licenses", "sources"]),
            ["tidy"] => tidy::run(),
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
