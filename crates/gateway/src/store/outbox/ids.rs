//! What messages and deliveries are called, and whom a delivery is for.

use std::fmt;

use jiff::Timestamp;
use katok_client::FriendUuid;
use serde::{Deserialize, Serialize};

use crate::store::id;

/// Our own name for a message, `msg_…`; it stands in links.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct MessageId(pub(in crate::store) String);

impl MessageId {
    const PREFIX: &'static str = "msg_";

    /// An id that nothing else has.
    pub(crate) fn new(now: Timestamp, chance: [u8; 10]) -> Self {
        Self(id::time_ordered(Self::PREFIX, now, chance))
    }

    /// An id as an address brought it.
    pub(crate) fn presented(text: &str) -> Option<Self> {
        id::presented(Self::PREFIX, text).map(Self)
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

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
