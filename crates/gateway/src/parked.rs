//! Messages that wait for a consent, or follow a sign-in: sent once, and what became of them is told in words.

mod told;

use jiff::{SignedDuration, Timestamp};
use katok_client::{
    FriendUuid, MessageTemplate, Receivers, Remedy, ScopeSet, SendReport, SendToFriends, SendToMe,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use zeroize::Zeroizing;

pub(crate) use self::told::{Told, tell};

use crate::account::{self, ActError};
use crate::app::App;
use crate::seal::{DoesNotOpen, Purpose};
use crate::store::{AccountId, ActionId, ActionState, StoreError, StoredAction};
use crate::vault::TokenVaultError;

/// How long it can be read what became of a message.
const KEPT: SignedDuration = SignedDuration::from_hours(24);

/// Whoever has not settled a message by then has died over it: a request is cut off long before.
const DEAD_AFTER: SignedDuration = SignedDuration::from_mins(5);

/// A message and whom it goes to.
pub(crate) enum Sending {
    ToMe(MessageTemplate),
    ToFriends(Receivers, MessageTemplate),
}

/// A message as it is sealed.
#[derive(Serialize, Deserialize)]
struct Written {
    template: Map<String, Value>,
    /// Empty for a message to oneself.
    receivers: Vec<FriendUuid>,
}

impl Sending {
    fn receivers(&self) -> &[FriendUuid] {
        match self {
            Self::ToMe(_) => &[],
            Self::ToFriends(receivers, _) => receivers.as_slice(),
        }
    }

    fn write(&self) -> Zeroizing<Vec<u8>> {
        let (Self::ToMe(template) | Self::ToFriends(_, template)) = self;
        let template = template.to_json().as_object().cloned().unwrap_or_default();
        let written = Written { template, receivers: self.receivers().to_vec() };
        Zeroizing::new(serde_json::to_vec(&written).expect("texts and JSON can be written"))
    }

    fn read(plain: &[u8]) -> Result<Self, DoesNotOpen> {
        let Written { template, receivers } =
            serde_json::from_slice(plain).map_err(|_| DoesNotOpen::Damaged)?;
        let template = MessageTemplate::from(template);
        if receivers.is_empty() {
            return Ok(Self::ToMe(template));
        }
        Ok(Self::ToFriends(Receivers::try_from(receivers).map_err(|_| DoesNotOpen::Damaged)?, template))
    }
}

/// Sends a message; one that lacks a consent is parked, so that it goes on when the person has agreed.
pub(crate) async fn send(app: &App, account: &AccountId, sending: &Sending) -> Result<Value, ActError> {
    let error = match ask_kakao(app, account, sending).await {
        Err(ActError::Kakao(error)) => error,
        answer => return answer,
    };
    if let Remedy::AskConsent(scopes) = error.remedy()
        && let Some(action) = park(app, account, sending, scopes).await?
    {
        return Err(ActError::Parked { error, action });
    }
    Err(ActError::Kakao(error))
}

/// Sends a message that nobody waits for, and keeps what became of it under the id it answers with.
pub(crate) async fn send_and_keep(
    app: &App,
    account: &AccountId,
    sending: &Sending,
) -> Result<ActionId, StoreError> {
    let now = app.clock.now();
    let action = new_action(app, account, sending, ActionState::Doing, now + KEPT);
    app.store.insert_action(&action, None, now).await?;
    carry_out(app, account, &action.id, sending).await;
    Ok(action.id)
}

/// Goes on with a message whose person has come back from Kakao, unless it is somebody else's, done, or too old.
pub(crate) async fn resume(app: &App, account: &AccountId, id: &ActionId) -> Result<(), StoreError> {
    let now = app.clock.now();
    let Some(sealed) = app.store.claim_action(id, account, now, now + KEPT).await? else { return Ok(()) };
    match open(app, account, id, &sealed).await {
        Ok(sending) => carry_out(app, account, id, &sending).await,
        Err(error) => {
            tracing::error!(action.id = %id, %error, "parked.does_not_open");
            let failed = ActionState::Failed { code: UNREADABLE.to_owned() };
            app.store.settle_action(id, &failed, None, now, now + KEPT).await?;
        }
    }
    Ok(())
}

/// Gives up on what was begun and never settled, and throws out what has run out.
pub(crate) async fn clean_up(app: &App) -> Result<(), StoreError> {
    let now = app.clock.now();
    app.store.clean_up_actions(now - DEAD_AFTER, now).await
}

async fn ask_kakao(app: &App, account: &AccountId, sending: &Sending) -> Result<Value, ActError> {
    match sending {
        Sending::ToMe(template) => account::call(app, account, &SendToMe::new(template.clone())).await,
        Sending::ToFriends(receivers, template) => {
            account::call(app, account, &SendToFriends::new(receivers.clone(), template.clone())).await
        }
    }
}

async fn park(
    app: &App,
    account: &AccountId,
    sending: &Sending,
    scopes: ScopeSet,
) -> Result<Option<ActionId>, TokenVaultError> {
    let now = app.clock.now();
    let until = now + app.settings.sign_in.consent_within;
    let action = new_action(app, account, sending, ActionState::Waiting(scopes), until);
    let Some(sealed) = seal(app, account, &action.id, sending).await? else { return Ok(None) };
    let is_kept = app.store.insert_action(&action, Some(&sealed), now).await?;
    Ok(is_kept.then_some(action.id))
}

fn new_action(
    app: &App,
    account: &AccountId,
    sending: &Sending,
    state: ActionState,
    expires_at: Timestamp,
) -> StoredAction {
    StoredAction {
        id: ActionId::new(app.clock.now(), app.chance_for_an_id()),
        account: account.clone(),
        state,
        receivers: sending.receivers().len(),
        expires_at,
    }
}

/// Sends what was claimed and writes down what became of it. If that cannot be written, it stays claimed, which
/// counts as unconfirmed: it is not sent again.
async fn carry_out(app: &App, account: &AccountId, id: &ActionId, sending: &Sending) {
    let mut state = outcome(ask_kakao(app, account, sending).await, sending);
    let now = app.clock.now();
    let (mut sealed, mut expires_at) = (None, now + KEPT);
    if let ActionState::Waiting(_) = state {
        match seal(app, account, id, sending).await {
            Ok(Some(again)) => {
                (sealed, expires_at) = (Some(again), now + app.settings.sign_in.consent_within);
            }
            Ok(None) | Err(_) => state = ActionState::Failed { code: NOT_ASKED.to_owned() },
        }
    }
    tracing::info!(action.id = %id, outcome = ?state, "parked.settled");
    if let Err(error) = app.store.settle_action(id, &state, sealed.as_deref(), now, expires_at).await {
        tracing::error!(action.id = %id, %error, "parked.outcome_not_recorded");
    }
}

const UNREADABLE: &str = "unreadable";
const SIGN_IN_AGAIN: &str = "sign_in_again";
const NOT_ASKED: &str = "not_asked";

/// What Kakao's answer makes of a message.
fn outcome(answer: Result<Value, ActError>, sending: &Sending) -> ActionState {
    match answer {
        Ok(answer) => delivered(answer, sending.receivers().len()),
        Err(ActError::Kakao(error)) => match error.remedy() {
            Remedy::AskConsent(scopes) => ActionState::Waiting(scopes),
            Remedy::Unconfirmed => ActionState::Unconfirmed,
            _ => {
                let code = error.kakao_code().map_or_else(|| NOT_ASKED.to_owned(), |code| code.to_string());
                ActionState::Failed { code }
            }
        },
        Err(ActError::SignInAgain(_)) => ActionState::Failed { code: SIGN_IN_AGAIN.to_owned() },
        Err(_) => ActionState::Failed { code: NOT_ASKED.to_owned() },
    }
}

fn delivered(answer: Value, receivers: usize) -> ActionState {
    if receivers == 0 {
        return ActionState::Done { delivered: 0, code: None };
    }
    let Ok(SendReport { delivered, refused, .. }) = serde_json::from_value(answer) else {
        return ActionState::Unconfirmed;
    };
    let code = refused.first().map(|refusal| refusal.kakao_code().to_string());
    ActionState::Done { delivered: delivered.len(), code }
}

/// Seals a message with its account's own key; `None` if the account is gone.
async fn seal(
    app: &App,
    account: &AccountId,
    id: &ActionId,
    sending: &Sending,
) -> Result<Option<Vec<u8>>, TokenVaultError> {
    let key = app.tokens.data_key(account).await?;
    Ok(key.map(|key| key.seal(purpose(account, id), &sending.write())))
}

async fn open(
    app: &App,
    account: &AccountId,
    id: &ActionId,
    sealed: &[u8],
) -> Result<Sending, TokenVaultError> {
    let key = app.tokens.data_key(account).await?.ok_or(DoesNotOpen::Damaged)?;
    Ok(Sending::read(&key.open(purpose(account, id), sealed)?)?)
}

fn purpose<'a>(account: &'a AccountId, id: &'a ActionId) -> Purpose<'a> {
    Purpose::ParkedAction { account: account.as_str(), id: id.as_str() }
}
