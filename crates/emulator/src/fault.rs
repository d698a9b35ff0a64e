//! Kakao's refusals: what happened, and the status, code and text Kakao says it with.

mod api;
mod listed;
mod login;

pub(crate) use api::{ApiFault, KeyKind};
pub(crate) use listed::{ListedApiFault, ListedLoginFault, listed_api_fault, listed_login_fault};
pub(crate) use login::LoginFault;
