//! `POST /v1/user/update_profile`: the app stores something of its own about a user.

use http::Method;

use crate::endpoint::{Auth, Effect, Endpoint, Host, Parameters, Reply, Unreadable, sealed};
use crate::{Scope, UserReceipt};

/// Stores user properties (사용자 프로퍼티), which come back among [`Profile::properties`](crate::Profile::properties).
///
/// Their keys must be defined in Kakao's console (-201); they are deleted when the user is unlinked.
/// See [Kakao Docs/Kakao Login REST API, Store user information].
///
/// ```no_run
/// # async fn example(client: katok_client::Client, token: katok_client::AccessToken) -> Result<(), Box<dyn std::error::Error>> {
/// client.call(&katok_client::UpdateProfile::new([("favorite", "blue")]), &token).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UpdateProfile {
    properties: String,
}

impl UpdateProfile {
    /// These properties; others stay as they are.
    #[must_use]
    pub fn new(properties: impl IntoIterator<Item = (impl Into<String>, impl Into<String>)>) -> Self {
        Self { properties: json_object(properties) }
    }
}

/// The form field `properties`.
pub(super) fn json_object(
    properties: impl IntoIterator<Item = (impl Into<String>, impl Into<String>)>,
) -> String {
    let properties = properties.into_iter().map(|(key, value)| (key.into(), value.into()));
    properties.collect::<serde_json::Value>().to_string()
}

impl sealed::Sealed for UpdateProfile {}

impl Endpoint for UpdateProfile {
    const METHOD: Method = Method::POST;
    const HOST: Host = Host::Api;
    const PATH: &'static str = "/v1/user/update_profile";
    const AUTH: Auth = Auth::AccessToken;
    const SCOPES: &'static [Scope] = &[];
    const EFFECT: Effect = Effect::Change;
    type Output = UserReceipt;

    fn encode(&self) -> Parameters {
        Parameters::new().with("properties", self.properties.clone())
    }

    fn decode(reply: &Reply) -> Result<UserReceipt, Unreadable> {
        reply.json()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::Sample;
    use crate::{KakaoCode, KakaoUserId};

    #[tokio::test]
    async fn properties_are_stored() {
        let sample = Sample::named("user_update_profile/stored");
        let receipt = sample.call(&UpdateProfile::new([("favorite", "blue")])).await.unwrap();
        assert_eq!(receipt.id, KakaoUserId::new(4_820_000_001));
    }

    #[tokio::test]
    async fn a_key_that_is_not_defined_is_refused() {
        let sample = Sample::named("user_update_profile/no_such_property");
        let error = sample.call(&UpdateProfile::new([("k1", "a"), ("k2", "b")])).await.unwrap_err();
        assert_eq!(error.kakao_code(), Some(KakaoCode::Api(-201)));
    }
}
