//! The refusals of kapi.kakao.com, each with its negative code.
//!
//! See [Kakao Docs/REST API: Error code]. `FIDELITY.md` says which statuses and texts are documented.

use std::collections::BTreeSet;
use std::net::IpAddr;

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
    NoScopesToRevoke { scopes: BTreeSet<String> },
    NoTagsToGet { tags: BTreeSet<String>, app: String },
    NoTagsToRevoke { tags: BTreeSet<String>, app: String },
    ItemNotEnabled { app: AppKey, item: &'static str, api: &'static str },
    NotRevocable { scopes: BTreeSet<String> },
    AdminKeyDenied,
    AccountSuspended,
    OpenIdConnectSwitchedOff,
    NotPermitted,
    NoSuchApi,
    WrongMethod,
    QuotaExceeded,
    TooManyCalls,
    AppSuspended,
    NotLinked,
    AlreadyRegistered,
    DormantAccount,
    NoSuchProperties { keys: Vec<String>, app_id: i64 },
    MissingKey,
    WrongAdminKey,
    NoSuchToken,
    ExpiredToken,
    TokenTooLong,
    IpMismatched { caller: IpAddr, key: KeyKind },
    Under14 { key: KeyKind },
    InsufficientScopes { api: &'static str, required: &'static str, allowed: BTreeSet<String> },
    NotTalkUser,
    NotFriends,
    UnsupportedDevice,
    RefusesMessages,
    MonthlySenderQuotaExceeded,
    SenderQuotaExceeded,
    ReceiverQuotaExceeded,
    PairQuotaExceeded,
    DomainMismatched { caller: String },
    NoSuchChannel,
    SuspendedChannel,
    ForeignChannel,
    ImageTooLarge,
    ImageTimeout,
    TooManyImages,
    UnsupportedImage,
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
            Self::MissingKey
            | Self::WrongAdminKey
            | Self::NoSuchToken
            | Self::ExpiredToken
            | Self::DomainMismatched { .. }
            | Self::IpMismatched { .. }
            | Self::Under14 { .. } => 401,
            Self::ItemNotEnabled { .. }
            | Self::NotRevocable { .. }
            | Self::AdminKeyDenied
            | Self::AccountSuspended
            | Self::OpenIdConnectSwitchedOff
            | Self::NotPermitted
            | Self::AppSuspended
            | Self::InsufficientScopes { .. } => 403,
            Self::NoSuchApi => 404,
            Self::WrongMethod => 405,
            Self::TooManyCalls => 429,
            _ => 400,
        }
    }

    pub(crate) fn code(&self) -> i32 {
        match self {
            Self::BadParameter { .. }
            | Self::NoScopesToRevoke { .. }
            | Self::NoTagsToGet { .. }
            | Self::NoTagsToRevoke { .. }
            | Self::TokenTooLong => -2,
            Self::ItemNotEnabled { .. }
            | Self::NotRevocable { .. }
            | Self::AdminKeyDenied
            | Self::OpenIdConnectSwitchedOff => -3,
            Self::AccountSuspended => -4,
            Self::NotPermitted => -5,
            Self::NoSuchApi | Self::WrongMethod => -9,
            Self::QuotaExceeded | Self::TooManyCalls => -10,
            Self::AppSuspended => -12,
            Self::NotLinked => -101,
            Self::AlreadyRegistered => -102,
            Self::DormantAccount => -103,
            Self::NoSuchProperties { .. } => -201,
            Self::MissingKey
            | Self::WrongAdminKey
            | Self::NoSuchToken
            | Self::ExpiredToken
            | Self::DomainMismatched { .. }
            | Self::IpMismatched { .. } => -401,
            Self::Under14 { .. } => -406,
            Self::InsufficientScopes { .. } => -402,
            Self::NotTalkUser => -501,
            Self::NotFriends => -502,
            Self::UnsupportedDevice => -504,
            Self::RefusesMessages => -530,
            Self::MonthlySenderQuotaExceeded => -531,
            Self::SenderQuotaExceeded => -532,
            Self::ReceiverQuotaExceeded => -533,
            Self::PairQuotaExceeded => -536,
            Self::NoSuchChannel => -541,
            Self::SuspendedChannel => -544,
            Self::ForeignChannel => -819,
            Self::ImageTooLarge => -602,
            Self::ImageTimeout => -603,
            Self::TooManyImages => -606,
            Self::UnsupportedImage => -911,
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
            Self::NotRevocable { scopes } => {
                return format!(
                    "[{}] is not revocable. check out if it's set as required on developers.kakao.com",
                    list(scopes)
                );
            }
            Self::NoScopesToRevoke { scopes } => {
                return format!(
                    "There is no scopes to revoke. check out if given scope id([{}]) is correct again.",
                    list(scopes)
                );
            }
            Self::NoTagsToGet { tags, app } => {
                return format!(
                    "There is no tags to get service terms. check out to configured this tags([{}]) in app({app}).",
                    list(tags)
                );
            }
            Self::NoTagsToRevoke { tags, app } => {
                return format!(
                    "There is no tags to revoke. check out to configured this tags([{}]) in app({app}).",
                    list(tags)
                );
            }
            Self::NoSuchProperties { keys, app_id } => {
                return format!("user property not found ([{}] for appId={app_id})", list(keys));
            }
            Self::IpMismatched { caller, .. } => {
                return format!("ip mismatched! callerIp={caller}. check out registered ips.");
            }
            Self::AdminKeyDenied => "the admin key is not allowed to call this API.",
            Self::AccountSuspended => "the Kakao account is restricted.",
            Self::DomainMismatched { caller } => {
                return format!(
                    "domain mismatched! caller={caller}. check out registered web domains."
                );
            }
            Self::OpenIdConnectSwitchedOff => {
                "OpenID Connect is disabled for this app. Enable it on developers.kakao.com first."
            }
            Self::NotPermitted => "permission denied",
            Self::NoSuchApi => "there is no such API",
            Self::WrongMethod => "this API does not know the HTTP method",
            Self::QuotaExceeded | Self::TooManyCalls => "API limit has been exceeded.",
            Self::AppSuspended => "the app or its developer is restricted.",
            Self::NotLinked => "NotRegisteredUserException",
            Self::AlreadyRegistered => "already registered",
            Self::DormantAccount => "the Kakao account is dormant or does not exist.",
            Self::MissingKey => "no authentication key!",
            Self::WrongAdminKey => "invalid app key.",
            Self::NoSuchToken => "this access token does not exist",
            Self::ExpiredToken => "this access token is already expired",
            Self::TokenTooLong => "too long for access token.",
            Self::Under14 { .. } => "Not allowed under age 14",
            Self::InsufficientScopes { .. } => "insufficient scopes.",
            Self::NotTalkUser => "given account is not connected to any talk user",
            Self::NotFriends => "the receiver is not a friend of the sender.",
            Self::UnsupportedDevice => "the receiver's device is not supported.",
            Self::RefusesMessages => "the receiver refuses messages.",
            Self::MonthlySenderQuotaExceeded => "monthly message limit per sender has been exceeded.",
            Self::SenderQuotaExceeded => "daily message limit per sender has been exceeded.",
            Self::ReceiverQuotaExceeded => "daily message limit per receiver has been exceeded.",
            Self::PairQuotaExceeded => "daily message limit per sender and receiver has been exceeded.",
            Self::NoSuchChannel => "the channel does not exist.",
            Self::SuspendedChannel => "the channel is suspended.",
            Self::ForeignChannel => "the channel is not linked to the app.",
            Self::ImageTooLarge => "the image is larger than 5 MB.",
            Self::ImageTimeout => "the image could not be fetched in time.",
            Self::TooManyImages => "only one image may be uploaded at a time.",
            Self::UnsupportedImage => "the image format is not supported.",
        }
        .to_owned()
    }

    /// The kind of key that was refused, for `WWW-Authenticate`.
    pub(crate) fn refused_key(&self) -> Option<KeyKind> {
        match self {
            Self::MissingKey | Self::NoSuchToken | Self::ExpiredToken => Some(KeyKind::AccessToken),
            Self::IpMismatched { key, .. } | Self::Under14 { key } => Some(*key),
            Self::WrongAdminKey | Self::DomainMismatched { .. } => Some(KeyKind::AdminKey),
            _ => None,
        }
    }
}

/// As Kakao writes the names inside a text.
fn list<'a>(names: impl IntoIterator<Item = &'a String>) -> String {
    let names: Vec<&str> = names.into_iter().map(String::as_str).collect();
    names.join(", ")
}
