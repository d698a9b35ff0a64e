//! Signing in from a terminal: state, PKCE, and the address the browser came back to.

use katok_client::{
    AuthorizationCode, Authorize, CodeVerifier, ExchangeCode, ScopeSet, State, SystemChance, Tokens,
};
use katok_gateway::{Sentence, explain_redirect};
use url::Url;

use crate::failure::{Exit, Failure};
use crate::kakao::Kakao;
use crate::printable::printable;

/// A sign-in under way; used up by finishing it.
pub(crate) struct SignIn {
    pub(crate) state: State,
    verifier: CodeVerifier,
    pub(crate) address: Url,
}

impl SignIn {
    pub(crate) fn begin(kakao: &Kakao, scopes: &ScopeSet) -> Self {
        let state = State::generate(&SystemChance);
        let verifier = CodeVerifier::generate(&SystemChance);
        let authorize = Authorize::new(&kakao.redirect_uri)
            .state(&state)
            .code_challenge(verifier.challenge())
            .scopes(scopes);
        let address = kakao.client.authorize_url(&authorize);
        Self { state, verifier, address }
    }

    /// Exchanges the code and keeps the tokens.
    pub(crate) async fn finish(self, kakao: &Kakao, returned: &Url) -> Result<(), Failure> {
        let code = self.code_in(returned)?;
        let exchange = ExchangeCode {
            redirect_uri: kakao.redirect_uri.clone(),
            code,
            code_verifier: Some(self.verifier),
        };
        let issued = kakao.client.exchange_code(&exchange).await?;
        let now = kakao.clock.now();
        Ok(kakao.tokens.save(&kakao.key, &Tokens::issued(issued, now), now)?)
    }

    fn code_in(&self, returned: &Url) -> Result<AuthorizationCode, Failure> {
        if state_in(returned).as_ref() != Some(&self.state) {
            return Err(Failure::new(
                Exit::SignInNeeded,
                "돌아온 주소가 이 로그인의 것이 아닙니다(state가 다릅니다). 방금 출력된 주소로 다시 로그인하세요.",
                "The address that came back belongs to another sign-in (its state differs). Sign in again with the address printed last.",
            )
            .hint("katok login"));
        }
        match (parameter(returned, "code"), parameter(returned, "error").as_deref()) {
            (Some(code), None) => Ok(AuthorizationCode::new(code)),
            (_, Some("access_denied")) => {
                Err(Failure::new(Exit::SignInNeeded, "로그인을 취소했습니다.", "The sign-in was cancelled."))
            }
            (_, Some(error)) => {
                let Sentence { ko, en } = explain_redirect(&printable(error));
                Err(Failure::new(Exit::SignInNeeded, ko, en).hint("katok login"))
            }
            (None, None) => Err(Failure::new(
                Exit::SignInNeeded,
                "카카오가 로그인을 마치지 못했습니다. 다시 로그인하세요.",
                "Kakao could not finish the sign-in. Sign in again.",
            )
            .hint("katok login")),
        }
    }
}

/// The state in an address that a browser came back to.
pub(crate) fn state_in(returned: &Url) -> Option<State> {
    parameter(returned, "state").map(State::new)
}

fn parameter(returned: &Url, name: &str) -> Option<String> {
    returned.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}
