//! The one test command: what it runs, in which order.

use std::env;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use crate::needs::{self, run};
use crate::postgres::Postgres;
use crate::{deploy, fuzz, oldest_rust, third_party, tidy};

/// A folder that is no disk.
const IN_MEMORY: &str = "/dev/shm";

/// How long each parser is fuzzed; whoever looks for more runs `cargo xtask fuzz`.
const FUZZ_SECONDS: u32 = 10;

/// Runs everything, up to the first step that fails; `deny` names the checks of `cargo deny`.
pub(crate) fn run_all(deny: &[&str]) -> Result<(), String> {
    if !deny.contains(&"advisories") {
        println!("Security advisories are left out; ask for them with `cargo xtask test --advisories`.");
    }
    step("packages", needs::packages)?;
    step("cargo-deny", needs::cargo_deny)?;
    step("cargo-fuzz", needs::cargo_fuzz)?;
    let clients = step("third-party clients", third_party::install)?;
    step("formatting", || run(&mut cargo(&["fmt", "--all", "--check"])))?;
    step("clippy", || run(&mut cargo(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"])))?;
    step("dependencies", || run(&mut cargo(&[&["deny", "check"], deny].concat())))?;
    // With `--all-targets`, cargo makes test programs of the examples; a test runs them as they are.
    step("examples", || run(&mut cargo(&["build", "--workspace", "--examples"])))?;
    step("tests", || {
        let mut tests = cargo(&["test", "--workspace", "--all-targets", "--no-fail-fast"]);
        // Without these, tests say what they left out for want of a browser or a client.
        for required in ["BROWSER", "KEYRING", "THIRD_PARTY"] {
            tests.env(format!("KATOK_REQUIRE_{required}"), "1");
        }
        tests.env("KATOK_TEST_PYTHON", &clients.python);
        run(tests.env("KATOK_TEST_NODE_MODULES", &clients.node_modules))
    })?;
    step("tests on PostgreSQL", || {
        let server = Postgres::start("off")?;
        let mut tests = cargo(&["test", "-p", "katok-gateway", "--test", "it", "--no-fail-fast"]);
        run(tests.env("KATOK_TEST_DATABASE_URL", server.url()))?;
        let mut crashes = cargo(&["test", "-p", "katok", "--test", "it", "outbox_crash"]);
        run(crashes.env("KATOK_TEST_DATABASE_URL", server.url()))
    })?;
    step("oldest Rust", oldest_rust::build_client)?;
    step("fuzzing", || fuzz::run_all(FUZZ_SECONDS))?;
    step("documentation tests", || run(&mut cargo(&["test", "--workspace", "--doc"])))?;
    step("documentation", || {
        run(cargo(&["doc", "--workspace", "--no-deps"]).env("RUSTDOCFLAGS", "-Dwarnings"))
    })?;
    step("deploy", deploy::lint)?;
    step("rooms", tidy::run)
}

/// Kills gateways that many times; what was accepted has to arrive once all the same.
pub(crate) fn crash(cycles: &str) -> Result<(), String> {
    let server = Postgres::start("off")?;
    let mut crashes = cargo(&["test", "-p", "katok", "--test", "it", "outbox_crash", "--", "--nocapture"]);
    crashes.arg("--test-threads=1").env("KATOK_CRASH_CYCLES", cycles);
    run(crashes.env("KATOK_TEST_DATABASE_URL", server.url()))
}

/// Lives through simulated years; which ones, this variable says.
pub(crate) fn simulate(variable: &str, seeds: &str) -> Result<(), String> {
    if seeds.parse::<u64>().is_err() {
        return Err(format!("{seeds} is no number of seeds"));
    }
    let mut years = cargo(&["test", "--profile", "simulation", "-p", "katok-gateway", "--lib"]);
    years.arg("a_year_keeps_every_promise");
    // Nothing of a simulated year has to outlive it.
    if Path::new(IN_MEMORY).is_dir() {
        years.env("TMPDIR", IN_MEMORY);
    }
    run(years.args(["--", "--nocapture"]).env(variable, seeds))
}

fn step<T>(name: &str, work: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    println!("\n== {name}");
    let start = Instant::now();
    let outcome = work().map_err(|error| format!("\n== {name}: failed\n{error}"))?;
    println!("== {name}: done in {} s", start.elapsed().as_secs());
    Ok(outcome)
}

fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new("cargo");
    command.args(arguments);
    if env::var("CI").is_ok_and(|ci| ci == "true") {
        command.env("CARGO_INCREMENTAL", "0");
    }
    command
}
