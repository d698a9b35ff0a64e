//! How a command ends badly: an exit status and what to do, in both languages.

use std::process::ExitCode;

use katok_client::{ErrorKind, FileTokenStoreError, LoginEnd, Remedy, TokenError};
use katok_gateway::Sentence;

use crate::printable::printable;
use crate::profile::Profile;
use crate::tokens::TokenHomeError;
use crate::tokens::keyring::KeyringError;

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

    /// The same, with a hint that is for this profile.
    pub(crate) fn of_profile(mut self, profile: &Profile) -> Self {
        self.hint = self.hint.map(|hint| profile.command(&hint).into());
        self
    }

    /// The same after others have the message already: doing everything again is no remedy any more.
    pub(crate) fn for_some(mut self, exit: Exit) -> Self {
        self.exit = exit;
        self.sentence.ko.push_str(" 다시 보낸다면 받지 못한 사람에게만 보내세요.");
        self.sentence.en.push_str(" If you send it again, send it only to those who did not get it.");
        self
    }

    /// The same after the first parts of a text have arrived.
    pub(crate) fn for_the_rest(mut self) -> Self {
        self.exit = Exit::Refused;
        self.sentence.ko.push_str(" 다시 보낸다면 가지 않은 부분만 보내세요.");
        self.sentence.en.push_str(" If you send it again, send only the parts that did not arrive.");
        self
    }

    fn login_ended(ended: LoginEnd) -> Self {
        let (ko, en) = match ended {
            LoginEnd::Expired => (
                "오래 쓰지 않아 로그인이 만료되었습니다. 다시 로그인하세요.",
                "This login was not used for so long that it expired. Sign in again.",
            ),
            LoginEnd::AnswerLost => (
                "토큰을 새로 받다가 끊겨 새 토큰을 잃었습니다. 다시 로그인하세요.",
                "A refresh of the tokens was cut off, and the new ones are lost. Sign in again.",
            ),
            _ => (
                "카카오가 저장된 토큰을 더는 받지 않습니다. 다시 로그인하세요.",
                "Kakao no longer takes the stored tokens. Sign in again.",
            ),
        };
        Self::new(Exit::SignInNeeded, ko, en)
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

impl From<FileTokenStoreError> for Failure {
    fn from(error: FileTokenStoreError) -> Self {
        match error {
            FileTokenStoreError::Io { path, source } => {
                let path = path.display();
                Self::usage(
                    format!(
                        "토큰 파일을 읽거나 쓸 수 없습니다: {path} ({source}). 권한과 남은 공간을 확인하세요."
                    ),
                    format!(
                        "The token file cannot be read or written: {path} ({source}). Check its permissions and the free space."
                    ),
                )
            }
            FileTokenStoreError::Damaged(path) => {
                let path = path.display();
                Self::usage(
                    format!(
                        "토큰 파일을 해석할 수 없습니다: {path}. 다른 곳으로 옮기고 katok login을 실행하세요."
                    ),
                    format!("The token file cannot be understood: {path}. Move it away and run katok login."),
                )
            }
        }
    }
}

impl From<TokenHomeError> for Failure {
    fn from(error: TokenHomeError) -> Self {
        match error {
            TokenHomeError::File(error) => Self::from(error),
            TokenHomeError::Keyring(KeyringError::Absent) => Self::new(
                Exit::SignInNeeded,
                "토큰은 시스템 키링에 있을 텐데, 여기서는 키링에 닿지 않습니다. 데스크톱에 로그인해 두거나, 파일에 두도록 KATOK_TOKENS=file로 다시 로그인하세요.",
                "The tokens should be in the system keyring, which cannot be reached from here. Log in to the desktop, or sign in again with KATOK_TOKENS=file to have them in a file.",
            )
            .hint("katok login"),
            TokenHomeError::Keyring(KeyringError::Locked) => Self::new(
                Exit::SignInNeeded,
                "시스템 키링이 잠겨 있습니다. 키링을 열거나, 파일에 두도록 KATOK_TOKENS=file로 다시 로그인하세요.",
                "The system keyring is locked. Unlock it, or sign in again with KATOK_TOKENS=file to have the tokens in a file.",
            )
            .hint("katok login"),
            TokenHomeError::Unreadable => Self::usage(
                "시스템 키링에 있는 katok 항목을 해석할 수 없습니다. 그 항목을 지우고 다시 로그인하세요.",
                "The entry of katok in the system keyring cannot be understood. Delete it and sign in again.",
            )
            .hint("katok login"),
            TokenHomeError::NoRefreshToken => Self::new(
                Exit::SignInNeeded,
                "리프레시 토큰 없이 가져온 액세스 토큰이 끝났습니다. 새로 받을 수 없으니 다시 로그인하세요.",
                "The access token was imported without a refresh token, and has ended. Sign in again.",
            )
            .hint("katok login"),
        }
    }
}

impl From<TokenError<TokenHomeError>> for Failure {
    fn from(error: TokenError<TokenHomeError>) -> Self {
        match error {
            TokenError::NotSignedIn => Self::not_signed_in(),
            TokenError::SignInAgain { ended, .. } => Self::login_ended(ended).hint("katok login"),
            TokenError::Kakao(error) => Self::from(error),
            TokenError::TooManyTokens { until } => Self::system(
                format!(
                    "카카오가 이 사람에게 짧은 동안 너무 많은 토큰을 내주었습니다. {until:.0} 이후에 다시 해 보세요."
                ),
                format!(
                    "Kakao has issued too many tokens to this person within minutes. Try again after {until:.0}."
                ),
            ),
            TokenError::Store(error) => Self::from(error),
            TokenError::NotStored(error) => {
                let mut failure = Self::from(error);
                failure
                    .sentence
                    .ko
                    .push_str(" 카카오가 새로 내준 토큰을 저장하지 못했으니 다시 로그인해야 할 수 있습니다.");
                failure
                    .sentence
                    .en
                    .push_str(" Kakao's new tokens could not be stored, so you may have to sign in again.");
                failure
            }
            TokenError::Unfinished => Self::system(
                "카카오 토큰을 제때 새로 받지 못했습니다. 잠시 뒤 다시 해 보세요.",
                "Kakao's tokens could not be refreshed in time. Try again in a moment.",
            ),
        }
    }
}
