//! `GET /.well-known/openid-configuration`: where Kakao's OpenID Connect lives and what it can do.

use http::Method;
use serde::Deserialize;
use url::Url;

use crate::Scope;
use crate::endpoint::{Auth, Effect, Endpoint, Host, Parameters, Reply, Unreadable, null_as_default, sealed};

/// Asks for the addresses and abilities of Kakao's OpenID Connect.
///
/// Nothing in this crate needs it, and [`IdTokenVerifier`](crate::IdTokenVerifier) does not follow it: what it
/// names is already known. See [Kakao Docs/Kakao Login REST API, OIDC: Get metadata].
///
/// ```no_run
/// # async fn example(client: katok_client::Client) -> Result<(), katok_client::Error> {
/// use katok_client::GetProviderMetadata;
///
/// println!("{}", client.call_as_app(&GetProviderMetadata).await?.issuer);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GetProviderMetadata;

/// What Kakao's OpenID Connect says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct ProviderMetadata {
    /// Who signs the ID tokens: their `iss`.
    pub issuer: String,
    /// Where a login begins.
    pub authorization_endpoint: Url,
    /// Where a code becomes tokens.
    pub token_endpoint: Url,
    /// Where [`GetUserInfo`](crate::GetUserInfo) asks.
    pub userinfo_endpoint: Option<Url>,
    /// Where the keys are.
    pub jwks_uri: Url,
    /// How an app may prove itself at the token endpoint.
    #[serde(default, deserialize_with = "null_as_default")]
    pub token_endpoint_auth_methods_supported: Vec<String>,
    /// Whether a user has the same `sub` everywhere.
    #[serde(default, deserialize_with = "null_as_default")]
    pub subject_types_supported: Vec<String>,
    /// What ID tokens are signed with.
    #[serde(default, deserialize_with = "null_as_default")]
    pub id_token_signing_alg_values_supported: Vec<String>,
    /// What a login may come back with.
    #[serde(default, deserialize_with = "null_as_default")]
    pub response_types_supported: Vec<String>,
    /// How a login may come back.
    #[serde(default, deserialize_with = "null_as_default")]
    pub response_modes_supported: Vec<String>,
    /// What becomes tokens at the token endpoint.
    #[serde(default, deserialize_with = "null_as_default")]
    pub grant_types_supported: Vec<String>,
    /// How a PKCE challenge may be made.
    #[serde(default, deserialize_with = "null_as_default")]
    pub code_challenge_methods_supported: Vec<String>,
    /// What may stand in an ID token.
    #[serde(default, deserialize_with = "null_as_default")]
    pub claims_supported: Vec<String>,
    /// Whether the authorize parameters may be given by reference.
    #[serde(default, deserialize_with = "null_as_default")]
    pub request_uri_parameter_supported: bool,
}

impl sealed::Sealed for GetProviderMetadata {}

impl Endpoint for GetProviderMetadata {
    const METHOD: Method = Method::GET;
    const HOST: Host = Host::Auth;
    const PATH: &'static str = "/.well-known/openid-configuration";
    const AUTH: Auth = Auth::Nobody;
    const SCOPES: &'static [Scope] = &[];
    const EFFECT: Effect = Effect::Read;
    type Output = ProviderMetadata;

    fn encode(&self) -> Parameters {
        Parameters::new()
    }

    fn decode(reply: &Reply) -> Result<ProviderMetadata, Unreadable> {
        reply.json()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::Sample;

    #[tokio::test]
    async fn kakaos_document_is_read() {
        let sample = Sample::named("openid_configuration/document");
        let metadata = sample.client("").call_as_app(&GetProviderMetadata).await.unwrap();
        assert_eq!(metadata.issuer, "https://kauth.kakao.com");
        assert_eq!(metadata.jwks_uri.path(), "/.well-known/jwks.json");
        assert_eq!(metadata.id_token_signing_alg_values_supported, ["RS256"]);
        assert_eq!(metadata.code_challenge_methods_supported, ["S256"]);
        assert_eq!(metadata.claims_supported.len(), 10);
        assert!(!metadata.request_uri_parameter_supported);
    }
}
