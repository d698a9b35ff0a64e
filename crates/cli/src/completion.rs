//! What shells complete a command line with: by clap's engine, quoted by ourselves for bash and PowerShell.

pub(crate) mod friend_names;

use std::ffi::{OsStr, OsString};
use std::io::{self, Write};
use std::path::Path;

use clap::CommandFactory as _;
use clap_complete::engine::{self, ArgValueCompleter, CompletionCandidate};
use clap_complete::env::{Bash, CompleteEnv, EnvCompleter, Fish, Powershell, Shells, Zsh};

use crate::args::Args;
use crate::data_dir;

/// Set by the scripts that [`script`] writes.
const VARIABLE: &str = "COMPLETE";

const SHELLS: &[&dyn EnvCompleter] = &[&QuotingBash, &Zsh, &Fish, &QuotingPowershell];

/// Answers a shell that asks how a command line may go on, and says whether one did.
pub(crate) fn answer() -> Result<bool, clap::Error> {
    let here = std::env::current_dir().ok();
    let asked = CompleteEnv::with_factory(Args::command).var(VARIABLE).shells(Shells(SHELLS));
    asked.try_complete(std::env::args_os(), here.as_deref())
}

/// The script that teaches a shell to ask.
pub(crate) fn script(shell: &str) -> io::Result<String> {
    let shell = SHELLS.iter().find(|known| known.is(shell)).ok_or(io::ErrorKind::NotFound)?;
    let mut script = Vec::new();
    shell.write_registration(VARIABLE, "katok", "katok", "katok", &mut script)?;
    String::from_utf8(script).map_err(io::Error::other)
}

/// Completes friends' names from what was kept of them.
pub(crate) fn friends() -> ArgValueCompleter {
    ArgValueCompleter::new(|typed: &OsStr| {
        let typed = typed.to_string_lossy();
        let names = data_dir::of_environment().map(|data| friend_names::kept(&data)).unwrap_or_default();
        let fits = |name: &String| name.starts_with(&*typed) && !name.contains(char::is_control);
        names.into_iter().filter(fits).map(CompletionCandidate::new).collect()
    })
}

/// clap's own script for bash leaves a name with a space in it to fall into two.
#[derive(Clone, Copy, Debug)]
struct QuotingBash;

impl EnvCompleter for QuotingBash {
    fn name(&self) -> &'static str {
        Bash.name()
    }

    fn is(&self, name: &str) -> bool {
        Bash.is(name)
    }

    fn write_registration(
        &self,
        variable: &str,
        name: &str,
        bin: &str,
        completer: &str,
        to: &mut dyn Write,
    ) -> io::Result<()> {
        write!(
            to,
            r#"_{name}_complete() {{
    local word
    COMPREPLY=()
    # Not by an array of "$(...)": a name such as * would become the names of files.
    while IFS= read -r word; do
        COMPREPLY+=("$word")
    done < <({variable}=bash _CLAP_COMPLETE_INDEX="$COMP_CWORD" "{completer}" -- "${{COMP_WORDS[@]}}" 2>/dev/null)
    if [[ ${{#COMPREPLY[@]}} -eq 1 && $COMPREPLY == */ ]]; then
        compopt -o nospace
    fi
}}
complete -o bashdefault -o default -F _{name}_complete {bin}
"#
        )
    }

    fn write_complete(
        &self,
        command: &mut clap::Command,
        mut words: Vec<OsString>,
        here: Option<&Path>,
        to: &mut dyn Write,
    ) -> io::Result<()> {
        let index = std::env::var("_CLAP_COMPLETE_INDEX").ok().and_then(|index| index.parse().ok());
        let index: usize = index.unwrap_or_default();
        let mut quote = Quote::None;
        if let Some(word) = words.get_mut(index) {
            let typed = word.to_string_lossy().into_owned();
            quote = Quote::of(&typed);
            *word = quote.read(&typed).into();
        }
        for candidate in engine::complete(command, words, index, here)? {
            writeln!(to, "{}", quote.write(&candidate.get_value().to_string_lossy()))?;
        }
        Ok(())
    }
}

/// clap puts what it writes into the command line as it is, where `;` or `$(…)` in somebody's name would be code.
#[derive(Clone, Copy, Debug)]
struct QuotingPowershell;

impl EnvCompleter for QuotingPowershell {
    fn name(&self) -> &'static str {
        Powershell.name()
    }

    fn is(&self, name: &str) -> bool {
        Powershell.is(name)
    }

    fn write_registration(
        &self,
        variable: &str,
        name: &str,
        bin: &str,
        completer: &str,
        to: &mut dyn Write,
    ) -> io::Result<()> {
        Powershell.write_registration(variable, name, bin, completer, to)
    }

    fn write_complete(
        &self,
        command: &mut clap::Command,
        words: Vec<OsString>,
        here: Option<&Path>,
        to: &mut dyn Write,
    ) -> io::Result<()> {
        let last = words.len().saturating_sub(1);
        for candidate in engine::complete(command, words, last, here)? {
            write!(to, "{}", quoted_for_powershell(&candidate.get_value().to_string_lossy()))?;
            let help = candidate.get_help().map(ToString::to_string).unwrap_or_default();
            match help.lines().next() {
                Some(help) => writeln!(to, "\t{help}")?,
                None => writeln!(to)?,
            }
        }
        Ok(())
    }
}

