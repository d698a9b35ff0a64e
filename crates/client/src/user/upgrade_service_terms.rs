//! `POST /v2/user/upgrade/service_terms`: tells Kakao that a user agreed to service terms elsewhere (Kakao Sync).

use http::Method;
use jiff::Timestamp;
use serde::Deserialize;

use crate::endpoint::{
    Auth, Effect, Endpoint, Host, Parameters, Reply, Unreadable, comma_separated, null_as_default, sealed,
};
use crate::{AgreedBy, KakaoUserId, Scope};

/// Marks service terms as agreed to without a screen of Kakao's, in an app with Kakao Sync (카카오싱크).
///
/// The service has asked the user itself. Tags the app has not registered are passed over in silence.
/// See [Kakao Docs/Kakao Login REST API, Upgrade service terms].
///
/// ```no_run
/// # async fn example(client: katok_client::Client, token: katok_client::AccessToken) -> Result<(), Box<dyn std::error::Error>> {
/// client.call(&katok_client::UpgradeServiceTerms::new(["newsletter"]), &token).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UpgradeServiceTerms {
    tags: String,
}

impl UpgradeServiceTerms {
    /// The terms with these tags.
    #[must_use]
    pub fn new(tags: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        Self { tags: comma_separated(tags) }
    }
}

/// Which service terms a user agrees to now.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct AgreedServiceTerms {
    /// The user.
    pub id: KakaoUserId,
    /// The terms marked by this call; those the user had agreed to before are left out.
    #[serde(default, deserialize_with = "null_as_default")]
    pub agreed_service_terms: Vec<AgreedServiceTerm>,
}

/// One of the app's service terms that was marked as agreed to.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct AgreedServiceTerm {
    /// Its name in Kakao's console.
    pub tag: String,
    /// Whether the user agrees now: `true`.
    pub agreed: bool,
    /// When that was said.
    pub agreed_at: Option<Timestamp>,
    /// Where that was said.
    pub agreed_by: Option<AgreedBy>,
}

impl sealed::Sealed for UpgradeServiceTerms {}

impl Endpoint for UpgradeServiceTerms {
    const METHOD: Method = Method::POST;
    const HOST: Host = Host::Api;
    const PATH: &'static str = "/v2/user/upgrade/service_terms";
    const AUTH: Auth = Auth::AccessTokenOrAdminKey;
    const SCOPES: &'static [Scope] = &[];
    const EFFECT: Effect = Effect::Once;
    type Output = AgreedServiceTerms;

    fn encode(&self) -> Parameters {
        Parameters::new().with("tags", self.tags.clone())
    }

    fn decode(reply: &Reply) -> Result<AgreedServiceTerms, Unreadable> {
        reply.json()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::Sample;

    #[tokio::test]
    async fn only_what_is_new_is_named() {
        let upgrade = UpgradeServiceTerms::new(["news", "ads", "t1"]);
        let answer = Sample::named("user_upgrade_service_terms/agreed").call(&upgrade).await.unwrap();
        let [ads] = &answer.agreed_service_terms[..] else { panic!("{answer:?}") };
        assert_eq!((ads.tag.as_str(), ads.agreed), ("ads", true));
        assert_eq!(ads.agreed_by, Some(AgreedBy::Kapi));

        let sample = Sample::named("user_upgrade_service_terms/by_admin_key");
        assert_eq!(sample.call_for_user(&upgrade).await.unwrap(), answer);
    }
}
