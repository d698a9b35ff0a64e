//! Tokens: a code or a refresh token in, new tokens out. The world keeps their digests only.
//!
//! See [Kakao Docs/Kakao Login: REST API].

use std::collections::{BTreeSet, VecDeque};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::client::{ClientKind, Platform};
use super::event::Event;
use super::generator::Opaque;
use super::id_token::IdToken;
use super::link::LinkKey;
use super::{Command, World};
use crate::digest::Digest;
use crate::fault::LoginFault;
use crate::seed::{AppKey, Quotas};

/// Two months, less the second that real answers show.
const REFRESH_TOKEN_LIFETIME: SignedDuration = SignedDuration::from_secs(60 * 24 * 60 * 60 - 1);
/// A refresh token with less than this left is replaced when it is used.
const RENEWAL_WINDOW: SignedDuration = SignedDuration::from_hours(30 * 24);
/// How many access tokens, and how many refresh tokens, a world keeps; with Kakao's quotas nobody gets there.
const MOST_TOKENS: usize = 100_000;
/// How long a dead access token is told from an unknown one.
const EXPIRED_IS_REMEMBERED: SignedDuration = SignedDuration::from_hours(7 * 24);

/// What a person agreed to, on its way to the service.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct AuthorizationCode {
    pub(super) link: LinkKey,
    pub(super) kind: ClientKind,
    pub(super) redirect_uri: String,
    pub(super) code_challenge: Option<String>,
    pub(super) scopes: BTreeSet<String>,
    /// The service terms agreed to on the page.
    pub(super) service_terms: BTreeSet<String>,
    /// When the person signed in; none when it brings no ID token.
    pub(super) signed_in_at: Option<Timestamp>,
    pub(super) nonce: Option<String>,
    pub(super) expires_at: Timestamp,
}

impl AuthorizationCode {
    pub(super) fn is_alive(&self, now: Timestamp) -> bool {
        now < self.expires_at
    }
}

#[derive(Clone, Serialize, Deserialize)]
pub(super) struct AccessToken {
    pub(super) link: LinkKey,
    /// The code it comes from, like all tokens of the same login.
    pub(super) grant: Digest,
    pub(super) scopes: BTreeSet<String>,
    pub(super) expires_at: Timestamp,
}

impl AccessToken {
    pub(super) fn is_alive(&self, now: Timestamp) -> bool {
        now < self.expires_at
    }

    /// The seconds it has left.
    pub(super) fn expires_in(&self, now: Timestamp) -> i64 {
        self.expires_at.duration_since(now).as_secs()
    }

    pub(super) fn is_worth_keeping(&self, now: Timestamp) -> bool {
        now.duration_since(self.expires_at) < EXPIRED_IS_REMEMBERED
    }
}

#[derive(Clone, Serialize, Deserialize)]
pub(super) struct RefreshToken {
    pub(super) link: LinkKey,
    kind: ClientKind,
    grant: Digest,
    pub(super) scopes: BTreeSet<String>,
    /// When the person signed in; none when it came without an ID token.
    signed_in_at: Option<Timestamp>,
    pub(super) expires_at: Timestamp,
}

impl RefreshToken {
    pub(super) fn is_alive(&self, now: Timestamp) -> bool {
        now < self.expires_at
    }
}

/// The digests of the latest tokens in the order they were made: a world whose quotas somebody lifted forgets the
/// oldest tokens rather than fill the memory.
#[derive(Clone, Default, Serialize, Deserialize)]
pub(super) struct LatestTokens(VecDeque<Digest>);

impl LatestTokens {
    /// Adds a token; answers the one to forget instead, if there are too many.
    fn push(&mut self, token: Digest) -> Option<Digest> {
        self.0.push_back(token);
        if self.0.len() > MOST_TOKENS { self.0.pop_front() } else { None }
    }
}

/// Asks `/oauth/token` for tokens, with the parameters as they came.
#[derive(Default)]
pub(crate) struct IssueTokens {
    pub(crate) client_id: Option<String>,
    pub(crate) client_secret: Option<String>,
    pub(crate) platform: Platform,
    pub(crate) grant_type: Option<String>,
    pub(crate) code: Option<String>,
    pub(crate) redirect_uri: Option<String>,
    pub(crate) code_verifier: Option<String>,
    pub(crate) refresh_token: Option<String>,
}

