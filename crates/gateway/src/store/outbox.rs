//! The outbox: messages, deliveries, attempts and lanes.

mod accept;
mod begin;
mod depth;
mod group;
mod history;
mod ids;
mod lanes;
mod listing;
mod pauses;
mod settle;

pub(crate) use accept::{Accepted, NewMessage};
pub(crate) use begin::{Begin, BeginDelivery, Begun};
pub(crate) use depth::Open;
pub(super) use group::Group;
pub(crate) use history::{HistoryWish, LOOKED_THROUGH};
pub(crate) use ids::{MessageId, Receiver};
pub(crate) use lanes::{Claim, DueDelivery, Holder, Lane, Release, Rest};
pub(crate) use listing::{KeptDelivery, KeptMessage, ListWish, PastAttempt};
pub(crate) use pauses::{Paused, Scope};
pub(crate) use settle::{Attempt, Settle, Settled, Unused};
