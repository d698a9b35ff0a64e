//! `POST /v2/user/revoke/scopes`: takes a user's consent back.

use http::Method;

use super::scopes;
use crate::endpoint::{Auth, Effect, Endpoint, Host, Parameters, Reply, Unreadable, sealed};
use crate::{Scope, ScopeSet, UserScopes};

/// Takes a user's consent to these items back, also for tokens that live already.
///
/// Items the app requires are refused (-3), as are ids neither the app nor the user knows (-2).
/// See [Kakao Docs/Kakao Login REST API, Revoke consent].
///
/// ```no_run
/// # async fn example(client: katok_client::Client, token: katok_client::AccessToken) -> Result<(), Box<dyn std::error::Error>> {
/// use katok_client::{RevokeScopes, Scope};
///
/// let left = client.call(&RevokeScopes::new([Scope::TALK_MESSAGE]), &token).await?.agreed();
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevokeScopes(ScopeSet);

impl RevokeScopes {
    /// These items; only those that are `revocable` can be taken back.
    #[must_use]
    pub fn new(scopes: impl IntoIterator<Item = Scope>) -> Self {
        Self(scopes.into_iter().collect())
    }
}

impl sealed::Sealed for RevokeScopes {}

impl Endpoint for RevokeScopes {
    const METHOD: Method = Method::POST;
    const HOST: Host = Host::Api;
    const PATH: &'static str = "/v2/user/revoke/scopes";
    const AUTH: Auth = Auth::AccessTokenOrAdminKey;
    const SCOPES: &'static [Scope] = &[];
    const EFFECT: Effect = Effect::Once;
    type Output = UserScopes;

    fn encode(&self) -> Parameters {
        Parameters::new().with("scopes", scopes::to_json(&self.0))
    }

    fn decode(reply: &Reply) -> Result<UserScopes, Unreadable> {
        reply.json()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Remedy;
    use crate::contract::Sample;

    #[tokio::test]
    async fn what_was_taken_back_is_no_longer_agreed_to() {
        let revoke = RevokeScopes::new([Scope::TALK_MESSAGE]);
        let scopes = Sample::named("user_revoke_scopes/revoked").call(&revoke).await.unwrap();
        assert_eq!(scopes.agreed(), ScopeSet::parse("gender,profile_nickname"));

        let sample = Sample::named("user_revoke_scopes/by_admin_key");
        assert_eq!(sample.call_for_user(&revoke).await.unwrap().agreed(), scopes.agreed());
    }

    #[tokio::test]
    async fn a_required_item_is_a_setting_and_an_unknown_one_a_mistake() {
        let required = Sample::named("user_revoke_scopes/required");
        let error = required.call(&RevokeScopes::new([Scope::PROFILE])).await.unwrap_err();
        assert_eq!(error.remedy(), Remedy::TellOperator);

        let unknown = Sample::named("user_revoke_scopes/no_such_scope");
        let error = unknown.call(&RevokeScopes::new([Scope::new("email")])).await.unwrap_err();
        assert_eq!(error.remedy(), Remedy::FixRequest { parameter: None });
    }
}
