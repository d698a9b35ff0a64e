//! Fuzzing the emulator's parsers for a bounded time: every target of `fuzz/`, with its corpus.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::needs::run;
use crate::target_folder;

const CORPUS: &str = "fuzz/corpus";

/// Gives each target so many seconds. What makes one fail is kept in `fuzz/artifacts`.
pub(crate) fn run_all(seconds: u32) -> Result<(), String> {
    let folder = target_folder()?.join("fuzz");
    cargo_fuzz("build", &folder, &[])?;
    for target in targets()? {
        // New inputs go into the first folder, and the repository's stays as it is.
        let found = folder.join("found").join(&target);
        fs::create_dir_all(&found).map_err(|error| format!("{}: {error}", found.display()))?;
        let (found, corpus) = (found.display().to_string(), format!("{CORPUS}/{target}"));
        let time = format!("-max_total_time={seconds}");
        let arguments = [
            &target,
            &found,
            &corpus,
            "--",
            &time,
            "-timeout=20",
            "-rss_limit_mb=2048",
            "-verbosity=0",
            "-print_final_stats=1",
        ];
        cargo_fuzz("run", &folder, &arguments)?;
    }
    Ok(())
}

/// Each target has a corpus of its name.
fn targets() -> Result<Vec<String>, String> {
    let entries = fs::read_dir(CORPUS).map_err(|error| format!("{CORPUS}: {error}"))?;
    let names = entries.map(|entry| entry.map(|entry| entry.file_name().to_string_lossy().into_owned()));
    let mut names: Vec<String> =
        names.collect::<Result<_, _>>().map_err(|error| format!("{CORPUS}: {error}"))?;
    names.sort();
    Ok(names)
}

/// There is no unsafe code to sanitize here, and without a sanitizer the stable compiler will do.
fn cargo_fuzz(subcommand: &str, folder: &Path, arguments: &[&str]) -> Result<(), String> {
    let mut command = Command::new("cargo");
    command.args(["fuzz", subcommand, "--sanitizer", "none", "--target-dir"]).arg(folder).args(arguments);
    run(&mut command)
}
