//! The account status webhook (계정 상태 변경 웹훅): security events, signed by Kakao.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderValue};
use http::{Response, StatusCode};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::SecurityEvent;
use crate::{Client, RestApiKey, SignedTokenError};

/// Who signs the events, wherever they come from.
const ISSUER: &str = "https://kauth.kakao.com";
/// How far Kakao's clock and ours may be apart.
const LEEWAY: SignedDuration = SignedDuration::from_mins(1);

/// Reads the security events that Kakao posts when something happens to a user's account.
///
/// Kakao wants an answer within 3 seconds: [`accepted`](Self::accepted) (202), or that of the error. It may send
/// an event again, so remember each `jti`; the event does not end, so somebody who has overheard one can send it
/// again too, unless [`max_age`](Self::max_age) forbids. The keys are those of
/// [`IdTokenVerifier`](crate::IdTokenVerifier), fetched as seldom. See [Kakao Docs/Kakao Login, Account status
/// change webhook] and RFC 8935.
///
/// ```no_run
/// # fn is_new(jti: &str) -> bool { true }
/// use bytes::Bytes;
/// use katok_client::{AccountStatusWebhook, Client};
///
/// /// What the service answers to a POST with this body.
/// async fn told(client: &Client, body: &[u8]) -> http::Response<Bytes> {
///     match AccountStatusWebhook::new(client).receive(body).await {
///         Ok(event) => {
///             if is_new(&event.jti) && event.user_has_left() {
///                 println!("{} has left", event.sub);
///             }
///             AccountStatusWebhook::accepted()
///         }
///         Err(error) => error.response(),
///     }
/// }
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct AccountStatusWebhook {
    client: Client,
    issuer: String,
    audiences: Vec<RestApiKey>,
    max_age: Option<SignedDuration>,
}

/// Why what was posted to the account status webhook is not believed. No text of it quotes the event.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum AccountStatusError {
    /// The body is no text.
    #[error("the body is no security event")]
    NotText,
    /// Kakao did not sign it, as far as we can know.
    #[error(transparent)]
    Untrusted(#[from] SignedTokenError),
    /// Somebody else issued it.
    #[error("the security event is not issued by {expected}")]
    Issuer {
        /// Who should have.
        expected: String,
    },
    /// It is for another app, or another key of this one.
    #[error(
        "the security event is for another app key: name that key with AccountStatusWebhook::also_for if it is your app's, or see which app has this address in Kakao's console"
    )]
    Audience,
    /// It comes from the future.
    #[error("the security event is issued in the future: set this machine's clock")]
    IssuedInFuture,
    /// It is older than allowed.
    #[error("the security event is older than allowed: if it is new, set this machine's clock")]
    TooOld,
}

impl AccountStatusError {
    /// The error code of RFC 8935 that the sender must be told, as far as the request is to blame.
    #[must_use]
    pub fn code(&self) -> Option<&'static str> {
        match self {
            Self::Untrusted(SignedTokenError::KeysUnavailable(_)) => None,
            Self::Untrusted(SignedTokenError::UnknownKey | SignedTokenError::Signature) => {
                Some("invalid_key")
            }
            Self::Issuer { .. } => Some("invalid_issuer"),
            Self::Audience => Some("invalid_audience"),
            Self::NotText | Self::Untrusted(_) | Self::IssuedInFuture | Self::TooOld => {
                Some("invalid_request")
            }
        }
    }

    /// What to answer: 400 with the error code, or 503 when it is we who cannot tell.
    #[must_use]
    pub fn response(&self) -> Response<Bytes> {
        let Some(code) = self.code() else { return answer(StatusCode::SERVICE_UNAVAILABLE, Bytes::new()) };
        let body = json!({"err": code, "description": self.to_string()}).to_string();
        let mut response = answer(StatusCode::BAD_REQUEST, body.into());
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        response
    }
}

impl AccountStatusWebhook {
    /// For events to this client's app key.
    pub fn new(client: &Client) -> Self {
        Self {
            client: client.clone(),
            issuer: ISSUER.to_owned(),
            audiences: vec![client.rest_api_key().clone()],
            max_age: None,
        }
    }

    /// Takes events to this key of the app too, which may have several since 2025-12; Kakao does not say which of
    /// them it names.
    pub fn also_for(mut self, app_key: impl Into<String>) -> Self {
        self.audiences.push(RestApiKey::new(app_key));
        self
    }

    /// Another issuer than `https://kauth.kakao.com`.
    pub fn issuer(mut self, issuer: impl Into<String>) -> Self {
        self.issuer = issuer.into();
        self
    }

    /// Refuses events that were issued longer ago. Kakao does not say for how long it tries again.
    pub fn max_age(mut self, age: SignedDuration) -> Self {
        self.max_age = Some(age);
        self
    }

