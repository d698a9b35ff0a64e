//! What a signed-in person does at Kakao: every call with a living token.

use katok_client::{Endpoint, KakaoCode, Logout, TokenError, Unlink};
use serde_json::{Value, json};

use crate::app::App;
use crate::store::{AccountId, StoreError};
use crate::vault::TokenVaultError;

const NOT_LINKED: KakaoCode = KakaoCode::Api(-101);

/// Why Kakao did not do what a person asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ActError {
    /// Kakao no longer takes the tokens, or there are none.
    #[error("the person must sign in again")]
    SignInAgain,
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
            TokenError::NotSignedIn | TokenError::SignInAgain { .. } => Self::SignInAgain,
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

/// Calls Kakao for an account and answers with Kakao's own JSON.
///
/// A token that Kakao refuses (-401) is renewed and the call repeated once, also a call that sends:
/// Kakao looks at the token before anything else, so nothing was sent.
pub(crate) async fn call<E: Endpoint>(
    app: &App,
    account: &AccountId,
    endpoint: &E,
) -> Result<Value, ActError> {
    let call = |token| async move { app.client.call_json(endpoint, &token).await };
    Ok(app.keeper.with_token(account, call).await?)
}

/// Logs out at Kakao and here: Kakao kills the tokens, so every session of the account ends.
///
/// The person is signed out here whatever Kakao says. Unless the tokens are dead, they are kept: after the
/// next sign-in they are replaced, and nobody can use them before.
pub(crate) async fn log_out(app: &App, account: &AccountId) -> Result<Value, ActError> {
    match call(app, account, &Logout).await {
        Ok(answer) => {
            app.store.sign_out(account).await?;
            Ok(answer)
        }
        Err(ActError::SignInAgain) => {
            app.store.sign_out(account).await?;
            Err(ActError::SignInAgain)
        }
        Err(error @ (ActError::Kakao(_) | ActError::Busy)) => {
            app.store.end_sessions(account).await?;
            Err(ActError::SignedOutHereOnly(Box::new(error)))
        }
        Err(error) => Err(error),
    }
}

/// Unlinks person and app at Kakao, then forgets the account.
///
/// -101 (not linked) means that it is done already, and so do dead tokens: an unlink whose answer got lost
/// leaves them behind, and there is no other way to finish it. Anything else keeps the account, so that the
/// person can try again.
pub(crate) async fn unlink(app: &App, account: &AccountId) -> Result<Value, ActError> {
    let answer = match call(app, account, &Unlink).await {
        Ok(answer) => Some(answer),
        Err(ActError::SignInAgain) => None,
        Err(ActError::Kakao(error)) if error.kakao_code() == Some(NOT_LINKED) => None,
        Err(error) => return Err(error),
    };
    let user = app.store.delete_account(account).await?;
    Ok(answer.unwrap_or_else(|| json!({"id": user, "already_unlinked_or_signed_out": true})))
}
