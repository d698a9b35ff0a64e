//! What a browser brings back to the redirect URI: a code, or the reason why there is none.

use std::fmt;

use url::form_urlencoded;

use crate::{AuthorizationCode, State};

/// What came back to the redirect URI; the code is handed out to whoever shows the state it was asked with.
///
/// Any page can send browsers to a redirect URI: only the state tells a login that was begun here.
/// See [Kakao Docs/Kakao Login REST API, Request authorization code].
///
/// ```
/// use katok_client::{AuthorizationError, AuthorizationErrorCode, AuthorizationResponse, State};
///
/// let expected = State::new("a1b2");
/// let response = AuthorizationResponse::parse("code=Qx3vN&state=a1b2")?;
/// let code = response.code(&expected)?;
///
/// let cancelled = "error=access_denied&error_description=User%20denied%20access&state=a1b2";
/// let error = AuthorizationResponse::parse(cancelled)?.code(&expected).unwrap_err();
/// assert!(matches!(error, AuthorizationError::Refused { error: AuthorizationErrorCode::AccessDenied, .. }));
/// # Ok::<(), AuthorizationError>(())
/// ```
#[derive(Debug)]
pub struct AuthorizationResponse {
    state: State,
    outcome: Result<AuthorizationCode, AuthorizationError>,
}

/// Why there is no code; [`codes::explain_redirect`](crate::codes::explain_redirect) says what to do about a refusal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AuthorizationError {
    /// The query has no state, neither a code nor an error, both of them, or one of them twice.
    #[error("what came back to the redirect URI is no answer of Kakao Login: sign in again from the start")]
    Malformed,
    /// The state is another than the one of this login.
    #[error("what came back to the redirect URI belongs to another sign-in: sign in again from the start")]
    OtherState,
    /// Kakao says why.
    #[error("Kakao Login ended with {error}")]
    Refused {
        /// OAuth's word for it.
        error: AuthorizationErrorCode,
        /// What Kakao says about it. It came through a browser, so anybody may have written it.
        description: Option<String>,
    },
}

/// OAuth's word for why there is no code.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum AuthorizationErrorCode {
    /// The person pressed cancel, or is younger than 14 and the app allows nobody so young.
    AccessDenied,
    /// [`Prompt::None`](crate::Prompt::None), and the person has to consent to something.
    ConsentRequired,
    /// [`Prompt::None`](crate::Prompt::None), and nobody is signed in to a Kakao Account.
    LoginRequired,
    /// [`Prompt::None`](crate::Prompt::None), and the person has to do something else at Kakao.
    InteractionRequired,
    /// The authorize address has a parameter too many, too few or a wrong one.
    InvalidRequest,
    /// The app key is wrong, or the app lacks what the authorize address asks for.
    InvalidClient,
    /// A consent item is asked for that the app does not have (KOE205).
    InvalidScope,
    /// The app or its developer is suspended.
    UnauthorizedClient,
    /// Kakao has trouble.
    ServerError,
    /// Another word, in small letters and underscores; `unknown_error` in place of what is no such word.
    Other(String),
}

impl AuthorizationErrorCode {
    fn parse(word: &str) -> Self {
        match word {
            "access_denied" => Self::AccessDenied,
            "consent_required" => Self::ConsentRequired,
            "login_required" => Self::LoginRequired,
            "interaction_required" => Self::InteractionRequired,
            "invalid_request" => Self::InvalidRequest,
            "invalid_client" => Self::InvalidClient,
            "invalid_scope" => Self::InvalidScope,
            "unauthorized_client" => Self::UnauthorizedClient,
            "server_error" => Self::ServerError,
            // It came through a browser and may end in a page or a log.
            word if word.len() <= 40 && word.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'_')) => {
                Self::Other(word.to_owned())
            }
            _ => Self::Other("unknown_error".to_owned()),
        }
    }

    /// The word itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::AccessDenied => "access_denied",
            Self::ConsentRequired => "consent_required",
            Self::LoginRequired => "login_required",
            Self::InteractionRequired => "interaction_required",
            Self::InvalidRequest => "invalid_request",
            Self::InvalidClient => "invalid_client",
            Self::InvalidScope => "invalid_scope",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::ServerError => "server_error",
            Self::Other(word) => word,
        }
    }
}

