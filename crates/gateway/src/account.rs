//! What a signed-in person does at Kakao: every call with a living token.

use katok_client::{Endpoint, Logout, TokenError, Unlink};
use serde_json::Value;

use crate::app::App;
use crate::store::{AccountId, StoreError};
use crate::vault::TokenVaultError;

/// Why Kakao did not do what a person asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ActError {
    /// Kakao no longer takes the tokens, or there are none.
    #[error("the person must sign in again")]
    SignInAgain,
    #[error(transparent)]
    Kakao(#[from] katok_client::Error),
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
            TokenError::Store(error) => Self::Tokens(error),
            TokenError::Unfinished => Self::Busy,
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
/// The person is signed out here whatever Kakao says; an `Err` means that Kakao may not know.
pub(crate) async fn log_out(app: &App, account: &AccountId) -> Result<Value, ActError> {
    let answer = call(app, account, &Logout).await;
    app.store.sign_out(account).await?;
    answer
}

/// Unlinks person and app at Kakao, then forgets the account.
///
/// -101 (not linked) means that it is done already. Unless Kakao confirmed, the account stays, so that
/// the person can try again.
pub(crate) async fn unlink(app: &App, account: &AccountId) -> Result<Value, ActError> {
    match call(app, account, &Unlink).await {
        Ok(answer) => {
            app.store.delete_account(account).await?;
            Ok(answer)
        }
        Err(ActError::Kakao(error)) if error.kakao_code().is_some_and(|code| code.to_string() == "-101") => {
            app.store.delete_account(account).await?;
            Err(ActError::Kakao(error))
        }
        Err(error) => Err(error),
    }
}
