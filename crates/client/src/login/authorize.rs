//! `GET /oauth/authorize`: the address where a person logs in and consents.

use url::Url;

use super::RedirectUri;
use crate::endpoint::comma_separated;
use crate::{CodeChallenge, Nonce, RestApiKey, Scope, ScopeSet, State};

pub(crate) const PATH: &str = "/oauth/authorize";

/// What to ask of the person who logs in; [`Client::authorize_url`](crate::Client::authorize_url) makes it
/// an address, and [`AuthorizationResponse`](crate::AuthorizationResponse) reads what comes back.
///
/// See [Kakao Docs/Kakao Login REST API, Request authorization code].
///
/// ```
/// use katok_client::{Authorize, Client, CodeVerifier, RestApiKey, State, SystemChance};
///
/// let client = Client::builder(RestApiKey::new("your REST API key")).build()?;
/// let (state, verifier) = (State::generate(&SystemChance), CodeVerifier::generate(&SystemChance));
/// let authorize = Authorize::new(&"https://svc.example/kakao/callback".parse()?)
///     .state(&state)
///     .code_challenge(verifier.challenge());
/// assert!(client.authorize_url(&authorize).as_str().starts_with("https://kauth.kakao.com/oauth/authorize?"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Authorize {
    redirect_uri: RedirectUri,
    state: Option<State>,
    nonce: Option<Nonce>,
    code_challenge: Option<CodeChallenge>,
    scopes: ScopeSet,
    has_oidc: bool,
    prompts: Vec<&'static str>,
    login_hint: Option<String>,
    service_terms: Option<String>,
    channel_public_ids: Option<String>,
}

/// What the person sees on the way, other than Kakao's usual choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prompt {
    /// Sign in again even if a Kakao Account session exists.
    Login,
    /// Show nothing: a code if that is possible, an error redirect otherwise.
    None,
    /// Make a Kakao Account first.
    Create,
    /// Choose among the accounts the browser knows.
    SelectAccount,
}

impl Prompt {
    fn as_str(self) -> &'static str {
        match self {
            Self::Login => "login",
            Self::None => "none",
            Self::Create => "create",
            Self::SelectAccount => "select_account",
        }
    }
}

impl Authorize {
    /// A login that comes back to `redirect_uri`, which must equal one registered for the app (KOE006).
    #[must_use]
    pub fn new(redirect_uri: &RedirectUri) -> Self {
        Self {
            redirect_uri: redirect_uri.clone(),
            state: None,
            nonce: None,
            code_challenge: None,
            scopes: ScopeSet::new(),
            has_oidc: true,
            prompts: Vec::new(),
            login_hint: None,
            service_terms: None,
            channel_public_ids: None,
        }
    }

    /// The value that ties the answer to this login.
    #[must_use]
    pub fn state(mut self, state: &State) -> Self {
        self.state = Some(state.clone());
        self
    }

    /// The value that ties the ID token to this login.
    #[must_use]
    pub fn nonce(mut self, nonce: &Nonce) -> Self {
        self.nonce = Some(nonce.clone());
        self
    }

    /// The challenge whose verifier will be sent with the code.
    #[must_use]
    pub fn code_challenge(mut self, challenge: CodeChallenge) -> Self {
        self.code_challenge = Some(challenge);
        self
    }

    /// Further consent to ask for; only items not yet agreed to are shown.
    ///
    /// With a [`nonce`](Self::nonce), [`Scope::OPENID`] is asked for as well: without it Kakao issues no new ID
    /// token for further consent.
    #[must_use]
    pub fn scopes(mut self, scopes: &ScopeSet) -> Self {
        self.scopes = scopes.clone();
        self
    }

    /// Does not ask for [`Scope::OPENID`], whatever else is asked for: an app without OpenID Connect is refused
    /// (KOE205) if it does.
    #[must_use]
    pub fn without_openid(mut self) -> Self {
        self.has_oidc = false;
        self
    }

    /// What the person sees on the way; said more than once, all of it.
    ///
    /// Kakao documents no combination of two.
    #[must_use]
    pub fn prompt(mut self, prompt: Prompt) -> Self {
        self.prompts.push(prompt.as_str());
        self
    }

    /// Who is likely to log in: an e-mail address or a phone number such as `+82 10-0000-0000`, which is filled
    /// in if the person has to type one.
    #[must_use]
    pub fn login_hint(mut self, hint: impl Into<String>) -> Self {
        self.login_hint = Some(hint.into());
        self
    }

    /// The service terms (서비스 약관) to ask about, by their tags, in an app with Kakao Sync (카카오싱크).
    ///
    /// Unless one of them is a required one, Kakao shows none.
    #[must_use]
    pub fn service_terms(mut self, tags: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        self.service_terms = Some(comma_separated(tags));
        self
    }

