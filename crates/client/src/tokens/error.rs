//! Why a keeper has no token to give.

use jiff::Timestamp;

use crate::{Error, Quota, Remedy};

/// Why there is no token, or no answer to a call made with one.
#[derive(Debug, thiserror::Error)]
pub enum TokenError<E: std::error::Error + 'static> {
    /// The store has no tokens for this account.
    #[error("nobody is signed in to this account: sign in first")]
    NotSignedIn,
    /// The login has ended: Kakao no longer takes its refresh token (KOE322).
    #[error("this login has ended, because {ended}: the user must sign in again, and consent if Kakao asks")]
    SignInAgain {
        /// How it ended, as far as it can be told.
        ended: LoginEnd,
        /// Kakao's refusal.
        source: Error,
    },
    /// Kakao refused, or could not be reached.
    #[error(transparent)]
    Kakao(#[from] Error),
    /// Kakao was not asked, because it has issued so many tokens to this user that it would refuse (KOE237).
    ///
    /// Some are left, so that the user can sign in all the same.
    #[error("too many tokens were issued to this user within minutes: try again after {until:.0}")]
    TooManyTokens {
        /// When Kakao may be asked again.
        until: Timestamp,
    },
    /// The store failed, and Kakao was not asked.
    #[error("the token store failed ({0}): make it work and try again")]
    Store(#[source] E),
    /// Kakao has issued new tokens and the store failed.
    ///
    /// They are kept in memory, not used, and stored first thing when the account is next used, or by
    /// [`settled`](crate::TokenKeeper::settled): if the program ends before, the user may have to sign in again.
    #[error(
        "new tokens could not be stored ({0}): make the store work and try again before the program ends"
    )]
    NotStored(#[source] E),
    /// Another refresh of this login takes too long, or the program is ending.
    #[error("the login could not be refreshed in time: try again")]
    Unfinished,
}

/// How a login ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LoginEnd {
    /// Nobody used it for so long that its refresh token expired: see
    /// [`keep_alive`](crate::TokenKeeper::keep_alive).
    #[error("its refresh token was not used until it expired")]
    Expired,
    /// A refresh was begun and its answer never stored: the connection was cut, or the program was killed.
    /// Kakao may have replaced the refresh token in it, and then nobody has the new one.
    #[error(
        "the answer to a refresh was lost before it could be stored, probably with a new refresh token in it"
    )]
    AnswerLost,
    /// Somebody ended it.
    #[error("the user has unlinked the app or signed out, or its refresh token was replaced elsewhere")]
    Revoked,
}

impl<E: std::error::Error + 'static> TokenError<E> {
    /// What to do next.
    #[must_use]
    pub fn remedy(&self) -> Remedy {
        match self {
            Self::NotSignedIn | Self::SignInAgain { .. } => Remedy::SignInAgain,
            Self::Kakao(error) => error.remedy(),
            Self::TooManyTokens { .. } => Remedy::WaitForQuota(Quota::Tokens),
            Self::Store(_) | Self::NotStored(_) => Remedy::TellOperator,
            Self::Unfinished => Remedy::Retry { after: None },
        }
    }
}
