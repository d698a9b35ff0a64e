//! `POST /v1/user/signup`: links a user by hand, in an app that does not link at login.

use http::Method;

use super::update_profile::json_object;
use crate::endpoint::{Auth, Effect, Endpoint, Host, Parameters, Reply, Unreadable, sealed};
use crate::{Scope, UserReceipt};

/// Links a user who has logged in (Preregistered) to the app; Kakao waits 24 hours for it.
///
/// Only for apps whose automatic linking is off. A user who has signed up already is refused with -102:
/// [`Error::is_already_signed_up`](crate::Error::is_already_signed_up).
/// See [Kakao Docs/Kakao Login REST API, Manual signup].
///
/// ```no_run
/// # async fn example(client: katok_client::Client, token: katok_client::AccessToken) -> Result<(), Box<dyn std::error::Error>> {
/// use katok_client::SignUp;
///
/// match client.call(&SignUp::new(), &token).await {
///     Err(error) if error.is_already_signed_up() => {}
///     outcome => drop(outcome?),
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SignUp {
    properties: Option<String>,
}

impl SignUp {
    /// Signs the user up and stores nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// User properties to store at once, as [`UpdateProfile`](crate::UpdateProfile) does.
    #[must_use]
    pub fn properties(
        mut self,
        properties: impl IntoIterator<Item = (impl Into<String>, impl Into<String>)>,
    ) -> Self {
        self.properties = Some(json_object(properties));
        self
    }
}

impl sealed::Sealed for SignUp {}

impl Endpoint for SignUp {
    const METHOD: Method = Method::POST;
    const HOST: Host = Host::Api;
    const PATH: &'static str = "/v1/user/signup";
    const AUTH: Auth = Auth::AccessToken;
    const SCOPES: &'static [Scope] = &[];
    const EFFECT: Effect = Effect::Once;
    type Output = UserReceipt;

    fn encode(&self) -> Parameters {
        Parameters::new().with_some("properties", self.properties.clone())
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
    async fn signing_up_may_store_properties() {
        let sample = Sample::named("user_signup/signed_up");
        let receipt = sample.call(&SignUp::new().properties([("favorite", "blue")])).await.unwrap();
        assert_eq!(receipt.id, KakaoUserId::new(4_820_000_001));
    }

    #[tokio::test]
    async fn who_has_signed_up_already_is_told_apart() {
        let error = Sample::named("user_signup/already_registered").call(&SignUp::new()).await.unwrap_err();
        assert!(error.is_already_signed_up() && !error.is_not_linked());
        let error = Sample::named("user_signup/unknown_token").call(&SignUp::new()).await.unwrap_err();
        assert!(!error.is_already_signed_up());
        assert_eq!(error.remedy(), Remedy::RefreshToken);
    }
}
