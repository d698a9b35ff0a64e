//! `GET /oauth/authorize`: the address where a person logs in and consents.

use url::Url;

use super::RedirectUri;
use crate::{CodeChallenge, Nonce, RestApiKey, ScopeSet, State};

pub(crate) const PATH: &str = "/oauth/authorize";

/// What to ask of the person who logs in; [`Client::authorize_url`](crate::Client::authorize_url) makes it
/// an address.
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
    prompt: Option<Prompt>,
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
            prompt: None,
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
    #[must_use]
    pub fn scopes(mut self, scopes: &ScopeSet) -> Self {
        self.scopes = scopes.clone();
        self
    }

    /// What the person sees on the way.
    #[must_use]
    pub fn prompt(mut self, prompt: Prompt) -> Self {
        self.prompt = Some(prompt);
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
            query.append_pair("scope", &self.scopes.to_string());
        }
        if let Some(prompt) = self.prompt {
            query.append_pair("prompt", prompt.as_str());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::{Sample, sample_of};
    use crate::{CodeVerifier, Scope};

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
}