impl fmt::Display for AuthorizationErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl AuthorizationResponse {
    /// Reads the query with which a browser came to the redirect URI, without its question mark.
    ///
    /// A redirect URI may have parameters of its own; they are passed over.
    pub fn parse(query: &str) -> Result<Self, AuthorizationError> {
        let description = single(query, "error_description")?;
        let outcome = match (single(query, "code")?, single(query, "error")?) {
            (Some(code), None) => Ok(AuthorizationCode::new(code)),
            (None, Some(error)) => {
                Err(AuthorizationError::Refused { error: AuthorizationErrorCode::parse(&error), description })
            }
            _ => return Err(AuthorizationError::Malformed),
        };
        let state = single(query, "state")?.ok_or(AuthorizationError::Malformed)?;
        Ok(Self { state: State::new(state), outcome })
    }

    /// The state, by which a login is found among those that were begun.
    #[must_use]
    pub fn state(&self) -> &State {
        &self.state
    }

    /// The code, if the login that was begun with this state ended well.
    pub fn code(self, expected: &State) -> Result<AuthorizationCode, AuthorizationError> {
        if self.state == *expected { self.outcome } else { Err(AuthorizationError::OtherState) }
    }
}

/// The value of a parameter, if it has one; a parameter that is there twice is none of Kakao's doing.
pub(super) fn single(query: &str, name: &str) -> Result<Option<String>, AuthorizationError> {
    let mut values = form_urlencoded::parse(query.as_bytes()).filter(|(key, _)| key == name);
    match (values.next(), values.next()) {
        (value, None) => Ok(value.map(|(_, value)| value.into_owned()).filter(|value| !value.is_empty())),
        _ => Err(AuthorizationError::Malformed),
    }
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::*;
    use crate::contract::Sample;

    fn code(query: &str) -> Result<AuthorizationCode, AuthorizationError> {
        AuthorizationResponse::parse(query)?.code(&State::new("STATE"))
    }

    fn play(sample: &str) -> Result<AuthorizationCode, AuthorizationError> {
        let sample = Sample::named(&format!("oauth_authorize/{sample}"));
        code(Url::parse(&sample.response.headers["location"]).unwrap().query().unwrap())
    }

    fn refused(query: &str) -> AuthorizationErrorCode {
        match code(query) {
            Err(AuthorizationError::Refused { error, .. }) => error,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_login_that_ended_well_brings_its_code() {
        for sample in ["code", "pkce_and_nonce", "additional_consent", "kakao_sync"] {
            assert_eq!(play(sample), Ok(AuthorizationCode::new("AUTHORIZATION_CODE")), "{sample}");
        }
        assert_eq!(code("tab=2&code=a%2Bb+c&state=STATE"), Ok(AuthorizationCode::new("a+b c")));
    }

    #[test]
    fn one_that_did_not_says_why() {
        let (error, description) =
            (AuthorizationErrorCode::AccessDenied, Some("User denied access".to_owned()));
        assert_eq!(play("cancelled"), Err(AuthorizationError::Refused { error, description }));
        let silent = play("consent_required").unwrap_err();
        assert_eq!(silent.to_string(), "Kakao Login ended with consent_required");
    }

    #[test]
    fn a_word_keeps_its_spelling_and_what_is_no_word_is_not_repeated() {
        for (word, _) in crate::codes::redirect_errors() {
            let error = refused(&format!("error={word}&state=STATE"));
            assert_eq!(error.to_string(), word);
            assert!(!matches!(error, AuthorizationErrorCode::Other(_)), "{word} has no name of its own");
        }
        assert_eq!(refused("error=auto_login&state=STATE").as_str(), "auto_login");
        let long = "a".repeat(41);
        for word in ["%3Cscript%3E", "two%0Alines", long.as_str()] {
            assert_eq!(refused(&format!("error={word}&state=STATE")).as_str(), "unknown_error");
        }
    }

    #[test]
    fn nothing_is_told_to_a_login_with_another_state() {
        for query in ["code=C&state=OTHER", "error=access_denied&state=OTHER"] {
            assert_eq!(code(query), Err(AuthorizationError::OtherState), "{query}");
        }
    }

    #[test]
    fn what_kakao_would_never_write_is_refused() {
        for query in [
            "",
            "code=C",
            "state=STATE",
            "code=&state=STATE",
            "code=C&state=",
            "code=C&error=access_denied&state=STATE",
            "code=C&code=D&state=STATE",
            "code=C&state=STATE&state=STATE",
            "error=a&error=b&state=STATE",
            "error=a&error_description=b&error_description=c&state=STATE",
        ] {
            assert_eq!(code(query), Err(AuthorizationError::Malformed), "{query}");
        }
    }

    #[test]
    fn neither_code_nor_state_is_in_its_debug_output() {
        let response = AuthorizationResponse::parse("code=C0DE&state=5TATE").unwrap();
        assert!(!format!("{response:?}").contains("C0DE") && !format!("{response:?}").contains("5TATE"));
    }
}