    /// Reads what was posted.
    pub async fn receive(&self, body: &[u8]) -> Result<SecurityEvent, AccountStatusError> {
        let token = str::from_utf8(body).map_err(|_| AccountStatusError::NotText)?.trim();
        let event = self.client.signed_claims(token, is_security_event).await?;
        self.check(&event, self.client.clock().now())?;
        Ok(event)
    }

    /// What to answer to an event that was received, also if nothing is done about it.
    #[must_use]
    pub fn accepted() -> Response<Bytes> {
        answer(StatusCode::ACCEPTED, Bytes::new())
    }

    fn check(&self, event: &SecurityEvent, now: Timestamp) -> Result<(), AccountStatusError> {
        if event.iss != self.issuer {
            return Err(AccountStatusError::Issuer { expected: self.issuer.clone() });
        }
        if !self.audiences.iter().any(|key| key.secret() == event.aud) {
            return Err(AccountStatusError::Audience);
        }
        let age = now.duration_since(event.iat);
        if age < -LEEWAY {
            return Err(AccountStatusError::IssuedInFuture);
        }
        if self.max_age.is_some_and(|max_age| age > max_age) {
            return Err(AccountStatusError::TooOld);
        }
        Ok(())
    }
}

/// An ID token has the same issuer and audience, and is no event.
fn is_security_event(typ: Option<&str>) -> bool {
    let typ = typ.unwrap_or_default().to_ascii_lowercase();
    typ.strip_prefix("application/").unwrap_or(&typ) == "secevent+jwt"
}

fn answer(status: StatusCode, body: Bytes) -> Response<Bytes> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::Error;

    const NOW: i64 = 1_767_225_600;

    fn webhook() -> AccountStatusWebhook {
        AccountStatusWebhook::new(&Client::builder(RestApiKey::new("KEY")).build().unwrap())
    }

    /// How an event fares that was issued so long ago.
    fn check_after(webhook: &AccountStatusWebhook, seconds: i64) -> Result<(), AccountStatusError> {
        check(webhook, "KEY", seconds)
    }

    fn check(webhook: &AccountStatusWebhook, aud: &str, seconds: i64) -> Result<(), AccountStatusError> {
        let claims = json!({"iss": ISSUER, "aud": aud, "sub": "1", "jti": "j", "iat": NOW, "events": {}});
        let event = serde_json::from_value(claims).unwrap();
        webhook.check(&event, Timestamp::from_second(NOW + seconds).unwrap())
    }

    #[test]
    fn another_key_of_the_app_is_an_audience_if_it_is_named() {
        assert!(matches!(check(&webhook(), "KEY2", 0), Err(AccountStatusError::Audience)));
        check(&webhook().also_for("KEY2"), "KEY2", 0).unwrap();
    }

    #[test]
    fn an_event_may_be_old_but_not_from_the_future() {
        for fine in [-60, 0, 100_000_000] {
            check_after(&webhook(), fine).unwrap();
        }
        assert!(matches!(check_after(&webhook(), -61), Err(AccountStatusError::IssuedInFuture)));
        let strict = webhook().max_age(SignedDuration::from_hours(1));
        check_after(&strict, 3600).unwrap();
        assert!(matches!(check_after(&strict, 3601), Err(AccountStatusError::TooOld)));
    }

    #[test]
    fn the_type_is_told_with_and_without_its_family() {
        for typ in ["secevent+jwt", "application/secevent+jwt", "SecEvent+JWT"] {
            assert!(is_security_event(Some(typ)), "{typ}");
        }
        for typ in [Some("JWT"), Some("application/"), Some(""), None] {
            assert!(!is_security_event(typ), "{typ:?}");
        }
    }

    #[test]
    fn every_error_has_an_answer() {
        let unavailable = SignedTokenError::KeysUnavailable(Arc::new(Error::configuration("down")));
        for (error, status, code) in [
            (AccountStatusError::NotText, 400, "invalid_request"),
            (SignedTokenError::Malformed.into(), 400, "invalid_request"),
            (SignedTokenError::Type.into(), 400, "invalid_request"),
            (SignedTokenError::UnknownKey.into(), 400, "invalid_key"),
            (SignedTokenError::Signature.into(), 400, "invalid_key"),
            (AccountStatusError::Issuer { expected: ISSUER.to_owned() }, 400, "invalid_issuer"),
            (AccountStatusError::Audience, 400, "invalid_audience"),
            (AccountStatusError::IssuedInFuture, 400, "invalid_request"),
            (AccountStatusError::TooOld, 400, "invalid_request"),
            (unavailable.into(), 503, ""),
        ] {
            let response = error.response();
            assert_eq!(response.status().as_u16(), status, "{error}");
            let body: serde_json::Value = serde_json::from_slice(response.body()).unwrap_or_default();
            assert_eq!(body["err"].as_str().unwrap_or_default(), code, "{error}");
            assert_eq!(body["description"].is_string(), status == 400);
        }
        assert_eq!(AccountStatusWebhook::accepted().status().as_u16(), 202);
    }
}
