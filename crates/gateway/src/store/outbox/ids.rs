//! What messages and deliveries are called, and whom a delivery is for.

use std::fmt;

use katok_client::FriendUuid;
use serde::Serialize;

use crate::store::id::id_type;

id_type! {
    /// Our own name for a message, `msg_…`; it stands in links.
    MessageId, "msg_"
}

impl MessageId {
    /// What its delivery to the receiver in this place is called.
    pub(crate) fn delivery(&self, place: usize) -> DeliveryId {
        DeliveryId(format!("dlv_{}_{}", &self.0[Self::PREFIX.len()..], place + 1))
    }
}

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Our own name for a delivery, `dlv_…`: the message's name and the receiver's place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct DeliveryId(pub(crate) String);

/// Whom a delivery is for.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Receiver {
    Me,
    Friend(FriendUuid),
}

impl Receiver {
    pub(crate) fn as_str(&self) -> &str {
        match self {
            Self::Me => "me",
            Self::Friend(uuid) => uuid.as_str(),
        }
    }

    pub(crate) fn friend(&self) -> Option<&FriendUuid> {
        match self {
            Self::Me => None,
            Self::Friend(uuid) => Some(uuid),
        }
    }

    pub(crate) fn read(text: String) -> Self {
        if text == "me" { Self::Me } else { Self::Friend(FriendUuid::new(text)) }
    }
}
