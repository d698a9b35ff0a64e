//! What a message says: sealed as long as it is kept.

use katok_client::{FriendUuid, MessageTemplate, Receivers, SendToFriends, SendToMe};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use crate::account::{self, ActError};
use crate::app::App;
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
}

impl Content {
    pub(crate) fn seal(&self, key: &DataKey, account: &AccountId, message: &MessageId) -> Vec<u8> {
        let template = self.template.to_json().as_object().cloned().unwrap_or_default();
        let plain = serde_json::to_vec(&Written { template }).expect("texts and JSON can be written");
        key.seal(purpose(account, message), &Zeroizing::new(plain))
    }

    pub(crate) fn open(
        key: &DataKey,
        account: &AccountId,
        message: &MessageId,
        sealed: &[u8],
    ) -> Result<Self, DoesNotOpen> {
        let plain = key.open(purpose(account, message), sealed)?;
        let Written { template } = serde_json::from_slice(&plain).map_err(|_| DoesNotOpen::Damaged)?;
        Ok(Self { template: MessageTemplate::from(template) })
    }

    /// Whether Kakao would be given the same.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        self.template.to_json() == other.template.to_json()
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

fn purpose<'a>(account: &'a AccountId, message: &'a MessageId) -> Purpose<'a> {
    Purpose::Message { account: account.as_str(), id: message.as_str() }
}
