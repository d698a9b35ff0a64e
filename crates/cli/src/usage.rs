//! What is wrong with what was typed, for those who read no English and for programs: clap speaks English alone.

use std::error::Error as _;
use std::process::ExitCode;

use clap::CommandFactory as _;
use clap::error::{ContextKind, ContextValue, Error, ErrorKind};

use crate::args::Args;
use crate::failure::Failure;
use crate::language::{self, Language};
use crate::output::Output;
use crate::printable::printable;

/// Stands between the languages of what our own value parsers say.
const BETWEEN: &str = " · ";

/// Tells it, and says with which exit status to end; help is in both languages as it is.
pub(crate) fn told(error: &Error) -> ExitCode {
    let typed: Vec<String> =
        std::env::args_os().map(|argument| argument.to_string_lossy().into_owned()).collect();
    let json = typed.iter().any(|argument| argument == "--json");
    let language = language::typed(&typed).unwrap_or_else(language::of_environment);
    let is_help = !error.use_stderr() || error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand;
    if is_help || (language == Language::English && !json && source(error).is_none()) {
        // Nobody left to tell.
        let _ = error.print();
        return if error.use_stderr() { ExitCode::from(2) } else { ExitCode::SUCCESS };
    }
    let failure = Failure::usage(printable(&korean(error)), printable(&english(error)));
    Output::new(language, json).fail(&failure.hint(format!("{} --help", command())))
}

fn korean(error: &Error) -> String {
    let argument = context(error, ContextKind::InvalidArg);
    let told = match error.kind() {
        ErrorKind::UnknownArgument => format!("{argument}: 그런 옵션이 없습니다."),
        ErrorKind::InvalidSubcommand => {
            format!("{}: 그런 명령이 없습니다.", context(error, ContextKind::InvalidSubcommand))
        }
        ErrorKind::MissingRequiredArgument => format!("빠진 것이 있습니다: {argument}"),
        ErrorKind::ArgumentConflict => {
            let other = context(error, ContextKind::PriorArg);
            format!("{argument}: {other}와(과) 함께 쓸 수 없습니다.")
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            let why = source(error).map_or_else(String::new, |(ko, _)| format!(" ({ko})"));
            match context(error, ContextKind::InvalidValue) {
                value if value.is_empty() => format!("{argument}: 값이 빠졌습니다."),
                value => format!("{argument}: 값이 맞지 않습니다: {value}{why}."),
            }
        }
        _ => english(error),
    };
    let with = |what: &str, kind: ContextKind| match context(error, kind) {
        found if found.is_empty() => String::new(),
        found => format!(" {what}: {found}"),
    };
    let valid = with("쓸 수 있는 것", ContextKind::ValidValue);
    let similar =
        [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand].map(|kind| with("비슷한 것", kind));
    format!("{told}{valid}{}", similar.concat())
}

/// What clap says, in one line and without its usage.
fn english(error: &Error) -> String {
    let told = error.render().to_string();
    let paragraphs = told.split("\n\n").take_while(|paragraph| {
        !paragraph.starts_with("Usage:") && !paragraph.starts_with("For more information")
    });
    let lines: Vec<String> =
        paragraphs.map(|lines| lines.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    let told = lines.join("; ");
    let told = told.strip_prefix("error: ").unwrap_or(&told);
    match source(error) {
        Some((ko, en)) => told.replace(&format!("{ko}{BETWEEN}{en}"), &en),
        None => told.to_owned(),
    }
}

/// What the value's own parser said, in both languages.
fn source(error: &Error) -> Option<(String, String)> {
    let told = error.source()?.to_string();
    let (ko, en) = told.split_once(BETWEEN).unwrap_or((&told, &told));
    Some((ko.to_owned(), en.to_owned()))
}

fn context(error: &Error, kind: ContextKind) -> String {
    match error.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        Some(ContextValue::Strings(texts)) => texts.join(", "),
        _ => String::new(),
    }
}

/// The command that was typed, as far as there is one of that name.
fn command() -> String {
    let mut names = vec!["katok".to_owned()];
    let mut command = Args::command();
    for argument in std::env::args_os().skip(1) {
        if let Some(subcommand) = command.find_subcommand(&argument).cloned() {
            names.push(subcommand.get_name().to_owned());
            command = subcommand;
        }
    }
    names.join(" ")
}
