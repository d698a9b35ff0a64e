//! Messages whose sender waits for the outcome, as on the routes of Kakao's sample.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use katok_client::ScopeSet;
use tokio::time::{Instant, timeout};

use super::acceptance::{self, NotAccepted, Sender, accept};
use super::changes::{Change, Subscription};
use super::order::Order;
use super::state::State;
use crate::app::App;
use crate::store::{AccountId, KeptDelivery, KeptMessage, MessageId, Receiver, StoreError};

/// How often it is looked whether another gateway has sent it.
const LOOK: Duration = Duration::from_millis(500);

/// How long the word of what the client said may come after the database shows it.
const WORD: Duration = Duration::from_millis(200);

/// What there is beside Kakao's own patience: taking the lane, refreshing the token, writing it down.
const GRACE: Duration = Duration::from_secs(10);

/// What became of a message, receiver by receiver.
pub(crate) struct Sent {
    pub(crate) message: MessageId,
    /// The consent items it waits for, if any are known.
    pub(crate) scopes: ScopeSet,
    pub(crate) deliveries: Vec<SentDelivery>,
}

/// What became of one delivery.
pub(crate) struct SentDelivery {
    pub(crate) receiver: Receiver,
    pub(crate) state: State,
    pub(crate) code: Option<String>,
    /// What the client said, if it was this gateway that asked Kakao.
    pub(crate) error: Option<Arc<katok_client::Error>>,
}

/// Accepts a message and waits until it is known what becomes of it. What has not been begun by then is taken back: its
/// sender is told so, and does not expect it any more.
pub(crate) async fn send_and_wait(app: &App, sender: Sender<'_>, order: &Order) -> Result<Sent, NotAccepted> {
    let account = sender.account.clone();
    let changes = app.outbox.changes.of_account(&account);
    let message = accept(app, sender, order, None).await?;
    let (kept, errors) = settled(app, &message, changes).await?;
    let kept = match kept {
        Some(kept) if acceptance::cancel_unbegun(app, &kept).await? => app.store.message(&message).await?,
        kept => kept,
    };
    let Some(kept) = kept else { return Err(NotAccepted::NoAccount) };
    let deliveries = kept.deliveries.into_iter().map(|delivery| SentDelivery {
        error: errors.get(&message.delivery(delivery.place).0).cloned(),
        receiver: delivery.receiver,
        state: delivery.state,
        code: delivery.code,
    });
    let deliveries = deliveries.collect();
    let scopes = kept.scopes.as_deref().map(ScopeSet::parse).unwrap_or_default();
    Ok(Sent { message, scopes, deliveries })
}

/// Waits for what becomes of a message, as long as a sender would.
pub(crate) async fn wait_for(app: &App, account: &AccountId, message: &MessageId) -> Result<(), StoreError> {
    settled(app, message, app.outbox.changes.of_message(account, message.as_str())).await.map(drop)
}

/// What the client said, by the name of the delivery.
type Errors = HashMap<String, Arc<katok_client::Error>>;

async fn settled(
    app: &App,
    message: &MessageId,
    mut changes: Subscription,
) -> Result<(Option<KeptMessage>, Errors), StoreError> {
    let begun = Instant::now();
    let mut errors = Errors::new();
    let mut at_rest_since = None;
    loop {
        let kept = app.store.message(message).await?;
        let deliveries = kept.as_ref().map_or(&[][..], |kept| kept.deliveries.as_slice());
        if deliveries.iter().all(is_at_rest) {
            // The database may have been read between the commit and the word of what the client said.
            let since = *at_rest_since.get_or_insert_with(Instant::now);
            let is_told = |delivery: &KeptDelivery| {
                delivery.state == State::Delivered || errors.contains_key(&message.delivery(delivery.place).0)
            };
            if deliveries.iter().all(is_told) || since.elapsed() > WORD {
                return Ok((kept, errors));
            }
        } else if begun.elapsed() > app.settings.kakao_timeout + GRACE {
            return Ok((kept, errors));
        }
        let look = if at_rest_since.is_some() { WORD } else { LOOK };
        if let Ok(Ok(Change { delivery, error: Some(error), .. })) = timeout(look, changes.next()).await {
            errors.insert(delivery, error);
        }
    }
}

/// Whether nothing will become of it as long as anybody waits. One that failed already is tried again later than that.
fn is_at_rest(delivery: &KeptDelivery) -> bool {
    match delivery.state {
        State::Queued => delivery.code.is_some(),
        State::Sending => false,
        _ => true,
    }
}
