//! `POST /oauth/token` with `grant_type=refresh_token`: the next access token, and at times a new refresh token.

use http::Method;
use jiff::SignedDuration;
use serde::Deserialize;

use crate::endpoint::{Auth, Effect, Endpoint, Host, Parameters, Reply, Unreadable, sealed};
use crate::{AccessToken, IdToken, RefreshToken, Scope, ScopeSet};

/// Asks for the next access token.
///
/// See [Kakao Docs/Kakao Login REST API, Refresh token].
pub(crate) struct RefreshTokens<'a>(pub(crate) &'a RefreshToken);

/// What a refresh brought.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct RefreshedTokens {
    /// The next access token.
    pub access_token: AccessToken,
    /// How long the access token lives from now.
    pub expires_in: SignedDuration,
    /// A new refresh token and how long it lives, only in the last month of the old one, which is dead then.
    pub refresh: Option<(RefreshToken, SignedDuration)>,
    /// What the user agreed to, if Kakao says it; usually it does not, and the former set stays true.
    pub scope: Option<ScopeSet>,
    /// A new ID token, if the refresh token came with one.
    pub id_token: Option<IdToken>,
}

/// How long Kakao's refresh tokens live: assumed when a new one comes without its lifetime, because the old
/// one is dead and losing the new one would log the user out.
const REFRESH_TOKEN_LIFETIME: i64 = 5_183_999;

impl sealed::Sealed for RefreshTokens<'_> {}

impl Endpoint for RefreshTokens<'_> {
    const METHOD: Method = Method::POST;
    const HOST: Host = Host::Auth;
    const PATH: &'static str = "/oauth/token";
    const AUTH: Auth = Auth::Client;
    const SCOPES: &'static [Scope] = &[];
    const EFFECT: Effect = Effect::Once;
    type Output = RefreshedTokens;

    fn encode(&self) -> Parameters {
        Parameters::new().with("grant_type", "refresh_token").with_secret("refresh_token", self.0.secret())
    }

    fn decode(reply: &Reply) -> Result<RefreshedTokens, Unreadable> {
        #[derive(Deserialize)]
        struct Wire {
            access_token: String,
            expires_in: i64,
            refresh_token: Option<String>,
            refresh_token_expires_in: Option<i64>,
            scope: Option<String>,
            id_token: Option<String>,
        }
        let wire: Wire = reply.json()?;
        let lifetime =
            SignedDuration::from_secs(wire.refresh_token_expires_in.unwrap_or(REFRESH_TOKEN_LIFETIME));
        Ok(RefreshedTokens {
            access_token: AccessToken::new(wire.access_token),
            expires_in: SignedDuration::from_secs(wire.expires_in),
            refresh: wire.refresh_token.map(|token| (RefreshToken::new(token), lifetime)),
            scope: wire.scope.as_deref().map(ScopeSet::parse),
            id_token: wire.id_token.map(IdToken::new),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::Sample;
    use crate::endpoint::Reply;
    use crate::{Error, Remedy};

    async fn play(sample: &str) -> Result<RefreshedTokens, Error> {
        let sample = Sample::named(&format!("oauth_token_refresh/{sample}"));
        let secret = sample.request.form.get("client_secret").map_or("", String::as_str);
        sample.client(secret).refresh(&RefreshToken::new("REFRESH_TOKEN")).await
    }

    #[tokio::test]
    async fn an_ordinary_refresh_brings_only_an_access_token() {
        let tokens = play("access_token_only").await.unwrap();
        assert_eq!(tokens.access_token, AccessToken::new("NEW_ACCESS_TOKEN"));
        assert_eq!(tokens.expires_in, SignedDuration::from_secs(21_599));
        assert_eq!((tokens.refresh, tokens.scope, tokens.id_token), (None, None, None));
    }

    #[tokio::test]
    async fn a_late_refresh_brings_a_new_refresh_token() {
        let refresh = play("rotated").await.unwrap().refresh;
        assert_eq!(
            refresh,
            Some((RefreshToken::new("NEW_REFRESH_TOKEN"), SignedDuration::from_secs(5_183_999)))
        );
    }

    #[test]
    fn a_new_refresh_token_without_a_lifetime_is_not_thrown_away() {
        let body = r#"{"access_token":"A","expires_in":1,"refresh_token":"R"}"#.into();
        let refresh = RefreshTokens::decode(&Reply { body }).unwrap().refresh;
        assert_eq!(
            refresh,
            Some((RefreshToken::new("R"), SignedDuration::from_secs(REFRESH_TOKEN_LIFETIME)))
        );
    }

    #[tokio::test]
    async fn an_id_token_comes_along() {
        assert_eq!(play("id_token").await.unwrap().id_token, Some(IdToken::new("HEADER.PAYLOAD.SIGNATURE")));
    }

    #[tokio::test]
    async fn a_dead_refresh_token_needs_a_new_login() {
        assert_eq!(play("koe322").await.unwrap_err().remedy(), Remedy::SignInAgain);
        assert_eq!(play("koe010").await.unwrap_err().remedy(), Remedy::TellOperator);
    }
}
