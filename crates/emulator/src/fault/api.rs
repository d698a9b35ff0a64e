//! The refusals of kapi.kakao.com, each with its negative code.
//!
//! See [Kakao Docs/REST API: Error code]. `FIDELITY.md` says which statuses and texts are documented.

use std::collections::BTreeSet;

use crate::seed::AppKey;

/// Which kind of key a call tried to prove itself with; the refusal names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeyKind {
    AccessToken,
    AdminKey,
}

/// Why kapi refuses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ApiFault {
    BadParameter { text: String },
    ItemNotEnabled { app: AppKey, item: &'static str, api: &'static str },
    NotPermitted,
    NoSuchApi,
    WrongMethod,
    QuotaExceeded,
    NotLinked,
    MissingKey,
    WrongAdminKey,
    NoSuchToken,
    ExpiredToken,
    TokenTooLong,
    InsufficientScopes { api: &'static str, required: &'static str, allowed: BTreeSet<String> },
    NotTalkUser,
    NotFriends,
    RefusesMessages,
    SenderQuotaExceeded,
    ReceiverQuotaExceeded,
    PairQuotaExceeded,
}

impl ApiFault {
    pub(crate) fn missing(parameter: &str) -> Self {
        Self::BadParameter { text: format!("The Parameter [{parameter}] cannot be null.") }
    }

    pub(crate) fn empty(parameter: &str) -> Self {
        Self::BadParameter { text: format!("The Parameter [{parameter}] cannot be empty.") }
    }

    pub(crate) fn unsatisfied(parameter: &str, why: &str) -> Self {
        Self::BadParameter {
            text: format!("Constraints on the parameter [{parameter}] are unsatisfied. {why}"),
        }
    }

    pub(crate) fn unparsable(parameter: &str) -> Self {
        Self::BadParameter { text: format!("failed to parse parameter [{parameter}]") }
    }

    pub(crate) fn status(&self) -> u16 {
        match self {
            Self::MissingKey | Self::WrongAdminKey | Self::NoSuchToken | Self::ExpiredToken => 401,
            Self::ItemNotEnabled { .. } | Self::NotPermitted | Self::InsufficientScopes { .. } => 403,
            Self::NoSuchApi => 404,
            Self::WrongMethod => 405,
            _ => 400,
        }
    }

    pub(crate) fn code(&self) -> i32 {
        match self {
            Self::BadParameter { .. } | Self::TokenTooLong => -2,
            Self::ItemNotEnabled { .. } => -3,
            Self::NotPermitted => -5,
            Self::NoSuchApi | Self::WrongMethod => -9,
            Self::QuotaExceeded => -10,
            Self::NotLinked => -101,
            Self::MissingKey | Self::WrongAdminKey | Self::NoSuchToken | Self::ExpiredToken => -401,
            Self::InsufficientScopes { .. } => -402,
            Self::NotTalkUser => -501,
            Self::NotFriends => -502,
            Self::RefusesMessages => -530,
            Self::SenderQuotaExceeded => -532,
            Self::ReceiverQuotaExceeded => -533,
            Self::PairQuotaExceeded => -536,
        }
    }

    pub(crate) fn text(&self) -> String {
        match self {
            Self::BadParameter { text } => return text.clone(),
            Self::ItemNotEnabled { app, item, api } => {
                return format!(
                    "[{app}] App disabled [{item}] scopes for [{api}] API on developers.kakao.com. Enable it first."
                );
            }
            Self::NotPermitted => "permission denied",
            Self::NoSuchApi => "there is no such API",
            Self::WrongMethod => "this API does not know the HTTP method",
            Self::QuotaExceeded => "API limit has been exceeded.",
            Self::NotLinked => "NotRegisteredUserException",
            Self::MissingKey => "no authentication key!",
            Self::WrongAdminKey => "invalid app key.",
            Self::NoSuchToken => "this access token does not exist",
            Self::ExpiredToken => "this access token is already expired",
            Self::TokenTooLong => "too long for access token.",
            Self::InsufficientScopes { .. } => "insufficient scopes.",
            Self::NotTalkUser => "given account is not connected to any talk user",
            Self::NotFriends => "the receiver is not a friend of the sender.",
            Self::RefusesMessages => "the receiver refuses messages.",
            Self::SenderQuotaExceeded => "daily message limit per sender has been exceeded.",
            Self::ReceiverQuotaExceeded => "daily message limit per receiver has been exceeded.",
            Self::PairQuotaExceeded => "daily message limit per sender and receiver has been exceeded.",
        }
        .to_owned()
    }

    /// The kind of key that was refused, for `WWW-Authenticate`.
    pub(crate) fn refused_key(&self) -> Option<KeyKind> {
        match self {
            Self::MissingKey | Self::NoSuchToken | Self::ExpiredToken => Some(KeyKind::AccessToken),
            Self::WrongAdminKey => Some(KeyKind::AdminKey),
            _ => None,
        }
    }
}