/// Tokens just made.
pub(crate) struct IssuedTokens {
    pub(crate) access_token: String,
    pub(crate) expires_in: i64,
    /// Always for a code; for a refresh token only when it is replaced.
    pub(crate) refresh: Option<IssuedRefreshToken>,
    /// What they are good for; said for a code only.
    pub(crate) scopes: Option<BTreeSet<String>>,
    /// Still to be signed.
    pub(crate) id_token: Option<IdToken>,
}

pub(crate) struct IssuedRefreshToken {
    pub(crate) refresh_token: String,
    pub(crate) expires_in: i64,
}

/// Who asks for tokens.
struct Asking {
    app: AppKey,
    kind: ClientKind,
    quotas: Quotas,
    /// Whether Kakao has suspended the app: all that was made for it is dead then.
    suspended: bool,
}

impl Asking {
    fn is(&self, link: &LinkKey, kind: ClientKind) -> bool {
        !self.suspended && link.app == self.app && kind == self.kind
    }

    fn token_lifetime(&self) -> SignedDuration {
        // Real answers show a second less.
        self.kind.token_lifetime() - SignedDuration::from_secs(1)
    }
}

impl Command for IssueTokens {
    type Reply = IssuedTokens;
    type Fault = LoginFault;

    fn run(self, world: &mut World, now: Timestamp) -> Result<IssuedTokens, LoginFault> {
        let client = self.client_id.as_deref().and_then(|id| world.client(id));
        let client = client.ok_or_else(|| LoginFault::NoSuchClient { client_id: self.client_id.clone() })?;
        // Only servers have a secret to keep. One that comes although it is switched off does not matter.
        if client.kind == ClientKind::RestApi
            && let Some(secret) = &client.app.client_secret
            && self.client_secret.as_deref() != Some(secret.secret())
        {
            return Err(LoginFault::BadClientSecret);
        }
        if !client.runs_on(&self.platform) {
            return Err(LoginFault::WrongPlatform);
        }
        let asking = Asking {
            app: client.app.key.clone(),
            kind: client.kind,
            quotas: client.app.quotas,
            suspended: client.app.suspended,
        };
        match self.grant_type.as_deref() {
            Some("authorization_code") => self.for_code(&asking, world, now),
            Some("refresh_token") => self.for_refresh_token(&asking, world, now),
            _ => Err(LoginFault::UnsupportedGrantType { grant_type: self.grant_type }),
        }
    }
}

impl IssueTokens {
    fn for_code(
        self,
        asking: &Asking,
        world: &mut World,
        now: Timestamp,
    ) -> Result<IssuedTokens, LoginFault> {
        let digest = Digest::of_bytes(self.code.as_deref().unwrap_or_default().as_bytes());
        let known = world.codes.get(&digest);
        let known = known.filter(|code| code.is_alive(now) && asking.is(&code.link, code.kind));
        let Some(code) = known.cloned() else {
            return Err(LoginFault::NoSuchCode { code: self.code });
        };
        if self.redirect_uri.is_some_and(|given| given != code.redirect_uri) {
            return Err(LoginFault::RedirectUriMismatch);
        }
        let proof = self.code_verifier.map(|verifier| Digest::of_bytes(verifier.as_bytes()).base64url());
        if code.code_challenge.is_some() && code.code_challenge != proof {
            return Err(LoginFault::WrongCodeVerifier);
        }
        world.count_tokens(&asking.quotas, &code.link, true, now)?;

        world.codes.remove(&digest);
        world.link(&code.link, code.scopes.clone(), now);
        world.agree_to_terms(&code.link, code.service_terms, now);
        let claimed = code.signed_in_at.map(|at| (at, code.nonce));
        let id_token = world.id_token(&code.link, asking.kind, &code.scopes, claimed, now);
        let token = RefreshToken {
            link: code.link.clone(),
            kind: asking.kind,
            grant: digest,
            scopes: code.scopes.clone(),
            signed_in_at: code.signed_in_at.filter(|_| id_token.is_some()),
            expires_at: now + REFRESH_TOKEN_LIFETIME,
        };
        let refresh = Some(world.new_refresh_token(token));
        let mut scopes = code.scopes.clone();
        let token = AccessToken {
            link: code.link,
            grant: digest,
            scopes: code.scopes,
            expires_at: now + asking.token_lifetime(),
        };
        let access_token = world.new_access_token(token, now);
        if id_token.is_some() {
            scopes.insert("openid".to_owned());
        }
        let expires_in = asking.token_lifetime().as_secs();
        Ok(IssuedTokens { access_token, expires_in, refresh, scopes: Some(scopes), id_token })
    }

