//! Security events (SET): what happened to an account, as claims to be signed.
//!
//! See [Kakao Docs/Kakao Login: Account status webhook] and RFC 8417.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::seed::App;
use crate::world::event::{Event, UnlinkReason};

const ISSUER: &str = "https://kauth.kakao.com";

/// Signs claims: whose turn it is among the keys, the token's type, the claims.
pub(crate) type Signer = fn(u64, &str, &Value) -> String;

/// Every event that Kakao names, without the beginning they have in common.
const OPENID: &str = "https://schemas.openid.net/secevent/";
const EVENTS: &[&str] = &[
    "oauth/event-type/user-linked",
    "oauth/event-type/user-unlinked",
    "oauth/event-type/user-scope-consent",
    "oauth/event-type/user-scope-withdraw",
    "oauth/event-type/tokens-revoked",
    "oauth/event-type/token-issued",
    "oauth/event-type/token-revoked",
    "risc/event-type/account-purged",
    "risc/event-type/account-disabled",
    "risc/event-type/account-enabled",
    "risc/event-type/account-credential-change-required",
    "risc/event-type/credential-compromise",
    "risc/event-type/identifier-changed",
    "risc/event-type/identifier-recycled",
    "risc/event-type/sessions-revoked",
    "caep/event-type/assurance-level-change",
    "caep/event-type/credential-change",
];
const PROFILE_CHANGED: &str = "https://schemas.kakao.com/platevent/kakao/event-type/user-profile-changed";

/// Something that happened to an account.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SecurityEvent {
    uri: String,
    /// Beside the subject.
    more: Map<String, Value>,
}

impl SecurityEvent {
    /// By its whole address, or by its last word alone; none if Kakao knows no such event.
    pub(crate) fn named(name: &str, reason: Option<String>) -> Option<Self> {
        let is_named = |uri: &String| uri == name || uri.rsplit('/').next() == Some(name);
        let mut uris =
            EVENTS.iter().map(|event| format!("{OPENID}{event}")).chain([PROFILE_CHANGED.to_owned()]);
        let uri = uris.find(is_named)?;
        let more = reason.map(|reason| ("reason".to_owned(), reason.into())).into_iter().collect();
        Some(Self { uri, more })
    }

    pub(super) fn of(event: &Event) -> Self {
        let (name, reason) = match event {
            Event::Linked => ("user-linked", None),
            Event::Unlinked { reason } => ("user-unlinked", Some(reason)),
            Event::ScopesAgreed { .. } => ("user-scope-consent", None),
            Event::ScopesWithdrawn { .. } => ("user-scope-withdraw", None),
            Event::TokenIssued => ("token-issued", None),
            Event::TokenRevoked => ("token-revoked", None),
            Event::TokensRevoked => ("tokens-revoked", None),
            Event::AccountDisabled => ("account-disabled", None),
            Event::AccountEnabled => ("account-enabled", None),
        };
        let reason = reason.and_then(|reason: &UnlinkReason| json!(reason).as_str().map(str::to_owned));
        Self::named(name, reason).expect("these events are in the list")
    }

    pub(super) fn claims(
        &self,
        app: &App,
        user_id: i64,
        happened: Timestamp,
        now: Timestamp,
        id: &str,
    ) -> Value {
        let sub = user_id.to_string();
        let mut event = Map::new();
        event.insert("subject".to_owned(), json!({"subject_type": "iss-sub", "iss": ISSUER, "sub": sub}));
        event.extend(self.more.clone());
        json!({
            "iss": ISSUER,
            "aud": app.rest_api_key,
            "sub": sub,
            "iat": now.as_second(),
            "toe": happened.as_second(),
            "txm": format!("t{id}"),
            "jti": id,
            "events": { self.uri.as_str(): event },
        })
    }
}
