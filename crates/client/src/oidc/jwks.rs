//! `GET /.well-known/jwks.json`: the keys Kakao signs with.

use http::Method;
use jsonwebtoken::DecodingKey;
use serde::Deserialize;

use crate::Scope;
use crate::endpoint::{Auth, Effect, Endpoint, Host, Parameters, Reply, Unreadable, sealed};

/// Asks for the public keys of ID tokens and security events.
///
/// [`IdTokenVerifier`](crate::IdTokenVerifier) does so by itself and remembers them; Kakao may block who asks too
/// often. See [Kakao Docs/Kakao Login REST API, OIDC: Get public key].
///
/// ```no_run
/// # async fn example(client: katok_client::Client) -> Result<(), katok_client::Error> {
/// use katok_client::GetJwks;
///
/// println!("{} keys", client.call_as_app(&GetJwks).await?.keys.len());
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GetJwks;

/// A set of public keys.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Jwks {
    /// The keys; those of other kinds than today's are among them.
    pub keys: Vec<Jwk>,
}

/// A public key (JWK, RFC 7517).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Jwk {
    /// Its name, by which a token says what it is signed with.
    pub kid: Option<String>,
    /// Its family: `RSA`.
    pub kty: Option<String>,
    /// The one algorithm it is for: `RS256`.
    pub alg: Option<String>,
    /// What it is for: `sig`.
    #[serde(rename = "use")]
    pub purpose: Option<String>,
    /// The modulus, in base64url.
    pub n: Option<String>,
    /// The exponent, in base64url.
    pub e: Option<String>,
}

impl Jwk {
    /// The key with its name, if it can verify what Kakao signs.
    pub(super) fn verifying(&self) -> Option<(String, DecodingKey)> {
        let is = |field: &Option<String>, wanted| field.as_deref().is_none_or(|value| value == wanted);
        if self.kty.as_deref() != Some("RSA") || !is(&self.alg, "RS256") || !is(&self.purpose, "sig") {
            return None;
        }
        let key = DecodingKey::from_rsa_components(self.n.as_ref()?, self.e.as_ref()?).ok()?;
        Some((self.kid.clone()?, key))
    }
}

impl sealed::Sealed for GetJwks {}

impl Endpoint for GetJwks {
    const METHOD: Method = Method::GET;
    const HOST: Host = Host::Auth;
    const PATH: &'static str = "/.well-known/jwks.json";
    const AUTH: Auth = Auth::Nobody;
    const SCOPES: &'static [Scope] = &[];
    const EFFECT: Effect = Effect::Read;
    type Output = Jwks;

    fn encode(&self) -> Parameters {
        Parameters::new()
    }

    fn decode(reply: &Reply) -> Result<Jwks, Unreadable> {
        reply.json()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::Sample;

    #[tokio::test]
    async fn both_keys_are_read() {
        let Jwks { keys } = Sample::named("jwks/two_keys").client("").call_as_app(&GetJwks).await.unwrap();
        let kids: Vec<_> = keys.iter().filter_map(|key| key.kid.as_deref()).collect();
        assert_eq!(kids, ["0123456789abcdef0123456789abcd", "fedcba9876543210fedcba98765432"]);
        for Jwk { kty, alg, purpose, n, e, .. } in &keys {
            let fields = [kty, alg, purpose, n, e].map(|field| field.as_deref().unwrap());
            assert_eq!(fields, ["RSA", "RS256", "sig", "MODULUS", "AQAB"]);
        }
    }

    #[test]
    fn keys_for_something_else_stand_in_nobodys_way() {
        let body = r#"{"keys":[{"kty":"EC","kid":"a","crv":"P-256"},{"kty":"RSA","kid":"b","use":"enc","n":"AA","e":"AQAB"},
            {"kty":"RSA","kid":"c","alg":"PS256","n":"AA","e":"AQAB"},{"kty":"RSA","kid":"d","n":"=","e":"AQAB"},
            {"kty":"RSA","n":"AA","e":"AQAB"},{"kty":"RSA","kid":"e","n":"AA","e":"AQAB"}]}"#;
        let Jwks { keys } = GetJwks::decode(&Reply { body: body.into() }).unwrap();
        let usable: Vec<_> = keys.iter().filter_map(Jwk::verifying).map(|(kid, _)| kid).collect();
        assert_eq!(usable, ["e"]);
    }
}