/// PowerShell takes curly quotes for straight ones, and long dashes for short ones.
fn quoted_for_powershell(word: &str) -> String {
    if word.chars().all(|letter| letter.is_alphanumeric() || "-_./:=+".contains(letter)) {
        return word.to_owned();
    }
    let mut quoted = String::from("'");
    for letter in word.chars() {
        quoted.push(letter);
        if matches!(letter, '\'' | '‘' | '’' | '‚' | '‛') {
            quoted.push(letter);
        }
    }
    quoted + "'"
}

/// The quotes that somebody has opened before the cursor; bash closes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Quote {
    None,
    Single,
    Double,
}

impl Quote {
    fn of(word: &str) -> Self {
        match word.chars().next() {
            Some('\'') => Self::Single,
            Some('"') => Self::Double,
            _ => Self::None,
        }
    }

    /// What a word means.
    fn read(self, word: &str) -> String {
        match self {
            Self::Single => word[1..].to_owned(),
            Self::Double => without_backslashes(&word[1..]),
            Self::None => without_backslashes(word),
        }
    }

    /// What has to be typed for a word.
    fn write(self, word: &str) -> String {
        let is_special = |letter: char| match self {
            Self::Single => false,
            Self::Double => matches!(letter, '"' | '$' | '`' | '\\'),
            Self::None => {
                letter.is_ascii() && !letter.is_ascii_alphanumeric() && !"-_./:=@%+,~".contains(letter)
            }
        };
        let mut written = String::new();
        for letter in word.chars() {
            match letter {
                '\'' if self == Self::Single => written.push_str(r"'\''"),
                special if is_special(special) => written.extend(['\\', special]),
                other => written.push(other),
            }
        }
        written
    }
}

fn without_backslashes(word: &str) -> String {
    let mut meant = String::new();
    let mut letters = word.chars();
    while let Some(letter) = letters.next() {
        meant.extend(if letter == '\\' { letters.next() } else { Some(letter) });
    }
    meant
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobodys_name_is_code_to_powershell() {
        for (word, written) in [
            ("--to", "--to"),
            ("어피치", "어피치"),
            ("a; calc", "'a; calc'"),
            ("$(calc)", "'$(calc)'"),
            ("a', (calc), ‘", "'a'', (calc), ‘‘'"),
        ] {
            assert_eq!(quoted_for_powershell(word), written);
        }
    }

    #[test]
    fn names_are_quoted_as_they_were_begun() {
        for (typed, meant, whole, written) in [
            ("무", "무", "무지 콘", r"무지\ 콘"),
            (r"무지\ ", "무지 ", "무지 콘", r"무지\ 콘"),
            ("\"무지 ", "무지 ", "무지 \"$콘\"", r#"무지 \"\$콘\""#),
            ("'무", "무", "무지's", r"무지'\''s"),
            ("", "", "--to", "--to"),
        ] {
            let quote = Quote::of(typed);
            assert_eq!(quote.read(typed), meant, "{typed}");
            assert_eq!(quote.write(whole), written, "{typed}");
        }
    }
}
