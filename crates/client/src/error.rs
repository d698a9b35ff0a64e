//! What went wrong with a call, and what to do about it.

mod kakao;
mod quota;
mod remedy;

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use http::Method;

pub use kakao::{ApiError, KakaoCode, OAuthError};
pub use quota::Quota;
pub use remedy::Remedy;

use crate::endpoint::{Effect, Endpoint, Host, Unreadable};
use crate::transport::{BoxError, TransportError};
use crate::{Scope, ScopeSet};

/// A call that did not succeed.
///
/// [`kind`](Self::kind) says what happened and [`remedy`](Self::remedy) what to do. No token, code or key
/// appears in its text, in its `Debug` output or in its sources.
///
/// What Kakao's code means, and where in its console to look, is in [`codes`](crate::codes), in Korean and English:
///
/// ```
/// # fn example(error: katok_client::Error) {
/// eprintln!("{error}");
/// if let Some(explanation) = error.kakao_code().as_ref().and_then(katok_client::codes::explain) {
///     eprintln!("{} {}", explanation.cause_ko, explanation.remedy_ko);
/// }
/// # }
/// ```
#[derive(Debug)]
pub struct Error(Box<Details>);

#[derive(Debug)]
struct Details {
    cause: Cause,
    call: Option<Call>,
    status: Option<u16>,
    retry_after: Option<Duration>,
    required_scopes: ScopeSet,
    /// No other token helps a call that was made without one.
    without_access_token: bool,
}

#[derive(Debug)]
enum Cause {
    Refused(ApiError),
    Login(OAuthError),
    Unavailable,
    NotSent(BoxError),
    Unanswered(BoxError),
    Unreadable(Unreadable),
    Configuration(String),
}

/// Which call it was.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) method: Method,
    pub(crate) host: Host,
    pub(crate) path: Cow<'static, str>,
    pub(crate) effect: Effect,
    pub(crate) scopes: &'static [Scope],
}

impl Call {
    pub(crate) fn of<E: Endpoint>() -> Self {
        Self {
            method: E::METHOD,
            host: E::HOST,
            path: Cow::Borrowed(E::PATH),
            effect: E::EFFECT,
            scopes: E::SCOPES,
        }
    }
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The API server refused the call and said why.
    Refused,
    /// The authorization server refused the call and said why.
    Login,
    /// Kakao, or something before it, answered with a server error and no reason.
    Unavailable,
    /// There was no connection, so nothing left this machine.
    NotSent,
    /// The request may have arrived, but no whole reply came back.
    Unanswered,
    /// There is a reply and it makes no sense.
    Unreadable,
    /// The client is set up in a way that cannot work.
    Configuration,
}

impl Error {
    fn new(cause: Cause, call: Option<Call>) -> Self {
        Self(Box::new(Details {
            cause,
            call,
            status: None,
            retry_after: None,
            required_scopes: ScopeSet::new(),
            without_access_token: false,
        }))
    }

    pub(crate) fn configuration(what: impl Into<String>) -> Self {
        Self::new(Cause::Configuration(what.into()), None)
    }

    pub(crate) fn transport(error: TransportError, call: &Call) -> Self {
        let cause = match error {
            TransportError::NotSent(source) => Cause::NotSent(source),
            TransportError::MaybeSent(source) => Cause::Unanswered(source),
            TransportError::TooLarge { .. } => Cause::Unreadable(Unreadable::too_large()),
        };
        Self::new(cause, Some(call.clone()))
    }

    pub(crate) fn api(error: ApiError, status: u16, call: &Call) -> Self {
        let mut required_scopes = ScopeSet::new();
        if error.code == kakao::INSUFFICIENT_SCOPES {
            // Some of Kakao's -402 bodies do not name the scopes; the endpoint knows them too.
            required_scopes =
                error.required_scopes.clone().unwrap_or_else(|| call.scopes.iter().cloned().collect());
        }
        let mut refusal = Self::new(Cause::Refused(error), Some(call.clone())).with_status(status);
        refusal.0.required_scopes = required_scopes;
        refusal
    }

    pub(crate) fn login(error: OAuthError, status: u16, call: &Call) -> Self {
        // A server that fails may say so in its framework's words, whose `error` is not OAuth's.
        let is_failure = status >= 500 && error.error_code.is_none();
        let cause = if is_failure { Cause::Unavailable } else { Cause::Login(error) };
        Self::new(cause, Some(call.clone())).with_status(status)
    }

    pub(crate) fn unreadable(what: Unreadable, status: u16, call: &Call) -> Self {
        let cause = if status >= 500 { Cause::Unavailable } else { Cause::Unreadable(what) };
        Self::new(cause, Some(call.clone())).with_status(status)
    }

