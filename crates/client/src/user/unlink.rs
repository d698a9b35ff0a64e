//! `POST /v1/user/unlink`: the app leaves the user's Kakao Account, with all consents and tokens.

use http::Method;
use serde::Deserialize;

use crate::endpoint::{Auth, Effect, Endpoint, Host, Parameters, Reply, Unreadable, sealed};
use crate::{KakaoUserId, Scope};

/// Unlinks the user the access token belongs to; Kakao sends no unlink webhook for it.
///
/// A user who is not linked is refused with -101, which is as good as done when somebody deletes their account
/// at the service: [`Error::is_not_linked`](crate::Error::is_not_linked).
/// See [Kakao Docs/Kakao Login REST API, Unlink].
///
/// ```no_run
/// # async fn example(admin: katok_client::AdminClient, user: katok_client::KakaoUserId) -> Result<(), Box<dyn std::error::Error>> {
/// match admin.call_for(user, &katok_client::Unlink).await {
///     Err(error) if error.is_not_linked() => {}
///     outcome => drop(outcome?),
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Unlink;

/// Kakao's word on whom a call concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct UserReceipt {
    /// The user.
    pub id: KakaoUserId,
}

impl sealed::Sealed for Unlink {}

impl Endpoint for Unlink {
    const METHOD: Method = Method::POST;
    const HOST: Host = Host::Api;
    const PATH: &'static str = "/v1/user/unlink";
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
    use crate::Remedy;
    use crate::contract::Sample;

    #[tokio::test]
    async fn unlinking_names_the_user() {
        let receipt = Sample::named("user_unlink/unlinked").call(&Unlink).await.unwrap();
        assert_eq!(receipt.id, KakaoUserId::new(4_820_000_001));
    }

    #[tokio::test]
    async fn an_admin_unlinks_a_user_without_their_token() {
        let receipt = Sample::named("user_unlink/by_admin_key").call_for_user(&Unlink).await.unwrap();
        assert_eq!(receipt.id, KakaoUserId::new(4_820_000_001));
    }

    #[tokio::test]
    async fn a_user_who_is_not_linked_has_to_sign_in() {
        let error = Sample::named("user_unlink/not_linked").call(&Unlink).await.unwrap_err();
        assert_eq!(error.remedy(), Remedy::SignInAgain);
        assert!(error.is_not_linked() && !error.is_already_signed_up());

        let sample = Sample::named("user_unlink/by_admin_key_not_linked");
        assert!(sample.call_for_user(&Unlink).await.unwrap_err().is_not_linked());
    }
}
