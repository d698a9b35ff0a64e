//! The only place that prints: data to stdout, talk to stderr.

use std::io::{self, ErrorKind, Write as _};
use std::ops::ControlFlow;
use std::process::ExitCode;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressFinish};
use katok_gateway::Sentence;
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::language::Language;

/// Colours of a terminal; where there is none, or `NO_COLOR` is set, they are left out.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Colour {
    Green,
    Yellow,
    Red,
    Grey,
}

impl Colour {
    /// Text in this colour.
    pub(crate) fn paint(self, text: &str) -> String {
        let code = match self {
            Self::Green => 32,
            Self::Yellow => 33,
            Self::Red => 31,
            Self::Grey => 90,
        };
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    }
}

/// How this run prints.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Output {
    language: Language,
    json: bool,
}

impl Output {
    pub(crate) fn new(language: Language, json: bool) -> Self {
        Self { language, json }
    }

    /// Prints data: as JSON when asked for, else as the lines a person reads.
    pub(crate) fn data(self, value: &Value, lines: impl FnOnce() -> String) -> Result<(), Failure> {
        // A reader that closed the pipe has seen enough: that is a normal end.
        self.one_of_many(value, lines).map(drop)
    }

    /// Prints one of many data, each on lines of its own; breaks once nobody reads them any more.
    pub(crate) fn one_of_many(
        self,
        value: &Value,
        lines: impl FnOnce() -> String,
    ) -> Result<ControlFlow<()>, Failure> {
        if self.json { line(&value.to_string()) } else { line(&lines()) }
    }

    /// Prints what was done: Kakao's answer as JSON, or a sentence.
    pub(crate) fn done(self, answer: &Value, sentence: &Sentence) -> Result<(), Failure> {
        self.data(answer, || self.text(sentence))
    }

    /// A sentence in the person's language, on lines of its own.
    pub(crate) fn text(self, sentence: &Sentence) -> String {
        self.language.lines(sentence).join("\n")
    }

    /// A few words in the person's language, for the middle of a line.
    pub(crate) fn words(self, ko: &str, en: &str) -> String {
        self.language.lines(&Sentence::new(ko, en)).join(" · ")
    }

    /// For what is drawn and cannot be said twice.
    pub(crate) fn one_language(self) -> katok_bubble::Language {
        match self.language {
            Language::English => katok_bubble::Language::English,
            Language::Korean | Language::Both => katok_bubble::Language::Korean,
        }
    }

    /// Says something to the person, beside the data.
    pub(crate) fn say(self, sentence: &Sentence) {
        let mut stderr = anstream::stderr().lock();
        for line in self.language.lines(sentence) {
            // Nobody left to tell.
            let _ = writeln!(stderr, "{line}");
        }
    }

    /// A bar for so many steps, or something that turns for a single one: on a terminal, where a person watches.
    pub(crate) fn progress(self, steps: usize) -> ProgressBar {
        if self.json {
            return ProgressBar::hidden();
        }
        let progress = if steps > 1 { ProgressBar::new(steps as u64) } else { ProgressBar::new_spinner() };
        let progress = progress.with_finish(ProgressFinish::AndClear);
        progress.enable_steady_tick(Duration::from_millis(120));
        progress
    }

    /// Tells why the command failed and what helps.
    pub(crate) fn fail(self, failure: &Failure) -> ExitCode {
        let mut stderr = anstream::stderr().lock();
        if self.json {
            let error = json!({"error": {
                "exit": failure.exit as u8,
                "code": failure.code,
                "ko": failure.sentence.ko,
                "en": failure.sentence.en,
                "kakao_message": failure.kakao_message,
                "hint": failure.hint,
            }});
            let _ = writeln!(stderr, "{error}");
            return failure.exit.into();
        }
        let code = failure.code.as_ref().map(|code| format!(" ({code})")).unwrap_or_default();
        for line in self.language.lines(&failure.sentence) {
            let _ = writeln!(stderr, "error: {line}{code}");
        }
        if let Some(message) = &failure.kakao_message {
            let _ = writeln!(stderr, "Kakao: {message}");
        }
        if let Some(hint) = &failure.hint {
            let _ = writeln!(stderr, "\nhint: {hint}");
        }
        failure.exit.into()
    }
}

/// Where a program writes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Stream {
    Stdout,
    Stderr,
}

impl Stream {
    /// Writes another program's output as it is.
    pub(crate) fn pass_on(self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::Stdout => {
                let mut stdout = io::stdout().lock();
                stdout.write_all(bytes)?;
                stdout.flush()
            }
            Self::Stderr => io::stderr().write_all(bytes),
        }
    }
}

/// Prints one line of data as it is.
fn line(line: &str) -> Result<ControlFlow<()>, Failure> {
    let mut stdout = anstream::stdout().lock();
    match writeln!(stdout, "{line}").and_then(|()| stdout.flush()) {
        Ok(()) => Ok(ControlFlow::Continue(())),
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(ControlFlow::Break(())),
        Err(error) => Err(Failure::system(
            format!("결과를 출력하지 못했습니다({error})."),
            format!("The result could not be written ({error})."),
        )),
    }
}
