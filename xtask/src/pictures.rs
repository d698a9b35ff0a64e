//! Pictures of the running program: one of every page to look at, some of them for the READMEs.

use std::fs;
use std::process::Command;

use crate::needs::{self, run};
use crate::target_folder;

const FOLDER: &str = "docs/pictures";

/// The pictures of the READMEs, and which of all they are.
const PICTURES: [(&str, &str); 6] = [
    ("composer-ko.png", "composer-ko.png"),
    ("composer-en.png", "composer-en.png"),
    ("history-ko.png", "history-ko-phone.png"),
    ("history-en.png", "history-en-phone.png"),
    ("room-ko.png", "room-ko-phone.png"),
    ("room-en.png", "room-en-phone.png"),
];

/// Lets the browser tests take pictures.
pub(crate) fn run_all() -> Result<(), String> {
    needs::packages()?;
    let all = target_folder()?.join("pictures");
    let failed = |error: std::io::Error| format!("the pictures could not be kept: {error}");
    fs::create_dir_all(&all).map_err(failed)?;
    fs::create_dir_all(FOLDER).map_err(failed)?;
    let mut tests = Command::new("cargo");
    tests.args(["test", "--package", "katok", "--test", "it", "a_desk_and_a_phone"]);
    run(tests.env("KATOK_REQUIRE_BROWSER", "1").env("KATOK_PICTURES", &all))?;
    for (picture, page) in PICTURES {
        fs::copy(all.join(page), format!("{FOLDER}/{picture}")).map_err(failed)?;
    }
    println!("{FOLDER} is up to date; {} shows every page", all.display());
    Ok(())
}
