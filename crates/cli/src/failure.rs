//! How a command ends badly: an exit status and what to do, in both languages.

use std::process::ExitCode;

use katok_client::{ErrorKind, Remedy, TokenError};
use katok_gateway::Sentence;

use crate::printable::printable;
use crate::token_file::TokenFileError;

/// The exit statuses that scripts rely on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    Done = 0,
    Refused = 1,
    Usage = 2,
    SignInNeeded = 3,
    Trouble = 4,
    Unconfirmed = 5,
    // As a shell says that there is no such command, or none that it can run.
    NotExecutable = 126,
    NotFound = 127,
    // As a shell counts programs that a signal has ended.
    Interrupted = 130,
    Terminated = 143,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// What went wrong and what helps.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) exit: Exit,
    pub(crate) sentence: Sentence,
    /// Kakao's code, where there is one.
    pub(crate) code: Option<Box<str>>,
    /// Kakao's own words, where they say more than ours.
    pub(crate) kakao_message: Option<Box<str>>,
    /// The command or setting that helps.
    pub(crate) hint: Option<Box<str>>,
}

impl Failure {
    pub(crate) fn new(exit: Exit, ko: impl Into<String>, en: impl Into<String>) -> Self {
        Self { exit, sentence: Sentence::new(ko, en), code: None, kakao_message: None, hint: None }
    }

    pub(crate) fn usage(ko: impl Into<String>, en: impl Into<String>) -> Self {
        Self::new(Exit::Usage, ko, en)
    }

    /// The machine itself does not do its part.
    pub(crate) fn system(ko: impl Into<String>, en: impl Into<String>) -> Self {
        Self::new(Exit::Trouble, ko, en)
    }

    /// A text that holds Korean on its first half and English on its second, line by line.
    pub(crate) fn both(exit: Exit, text: &str) -> Self {
        let (ko, en) = text.split_once('\n').unwrap_or((text, text));
        Self::new(exit, ko, en)
    }

    pub(crate) fn hint(mut self, hint: impl Into<Box<str>>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The same after others have the message already: doing everything again is no remedy any more.
    pub(crate) fn for_some(mut self, exit: Exit) -> Self {
        self.exit = exit;
        self.sentence.ko.push_str(" 다시 보낸다면 받지 못한 사람에게만 보내세요.");
        self.sentence.en.push_str(" If you send it again, send it only to those who did not get it.");
        self
    }

    pub(crate) fn not_signed_in() -> Self {
        Self::new(Exit::SignInNeeded, "로그인하지 않았습니다.", "Nobody is signed in.").hint("katok login")
    }
}

impl From<katok_client::Error> for Failure {
    fn from(error: katok_client::Error) -> Self {
        let remedy = error.remedy();
        let exit = match (&remedy, error.kind()) {
            (Remedy::Unconfirmed, _) => Exit::Unconfirmed,
            (Remedy::AskConsent(_) | Remedy::SignInAgain | Remedy::RefreshToken, _) => Exit::SignInNeeded,
            (Remedy::Retry { .. }, _)
            | (_, ErrorKind::NotSent | ErrorKind::Unanswered | ErrorKind::Unreadable) => Exit::Trouble,
            (_, ErrorKind::Configuration) => Exit::Usage,
            _ => Exit::Refused,
        };
        let sentence = katok_gateway::explain(&error);
        // It may quote Kakao.
        let mut failure = Self::new(exit, printable(&sentence.ko), printable(&sentence.en));
        failure.code = error.kakao_code().map(|code| printable(&code.to_string()).into());
        failure.kakao_message = error.kakao_message().map(|message| printable(message).into());
        match remedy {
            Remedy::AskConsent(scopes) => failure.hint(printable(&format!("katok login --scope {scopes}"))),
            Remedy::SignInAgain | Remedy::RefreshToken => failure.hint("katok login"),
            _ => failure,
        }
    }
}

impl From<TokenFileError> for Failure {
    fn from(error: TokenFileError) -> Self {
        Self::both(Exit::Usage, &error.to_string())
    }
}

impl From<TokenError<TokenFileError>> for Failure {
    fn from(error: TokenError<TokenFileError>) -> Self {
        match error {
            TokenError::NotSignedIn => Self::not_signed_in(),
            TokenError::SignInAgain { .. } => Self::new(
                Exit::SignInNeeded,
                "카카오가 저장된 토큰을 더는 받지 않습니다. 다시 로그인하세요.",
                "Kakao no longer takes the stored tokens. Sign in again.",
            )
            .hint("katok login"),
            TokenError::Kakao(error) => Self::from(error),
            TokenError::Store(error) => Self::from(error),
            TokenError::Unfinished => Self::system(
                "카카오 토큰을 제때 새로 받지 못했습니다. 잠시 뒤 다시 해 보세요.",
                "Kakao's tokens could not be refreshed in time. Try again in a moment.",
            ),
        }
    }
}
