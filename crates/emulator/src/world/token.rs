//! Tokens: a code or a refresh token in, new tokens out. The world keeps their digests only.
//!
//! See [Kakao Docs/Kakao Login: REST API].

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::event::Event;
use super::generator::Opaque;
use super::link::LinkKey;
use super::{Command, World};
use crate::digest::Digest;
use crate::fault::LoginFault;
use crate::seed::App;

/// Six hours for a REST API key, less the second that real answers show.
const ACCESS_TOKEN_LIFETIME: SignedDuration = SignedDuration::from_secs(6 * 60 * 60 - 1);
/// Two months, likewise.
const REFRESH_TOKEN_LIFETIME: SignedDuration = SignedDuration::from_secs(60 * 24 * 60 * 60 - 1);
/// A refresh token with less than this left is replaced when it is used.
const RENEWAL_WINDOW: SignedDuration = SignedDuration::from_hours(30 * 24);
/// How long a dead access token is told from an unknown one.
const EXPIRED_IS_REMEMBERED: SignedDuration = SignedDuration::from_hours(7 * 24);

/// What a person agreed to, on its way to the service.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct AuthorizationCode {
    pub(super) link: LinkKey,
    redirect_uri: String,
    code_challenge: Option<String>,
    scopes: BTreeSet<String>,
    expires_at: Timestamp,
}

impl AuthorizationCode {
    pub(super) fn new(
        link: LinkKey,
        redirect_uri: String,
        code_challenge: Option<String>,
        scopes: BTreeSet<String>,
        expires_at: Timestamp,
    ) -> Self {
        Self { link, redirect_uri, code_challenge, scopes, expires_at }
    }

    pub(super) fn is_alive(&self, now: Timestamp) -> bool {
        now < self.expires_at
    }
}

#[derive(Clone, Serialize, Deserialize)]
pub(super) struct AccessToken {
    pub(super) link: LinkKey,
    /// Common to all tokens that come from one code.
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
    grant: Digest,
    pub(super) scopes: BTreeSet<String>,
    pub(super) expires_at: Timestamp,
}

impl RefreshToken {
    pub(super) fn is_alive(&self, now: Timestamp) -> bool {
        now < self.expires_at
    }
}

/// Asks `/oauth/token` for tokens, with the parameters as they came.
#[derive(Default)]
pub(crate) struct IssueTokens {
    pub(crate) client_id: Option<String>,
    pub(crate) client_secret: Option<String>,
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
}

pub(crate) struct IssuedRefreshToken {
    pub(crate) refresh_token: String,
    pub(crate) expires_in: i64,
}

impl Command for IssueTokens {
    type Reply = IssuedTokens;
    type Fault = LoginFault;

    fn run(self, world: &mut World, now: Timestamp) -> Result<IssuedTokens, LoginFault> {
        let app = self.client_id.as_deref().and_then(|id| world.app_of_client(id)).cloned();
        let app = app.ok_or_else(|| LoginFault::NoSuchClient { client_id: self.client_id.clone() })?;
        // A secret that comes although it is switched off does not matter.
        if let Some(secret) = &app.client_secret
            && self.client_secret.as_deref() != Some(secret.secret())
        {
            return Err(LoginFault::BadClientSecret);
        }
        match self.grant_type.as_deref() {
            Some("authorization_code") => self.for_code(&app, world, now),
            Some("refresh_token") => self.for_refresh_token(&app, world, now),
            _ => Err(LoginFault::UnsupportedGrantType { grant_type: self.grant_type }),
        }
    }
}

impl IssueTokens {
    fn for_code(self, app: &App, world: &mut World, now: Timestamp) -> Result<IssuedTokens, LoginFault> {
        let digest = Digest::of_bytes(self.code.as_deref().unwrap_or_default().as_bytes());
        let known = world.codes.get(&digest).filter(|code| code.is_alive(now) && code.link.app == app.key);
        let Some(code) = known.cloned() else {
            return Err(LoginFault::NoSuchCode { code: self.code });
        };
        if self.redirect_uri.as_deref() != Some(&code.redirect_uri) {
            return Err(LoginFault::RedirectUriMismatch);
        }
        let proof = self.code_verifier.map(|verifier| Digest::of_bytes(verifier.as_bytes()).base64url());
        if code.code_challenge.is_some() && code.code_challenge != proof {
            return Err(LoginFault::WrongCodeVerifier);
        }
        world.count_tokens(app, &code.link, true, now)?;

        world.codes.remove(&digest);
        world.link(&code.link, code.scopes.clone(), now);
        let refresh = world.new_refresh_token(&code.link, None, &code.scopes, now);
        let grant = Digest::of_bytes(refresh.refresh_token.as_bytes());
        let access_token = world.new_access_token(code.link, grant, code.scopes.clone(), now);
        let expires_in = ACCESS_TOKEN_LIFETIME.as_secs();
        Ok(IssuedTokens { access_token, expires_in, refresh: Some(refresh), scopes: Some(code.scopes) })
    }

    fn for_refresh_token(
        self,
        app: &App,
        world: &mut World,
        now: Timestamp,
    ) -> Result<IssuedTokens, LoginFault> {
        let given = self.refresh_token.filter(|token| !token.is_empty());
        let digest = Digest::of_bytes(given.ok_or(LoginFault::MissingRefreshToken)?.as_bytes());
        let known = world.refresh_tokens.get(&digest);
        let known = known.filter(|token| token.is_alive(now) && token.link.app == app.key);
        let RefreshToken { link, grant, scopes, expires_at } =
            known.cloned().ok_or(LoginFault::NoSuchRefreshToken)?;
        let replaced = expires_at.duration_since(now) < RENEWAL_WINDOW;
        world.count_tokens(app, &link, replaced, now)?;

        let refresh = replaced.then(|| {
            world.refresh_tokens.remove(&digest);
            world.new_refresh_token(&link, Some(grant), &scopes, now)
        });
        let access_token = world.new_access_token(link, grant, scopes, now);
        Ok(IssuedTokens { access_token, expires_in: ACCESS_TOKEN_LIFETIME.as_secs(), refresh, scopes: None })
    }
}

impl World {
    pub(super) fn keep_code(&mut self, code: &str, record: AuthorizationCode) {
        self.codes.insert(Digest::of_bytes(code.as_bytes()), record);
    }

    fn new_access_token(
        &mut self,
        link: LinkKey,
        grant: Digest,
        scopes: BTreeSet<String>,
        now: Timestamp,
    ) -> String {
        let token = self.generator.draw(Opaque::AccessToken(&link));
        self.tell(&link, Event::TokenIssued, now);
        let record = AccessToken { link, grant, scopes, expires_at: now + ACCESS_TOKEN_LIFETIME };
        self.access_tokens.insert(Digest::of_bytes(token.as_bytes()), record);
        token
    }

    /// The first refresh token of a grant gives the grant its name.
    fn new_refresh_token(
        &mut self,
        link: &LinkKey,
        grant: Option<Digest>,
        scopes: &BTreeSet<String>,
        now: Timestamp,
    ) -> IssuedRefreshToken {
        let refresh_token = self.generator.draw(Opaque::RefreshToken(link));
        let digest = Digest::of_bytes(refresh_token.as_bytes());
        let record = RefreshToken {
            link: link.clone(),
            grant: grant.unwrap_or(digest),
            scopes: scopes.clone(),
            expires_at: now + REFRESH_TOKEN_LIFETIME,
        };
        self.refresh_tokens.insert(digest, record);
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