    fn for_refresh_token(
        self,
        asking: &Asking,
        world: &mut World,
        now: Timestamp,
    ) -> Result<IssuedTokens, LoginFault> {
        let given = self.refresh_token.filter(|token| !token.is_empty());
        let digest = Digest::of_bytes(given.ok_or(LoginFault::MissingRefreshToken)?.as_bytes());
        let known = world.refresh_tokens.get(&digest);
        let known = known.filter(|token| token.is_alive(now) && asking.is(&token.link, token.kind));
        let token = known.cloned().ok_or(LoginFault::NoSuchRefreshToken)?;
        let replaced = token.expires_at.duration_since(now) < RENEWAL_WINDOW;
        world.count_tokens(&asking.quotas, &token.link, replaced, now)?;

        // The nonce was for the answer to the login alone. See OpenID Connect Core 1.0, section 12.2.
        let claimed = token.signed_in_at.map(|at| (at, None));
        let id_token = world.id_token(&token.link, asking.kind, &token.scopes, claimed, now);
        let RefreshToken { link, grant, scopes, .. } = token.clone();
        let refresh = replaced.then(|| {
            world.refresh_tokens.remove(&digest);
            world.new_refresh_token(RefreshToken { expires_at: now + REFRESH_TOKEN_LIFETIME, ..token })
        });
        let expires_at = now + asking.token_lifetime();
        let access_token = world.new_access_token(AccessToken { link, grant, scopes, expires_at }, now);
        let expires_in = asking.token_lifetime().as_secs();
        Ok(IssuedTokens { access_token, expires_in, refresh, scopes: None, id_token })
    }
}

impl World {
    pub(super) fn keep_code(&mut self, code: &str, record: AuthorizationCode) {
        self.codes.insert(Digest::of_bytes(code.as_bytes()), record);
    }

    fn new_access_token(&mut self, record: AccessToken, now: Timestamp) -> String {
        let token = self.generator.draw(Opaque::AccessToken(&record.link));
        self.tell(&record.link, Event::TokenIssued, now);
        let digest = Digest::of_bytes(token.as_bytes());
        self.access_tokens.insert(digest, record);
        if let Some(oldest) = self.latest_access_tokens.push(digest) {
            self.access_tokens.remove(&oldest);
        }
        token
    }

    fn new_refresh_token(&mut self, record: RefreshToken) -> IssuedRefreshToken {
        let refresh_token = self.generator.draw(Opaque::RefreshToken(&record.link));
        let digest = Digest::of_bytes(refresh_token.as_bytes());
        self.refresh_tokens.insert(digest, record);
        if let Some(oldest) = self.latest_refresh_tokens.push(digest) {
            self.refresh_tokens.remove(&oldest);
        }
        IssuedRefreshToken { refresh_token, expires_in: REFRESH_TOKEN_LIFETIME.as_secs() }
    }

    /// Kills every token of the login that this access token comes from.
    pub(super) fn revoke(&mut self, access_token: &Digest) {
        if let Some(AccessToken { grant, .. }) = self.access_tokens.remove(access_token) {
            self.access_tokens.retain(|_, token| token.grant != grant);
            self.refresh_tokens.retain(|_, token| token.grant != grant);
        }
    }

    /// Takes consents out of every token and code of a person at an app.
    pub(super) fn withdraw_from_tokens(&mut self, link: &LinkKey, withdrawn: &BTreeSet<String>) {
        let codes = self.codes.values_mut().filter(|code| code.link == *link).map(|code| &mut code.scopes);
        let access = self.access_tokens.values_mut().filter(|token| token.link == *link);
        let refresh = self.refresh_tokens.values_mut().filter(|token| token.link == *link);
        let of_tokens = access.map(|token| &mut token.scopes).chain(refresh.map(|token| &mut token.scopes));
        for scopes in codes.chain(of_tokens) {
            scopes.retain(|scope| !withdrawn.contains(scope));
        }
    }

    /// Kills every token and code of a person at an app.
    pub(super) fn revoke_everything(&mut self, link: &LinkKey) {
        self.codes.retain(|_, code| code.link != *link);
        self.access_tokens.retain(|_, token| token.link != *link);
        self.refresh_tokens.retain(|_, token| token.link != *link);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_too_many_tokens_the_oldest_is_forgotten() {
        let digest = |number: usize| Digest::of(&[&number.to_string()]);
        let mut latest = LatestTokens::default();
        for number in 0..MOST_TOKENS {
            assert_eq!(latest.push(digest(number)), None);
        }
        assert_eq!(latest.push(digest(MOST_TOKENS)), Some(digest(0)));
        assert_eq!(latest.push(digest(MOST_TOKENS + 1)), Some(digest(1)));
    }
}
