//! Logins that nobody uses are refreshed before Kakao lets them end.

use katok_client::TokenError;

use crate::app::App;
use crate::background::pause_after;
use crate::store::{DueLogin, StoreError};
use crate::vault::TokenVaultError;

/// How many are looked at together; what is not due is not read at all.
const BATCH: i64 = 50;

/// Whether the next login is worth a try.
#[derive(PartialEq, Eq)]
enum Kakao {
    Answers,
    HasTrouble,
}

/// Refreshes every login that is due, one after another; several gateways share them.
pub(crate) async fn keep_logins_alive(app: &App) -> Result<(), StoreError> {
    loop {
        let due = app.store.due_logins(&app.realm, app.clock.now(), BATCH).await?;
        if due.is_empty() {
            return Ok(());
        }
        for login in due {
            // Should Kakao not answer, all others would wait in vain too: they are still due next time.
            if app.is_stopping() || keep_alive(app, login).await? == Kakao::HasTrouble {
                return Ok(());
            }
        }
    }
}

async fn keep_alive(app: &App, login: DueLogin) -> Result<Kakao, StoreError> {
    let until = app.clock.now() + pause_after(login.attempts);
    if !app.store.claim_due_login(&login, until).await? {
        return Ok(Kakao::Answers);
    }
    match app.keeper.keep_alive(&login.account).await {
        Ok(due_at) => app.store.settle_due_login(&login.account, until, due_at).await?,
        // The vault has marked the account.
        Err(TokenError::SignInAgain { ended, .. }) => {
            tracing::info!(account.id = %login.account, %ended, "keep_alive.login_ended");
        }
        Err(TokenError::NotSignedIn) => {}
        Err(TokenError::Store(TokenVaultError::Store(error))) => return Err(error),
        Err(error) => {
            tracing::warn!(account.id = %login.account, %error, "keep_alive.failed");
            if matches!(error, TokenError::Kakao(_)) {
                return Ok(Kakao::HasTrouble);
            }
        }
    }
    Ok(Kakao::Answers)
}
