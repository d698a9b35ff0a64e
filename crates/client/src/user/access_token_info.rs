//! `GET /v1/user/access_token_info`: whether an access token is good, and for how long.

use http::Method;
use jiff::SignedDuration;
use serde::Deserialize;

use crate::endpoint::{Auth, Effect, Endpoint, Host, Parameters, Reply, Unreadable, sealed};
use crate::{KakaoUserId, Scope};

/// Asks what the access token is good for; it costs less than asking who the user is.
///
/// A token Kakao does not take is refused with -401 or, malformed, with -2. -1 is a trouble of Kakao's and
/// says nothing about the token. See [Kakao Docs/Kakao Login REST API, Retrieve token information].
///
/// ```no_run
/// # async fn example(client: katok_client::Client, token: katok_client::AccessToken) -> Result<(), Box<dyn std::error::Error>> {
/// let info = client.call(&katok_client::GetAccessTokenInfo, &token).await?;
/// println!("good for {:#}", info.expires_in);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy)]
pub struct GetAccessTokenInfo;

/// What an access token is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct AccessTokenInfo {
    /// The user; Kakao's own programs take it for optional.
    pub id: Option<KakaoUserId>,
    /// How long the token lives from now.
    pub expires_in: SignedDuration,
    /// The number of the app.
    pub app_id: i64,
}

impl sealed::Sealed for GetAccessTokenInfo {}

impl Endpoint for GetAccessTokenInfo {
    const METHOD: Method = Method::GET;
    const HOST: Host = Host::Api;
    const PATH: &'static str = "/v1/user/access_token_info";
    const AUTH: Auth = Auth::AccessToken;
    const SCOPES: &'static [Scope] = &[];
    const EFFECT: Effect = Effect::Read;
    type Output = AccessTokenInfo;

    fn encode(&self) -> Parameters {
        Parameters::new()
    }

    fn decode(reply: &Reply) -> Result<AccessTokenInfo, Unreadable> {
        #[derive(Deserialize)]
        struct Wire {
            id: Option<KakaoUserId>,
            expires_in: i64,
            app_id: i64,
        }
        let Wire { id, expires_in, app_id } = reply.json()?;
        Ok(AccessTokenInfo { id, expires_in: SignedDuration::from_secs(expires_in), app_id })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::Sample;
    use crate::{Error, Remedy};

    async fn play(sample: &str) -> Result<AccessTokenInfo, Error> {
        Sample::named(&format!("user_access_token_info/{sample}")).call(&GetAccessTokenInfo).await
    }

    #[tokio::test]
    async fn a_living_token_says_how_long_it_lives() {
        let info = play("alive").await.unwrap();
        assert_eq!(info.id, Some(KakaoUserId::new(4_820_000_001)));
        assert_eq!((info.expires_in, info.app_id), (SignedDuration::from_secs(20_011), 1_234_567));
    }

    #[tokio::test]
    async fn a_dead_token_is_renewed_and_a_malformed_one_is_a_mistake() {
        for sample in ["expired_token", "unknown_token"] {
            assert_eq!(play(sample).await.unwrap_err().remedy(), Remedy::RefreshToken, "{sample}");
        }
        let malformed = play("token_too_long").await.unwrap_err();
        assert_eq!(malformed.remedy(), Remedy::FixRequest { parameter: None });
    }
}
