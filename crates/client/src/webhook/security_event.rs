//! Security events (SET): what happened to an account, in the words of RFC 8417.

use jiff::Timestamp;
use jiff::fmt::serde::timestamp::second;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use super::UnlinkReason;
use crate::KakaoUserId;

const OPENID: &str = "https://schemas.openid.net/secevent/";
const PROFILE_CHANGED: &str = "https://schemas.kakao.com/platevent/kakao/event-type/user-profile-changed";

/// Something that happened to a user's account, signed by Kakao.
///
/// Kakao may send one more than once: remember its `jti` for some days and do each once.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct SecurityEvent {
    /// Who says so.
    pub iss: String,
    /// The REST API key of the app that is told.
    pub aud: String,
    /// Whom it happened to.
    pub sub: KakaoUserId,
    /// The event's own name.
    pub jti: String,
    /// When it was signed.
    #[serde(deserialize_with = "second::required::deserialize")]
    pub iat: Timestamp,
    /// When it happened.
    #[serde(default, deserialize_with = "second::optional::deserialize")]
    pub toe: Option<Timestamp>,
    /// What it happened in; events of one transaction share it.
    pub txm: Option<String>,
    /// The same by the name it has in RFC 8417; receivers have seen `txm` only.
    pub txn: Option<String>,
    /// What happened; one event so far.
    #[serde(deserialize_with = "by_uri")]
    pub events: Vec<AccountEvent>,
}

