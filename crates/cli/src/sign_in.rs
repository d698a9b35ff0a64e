//! Signing in from a terminal: state, PKCE, and the address the browser came back to.

pub(crate) mod loopback;
pub(crate) mod qr_code;
pub(crate) mod relayed;

use katok_client::{
    AuthorizationError, AuthorizationErrorCode, AuthorizationResponse, Authorize, CodeVerifier, ExchangeCode,
    ScopeSet, State, SystemChance, Tokens,
};
use katok_gateway::{Sentence, explain_redirect};
use url::Url;

use crate::failure::{Exit, Failure};
use crate::kakao::Kakao;

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
    pub(crate) async fn finish(self, kakao: &Kakao, returned: AuthorizationResponse) -> Result<(), Failure> {
        let exchange = ExchangeCode {
            redirect_uri: kakao.redirect_uri.clone(),
            code: returned.code(&self.state).map_err(|error| failure(&error))?,
            code_verifier: Some(self.verifier),
        };
        redeem(kakao, &exchange).await
    }
}

/// Exchanges a code and keeps the tokens.
pub(crate) async fn redeem(kakao: &Kakao, exchange: &ExchangeCode) -> Result<(), Failure> {
    let issued = kakao.client.exchange_code(exchange).await?;
    let now = kakao.client.clock().now();
    Ok(kakao.tokens.put(&kakao.key, Tokens::issued(issued, now), now).await?)
}

/// What to tell a person who came back without a code.
pub(crate) fn failure(error: &AuthorizationError) -> Failure {
    match error {
        AuthorizationError::Refused { error: AuthorizationErrorCode::AccessDenied, .. } => {
            Failure::new(Exit::SignInNeeded, "로그인을 취소했습니다.", "The sign-in was cancelled.")
        }
        AuthorizationError::Refused { error, .. } => {
            let Sentence { ko, en } = explain_redirect(error.as_str());
            Failure::new(Exit::SignInNeeded, ko, en).hint("katok login")
        }
        _ => Failure::new(
            Exit::SignInNeeded,
            "돌아온 주소가 이 로그인의 것이 아닙니다(state가 다릅니다). 방금 출력된 주소로 다시 로그인하세요.",
            "The address that came back belongs to another sign-in (its state differs). Sign in again with the address printed last.",
        )
        .hint("katok login"),
    }
}
