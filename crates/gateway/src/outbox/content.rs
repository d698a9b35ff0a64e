//! What a message says: sealed as long as it is kept.

use katok_client::{FriendUuid, MessageTemplate, Receivers, SendToFriends, SendToMe};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use crate::account::{self, ActError};
use crate::app::App;
use crate::digest::Digest;
use crate::seal::{DataKey, DoesNotOpen, Purpose};
use crate::store::{AccountId, MessageId};

/// What is sent to each receiver.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Content {
    pub(crate) template: MessageTemplate,
}

#[derive(Serialize, Deserialize)]
struct Written {
    template: Map<String, Value>,
    /// What its sender wrote, if they may ask for it again. Not beside the seal: a short text could be guessed from it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    asked: Option<Digest>,
}

impl Content {
    pub(crate) fn seal(
        &self,
        key: &DataKey,
        account: &AccountId,
        message: &MessageId,
        asked: Option<Digest>,
    ) -> Vec<u8> {
        let template = self.template.to_json().as_object().cloned().unwrap_or_default();
        let plain = serde_json::to_vec(&Written { template, asked }).expect("texts and JSON can be written");
        key.seal(purpose(account, message), &Zeroizing::new(plain))
    }

    pub(crate) fn open(
        key: &DataKey,
        account: &AccountId,
        message: &MessageId,
        sealed: &[u8],
    ) -> Result<Self, DoesNotOpen> {
        let Written { template, .. } = Written::open(key, account, message, sealed)?;
        Ok(Self { template: MessageTemplate::from(template) })
    }

    pub(crate) async fn send_to_me(&self, app: &App, account: &AccountId) -> Result<account::Json, ActError> {
        account::call(app, account, &SendToMe::new(self.template.clone())).await
    }

    pub(crate) async fn send_to_friends(
        &self,
        app: &App,
        account: &AccountId,
        receivers: &[FriendUuid],
    ) -> Result<account::Json, ActError> {
        let receivers =
            Receivers::try_from(receivers.to_vec()).expect("a call is planned for 1 to 5 receivers");
        account::call(app, account, &SendToFriends::new(receivers, self.template.clone())).await
    }
}

/// What the sender of a sealed message wrote, if they may ask for it again.
pub(super) fn asked(
    key: &DataKey,
    account: &AccountId,
    message: &MessageId,
    sealed: &[u8],
) -> Result<Option<Digest>, DoesNotOpen> {
    Ok(Written::open(key, account, message, sealed)?.asked)
}

impl Written {
    fn open(
        key: &DataKey,
        account: &AccountId,
        message: &MessageId,
        sealed: &[u8],
    ) -> Result<Self, DoesNotOpen> {
        let plain = key.open(purpose(account, message), sealed)?;
        serde_json::from_slice(&plain).map_err(|_| DoesNotOpen::Damaged)
    }
}

fn purpose<'a>(account: &'a AccountId, message: &'a MessageId) -> Purpose<'a> {
    Purpose::Message { account: account.as_str(), id: message.as_str() }
}
