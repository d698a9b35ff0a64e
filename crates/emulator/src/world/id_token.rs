//! ID tokens: what they say of a login and of the person.
//!
//! See [Kakao Docs/Kakao Login: Utilize, OpenID Connect].

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::Serialize;

use super::World;
use super::client::ClientKind;
use super::link::LinkKey;
use crate::seed::Person;

/// Kakao's picture for people who chose none.
const DEFAULT_THUMBNAIL: &str = "http://img1.kakaocdn.net/thumb/R110x110.q70/?fname=http://t1.kakaocdn.net/account_images/default_profile.jpeg";

/// An ID token before it is signed, which takes too long to be done in here.
pub(crate) struct IdToken {
    /// How many there were before it.
    pub(crate) turn: u64,
    pub(crate) claims: Claims,
}

/// The claims of an ID token but for `iss`, which depends on the name the emulator is called by.
#[derive(Serialize)]
pub(crate) struct Claims {
    aud: String,
    sub: String,
    iat: i64,
    exp: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    nonce: Option<String>,
    auth_time: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    nickname: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    picture: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
}

impl World {
    /// The ID token for a login at `claimed.0`, with the nonce `claimed.1`, as long as OpenID Connect is switched on.
    pub(super) fn id_token(
        &mut self,
        link: &LinkKey,
        kind: ClientKind,
        scopes: &BTreeSet<String>,
        claimed: Option<(Timestamp, Option<String>)>,
        now: Timestamp,
    ) -> Option<IdToken> {
        let (signed_in_at, nonce) = claimed?;
        let app = self.app(&link.app).filter(|app| app.oidc)?;
        let person = self.person(link.person.as_str())?;
        // What has been taken back since the login is said no longer.
        let agreed_to = &self.links.get(link)?.scopes;
        let agreed =
            |items: &[&str]| items.iter().any(|item| scopes.contains(*item) && agreed_to.contains(*item));
        let claims = Claims {
            aud: app.key_of(kind).to_owned(),
            sub: person.user_ids.get(&app.key)?.to_string(),
            iat: now.as_second(),
            exp: (now + kind.token_lifetime()).as_second(),
            nonce,
            auth_time: signed_in_at.as_second(),
            nickname: agreed(&["profile_nickname", "profile"]).then(|| person.nickname.clone()),
            picture: agreed(&["profile_image", "profile"]).then(|| thumbnail(person)),
            email: (agreed(&["account_email"]) && person.has_proven_email()).then(|| person.email.clone()),
        };
        let turn = self.id_tokens;
        self.id_tokens += 1;
        Some(IdToken { turn, claims })
    }
}

/// The small picture, which is Kakao's own for people who chose none.
pub(super) fn thumbnail(person: &Person) -> String {
    person.thumbnail_image_url.clone().unwrap_or_else(|| DEFAULT_THUMBNAIL.to_owned())
}
