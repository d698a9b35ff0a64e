//! A Python that has the third-party client of the tests, apart from whatever Python the machine has.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::needs::run;
use crate::target_folder;

const REQUIREMENTS: &str = "crates/cli/tests/third-party/requirements.txt";

/// Makes the virtual environment, anew when its requirements have changed; answers its interpreter.
pub(crate) fn python() -> Result<PathBuf, String> {
    let folder = target_folder()?.join("third-party-venv");
    let python = folder.join("bin/python");
    let installed = folder.join("installed.txt");
    let wanted = fs::read(REQUIREMENTS).map_err(|error| format!("{REQUIREMENTS}: {error}"))?;
    if fs::read(&installed).is_ok_and(|installed| installed == wanted) {
        return Ok(python);
    }
    println!("installing the packages of {REQUIREMENTS} from PyPI into {}", folder.display());
    run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder))?;
    let pip =
        ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement", REQUIREMENTS];
    run(Command::new(&python).args(pip))?;
    fs::write(installed, wanted).map_err(|error| format!("{}: {error}", folder.display()))?;
    Ok(python)
}
