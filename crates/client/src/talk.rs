//! KakaoTalk: the user's profile and friends, messages to oneself and to them, pictures for messages, channels.
//!
//! | type | request | [`Auth`](crate::Auth) | consent | [`Effect`](crate::Effect) |
//! |---|---|---|---|---|
//! | [`GetTalkProfile`] | `GET /v1/api/talk/profile` | `AccessToken` | `profile_nickname`, `profile_image` | `Read` |
//! | [`ListFriends`] | `GET /v1/api/talk/friends` | `AccessToken` | `friends` | `Read` |
//! | [`SendToMe`] | `POST /v2/api/talk/memo/default/send` | `AccessToken` | `talk_message` | `Send` |
//! | [`SendScrapToMe`] | `POST /v2/api/talk/memo/scrap/send` | `AccessToken` | `talk_message` | `Send` |
//! | [`SendCustomToMe`] | `POST /v2/api/talk/memo/send` | `AccessToken` | `talk_message` | `Send` |
//! | [`SendToFriends`] | `POST /v1/api/talk/friends/message/default/send` | `AccessToken` | `talk_message` | `Send` |
//! | [`SendScrapToFriends`] | `POST /v1/api/talk/friends/message/scrap/send` | `AccessToken` | `talk_message` | `Send` |
//! | [`SendCustomToFriends`] | `POST /v1/api/talk/friends/message/send` | `AccessToken` | `talk_message` | `Send` |
//! | [`UploadImage`] | `POST /v2/api/talk/message/image/upload` | `AccessTokenOrAppKey` | | `Once` |
//! | [`ScrapeImage`] | `POST /v2/api/talk/message/image/scrap` | `AccessTokenOrAppKey` | | `Once` |
//! | [`DeleteImage`] | `DELETE /v2/api/talk/message/image/delete` | `AccessTokenOrAppKey` | | `Once` |
//! | [`ListChannels`] | `GET /v2/api/talk/channels` | `AccessTokenOrAdminKey` | `plusfriends` | `Read` |
//! | [`ListChannelsOfUsers`] | `GET /v2/api/talk/channels/multi` | `AdminKey` | `plusfriends` | `Read` |

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
