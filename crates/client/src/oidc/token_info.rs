//! `POST /oauth/tokeninfo`: what an ID token says, for whoever looks for a mistake.

use http::Method;

use super::IdTokenClaims;
use crate::endpoint::{Auth, Effect, Endpoint, Host, Parameters, Reply, Unreadable, sealed};
use crate::{IdToken, Scope};

/// Lets Kakao read an ID token; for debugging only.
///
/// It is no way to verify one: Kakao looks neither for whom it is nor at its nonce, and may block who uses it in
/// earnest. [`IdTokenVerifier`](crate::IdTokenVerifier) is. See [Kakao Docs/Kakao Login REST API, OIDC: Get ID
/// token information].
///
/// ```no_run
/// # async fn example(client: katok_client::Client, id_token: katok_client::IdToken) -> Result<(), katok_client::Error> {
/// use katok_client::GetIdTokenInfo;
///
/// println!("{:?}", client.call_as_app(&GetIdTokenInfo::new(id_token)).await?.unchecked);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct GetIdTokenInfo(IdToken);

impl GetIdTokenInfo {
    /// About this token.
    #[must_use]
    pub fn new(id_token: IdToken) -> Self {
        Self(id_token)
    }
}

/// What an ID token says, as Kakao read it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct IdTokenInfo {
    /// The claims: Kakao's, but perhaps for another app and of another login.
    pub unchecked: IdTokenClaims,
}

impl sealed::Sealed for GetIdTokenInfo {}

impl Endpoint for GetIdTokenInfo {
    const METHOD: Method = Method::POST;
    const HOST: Host = Host::Auth;
    const PATH: &'static str = "/oauth/tokeninfo";
    const AUTH: Auth = Auth::Nobody;
    const SCOPES: &'static [Scope] = &[];
    const EFFECT: Effect = Effect::Read;
    type Output = IdTokenInfo;

    fn encode(&self) -> Parameters {
        Parameters::new().with_secret("id_token", self.0.secret())
    }

    fn decode(reply: &Reply) -> Result<IdTokenInfo, Unreadable> {
        Ok(IdTokenInfo { unchecked: reply.json()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::Sample;
    use crate::{Error, KakaoCode, KakaoUserId};

    async fn play(sample: &str, token: &str) -> Result<IdTokenInfo, Error> {
        let sample = Sample::named(&format!("oauth_tokeninfo/{sample}"));
        sample.client("").call_as_app(&GetIdTokenInfo::new(IdToken::new(token))).await
    }

    #[tokio::test]
    async fn the_claims_are_read() {
        let claims = play("payload", "ID_TOKEN").await.unwrap().unchecked;
        assert_eq!((claims.iss.as_str(), claims.aud.as_str()), ("https://kauth.kakao.com", "REST_API_KEY"));
        assert_eq!(claims.sub, KakaoUserId::new(4_820_000_001));
        assert_eq!(claims.iat, "2026-01-01T00:00:00Z".parse().unwrap());
        assert_eq!(claims.exp, "2026-01-01T06:00:00Z".parse().unwrap());
        assert_eq!(claims.auth_time, Some(claims.iat));
        assert_eq!(claims.nonce, None);
        assert_eq!(claims.nickname.as_deref(), Some("Lee"));
        assert_eq!(claims.picture.as_deref(), Some("https://k.example.com/t.jpg"));
        assert_eq!(claims.email.as_deref(), Some("lee@example.com"));
    }

    #[tokio::test]
    async fn a_token_kakao_does_not_know_is_refused() {
        let error = play("koe400", "HEADER.PAYLOAD.SIGNATURE").await.unwrap_err();
        assert_eq!(error.kakao_code(), Some(KakaoCode::Login("KOE400".to_owned())));
    }
}
