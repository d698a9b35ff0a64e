//! What Kakao says of a message to oneself that is sent.

use serde::Deserialize;

use crate::endpoint::{Reply, Unreadable};

/// Another result than zero is not taken for success.
pub(super) fn decode(reply: &Reply) -> Result<(), Unreadable> {
    #[derive(Deserialize)]
    struct Wire {
        result_code: i64,
    }
    match reply.json()? {
        Wire { result_code: 0 } => Ok(()),
        Wire { .. } => Err(Unreadable::value_of("result_code")),
    }
}
