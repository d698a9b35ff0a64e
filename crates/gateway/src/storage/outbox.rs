//! What an operator sees and does of the outbox, beside running gateways; what a message says only when asked for it.

use std::sync::Arc;

use jiff::Timestamp;
use katok_client::Chance;
use serde::Serialize;
use serde_json::Value;

use super::Storage;
use crate::config::SignIn;
use crate::outbox::{self, State};
use crate::start_error::StartError;
use crate::store::{AccountId, KeptMessage, ListWish, MessageId, Scope, Store, StoreError};
use crate::vault::{Vault, VaultError};

/// Whose messages are meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OutboxScope {
    /// Everybody's.
    All,
    /// Those of an account, by its id.
    Account(String),
    /// Those sent by an API key, by its id (`key_…`).
    Key(String),
}

/// Which messages to list.
#[derive(Clone, Debug, Default)]
pub struct OutboxQuery {
    /// Only those with a delivery in this state.
    pub state: Option<String>,
    /// Only those of this account.
    pub account: Option<String>,
    /// At most so many, the newest.
    pub limit: u32,
}

/// A message in the outbox, without what it says.
#[derive(Clone, Debug, Serialize)]
pub struct OutboxMessage {
    /// `msg_…`
    pub id: String,
    /// Who sends it.
    pub account: String,
    /// By which API key, if by one.
    pub api_key: Option<String>,
    /// How far it has come.
    pub state: &'static str,
    /// When it was accepted.
    pub created_at: Timestamp,
    /// Not before; at once if not given.
    pub send_at: Option<Timestamp>,
    /// Not after.
    pub expires_at: Timestamp,
    /// Each receiver's share.
    pub deliveries: Vec<OutboxDelivery>,
}

/// One receiver's share of a message.
#[derive(Clone, Debug, Serialize)]
pub struct OutboxDelivery {
    /// `dlv_…`
    pub id: String,
    /// `me`, or a friend's uuid.
    pub to: String,
    /// How far it has come.
    pub state: &'static str,
    /// Why it waits or ended so.
    pub code: Option<String>,
    /// How many calls were begun for it.
    pub attempts: u32,
    /// When something is to be done about it.
    pub next_at: Option<Timestamp>,
    /// When its state changed last.
    pub changed_at: Timestamp,
}

/// What is still to be done.
#[derive(Clone, Debug, Serialize)]
pub struct OutboxDepth {
    /// A state of deliveries.
    pub state: &'static str,
    /// How many are in it.
    pub deliveries: i64,
    /// Since when the one of them that waits longest has been due, if one is.
    pub oldest_due_at: Option<Timestamp>,
}

/// What became of a wish to change a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutboxChange {
    /// It was done.
    Done,
    /// There is no message of this name.
    NoMessage,
    /// Nothing of it is in a state in which that can be done.
    TooLate,
}

impl Storage {
    /// The newest messages of the outbox.
    pub async fn outbox_messages(&self, query: &OutboxQuery) -> Result<Vec<OutboxMessage>, StartError> {
        self.beside(async |store| {
            let wish = ListWish {
                state: query.state.as_deref(),
                account: query.account.as_deref(),
                limit: i64::from(query.limit),
            };
            Ok(store.newest_messages(&wish).await?.iter().map(seen).collect())
        })
        .await
    }

    /// A message of the outbox.
    pub async fn outbox_message(&self, id: &str) -> Result<Option<OutboxMessage>, StartError> {
        self.beside(async |store| Ok(find(store, id).await?.as_ref().map(seen))).await
    }

    /// The template of a message, opened by the vault key; none when it was kept long enough.
    pub async fn outbox_content(
        &self,
        id: &str,
        chance: Arc<dyn Chance>,
    ) -> Result<Option<Value>, StartError> {
        let store = self.attach().await?;
        let read = self.read(&store, id, chance).await;
        store.close().await;
        read.map_err(|error| StartError::vault(error, &self.place()))
    }

    async fn read(
        &self,
        store: &Store,
        id: &str,
        chance: Arc<dyn Chance>,
    ) -> Result<Option<Value>, VaultError> {
        let given = self.vault_key.as_ref();
        let (vault, _) = Vault::whole_beside(given, &self.data, store, chance).await?;
        let Some(message) = find(store, id).await? else { return Ok(None) };
        let Some(sealed_key) = store.data_key(&message.account).await? else { return Ok(None) };
        let key = vault.data_key(&message.account, &sealed_key).map_err(StoreError::from)?;
        let content = outbox::opened(&message, &key).map_err(StoreError::from)?;
        Ok(content.map(|content| content.template.to_json()))
    }

