//! What `katok doctor` looks at: one check after another, each with what it found and what helps.
//!
//! Nothing is sent, no token is used up, and nothing is changed at Kakao.

pub(crate) mod app;
pub(crate) mod clock;
pub(crate) mod files;
pub(crate) mod gateway;
pub(crate) mod links;
pub(crate) mod reach;
pub(crate) mod settings;
pub(crate) mod sign_in;

use std::time::Duration;

use katok_client::codes::Explanation;
use katok_gateway::Sentence;
use serde_json::{Value, json};

use crate::failure::{Exit, Failure};
use crate::pasted::Mention;
use crate::profile::Profile;

/// How long one question may take: a person waits for the answers to all.
pub(crate) const PATIENCE: Duration = Duration::from_secs(5);

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Fine,
    /// It works, and something will surprise.
    Warning,
    /// It does not work, and a command would end so.
    Failed(Exit),
    /// Nobody can tell.
    Skipped,
}

impl State {
    fn as_str(self) -> &'static str {
        match self {
            Self::Fine => "ok",
            Self::Warning => "warning",
            Self::Failed(_) => "failed",
            Self::Skipped => "skipped",
        }
    }
}

/// One thing that was looked at.
#[derive(Clone, Debug)]
pub(crate) struct Check {
    name: &'static str,
    pub(crate) state: State,
    pub(crate) sentence: Sentence,
    pub(crate) remedy: Option<Sentence>,
    /// The menu of Kakao's console that helps.
    pub(crate) console: Option<Sentence>,
}

impl Check {
    fn new(name: &'static str, state: State, ko: impl Into<String>, en: impl Into<String>) -> Self {
        Self { name, state, sentence: Sentence::new(ko, en), remedy: None, console: None }
    }

    fn fine(name: &'static str, ko: impl Into<String>, en: impl Into<String>) -> Self {
        Self::new(name, State::Fine, ko, en)
    }

    fn warning(name: &'static str, ko: impl Into<String>, en: impl Into<String>) -> Self {
        Self::new(name, State::Warning, ko, en)
    }

    fn failed(name: &'static str, exit: Exit, ko: impl Into<String>, en: impl Into<String>) -> Self {
        Self::new(name, State::Failed(exit), ko, en)
    }

    pub(crate) fn skipped(name: &'static str, ko: impl Into<String>, en: impl Into<String>) -> Self {
        Self::new(name, State::Skipped, ko, en)
    }

    /// What ends another command ends this check.
    pub(crate) fn of_failure(name: &'static str, failure: Failure) -> Self {
        let Failure { exit, sentence, hint, .. } = failure;
        let remedy = hint.map(|hint| Sentence::new(hint.clone(), hint));
        Self { remedy, ..Self::failed(name, exit, sentence.ko, sentence.en) }
    }

    pub(crate) fn remedy(mut self, ko: impl Into<String>, en: impl Into<String>) -> Self {
        self.remedy = Some(Sentence::new(ko, en));
        self
    }

    /// With the command that helps.
    fn command(self, profile: &Profile, command: &str) -> Self {
        let command = profile.command(command);
        self.remedy(command.clone(), command)
    }

    fn at(mut self, [ko, en]: [&str; 2]) -> Self {
        self.console = Some(Sentence::new(ko, en));
        self
    }

    /// With what the catalogue says to do about it.
    fn explained_by(mut self, said: &Mention) -> Self {
        if let Some(Explanation { remedy_ko, remedy_en, console_ko, console_en, .. }) = said.explanation() {
            self.remedy = Some(Sentence::new(remedy_ko, remedy_en));
            self.console = console_ko.zip(console_en).map(|(ko, en)| Sentence::new(ko, en));
        }
        self
    }

    pub(crate) fn as_json(&self) -> Value {
        json!({
            "name": self.name,
            "state": self.state.as_str(),
            "sentence": self.sentence,
            "remedy": self.remedy,
            "console": self.console,
        })
    }
}