impl SecurityEvent {
    /// Whether the user is no longer linked to the app, so that their data and tokens are to go.
    #[must_use]
    pub fn user_has_left(&self) -> bool {
        self.events.iter().any(|event| event.kind.user_has_left())
    }
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct AccountEvent {
    /// What.
    pub kind: AccountEventKind,
    /// Why, if the user was unlinked.
    pub reason: Option<UnlinkReason>,
    /// All that Kakao said about it, `subject` included. What stands here besides `reason` is not documented.
    pub details: Map<String, Value>,
}

fn by_uri<'de, D: Deserializer<'de>>(events: D) -> Result<Vec<AccountEvent>, D::Error> {
    let events = Map::deserialize(events)?;
    Ok(events.into_iter().map(|(uri, details)| AccountEvent::new(&uri, details)).collect())
}

impl AccountEvent {
    fn new(uri: &str, details: Value) -> Self {
        let details = if let Value::Object(details) = details { details } else { Map::new() };
        let reason = details.get("reason").and_then(|reason| UnlinkReason::deserialize(reason).ok());
        Self { kind: AccountEventKind::of(uri), reason, details }
    }
}

macro_rules! kinds {
    ($($(#[$attribute:meta])* $name:ident = $uri:literal;)*) => {
        /// What happened to an account.
        #[derive(Debug, Clone, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum AccountEventKind {
            $($(#[$attribute])* $name,)*
            /// What the user has told of themselves has changed.
            UserProfileChanged,
            /// An event this crate does not know, by its URI.
            Unknown(String),
        }

        impl AccountEventKind {
            fn of(uri: &str) -> Self {
                match uri.strip_prefix(OPENID) {
                    $(Some($uri) => Self::$name,)*
                    _ if uri == PROFILE_CHANGED => Self::UserProfileChanged,
                    _ => Self::Unknown(uri.to_owned()),
                }
            }
        }
    };
}

kinds! {
    /// The user was linked to the app: a sign-up.
    UserLinked = "oauth/event-type/user-linked";
    /// The user was unlinked from the app; the reason says how.
    UserUnlinked = "oauth/event-type/user-unlinked";
    /// The user agreed to consent items.
    UserScopeConsent = "oauth/event-type/user-scope-consent";
    /// The user withdrew consent items.
    UserScopeWithdraw = "oauth/event-type/user-scope-withdraw";
    /// All of the user's tokens were revoked.
    TokensRevoked = "oauth/event-type/tokens-revoked";
    /// A token was issued.
    TokenIssued = "oauth/event-type/token-issued";
    /// A token was revoked.
    TokenRevoked = "oauth/event-type/token-revoked";
    /// The Kakao Account was deleted.
    AccountPurged = "risc/event-type/account-purged";
    /// The account was suspended.
    AccountDisabled = "risc/event-type/account-disabled";
    /// The account is no longer suspended.
    AccountEnabled = "risc/event-type/account-enabled";
    /// The person has to change their password.
    AccountCredentialChangeRequired = "risc/event-type/account-credential-change-required";
    /// The account's password or another credential is known to others.
    CredentialCompromise = "risc/event-type/credential-compromise";
    /// The account's e-mail address or phone number changed.
    IdentifierChanged = "risc/event-type/identifier-changed";
    /// The account's e-mail address or phone number now belongs to another account.
    IdentifierRecycled = "risc/event-type/identifier-recycled";
    /// The person was signed out everywhere.
    SessionsRevoked = "risc/event-type/sessions-revoked";
    /// How surely the person is known has changed.
    AssuranceLevelChange = "caep/event-type/assurance-level-change";
    /// A credential was added, changed or removed.
    CredentialChange = "caep/event-type/credential-change";
}

impl AccountEventKind {
    /// Whether after this the user is no longer linked to the app. Events come at sign-up too, and an account
    /// that is suspended may come back: those are no farewell, and neither is an event nobody knows.
    #[must_use]
    pub fn user_has_left(&self) -> bool {
        matches!(self, Self::UserUnlinked | Self::AccountPurged)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn event(uri: &str, details: &Value) -> SecurityEvent {
        let claims = json!({"iss": "https://kauth.kakao.com", "aud": "REST_API_KEY", "sub": "4820000001", "jti": "j-1",
            "iat": 1_767_225_601, "toe": 1_767_225_600, "txm": "t-1", "events": {uri: details}});
        serde_json::from_value(claims).unwrap()
    }

    #[test]
    fn an_event_is_read_with_its_details() {
        let subject =
            json!({"subject_type": "iss-sub", "iss": "https://kauth.kakao.com", "sub": "4820000001"});
        let event = event(
            "https://schemas.openid.net/secevent/oauth/event-type/user-unlinked",
            &json!({"subject": subject, "reason": "UNLINK_FROM_SERVICE"}),
        );
        assert_eq!((event.sub, event.jti.as_str()), (KakaoUserId::new(4_820_000_001), "j-1"));
        assert_eq!(event.iat, "2026-01-01T00:00:01Z".parse().unwrap());
        assert_eq!(event.toe, Some("2026-01-01T00:00:00Z".parse().unwrap()));
        assert_eq!(event.txm.as_deref(), Some("t-1"));
        let [AccountEvent { kind, reason, details }] = &event.events[..] else { panic!("{event:?}") };
        assert_eq!((kind, reason), (&AccountEventKind::UserUnlinked, &Some(UnlinkReason::UnlinkFromService)));
        assert_eq!(details["subject"], subject);
    }

    #[test]
    fn only_two_events_are_a_farewell() {
        for (uri, has_left) in [
            ("https://schemas.openid.net/secevent/oauth/event-type/user-unlinked", true),
            ("https://schemas.openid.net/secevent/risc/event-type/account-purged", true),
            ("https://schemas.openid.net/secevent/oauth/event-type/user-linked", false),
            ("https://schemas.openid.net/secevent/oauth/event-type/user-scope-consent", false),
            ("https://schemas.openid.net/secevent/oauth/event-type/user-scope-withdraw", false),
            ("https://schemas.openid.net/secevent/oauth/event-type/tokens-revoked", false),
            ("https://schemas.openid.net/secevent/risc/event-type/account-disabled", false),
            ("https://schemas.kakao.com/platevent/kakao/event-type/user-profile-changed", false),
            ("https://schemas.kakao.com/events/oauth/user-unlinked", false),
        ] {
            assert_eq!(event(uri, &json!({})).user_has_left(), has_left, "{uri}");
        }
    }

    #[test]
    fn an_unknown_event_and_an_unknown_reason_are_kept() {
        let event = event("https://example.com/moved", &json!({"reason": ["?"]}));
        assert_eq!(event.events[0].kind, AccountEventKind::Unknown("https://example.com/moved".to_owned()));
        assert_eq!(event.events[0].reason, None);
        assert_eq!(event.events[0].details["reason"], json!(["?"]));
    }
}
