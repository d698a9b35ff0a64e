//! Leaving: Kakao is asked until it confirms, and nothing of the person is kept but a receipt.

use jiff::SignedDuration;
use katok_client::{KakaoCode, KakaoUserId, SecurityEvent, TokenError, Unlink, UnlinkReason};
use serde_json::Value;

use crate::account::ActError;
use crate::app::App;
use crate::background::pause_after;
use crate::seal::DoesNotOpen;
use crate::store::{AccountId, AskedBy, BegunUnlink, Departure, Receipt, StoreError, ToldEvent, UnlinkState};
use crate::vault::TokenVaultError;

/// How many are looked at together.
const BATCH: i64 = 50;

/// How old a security event may be: Kakao does not say for how long it tries again.
pub(crate) const EVENT_MAX_AGE: SignedDuration = SignedDuration::from_hours(7 * 24);

/// How far Kakao's clock and ours may be apart.
const LEEWAY: SignedDuration = SignedDuration::from_mins(1);

const NOT_LINKED: KakaoCode = KakaoCode::Api(-101);

/// What became of a person's wish to leave.
pub(crate) struct Unlinked {
    pub(crate) user: KakaoUserId,
    /// Kakao's own answer, if it gave one.
    pub(crate) kakao: Option<Value>,
    pub(crate) receipt: Receipt,
}

/// What Kakao says to an unlink.
enum Reply {
    /// The link is gone; without an answer of its own it was gone before.
    Done(Option<Value>),
    /// It takes our tokens no longer, so nobody can ask it.
    CannotBeAsked,
    /// It may do it another time.
    NotYet,
    /// It was not asked: the person has signed in again meanwhile, or Kakao has told of it itself.
    NotAsked,
}

/// Unlinks a person who wants it.
///
/// Everything but the sealed tokens goes before Kakao is asked, they when it has confirmed. Until then
/// `try_again` asks it.
pub(crate) async fn by_person(app: &App, account: &AccountId) -> Result<Unlinked, ActError> {
    let now = app.clock.now();
    let receipt = Receipt::new(account.clone(), AskedBy::Person, now, app.chance_for_an_id());
    let begun = app.store.begin_unlink(receipt, &app.realm, now + pause_after(0)).await?;
    let BegunUnlink { receipt, user, is_new } = begun.ok_or(ActError::SignInAgain(None))?;
    tracing::info!(receipt.id, "unlink.begun");
    // Twice pressed: the first asks.
    let reply = if is_new { ask(app, &receipt).await } else { Reply::NotYet };
    let receipt = match conclude(app, &receipt, &reply).await {
        Ok(concluded) => concluded,
        Err(error) => {
            // It stays pending, and when Kakao is asked again it has been done already.
            tracing::error!(%error, receipt.id, "unlink.not_recorded");
            receipt
        }
    };
    let kakao = if let Reply::Done(answer) = reply { answer } else { None };
    Ok(Unlinked { user, kakao, receipt })
}

/// Asks Kakao for every unlink that it has yet to confirm and that is due; several gateways share them.
pub(crate) async fn try_again(app: &App) -> Result<(), StoreError> {
    loop {
        let due = app.store.due_unlinks(&app.realm, app.clock.now(), BATCH).await?;
        if due.is_empty() {
            return Ok(());
        }
        for unlink in due {
            if app.is_stopping() {
                return Ok(());
            }
            let until = app.clock.now() + pause_after(unlink.attempts);
            if !app.store.claim_due_unlink(&unlink, until).await? {
                continue;
            }
            let reply = ask(app, &unlink.receipt).await;
            conclude(app, &unlink.receipt, &reply).await?;
            // The others would wait for Kakao in vain too: they are still due next time.
            if matches!(reply, Reply::NotYet) {
                return Ok(());
            }
        }
    }
}

async fn ask(app: &App, receipt: &Receipt) -> Reply {
    let unlink = |token| async move {
        // Whoever signs in cancels this and puts new tokens in place of the old: these must not be used for it.
        // The token was read before, so as long as the unlink is pending it is none of those.
        match app.store.unlink_is_pending(receipt).await {
            Ok(true) => app.client.call_json(&Unlink, &token).await.map(Some),
            Ok(false) | Err(_) => Ok(None),
        }
    };
    match app.keeper.with_token(&receipt.account, unlink).await {
        Ok(Some(answer)) => Reply::Done(Some(answer)),
        Ok(None) => Reply::NotAsked,
        Err(TokenError::Kakao(error)) if error.kakao_code() == Some(NOT_LINKED) => Reply::Done(None),
        Err(
            TokenError::NotSignedIn
            | TokenError::SignInAgain { .. }
            | TokenError::Store(TokenVaultError::DoesNotOpen(DoesNotOpen::Damaged)),
        ) => Reply::CannotBeAsked,
        Err(error) => {
            tracing::warn!(%error, receipt.id, "unlink.not_yet");
            Reply::NotYet
        }
    }
}

/// Records what Kakao said; answers the receipt as it stands then.
async fn conclude(app: &App, receipt: &Receipt, reply: &Reply) -> Result<Receipt, StoreError> {
    let state = match reply {
        Reply::Done(_) => UnlinkState::Confirmed,
        Reply::CannotBeAsked => UnlinkState::Unconfirmed,
        Reply::NotYet | Reply::NotAsked => return Ok(receipt.clone()),
    };
    let receipt = app.store.end_unlink(receipt, state, app.clock.now()).await?;
    tracing::info!(receipt.id, state = ?receipt.state, "unlink.ended");
    Ok(receipt)
}

/// Forgets somebody of whom Kakao's unlink webhook tells that they have left.
pub(crate) async fn told_by_webhook(app: &App, user: KakaoUserId) -> Result<(), StoreError> {
    let asked_by = AskedBy::KakaoWebhook;
    record(app, Departure { kakao_app: &app.realm, user, asked_by, event: None }).await
}

/// Forgets somebody of whom a security event tells that they have left; other events change nothing here.
pub(crate) async fn told_by_event(app: &App, event: &SecurityEvent) -> Result<(), StoreError> {
    if !event.user_has_left() {
        return Ok(());
    }
    // Nobody asked here, or there would be a receipt: it was somebody with the admin key.
    let by_us = event.events.iter().any(|event| event.reason == Some(UnlinkReason::UnlinkFromService));
    let told = ToldEvent {
        jti: &event.jti,
        happened_by: event.toe.unwrap_or(event.iat) + LEEWAY,
        expires_at: event.iat + EVENT_MAX_AGE,
    };
    let asked_by = if by_us { AskedBy::Operator } else { AskedBy::AccountStatus };
    record(app, Departure { kakao_app: &app.realm, user: event.sub, asked_by, event: Some(told) }).await
}

async fn record(app: &App, departure: Departure<'_>) -> Result<(), StoreError> {
    if let Some(receipt) =
        app.store.record_departure(&departure, app.clock.now(), app.chance_for_an_id()).await?
    {
        tracing::info!(receipt.id, by = ?receipt.asked_by, "unlink.told");
    }
    Ok(())
}
