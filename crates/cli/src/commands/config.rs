//! `katok config show`: what holds, where it came from, and everything that is wrong with it.

use std::path::Path;

use katok_gateway::Sentence;
use katok_gateway::config::{CATALOGUE, Effective, RemoteGateway, Source, mistyped};
use serde_json::json;
use unicode_width::UnicodeWidthStr as _;

use crate::args::Args;
use crate::data_dir;
use crate::failure::{Exit, Failure};
use crate::kakao::{environment, no_problems};
use crate::output::Output;
use crate::up_settings::{UpSettings, path_of_file};

pub(super) fn show(args: &Args, output: Output) -> Result<Exit, Failure> {
    let data = data_dir::of(args)?;
    let mut problems = Vec::new();
    let settings = UpSettings::read(args, &data, None, &mut problems);
    let _ = RemoteGateway::read(&environment, &settings.file, &mut problems);
    let path = path_of_file(args, &data);
    let hints = mistyped_variables();
    let mut effective: Vec<Effective> =
        CATALOGUE.iter().map(|setting| setting.effective(&environment, &settings.file)).collect();
    for found in &mut effective {
        match found.setting.variable {
            "KATOK_CONFIG" => is_at(found, &path, args.config.is_some()),
            "KATOK_DATA" => is_at(found, &data, args.data.is_some()),
            _ => {}
        }
    }
    let as_json = json!({
        "file": path,
        "settings": effective.iter().map(|found| json!({
            "variable": found.setting.variable,
            "key": found.setting.key,
            "value": found.shown,
            "source": found.source.as_str(),
        })).collect::<Vec<_>>(),
        "problems": problems,
        "hints": hints,
    });
    output.data(&as_json, || {
        let width = effective.iter().map(|found| found.setting.variable.width()).max().unwrap_or_default();
        let lines = effective.iter().map(|found| {
            let from = match &found.source {
                Source::Environment(variable) => format!("environment {variable}"),
                Source::File => format!("file {}", path.display()),
                Source::Flag | Source::Default => found.source.as_str().to_owned(),
            };
            let shown = if found.shown.is_empty() { "-" } else { &found.shown };
            format!("{:width$}  {shown}  ({from})", found.setting.variable)
        });
        lines.collect::<Vec<_>>().join("\n")
    })?;
    for hint in &hints {
        output.say(hint);
    }
    no_problems(&problems)?;
    Ok(Exit::Done)
}

/// Shows the path that holds: these two settings have flags, which win over the environment.
fn is_at(found: &mut Effective, path: &Path, is_given: bool) {
    let path = path.display().to_string();
    if is_given && found.shown != path {
        found.source = Source::Flag;
    }
    found.shown = path;
}

/// Variables of this environment that may be meant as settings.
pub(crate) fn mistyped_variables() -> Vec<Sentence> {
    let names: Vec<String> = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok()).collect();
    mistyped(names.iter().map(String::as_str))
}
