//! Kakao's refusals: what happened, and the status, code and text Kakao says it with.

mod api;
mod login;

pub(crate) use api::{ApiFault, KeyKind};
pub(crate) use login::LoginFault;
