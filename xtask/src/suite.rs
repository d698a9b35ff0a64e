//! The one test command: what it runs, in which order.

use std::env;
use std::process::Command;
use std::time::Instant;

use crate::{needs, tidy};

/// Runs everything, up to the first step that fails; `deny` names the checks of `cargo deny`.
pub(crate) fn run(deny: &[&str]) -> Result<(), String> {
    if !deny.contains(&"advisories") {
        println!("Security advisories are left out; ask for them with `cargo xtask test --advisories`.");
    }
    step("what the tests need", needs::provide)?;
    step("formatting", || cargo(&["fmt", "--all", "--check"]))?;
    step("clippy", || cargo(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))?;
    step("dependencies", || cargo(&[&["deny", "check"], deny].concat()))?;
    step("tests", || cargo(&["test", "--workspace", "--all-targets", "--no-fail-fast"]))?;
    step("documentation tests", || cargo(&["test", "--workspace", "--doc"]))?;
    step("documentation", || cargo(&["doc", "--workspace", "--no-deps"]))?;
    step("rooms", tidy::run)
}

fn step(name: &str, work: impl FnOnce() -> Result<(), String>) -> Result<(), String> {
    println!("\n== {name}");
    let start = Instant::now();
    work().map_err(|error| format!("\n== {name}: failed\n{error}"))?;
    println!("== {name}: done in {} s", start.elapsed().as_secs());
    Ok(())
}

fn cargo(arguments: &[&str]) -> Result<(), String> {
    let mut command = Command::new("cargo");
    command.args(arguments);
    command.env("RUSTDOCFLAGS", "-Dwarnings");
    // Without this, a browser test says that it was left out when there is no browser.
    command.env("KATOK_REQUIRE_BROWSER", "1");
    if env::var("CI").is_ok_and(|ci| ci == "true") {
        command.env("CARGO_INCREMENTAL", "0");
    }
    needs::run(&mut command)
}
