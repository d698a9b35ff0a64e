//! The oldest Rust that katok says it works with, tried on the crate that others build into their programs.

use std::process::Command;

use crate::needs::{run, works};
use crate::target_folder;

/// `rust-version` of the workspace.
const OLDEST: &str = env!("CARGO_PKG_RUST_VERSION");

/// Builds the client with it, with all features and with none.
///
/// Where that Rust cannot be had, clippy's `incompatible_msrv` and the resolver, which chooses no dependency that
/// wants a newer one, are all that watches.
pub(crate) fn build_client() -> Result<(), String> {
    let rustup = |arguments: &[&str]| {
        let mut command = Command::new("rustup");
        command.args(arguments);
        command
    };
    let present = || works(&mut rustup(&["run", OLDEST, "cargo", "--version"]));
    if !present() {
        println!("Rust {OLDEST} is missing: installing it (rustup toolchain install)");
        let install = ["toolchain", "install", OLDEST, "--profile", "minimal", "--no-self-update"];
        if !works(&mut rustup(&install)) || !present() {
            println!("Rust {OLDEST} cannot be had here; the client is not built with it.");
            return Ok(());
        }
    }
    let folder = target_folder()?.join("oldest-rust").display().to_string();
    for features in ["--all-features", "--no-default-features"] {
        let check = ["check", "--package", "katok-client", features, "--target-dir", &folder];
        run(&mut rustup(&[&["run", OLDEST, "cargo"], &check[..]].concat()))?;
    }
    Ok(())
}
