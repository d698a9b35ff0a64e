//! KakaoTalk: the user's profile and friends, messages to oneself and to them, pictures for messages, channels.
//!
//! | type | request | [called with](crate::Auth) | consent | [effect](crate::Effect) |
//! |---|---|---|---|---|
//! | [`GetTalkProfile`] | `GET /v1/api/talk/profile` | token | profile_nickname, profile_image | read |
//! | [`ListFriends`] | `GET /v1/api/talk/friends` | token | friends | read |
//! | [`SendToMe`] | `POST /v2/api/talk/memo/default/send` | token | talk_message | send |
//! | [`SendScrapToMe`] | `POST /v2/api/talk/memo/scrap/send` | token | talk_message | send |
//! | [`SendCustomToMe`] | `POST /v2/api/talk/memo/send` | token | talk_message | send |
//! | [`SendToFriends`] | `POST /v1/api/talk/friends/message/default/send` | token | talk_message | send |
//! | [`SendScrapToFriends`] | `POST /v1/api/talk/friends/message/scrap/send` | token | talk_message | send |
//! | [`SendCustomToFriends`] | `POST /v1/api/talk/friends/message/send` | token | talk_message | send |
//! | [`UploadImage`] | `POST /v2/api/talk/message/image/upload` | token or app | | once |
//! | [`ScrapeImage`] | `POST /v2/api/talk/message/image/scrap` | token or app | | once |
//! | [`DeleteImage`] | `DELETE /v2/api/talk/message/image/delete` | token or app | | once |
//! | [`ListChannels`] | `GET /v2/api/talk/channels` | token or admin key | plusfriends | read |
//! | [`ListChannelsOfUsers`] | `GET /v2/api/talk/channels/multi` | admin key | plusfriends | read |

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
