//! KakaoTalk: the user's profile and friends, messages to oneself and to them, pictures for messages, channels.

mod channels;
mod channels_of_users;
mod custom_template;
mod friends;
mod images;
mod profile;
mod receivers;
mod scrap;
mod send_custom_to_friends;
mod send_custom_to_me;
mod send_scrap_to_friends;
mod send_scrap_to_me;
mod send_to_friends;
mod send_to_me;
mod sent;

pub use channels::{Channel, ChannelRelation, ChannelRelations, ListChannels};
pub use channels_of_users::ListChannelsOfUsers;
pub use custom_template::CustomTemplate;
pub use friends::{Friend, FriendPage, FriendSort, ListFriends, Order};
pub use images::{DeleteImage, MessageImage, ScrapeImage, UploadImage};
pub use profile::{GetTalkProfile, TalkProfile};
pub use receivers::{Receivers, ReceiversError};
pub use scrap::Scrap;
pub use send_custom_to_friends::SendCustomToFriends;
pub use send_custom_to_me::SendCustomToMe;
pub use send_scrap_to_friends::SendScrapToFriends;
pub use send_scrap_to_me::SendScrapToMe;
pub use send_to_friends::{Refusal, SendReport, SendToFriends};
pub use send_to_me::SendToMe;