    /// The KakaoTalk channels (카카오톡 채널) to offer on the consent screen, by their public ids.
    ///
    /// Only Kakao's SDKs speak of it; an app without a linked channel is refused (KOE102).
    #[must_use]
    pub fn channel_public_ids(mut self, ids: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        self.channel_public_ids = Some(comma_separated(ids));
        self
    }

    pub(crate) fn write_query(&self, key: &RestApiKey, url: &mut Url) {
        let mut query = url.query_pairs_mut();
        query
            .append_pair("client_id", key.secret())
            .append_pair("redirect_uri", self.redirect_uri.as_str())
            .append_pair("response_type", "code");
        if let Some(state) = &self.state {
            query.append_pair("state", state.secret());
        }
        if let Some(nonce) = &self.nonce {
            query.append_pair("nonce", nonce.secret());
        }
        if let Some(challenge) = &self.code_challenge {
            query.append_pair("code_challenge", challenge.as_str());
            query.append_pair("code_challenge_method", "S256");
        }
        if !self.scopes.is_empty() {
            let openid = (self.nonce.is_some() && self.has_oidc).then_some(Scope::OPENID);
            let scopes: ScopeSet = self.scopes.iter().cloned().chain(openid).collect();
            query.append_pair("scope", &scopes.to_string());
        }
        if !self.prompts.is_empty() {
            query.append_pair("prompt", &self.prompts.join(","));
        }
        for (name, value) in [
            ("login_hint", &self.login_hint),
            ("service_terms", &self.service_terms),
            ("channel_public_id", &self.channel_public_ids),
        ] {
            if let Some(value) = value.as_deref().filter(|value| !value.is_empty()) {
                query.append_pair(name, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::CodeVerifier;
    use crate::contract::{Sample, sample_of};

    fn check(sample: &str, authorize: impl Fn(Authorize) -> Authorize) {
        let sample = Sample::named(&format!("oauth_authorize/{sample}"));
        let start = Authorize::new(&"https://svc.example/cb".parse().unwrap()).state(&State::new("STATE"));
        let url = sample.client("").authorize_url(&authorize(start));
        assert_eq!(sample_of("GET", &url, None), sample.request);
    }

    #[test]
    fn a_plain_login_asks_for_a_code() {
        check("code", |authorize| authorize);
    }

    #[test]
    fn a_careful_login_carries_nonce_and_challenge() {
        // The verifier and challenge of RFC 7636, appendix B.
        let verifier = CodeVerifier::new("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
        check("pkce_and_nonce", |authorize| {
            authorize.nonce(&Nonce::new("NONCE")).code_challenge(verifier.challenge())
        });
    }

    #[test]
    fn further_consent_is_asked_for_by_scope() {
        let scopes: ScopeSet = [Scope::TALK_MESSAGE, Scope::FRIENDS].into_iter().collect();
        check("additional_consent", |authorize| authorize.scopes(&scopes));
    }

    #[test]
    fn a_silent_login_says_so() {
        check("consent_required", |authorize| authorize.prompt(Prompt::None));
    }

    #[test]
    fn further_consent_with_a_nonce_brings_an_id_token() {
        check("additional_consent_openid", |authorize| {
            authorize.nonce(&Nonce::new("NONCE")).scopes(&ScopeSet::parse("talk_message"))
        });
    }

    #[test]
    fn an_app_without_openid_connect_does_not_ask_for_openid() {
        let uri = "https://svc.example/cb".parse().unwrap();
        let authorize = Authorize::new(&uri).nonce(&Nonce::new("NONCE")).without_openid();
        let client = Sample::named("oauth_authorize/code").client("");
        let url = client.authorize_url(&authorize.scopes(&ScopeSet::parse("talk_message")));
        let scope = url.query_pairs().find(|(name, _)| name == "scope").unwrap().1.into_owned();
        assert_eq!(scope, "talk_message");
    }

    #[test]
    fn kakao_sync_asks_about_terms_and_channels() {
        check("kakao_sync", |authorize| {
            authorize.service_terms(["service", "news"]).channel_public_ids(["_ZeUTxl", "_Bxkd"])
        });
    }

    #[test]
    fn lists_of_nothing_are_not_asked_about() {
        let nothing: [&str; 0] = [];
        check("code", |authorize| authorize.service_terms(nothing).channel_public_ids(nothing));
    }

    #[test]
    fn a_hint_and_several_prompts_go_along() {
        check("login_hint", |authorize| {
            authorize.prompt(Prompt::Login).prompt(Prompt::SelectAccount).login_hint("+82 10-0000-0000")
        });
    }
}
