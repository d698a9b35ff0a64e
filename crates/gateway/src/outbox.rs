//! The outbox: what was accepted is delivered once, or somebody is told why not.
//!
//! A message is what somebody asked for, a delivery one receiver's share of it, a lane all deliveries of one account.
//! Whoever holds a lane sends what is due in it, wave by wave: note which deliveries are begun, ask Kakao, note what
//! became of them.

mod acceptance;
mod breaker;
pub(crate) mod changes;
mod content;
pub(crate) mod depth;
pub(crate) mod feed;
mod lane;
mod order;
mod outcome;
mod plan;
mod policy;
pub(crate) mod quota;
pub(crate) mod recurring;
mod remedy;
mod state;
mod told;
mod waited;
pub(crate) mod webhook;
mod worker;

pub(crate) use acceptance::{
    NotAccepted, Repeatable, Sender, accept, accepted_before, can_be_put_off, cancel, cancel_of_revoked_keys,
    cancelling, clean_up, consented, opened, put_off, read, reschedule, resend, resending, state_of,
    tried_until,
};
pub(crate) use order::{Asked, Order, Unsound, time_to_send};
pub(crate) use policy::{Delivery, Next, OnFailure, OnQuota, OnUnconfirmed};
pub(crate) use remedy::{explain_code, remedy, why};
pub(crate) use state::State;
pub(crate) use told::{Told, tell};
pub(crate) use waited::{Sent, SentDelivery, send_and_wait, wait_for};
pub(crate) use worker::{Outbox, deliver_what_is_due, run};
