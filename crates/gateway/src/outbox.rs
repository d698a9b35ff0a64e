//! What is to be sent, until it has arrived or somebody has been told why not.

#[allow(dead_code, reason = "the outbox that tells it is being written")]
pub(crate) mod changes;
pub(crate) mod feed;
pub(crate) mod state;
pub(crate) mod webhook;
