//! `GET /v2/user/scopes`: what a user has agreed to.

use http::Method;
use serde::Deserialize;

use crate::endpoint::{
    Auth, Effect, Endpoint, Host, Parameters, Reply, Unreadable, json_strings, null_as_default, sealed,
};
use crate::{KakaoUserId, Scope, ScopeSet};

/// Asks what a user has agreed to, of all that the app asks for or once asked for.
///
/// See [Kakao Docs/Kakao Login REST API, Retrieve consent details].
///
/// ```no_run
/// # async fn example(client: katok_client::Client, token: katok_client::AccessToken) -> Result<(), Box<dyn std::error::Error>> {
/// use katok_client::{ListScopes, ScopeSet};
///
/// let agreed = client.call(&ListScopes::all(), &token).await?.agreed();
/// let to_ask_for = ScopeSet::parse("friends,talk_message").missing_from(&agreed);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListScopes(ScopeSet);

impl ListScopes {
    /// All consent items.
    #[must_use]
    pub fn all() -> Self {
        Self::default()
    }

    /// These consent items, as far as the app or the user has anything to do with them; of none, all.
    #[must_use]
    pub fn of(scopes: &ScopeSet) -> Self {
        Self(scopes.clone())
    }
}

/// The form or query field `scopes`.
pub(super) fn to_json(scopes: &ScopeSet) -> String {
    json_strings(scopes.iter().map(Scope::as_str))
}

/// How a user stands to consent items.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct UserScopes {
    /// The user.
    pub id: KakaoUserId,
    /// The consent items.
    #[serde(default, deserialize_with = "null_as_default")]
    pub scopes: Vec<ConsentItem>,
}

impl UserScopes {
    /// What the user has agreed to, among it what the app no longer asks for.
    #[must_use]
    pub fn agreed(&self) -> ScopeSet {
        self.scopes.iter().filter(|item| item.agreed).map(|item| item.id.clone()).collect()
    }
}

/// One consent item (동의 항목), as a user stands to it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct ConsentItem {
    /// Its id.
    pub id: Scope,
    /// Its name on the consent screen, in a language of Kakao's choice.
    #[serde(default, deserialize_with = "null_as_default")]
    pub display_name: String,
    /// What it is about.
    #[serde(rename = "type")]
    pub kind: Option<ConsentType>,
    /// `false` if the user agreed to it when the app still asked for it.
    pub using: Option<bool>,
    /// Only Kakao's SDKs know this.
    pub delegated: Option<bool>,
    /// Whether the user agrees.
    pub agreed: bool,
    /// Whether the user may take it back; absent unless they agree.
    pub revocable: Option<bool>,
}

/// What a consent item is about.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
#[non_exhaustive]
pub enum ConsentType {
    /// Information about the person.
    Privacy,
    /// The use of one of Kakao's services.
    Service,
    /// A word of Kakao's this crate does not know.
    #[serde(untagged)]
    Other(String),
}

impl sealed::Sealed for ListScopes {}

impl Endpoint for ListScopes {
    const METHOD: Method = Method::GET;
    const HOST: Host = Host::Api;
    const PATH: &'static str = "/v2/user/scopes";
    const AUTH: Auth = Auth::AccessTokenOrAdminKey;
    const SCOPES: &'static [Scope] = &[];
    const EFFECT: Effect = Effect::Read;
    type Output = UserScopes;

    fn encode(&self) -> Parameters {
        Parameters::new().with_some("scopes", (!self.0.is_empty()).then(|| to_json(&self.0)))
    }

    fn decode(reply: &Reply) -> Result<UserScopes, Unreadable> {
        reply.json()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::Sample;

    #[tokio::test]
    async fn what_is_agreed_to_is_told_from_what_is_only_asked_for() {
        let answer = Sample::named("user_scopes/all").call(&ListScopes::all()).await.unwrap();
        assert_eq!(answer.agreed(), ScopeSet::parse("gender,profile_nickname,talk_message"));
        let [nickname, email, message, gender] = &answer.scopes[..] else { panic!("{answer:?}") };
        assert_eq!((nickname.kind.as_ref(), nickname.revocable), (Some(&ConsentType::Privacy), Some(false)));
        assert_eq!((&email.id, email.revocable), (&Scope::ACCOUNT_EMAIL, None));
        assert_eq!(message.kind, Some(ConsentType::Service));
        assert_eq!((gender.using, gender.revocable), (Some(false), Some(true)));
    }

    #[tokio::test]
    async fn chosen_items_are_asked_for_by_id() {
        let sample = Sample::named("user_scopes/chosen");
        let answer = sample.call(&ListScopes::of(&ScopeSet::parse("gender,account_email"))).await.unwrap();
        assert_eq!(answer.agreed(), ScopeSet::parse("gender"));
    }

    #[tokio::test]
    async fn an_admin_asks_for_any_user() {
        let sample = Sample::named("user_scopes/by_admin_key");
        let answer = sample.call_for_user(&ListScopes::all()).await.unwrap();
        assert_eq!(answer.id, KakaoUserId::new(4_820_000_001));
    }

    #[test]
    fn a_type_nobody_knows_is_kept() {
        let body = r#"{"id":1,"scopes":[{"id":"friends","type":"NEW","agreed":false}]}"#.into();
        let scopes = ListScopes::decode(&Reply { body }).unwrap().scopes;
        assert_eq!(scopes[0].kind, Some(ConsentType::Other("NEW".to_owned())));
    }
}
