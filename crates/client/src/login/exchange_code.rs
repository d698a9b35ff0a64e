//! `POST /oauth/token` with `grant_type=authorization_code`: a code becomes tokens, once.

use http::Method;
use jiff::SignedDuration;
use serde::Deserialize;

use super::RedirectUri;
use crate::endpoint::{Auth, Effect, Endpoint, Host, Parameters, Reply, Unreadable, sealed};
use crate::{AccessToken, AuthorizationCode, CodeVerifier, IdToken, RefreshToken, Scope, ScopeSet};

/// Asks for the tokens that belong to an authorization code.
///
/// See [Kakao Docs/Kakao Login REST API, Request token].
#[derive(Debug)]
pub struct ExchangeCode {
    /// The address the code was delivered to, the same to the byte as in the authorize address (KOE303).
    pub redirect_uri: RedirectUri,
    /// The code; a second use is KOE320.
    pub code: AuthorizationCode,
    /// The verifier, if the authorize address carried a challenge.
    pub code_verifier: Option<CodeVerifier>,
}

/// The tokens of a fresh login.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct IssuedTokens {
    /// Opens the user's data.
    pub access_token: AccessToken,
    /// How long the access token lives from now.
    pub expires_in: SignedDuration,
    /// Gets the next access token.
    pub refresh_token: RefreshToken,
    /// How long the refresh token lives from now.
    pub refresh_token_expires_in: SignedDuration,
    /// What the user agreed to; Kakao may leave it out.
    pub scope: Option<ScopeSet>,
    /// Who logged in, signed by Kakao, when the app has OpenID Connect switched on.
    pub id_token: Option<IdToken>,
}

impl sealed::Sealed for ExchangeCode {}

impl Endpoint for ExchangeCode {
    const METHOD: Method = Method::POST;
    const HOST: Host = Host::Auth;
    const PATH: &'static str = "/oauth/token";
    const AUTH: Auth = Auth::Client;
    const SCOPES: &'static [Scope] = &[];
    const EFFECT: Effect = Effect::Once;
    type Output = IssuedTokens;

    fn encode(&self) -> Parameters {
        let form = Parameters::new()
            .with("grant_type", "authorization_code")
            .with("redirect_uri", self.redirect_uri.as_str().to_owned())
            .with_secret("code", self.code.secret());
        match &self.code_verifier {
            Some(verifier) => form.with_secret("code_verifier", verifier.secret()),
            None => form,
        }
    }

    fn decode(reply: &Reply) -> Result<IssuedTokens, Unreadable> {
        #[derive(Deserialize)]
        struct Wire {
            access_token: String,
            expires_in: i64,
            refresh_token: String,
            refresh_token_expires_in: i64,
            scope: Option<String>,
            id_token: Option<String>,
        }
        let wire: Wire = reply.json()?;
        Ok(IssuedTokens {
            access_token: AccessToken::new(wire.access_token),
            expires_in: SignedDuration::from_secs(wire.expires_in),
            refresh_token: RefreshToken::new(wire.refresh_token),
            refresh_token_expires_in: SignedDuration::from_secs(wire.refresh_token_expires_in),
            scope: wire.scope.as_deref().map(ScopeSet::parse),
            id_token: wire.id_token.map(IdToken::new),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::Sample;
    use crate::{Error, KakaoCode, Quota, Remedy};

    fn exchange() -> ExchangeCode {
        ExchangeCode {
            redirect_uri: "https://svc.example/cb".parse().unwrap(),
            code: AuthorizationCode::new("AUTHORIZATION_CODE"),
            code_verifier: None,
        }
    }

    async fn play(sample: &str, exchange: ExchangeCode) -> Result<IssuedTokens, Error> {
        let sample = Sample::named(&format!("oauth_token_code/{sample}"));
        let secret = sample.request.form.get("client_secret").map_or("", String::as_str);
        sample.client(secret).exchange_code(&exchange).await
    }

    #[tokio::test]
    async fn a_code_becomes_tokens() {
        let tokens = play("tokens", exchange()).await.unwrap();
        assert_eq!(tokens.access_token, AccessToken::new("ACCESS_TOKEN"));
        assert_eq!(tokens.expires_in, SignedDuration::from_secs(21_599));
        assert_eq!(tokens.refresh_token, RefreshToken::new("REFRESH_TOKEN"));
        assert_eq!(tokens.refresh_token_expires_in, SignedDuration::from_secs(5_183_999));
        assert_eq!(tokens.scope, Some(ScopeSet::parse("account_email,profile_nickname")));
        assert_eq!(tokens.id_token, None);
    }

    #[tokio::test]
    async fn the_verifier_goes_along() {
        let code_verifier = Some(CodeVerifier::new("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"));
        play("pkce", ExchangeCode { code_verifier, ..exchange() }).await.unwrap();
    }

    #[tokio::test]
    async fn an_id_token_is_kept_and_a_missing_scope_is_no_error() {
        let tokens = play("id_token", exchange()).await.unwrap();
        assert_eq!(tokens.id_token, Some(IdToken::new("HEADER.PAYLOAD.SIGNATURE")));
        assert_eq!(play("without_scope", exchange()).await.unwrap().scope, None);
    }

    #[tokio::test]
    async fn a_code_used_twice_needs_a_new_login_and_is_not_quoted() {
        let error = play("koe320", exchange()).await.unwrap_err();
        assert_eq!(error.kakao_code(), Some(KakaoCode::Login("KOE320".to_owned())));
        assert_eq!(error.remedy(), Remedy::SignInAgain);
        assert_eq!(error.kakao_message(), Some("authorization code not found for code=[redacted]"));
        let everything =
            format!("{error} {error:?} {:?}", serde_json::to_string(error.oauth_error().unwrap()));
        assert!(!everything.contains("AUTHORIZATION_CODE"), "{everything}");
    }

    #[tokio::test]
    async fn a_wrong_setup_is_the_operators_business() {
        for (sample, exchange) in [
            ("koe010_no_secret", exchange()),
            ("koe010_wrong_secret", exchange()),
            (
                "koe303",
                ExchangeCode { redirect_uri: "https://svc.example/other".parse().unwrap(), ..exchange() },
            ),
        ] {
            assert_eq!(play(sample, exchange).await.unwrap_err().remedy(), Remedy::TellOperator, "{sample}");
        }
    }

    #[tokio::test]
    async fn too_many_tokens_means_waiting() {
        assert_eq!(
            play("koe237", exchange()).await.unwrap_err().remedy(),
            Remedy::WaitForQuota(Quota::Tokens)
        );
    }
}
