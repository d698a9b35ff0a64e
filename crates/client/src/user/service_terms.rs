//! `GET /v2/user/service_terms`: which of the service's own terms a user agreed to (Kakao Sync).

use http::Method;
use jiff::Timestamp;
use serde::Deserialize;

use crate::endpoint::{
    Auth, Effect, Endpoint, Host, Parameters, Reply, Unreadable, comma_separated, null_as_default, sealed,
};
use crate::{KakaoUserId, Scope};

/// Asks which service terms (서비스 약관) a user agreed to, in an app with Kakao Sync (카카오싱크).
///
/// A tag the app has not registered is refused (-2).
/// See [Kakao Docs/Kakao Login REST API, Retrieve consented service terms].
///
/// ```no_run
/// # async fn example(client: katok_client::Client, token: katok_client::AccessToken) -> Result<(), Box<dyn std::error::Error>> {
/// use katok_client::ListServiceTerms;
///
/// let answer = client.call(&ListServiceTerms::of_the_app().tags(["newsletter"]), &token).await?;
/// let wants_newsletter = answer.service_terms.iter().any(|term| term.agreed);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListServiceTerms {
    of_the_app: bool,
    tags: Option<String>,
}

impl ListServiceTerms {
    /// The terms the user agreed to.
    #[must_use]
    pub fn agreed() -> Self {
        Self { of_the_app: false, tags: None }
    }

    /// All terms of the app, agreed to or not.
    #[must_use]
    pub fn of_the_app() -> Self {
        Self { of_the_app: true, tags: None }
    }

    /// Only the terms with these tags; of none, all.
    #[must_use]
    pub fn tags(mut self, tags: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        self.tags = Some(comma_separated(tags));
        self
    }
}

/// How a user stands to service terms.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct UserServiceTerms {
    /// The user.
    pub id: KakaoUserId,
    /// The terms.
    #[serde(default, deserialize_with = "null_as_default")]
    pub service_terms: Vec<ServiceTerm>,
}

/// One of the app's service terms, as a user stands to it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct ServiceTerm {
    /// Its name in Kakao's console.
    pub tag: String,
    /// Whether nobody is signed up without it.
    pub required: Option<bool>,
    /// Whether the user agrees.
    pub agreed: bool,
    /// Whether the user may take it back.
    pub revocable: Option<bool>,
    /// When the user agreed.
    pub agreed_at: Option<Timestamp>,
    /// Where the user agreed.
    pub agreed_by: Option<AgreedBy>,
}

/// Where a user agreed to service terms.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
#[non_exhaustive]
pub enum AgreedBy {
    /// On Kakao's consent screen.
    Kauth,
    /// At the service, which told Kakao by [`UpgradeServiceTerms`](crate::UpgradeServiceTerms).
    Kapi,
    /// A word of Kakao's this crate does not know.
    #[serde(untagged)]
    Other(String),
}

impl sealed::Sealed for ListServiceTerms {}

impl Endpoint for ListServiceTerms {
    const METHOD: Method = Method::GET;
    const HOST: Host = Host::Api;
    const PATH: &'static str = "/v2/user/service_terms";
    const AUTH: Auth = Auth::AccessTokenOrAdminKey;
    const SCOPES: &'static [Scope] = &[];
    const EFFECT: Effect = Effect::Read;
    type Output = UserServiceTerms;

    fn encode(&self) -> Parameters {
        Parameters::new()
            .with_some("result", self.of_the_app.then_some("app_service_terms"))
            .with_some("tags", self.tags.clone().filter(|tags| !tags.is_empty()))
    }

    fn decode(reply: &Reply) -> Result<UserServiceTerms, Unreadable> {
        reply.json()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Remedy;
    use crate::contract::Sample;

    #[tokio::test]
    async fn terms_say_when_and_where_they_were_agreed_to() {
        let sample = Sample::named("user_service_terms/agreed");
        let terms = sample.call(&ListServiceTerms::agreed()).await.unwrap().service_terms;
        let [service, news] = &terms[..] else { panic!("{terms:?}") };
        assert_eq!((service.required, service.revocable), (Some(true), Some(false)));
        assert_eq!(news.agreed_by, Some(AgreedBy::Kauth));
        assert_eq!(news.agreed_at, Some("2026-01-02T03:04:05Z".parse().unwrap()));
    }

    #[tokio::test]
    async fn terms_of_the_app_need_not_be_agreed_to() {
        let sample = Sample::named("user_service_terms/of_the_app");
        let terms = sample.call(&ListServiceTerms::of_the_app()).await.unwrap().service_terms;
        assert_eq!((terms[2].tag.as_str(), terms[2].agreed, terms[2].agreed_at), ("ads", false, None));
    }

    #[tokio::test]
    async fn no_tags_are_all() {
        let nothing: [&str; 0] = [];
        let sample = Sample::named("user_service_terms/of_the_app");
        sample.call(&ListServiceTerms::of_the_app().tags(nothing)).await.unwrap();
    }

    #[tokio::test]
    async fn an_admin_asks_for_chosen_terms_of_any_user() {
        let sample = Sample::named("user_service_terms/by_admin_key");
        let ask = ListServiceTerms::of_the_app().tags(["news", "ads"]);
        assert_eq!(sample.call_for_user(&ask).await.unwrap().service_terms.len(), 2);
    }

    #[tokio::test]
    async fn a_tag_the_app_does_not_have_is_a_mistake() {
        let sample = Sample::named("user_service_terms/no_such_tag");
        let error = sample.call(&ListServiceTerms::agreed().tags(["t1"])).await.unwrap_err();
        assert_eq!(error.remedy(), Remedy::FixRequest { parameter: None });
    }
}
