//! `katok man`: the manual pages, made of what `--help` says.

use std::io;
use std::path::Path;

use clap::CommandFactory as _;
use clap_mangen::Man;
use katok_gateway::Sentence;
use serde_json::json;

use crate::args::{self, Args};
use crate::failure::{Exit, Failure};
use crate::output::Output;
use crate::printable::printable;

pub(super) fn run(args: &args::Man, output: Output) -> Result<Exit, Failure> {
    let Some(folder) = &args.out else {
        let page = page().map_err(|error| cannot_be_written(Path::new("katok.1"), &error))?;
        output.data(&json!({"page": page}), || page.trim_end().to_owned())?;
        return Ok(Exit::Done);
    };
    let written = std::fs::create_dir_all(folder);
    written
        .and_then(|()| clap_mangen::generate_to(Args::command(), folder))
        .map_err(|error| cannot_be_written(folder, &error))?;
    let shown = printable(&folder.display().to_string());
    let sentence = Sentence::new(
        format!("매뉴얼을 {shown} 폴더에 썼습니다."),
        format!("The manual pages are in {shown}."),
    );
    output.done(&json!({"folder": folder}), &sentence)?;
    Ok(Exit::Done)
}

fn page() -> io::Result<String> {
    let mut page = Vec::new();
    Man::new(Args::command()).render(&mut page)?;
    String::from_utf8(page).map_err(io::Error::other)
}

fn cannot_be_written(path: &Path, error: &io::Error) -> Failure {
    let path = printable(&path.display().to_string());
    Failure::usage(
        format!("매뉴얼을 쓸 수 없습니다: {path} ({error})."),
        format!("The manual cannot be written: {path} ({error})."),
    )
}
