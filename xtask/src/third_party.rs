//! The third-party clients of the tests, apart from whatever Python and Node the machine has.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::needs::run;
use crate::target_folder;

const REQUIREMENTS: &str = "crates/cli/tests/third-party/python/requirements.txt";
const PACKAGES: [&str; 2] =
    ["crates/cli/tests/third-party/node/package-lock.json", "crates/cli/tests/third-party/node/package.json"];

/// In each folder: the lists that were installed.
const INSTALLED: &str = "installed.txt";

/// Where the clients are once they are installed.
pub(crate) struct ThirdParty {
    pub(crate) python: PathBuf,
    pub(crate) node_modules: PathBuf,
}

/// Installs the clients, anew when a list of them has changed.
pub(crate) fn install() -> Result<ThirdParty, String> {
    let python = target_folder()?.join("third-party-venv");
    if is_outdated(&python, &[REQUIREMENTS])? {
        println!("installing the packages of {REQUIREMENTS} from PyPI into {}", python.display());
        run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&python))?;
        // What is not run need not be compiled.
        let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile"];
        run(Command::new(python.join("bin/python")).args(pip).args(["--requirement", REQUIREMENTS]))?;
        note_installed(&python, &[REQUIREMENTS])?;
    }

    let node = target_folder()?.join("third-party-node");
    if is_outdated(&node, &PACKAGES)? {
        println!("installing the packages of {} from npm into {}", PACKAGES[0], node.display());
        fs::create_dir_all(&node).map_err(|error| format!("{}: {error}", node.display()))?;
        for file in PACKAGES.map(Path::new) {
            let copy = node.join(file.file_name().expect("the path names a file"));
            fs::copy(file, copy).map_err(|error| format!("{}: {error}", file.display()))?;
        }
        let npm = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"];
        run(Command::new("npm").args(npm).current_dir(&node))?;
        note_installed(&node, &PACKAGES)?;
    }
    Ok(ThirdParty { python: python.join("bin/python"), node_modules: node.join("node_modules") })
}

/// Whether something else than these lists was installed into the folder, or nothing.
fn is_outdated(folder: &Path, lists: &[&str]) -> Result<bool, String> {
    let wanted = content(lists)?;
    Ok(!fs::read(folder.join(INSTALLED)).is_ok_and(|installed| installed == wanted))
}

fn note_installed(folder: &Path, lists: &[&str]) -> Result<(), String> {
    fs::write(folder.join(INSTALLED), content(lists)?)
        .map_err(|error| format!("{}: {error}", folder.display()))
}

/// What the lists say, one after the other.
fn content(lists: &[&str]) -> Result<Vec<u8>, String> {
    let read = |list: &&str| fs::read(list).map_err(|error| format!("{list}: {error}"));
    Ok(lists.iter().map(read).collect::<Result<Vec<_>, _>>()?.concat())
}