    /// Takes back what has not been sent of a message.
    pub async fn cancel_message(&self, id: &str, now: Timestamp) -> Result<OutboxChange, StartError> {
        self.beside(async |store| {
            let Some(message) = find(store, id).await? else { return Ok(OutboxChange::NoMessage) };
            let settle = outbox::cancelling(&message, SignIn::default().consent_within, now);
            done(store, settle).await
        })
        .await
    }

    /// Sends again what did not arrive of a message, or may not have.
    pub async fn resend_message(&self, id: &str, now: Timestamp) -> Result<OutboxChange, StartError> {
        self.beside(async |store| {
            let Some(message) = find(store, id).await? else { return Ok(OutboxChange::NoMessage) };
            let again = outbox::resending(&message, SignIn::default().consent_within, now);
            if !again.deliveries.is_empty() {
                store.extend_message(message.seq, outbox::tried_until(now)).await?;
            }
            done(store, again).await
        })
        .await
    }

    /// What is still to be done, by state.
    pub async fn outbox_depth(&self, now: Timestamp) -> Result<Vec<OutboxDepth>, StartError> {
        self.beside(async |store| {
            let open = store.open_deliveries(None, now).await?;
            let depth = open.iter().map(|open| OutboxDepth {
                state: open.state.as_str(),
                deliveries: open.deliveries,
                oldest_due_at: open.oldest_due,
            });
            Ok(depth.collect())
        })
        .await
    }

    /// Begins nothing more of this until it is resumed here; `false` when there is no such account or key.
    pub async fn pause_outbox(&self, scope: &OutboxScope, now: Timestamp) -> Result<bool, StartError> {
        self.beside(async |store| store.pause_by_operator(&scope.stored(), now).await).await
    }

    /// Goes on, whoever has paused it; `false` when nothing was paused.
    pub async fn resume_outbox(&self, scope: &OutboxScope, now: Timestamp) -> Result<bool, StartError> {
        self.beside(async |store| store.resume_by_operator(&scope.stored(), now).await).await
    }

    /// Does something with the database, and closes it.
    async fn beside<T>(
        &self,
        work: impl AsyncFnOnce(&Store) -> Result<T, StoreError>,
    ) -> Result<T, StartError> {
        let store = self.attach().await?;
        let done = work(&store).await;
        store.close().await;
        done.map_err(|error| StartError::store(error, &self.place()))
    }
}

impl OutboxScope {
    fn stored(&self) -> Scope<'_> {
        match self {
            Self::All => Scope::All,
            Self::Account(account) => Scope::Account(account),
            Self::Key(key) => Scope::Key(key),
        }
    }
}

/// The words for states of deliveries.
pub fn outbox_states() -> impl Iterator<Item = &'static str> {
    State::ALL.into_iter().map(State::as_str)
}

async fn find(store: &Store, id: &str) -> Result<Option<KeptMessage>, StoreError> {
    match MessageId::presented(id) {
        Some(id) => store.message(&id).await,
        None => Ok(None),
    }
}

async fn done(store: &Store, settle: crate::store::Settle) -> Result<OutboxChange, StoreError> {
    let is_done = !settle.deliveries.is_empty() && !store.settle_deliveries(settle).await?.is_empty();
    Ok(if is_done { OutboxChange::Done } else { OutboxChange::TooLate })
}

fn seen(message: &KeptMessage) -> OutboxMessage {
    let deliveries = message.deliveries.iter().map(|delivery| OutboxDelivery {
        id: message.id.delivery(delivery.place).0,
        to: delivery.receiver.as_str().to_owned(),
        state: delivery.state.as_str(),
        code: delivery.code.clone(),
        attempts: delivery.attempts,
        next_at: delivery.due_at.filter(|due_at| *due_at > Timestamp::UNIX_EPOCH),
        changed_at: delivery.changed_at,
    });
    OutboxMessage {
        id: message.id.as_str().to_owned(),
        account: AccountId::as_str(&message.account).to_owned(),
        api_key: message.api_key.clone(),
        state: outbox::state_of(message.deliveries.iter().map(|delivery| delivery.state)).as_str(),
        created_at: message.created_at,
        send_at: message.send_at,
        expires_at: message.expires_at,
        deliveries: deliveries.collect(),
    }
}
