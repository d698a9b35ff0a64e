//! The outbox: what is sent, when, and within which bounds.

#[cfg_attr(not(test), expect(dead_code, reason = "the messages take and give back"))]
pub(crate) mod quota;
