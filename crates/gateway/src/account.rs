//! What a signed-in person does at Kakao: every call with a living token.

use katok_client::{Endpoint, LoginEnd, Logout, TokenError, Tokens};
use serde_json::value::RawValue;

use crate::app::App;
use crate::store::{AccountId, StoreError};
use crate::vault::TokenVaultError;

/// Why Kakao did not do what a person asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ActError {
    /// Kakao no longer takes the tokens, for this reason as far as it is known, or there are none.
    #[error("the person must sign in again")]
    SignInAgain(Option<LoginEnd>),
    #[error(transparent)]
    Kakao(#[from] katok_client::Error),
    /// Kakao may not know of it, but here nobody is signed in any more.
    #[error("signed out here, but not confirmed by Kakao: {0}")]
    SignedOutHereOnly(Box<ActError>),
    /// The tokens were not refreshed in time; nothing was asked of Kakao.
    #[error("the tokens could not be refreshed in time")]
    Busy,
    /// Database or vault.
    #[error(transparent)]
    Tokens(#[from] TokenVaultError),
}

impl From<TokenError<TokenVaultError>> for ActError {
    fn from(error: TokenError<TokenVaultError>) -> Self {
        match error {
            TokenError::NotSignedIn => Self::SignInAgain(None),
            TokenError::SignInAgain { ended, .. } => Self::SignInAgain(Some(ended)),
            TokenError::Kakao(error) => Self::Kakao(error),
            TokenError::Store(error) | TokenError::NotStored(error) => Self::Tokens(error),
            TokenError::TooManyTokens { .. } | TokenError::Unfinished => Self::Busy,
        }
    }
}

impl From<StoreError> for ActError {
    fn from(error: StoreError) -> Self {
        Self::Tokens(error.into())
    }
}

/// Kakao's own JSON, letter by letter.
pub(crate) type Json = Box<RawValue>;

/// Calls Kakao for an account and answers with Kakao's own JSON.
///
/// A token that Kakao refuses (-401) is renewed and the call repeated once, also a call that sends:
/// Kakao looks at the token before anything else, so nothing was sent.
pub(crate) async fn call<E: Endpoint>(
    app: &App,
    account: &AccountId,
    endpoint: &E,
) -> Result<Json, ActError> {
    let ((_, json), _) = call_with_tokens(app, account, endpoint).await?;
    Ok(json)
}

/// As [`call`], with what the JSON says and the tokens that Kakao took.
pub(crate) async fn call_with_tokens<E: Endpoint>(
    app: &App,
    account: &AccountId,
    endpoint: &E,
) -> Result<((E::Output, Json), Tokens), ActError> {
    let call = |tokens: Tokens| async move {
        let answer = app.client.call_verbatim(endpoint, &tokens.access_token).await?;
        Ok((answer, tokens))
    };
    match app.keeper.with_tokens(account, call).await {
        // The vault deletes the tokens of a login that has ended, and leaves a mark.
        Err(TokenError::NotSignedIn) => Err(ActError::SignInAgain(app.store.login_end(account).await?)),
        outcome => Ok(outcome?),
    }
}

/// Logs out at Kakao and here: Kakao kills the tokens, so every session of the account ends.
///
/// The person is signed out here whatever Kakao says, and the tokens go too: their programs hold API keys, which
/// would otherwise go on with them.
pub(crate) async fn log_out(app: &App, account: &AccountId) -> Result<Json, ActError> {
    let answer = call(app, account, &Logout).await;
    app.store.sign_out(account).await?;
    answer.map_err(|error| match error {
        ActError::SignInAgain(_) => error,
        error => ActError::SignedOutHereOnly(Box::new(error)),
    })
}