    fn with_status(mut self, status: u16) -> Self {
        self.0.status = Some(status);
        self
    }

    pub(crate) fn with_retry_after(mut self, retry_after: Option<Duration>) -> Self {
        self.0.retry_after = retry_after;
        self
    }

    pub(crate) fn without_access_token(mut self) -> Self {
        self.0.without_access_token = true;
        self
    }

    /// What happened.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match &self.0.cause {
            Cause::Refused(_) => ErrorKind::Refused,
            Cause::Login(_) => ErrorKind::Login,
            Cause::Unavailable => ErrorKind::Unavailable,
            Cause::NotSent(_) => ErrorKind::NotSent,
            Cause::Unanswered(_) => ErrorKind::Unanswered,
            Cause::Unreadable(_) => ErrorKind::Unreadable,
            Cause::Configuration(_) => ErrorKind::Configuration,
        }
    }

    /// What to do next.
    #[must_use]
    pub fn remedy(&self) -> Remedy {
        let Details { cause, call, status, retry_after, required_scopes, without_access_token } = &*self.0;
        let effect = call.as_ref().map_or(Effect::Read, |call| call.effect);
        let remedy = match cause {
            Cause::Refused(error) => Remedy::of_api(error, *status, effect, required_scopes),
            Cause::Login(error) => Remedy::of_login(error),
            Cause::Unavailable | Cause::Unanswered(_) => Remedy::of_silence(effect),
            Cause::NotSent(_) => Remedy::Retry { after: None },
            Cause::Unreadable(_) => Remedy::of_nonsense(*status, effect),
            Cause::Configuration(_) => Remedy::TellOperator,
        };
        match remedy {
            Remedy::Retry { after } => Remedy::Retry { after: after.max(*retry_after) },
            Remedy::RefreshToken if *without_access_token => Remedy::TellOperator,
            other => other,
        }
    }

    /// Kakao's code, if Kakao gave one.
    #[must_use]
    pub fn kakao_code(&self) -> Option<KakaoCode> {
        match &self.0.cause {
            Cause::Refused(error) => Some(error.kakao_code()),
            Cause::Login(error) => error.kakao_code(),
            _ => None,
        }
    }

    /// Kakao's own words, with any secret taken out; they may change at any time.
    #[must_use]
    pub fn kakao_message(&self) -> Option<&str> {
        match &self.0.cause {
            Cause::Refused(error) => Some(&error.msg),
            Cause::Login(error) => error.error_description.as_deref(),
            _ => None,
        }
    }

    /// Whether the user is not linked to the app (-101): whoever wanted to unlink them has nothing left to do.
    #[must_use]
    pub fn is_not_linked(&self) -> bool {
        self.kakao_code() == Some(KakaoCode::Api(kakao::NOT_LINKED))
    }

    /// Whether the user has signed up already (-102): whoever wanted to sign them up has nothing left to do.
    #[must_use]
    pub fn is_already_signed_up(&self) -> bool {
        self.kakao_code() == Some(KakaoCode::Api(kakao::ALREADY_SIGNED_UP))
    }

    /// The HTTP status, if there was a reply.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// The consent items the user must still agree to, when that is what is missing (-402).
    #[must_use]
    pub fn required_scopes(&self) -> &ScopeSet {
        &self.0.required_scopes
    }

    /// The refusal as the API server wrote it.
    #[must_use]
    pub fn api_error(&self) -> Option<&ApiError> {
        match &self.0.cause {
            Cause::Refused(error) => Some(error),
            _ => None,
        }
    }

    /// The refusal as the authorization server wrote it.
    #[must_use]
    pub fn oauth_error(&self) -> Option<&OAuthError> {
        match &self.0.cause {
            Cause::Login(error) => Some(error),
            _ => None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Details { cause, call, status, .. } = &*self.0;
        if let Cause::Configuration(what) = cause {
            return f.write_str(what);
        }
        if let Some(Call { method, path, .. }) = call {
            write!(f, "{method} {path}: ")?;
        }
        match cause {
            Cause::Refused(error) => write!(f, "Kakao refused with {error}"),
            Cause::Login(error) => write!(f, "Kakao Login refused with {error}"),
            Cause::Unavailable => f.write_str("Kakao is not available at the moment"),
            Cause::NotSent(_) => f.write_str("nothing was sent, because no connection could be made"),
            Cause::Unanswered(_) => f.write_str("the request may have arrived, but no whole reply came back"),
            Cause::Unreadable(what) => write!(f, "Kakao's reply cannot be read: {what}"),
            Cause::Configuration(_) => Ok(()),
        }?;
        match status {
            Some(status) => write!(f, " (HTTP {status})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.0.cause {
            Cause::NotSent(source) | Cause::Unanswered(source) => Some(&**source),
            _ => None,
        }
    }
}
