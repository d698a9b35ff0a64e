//! From what happened to what to do next: pure, and the same answer for a page, a terminal and an outbox.

use std::time::Duration;

use crate::endpoint::Effect;
use crate::error::kakao::{INSUFFICIENT_SCOPES, UNAUTHORIZED};
use crate::{ApiError, OAuthError, Quota, ScopeSet};

/// What to do about a call that did not succeed.
///
/// ```
/// # use jiff::Timestamp;
/// use katok_client::Remedy;
///
/// fn page(remedy: Remedy, now: Timestamp) -> String {
///     match remedy {
///         Remedy::SignInAgain => "redirect: /login".to_owned(),
///         Remedy::AskConsent(scopes) => format!("redirect: /login?consent={scopes}"),
///         Remedy::WaitForQuota(quota) => format!("again after {}", quota.refilled_at(now)),
///         Remedy::Retry { .. } | Remedy::RefreshToken => "press the button again".to_owned(),
///         Remedy::Unconfirmed => "it may have been sent: look before you send it again".to_owned(),
///         // The request, or a setting of the app: nothing this person could do.
///         _ => "we are looking into it".to_owned(),
///     }
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Remedy {
    /// Get a new access token and make the call again; with a [`TokenKeeper`](crate::TokenKeeper), only make the call.
    RefreshToken,
    /// Let the user log in again.
    SignInAgain,
    /// Let the user consent to these items, by a login with [`Authorize::scopes`](crate::Authorize::scopes).
    AskConsent(ScopeSet),
    /// Change the request; as it is, it will never succeed.
    FixRequest {
        /// The parameter that is wrong, if Kakao's text names one.
        parameter: Option<String>,
    },
    /// Wait until a quota is filled again; [`Quota::refilled_at`] says when that is.
    WaitForQuota(Quota),
    /// Make the call again, not earlier than this.
    Retry {
        /// How long to wait, if Kakao says so.
        after: Option<Duration>,
    },
    /// Tell whoever runs the app: a setting or a permission must change.
    TellOperator,
    /// The message may have been sent. Only the sender can decide whether to send it again.
    Unconfirmed,
}

/// Kakao keeps a friend list for up to ten minutes and names waiting as the remedy for -502.
/// See [Kakao Docs/Kakao Talk Message, Troubleshooting].
const FRIEND_LIST_CACHE: Duration = Duration::from_mins(10);

impl Remedy {
    const FIX: Self = Self::FixRequest { parameter: None };

    pub(crate) fn of_api(error: &ApiError, status: Option<u16>, effect: Effect, required: &ScopeSet) -> Self {
        match error.code {
            // No other token helps a caller whose key or address is refused. Should Kakao change these texts,
            // the answer becomes one refresh too many.
            UNAUTHORIZED
                if ["mismatched!", "appKey", "app key"].iter().any(|text| error.msg.contains(text)) =>
            {
                Self::TellOperator
            }
            UNAUTHORIZED => Self::RefreshToken,
            INSUFFICIENT_SCOPES => Self::AskConsent(required.clone()),
            -2 => Self::FixRequest { parameter: parameter_in(&error.msg) },
            // The one documented quota that is answered so is one of a minute.
            -10 if status == Some(429) => Self::WaitForQuota(Quota::Minute),
            code => Self::of_code(code, effect).unwrap_or_else(|| Self::of_status(status, effect)),
        }
    }

    /// The remedy for a code that stands inside a reply for some receivers only.
    pub(crate) fn of_refused_receiver(code: i64) -> Self {
        Self::of_code(code, Effect::Send).unwrap_or(Self::FIX)
    }

    fn of_code(code: i64, effect: Effect) -> Option<Self> {
        Some(match code {
            // Internal error, internal trouble, internal time-out: Kakao does not know either.
            -1 | -7 | -603 => Self::of_silence(effect),
            -815 | -9798 => Self::Retry { after: None },
            -502 => Self::Retry { after: Some(FRIEND_LIST_CACHE) },
            // -10 may also be the month's quota; whoever asks again the next day is told so again.
            -10 | -532 | -533 | -536 => Self::WaitForQuota(Quota::Day),
            -531 => Self::WaitForQuota(Quota::Month),
            -101 | -103 => Self::SignInAgain,
            // A feature, a permission, a sanction, a retired API, a spending cap, a key, a developer account, an
            // age, a channel.
            -3 | -4 | -5 | -6 | -9 | -11 | -12 | -301 | -405 | -406 | -544 | -819 | -903 => {
                Self::TellOperator
            }
            // A parameter, a header, a person without KakaoTalk, a receiver who cannot be reached, an image.
            -2 | -8 | -501 | -504 | -530 | -602 | -606 | -911 => Self::FIX,
            _ => return None,
        })
    }

    pub(crate) fn of_login(error: &OAuthError) -> Self {
        match error.error_code.as_deref() {
            Some("KOE320" | "KOE322") => Self::SignInAgain,
            Some("KOE237") => Self::WaitForQuota(Quota::Tokens),
            Some("KOE003") => Self::Retry { after: None },
            // The redirect URI of the exchange is a setting, although OAuth calls it a bad grant.
            Some("KOE303") => Self::TellOperator,
            Some("KOE001" | "KOE310" | "KOE319" | "KOE400") => Self::FIX,
            _ => match error.error.as_str() {
                "invalid_grant" => Self::SignInAgain,
                "server_error" | "temporarily_unavailable" => Self::Retry { after: None },
                "invalid_request" => Self::FIX,
                _ => Self::TellOperator,
            },
        }
    }

    /// The remedy when nobody knows what became of the call.
    pub(crate) fn of_silence(effect: Effect) -> Self {
        match effect {
            Effect::Send => Self::Unconfirmed,
            Effect::Read | Effect::Change | Effect::Once => Self::Retry { after: None },
        }
    }

    /// The remedy for a reply that makes no sense; without a status it was too large to be one of Kakao's.
    pub(crate) fn of_nonsense(status: Option<u16>, effect: Effect) -> Self {
        match (status, effect) {
            (None | Some(200..=299), Effect::Send) => Self::Unconfirmed,
            (None | Some(200..=399 | 404 | 405), _) => Self::TellOperator,
            (status, effect) => Self::of_status(status, effect),
        }
    }

    fn of_status(status: Option<u16>, effect: Effect) -> Self {
        match status {
            Some(401) => Self::RefreshToken,
            Some(403) => Self::TellOperator,
            Some(429) => Self::WaitForQuota(Quota::Minute),
            Some(500..) => Self::of_silence(effect),
            _ => Self::FIX,
        }
    }
}

/// Kakao's texts put the parameter in brackets: `The Parameter [receiver_uuids] cannot be null.`
fn parameter_in(msg: &str) -> Option<String> {
    let (_, rest) = msg.split_once("arameter [")?;
    let (name, _) = rest.split_once(']')?;
    Some(name.to_owned())
}
