//! `POST /v2/user/revoke/service_terms`: takes a user's consent to service terms back (Kakao Sync).

use http::Method;
use serde::Deserialize;

use crate::endpoint::{
    Auth, Effect, Endpoint, Host, Parameters, Reply, Unreadable, comma_separated, null_as_default, sealed,
};
use crate::{KakaoUserId, Scope};

/// Takes a user's consent to service terms back, in an app with Kakao Sync (카카오싱크).
///
/// A tag the app has not registered is refused (-2).
/// See [Kakao Docs/Kakao Login REST API, Revoke service terms].
///
/// ```no_run
/// # async fn example(client: katok_client::Client, token: katok_client::AccessToken) -> Result<(), Box<dyn std::error::Error>> {
/// client.call(&katok_client::RevokeServiceTerms::new(["newsletter"]), &token).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevokeServiceTerms {
    tags: String,
}

impl RevokeServiceTerms {
    /// The terms with these tags.
    #[must_use]
    pub fn new(tags: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        Self { tags: comma_separated(tags) }
    }
}

/// Which service terms a user no longer agrees to.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct RevokedServiceTerms {
    /// The user.
    pub id: KakaoUserId,
    /// The terms taken back by this call; those the user had not agreed to are left out.
    #[serde(default, deserialize_with = "null_as_default")]
    pub revoked_service_terms: Vec<RevokedServiceTerm>,
}

/// One of the app's service terms that was taken back.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct RevokedServiceTerm {
    /// Its name in Kakao's console.
    pub tag: String,
    /// Whether the user agrees now: `false`.
    pub agreed: bool,
}

impl sealed::Sealed for RevokeServiceTerms {}

impl Endpoint for RevokeServiceTerms {
    const METHOD: Method = Method::POST;
    const HOST: Host = Host::Api;
    const PATH: &'static str = "/v2/user/revoke/service_terms";
    const AUTH: Auth = Auth::AccessTokenOrAdminKey;
    const SCOPES: &'static [Scope] = &[];
    const EFFECT: Effect = Effect::Once;
    type Output = RevokedServiceTerms;

    fn encode(&self) -> Parameters {
        Parameters::new().with("tags", self.tags.clone())
    }

    fn decode(reply: &Reply) -> Result<RevokedServiceTerms, Unreadable> {
        reply.json()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Remedy;
    use crate::contract::Sample;

    #[tokio::test]
    async fn only_what_was_agreed_to_is_taken_back() {
        let revoke = RevokeServiceTerms::new(["news", "ads"]);
        let answer = Sample::named("user_revoke_service_terms/revoked").call(&revoke).await.unwrap();
        let [news] = &answer.revoked_service_terms[..] else { panic!("{answer:?}") };
        assert_eq!((news.tag.as_str(), news.agreed), ("news", false));

        let sample = Sample::named("user_revoke_service_terms/by_admin_key");
        assert_eq!(sample.call_for_user(&revoke).await.unwrap(), answer);
    }

    #[tokio::test]
    async fn a_tag_the_app_does_not_have_is_a_mistake() {
        let sample = Sample::named("user_revoke_service_terms/no_such_tag");
        let error = sample.call(&RevokeServiceTerms::new(["t1"])).await.unwrap_err();
        assert_eq!(error.remedy(), Remedy::FixRequest { parameter: None });
    }
}
