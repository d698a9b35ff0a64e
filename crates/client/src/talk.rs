//! KakaoTalk: the user's friends, and messages to oneself and to them.

mod friends;
mod receivers;
mod send_to_friends;
mod send_to_me;

pub use friends::{Friend, FriendPage, ListFriends};
pub use receivers::{Receivers, ReceiversError};
pub use send_to_friends::{Refusal, SendReport, SendToFriends};
pub use send_to_me::SendToMe;
