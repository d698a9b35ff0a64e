//! `POST /v1/user/logout`: the user's tokens are revoked; the link and the browser session live on.

use http::Method;

use crate::Scope;
use crate::endpoint::{Auth, Effect, Endpoint, Host, Parameters, Reply, Unreadable, sealed};
use crate::user::UserReceipt;

/// Revokes the access token it is called with.
///
/// See [Kakao Docs/Kakao Login REST API, Logout].
///
/// ```no_run
/// # async fn example(client: katok_client::Client, token: katok_client::AccessToken) -> Result<(), Box<dyn std::error::Error>> {
/// client.call(&katok_client::Logout, &token).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Logout;

impl sealed::Sealed for Logout {}

impl Endpoint for Logout {
    const METHOD: Method = Method::POST;
    const HOST: Host = Host::Api;
    const PATH: &'static str = "/v1/user/logout";
    const AUTH: Auth = Auth::AccessTokenOrAdminKey;
    const SCOPES: &'static [Scope] = &[];
    const EFFECT: Effect = Effect::Once;
    type Output = UserReceipt;

    fn encode(&self) -> Parameters {
        Parameters::new()
    }

    fn decode(reply: &Reply) -> Result<UserReceipt, Unreadable> {
        reply.json()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::Sample;
    use crate::{KakaoUserId, Remedy};

    #[tokio::test]
    async fn logging_out_names_the_user() {
        let receipt = Sample::named("user_logout/logged_out").call(&Logout).await.unwrap();
        assert_eq!(receipt.id, KakaoUserId::new(4_820_000_001));
    }

    #[tokio::test]
    async fn an_admin_logs_a_user_out_everywhere() {
        let receipt = Sample::named("user_logout/by_admin_key").call_for_user(&Logout).await.unwrap();
        assert_eq!(receipt.id, KakaoUserId::new(4_820_000_001));
    }

    #[tokio::test]
    async fn a_token_kakao_does_not_know_is_refused() {
        let error = Sample::named("user_logout/unknown_token").call(&Logout).await.unwrap_err();
        assert_eq!(error.remedy(), Remedy::RefreshToken);
    }
}
