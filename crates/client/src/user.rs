//! The user who is logged in: who they are, logging out, and taking the app out of their account.

mod logout;
mod me;
mod unlink;

pub use logout::Logout;
pub use me::{ForPartner, KakaoAccount, KakaoProfile, Me, Profile};
pub use unlink::{Unlink, UserReceipt};
