//! `GET /v2/api/talk/channels`: whether a user has added or blocked the app's KakaoTalk channels.

use http::Method;
use jiff::Timestamp;
use serde::{Deserialize, Deserializer};

use crate::endpoint::{
    Auth, Effect, Endpoint, Host, Parameters, Reply, Unreadable, comma_separated, null_as_default, sealed,
};
use crate::{KakaoUserId, Scope};

/// Asks how a user stands to the channels (카카오톡 채널) that are linked to the app.
///
/// See [Kakao Docs/Kakao Talk Channel REST API, Check KakaoTalk channel relation].
///
/// ```no_run
/// # async fn example(client: katok_client::Client, token: katok_client::AccessToken) -> Result<(), Box<dyn std::error::Error>> {
/// use katok_client::{ChannelRelation, ListChannels};
///
/// let ours = ListChannels::of(["_ZeUTxl"]);
/// let added = client.call(&ours, &token).await?.channels.iter().any(|channel| channel.relation == ChannelRelation::Added);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListChannels {
    public_ids: String,
}

impl ListChannels {
    /// All channels of the app.
    #[must_use]
    pub fn all() -> Self {
        Self::default()
    }

    /// The channels with these public ids, such as `_ZeUTxl`.
    #[must_use]
    pub fn of(public_ids: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        Self { public_ids: comma_separated(public_ids) }
    }

    pub(super) fn among(&self, parameters: Parameters) -> Parameters {
        if self.public_ids.is_empty() {
            return parameters;
        }
        parameters.with("channel_ids", self.public_ids.clone()).with("channel_id_type", "channel_public_id")
    }
}

/// How one user stands to channels.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct ChannelRelations {
    /// The user.
    pub user_id: Option<KakaoUserId>,
    /// The channels.
    #[serde(default, deserialize_with = "null_as_default")]
    pub channels: Vec<Channel>,
}

/// One channel, as a user stands to it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Channel {
    /// The name people search for, such as `@exampleshop`.
    pub channel_uuid: Option<String>,
    /// The id that stands in addresses, such as `_ZeUTxl`.
    pub channel_public_id: String,
    /// How the user stands to it.
    pub relation: ChannelRelation,
    /// When that last changed.
    pub updated_at: Option<Timestamp>,
}

/// How a user stands to a channel.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ChannelRelation {
    /// The user has added it.
    Added,
    /// The user has blocked it.
    Blocked,
    /// The user has never added nor blocked it.
    None,
    /// A word of Kakao's this crate does not know.
    Other(String),
}

impl<'de> Deserialize<'de> for ChannelRelation {
    fn deserialize<D: Deserializer<'de>>(word: D) -> Result<Self, D::Error> {
        Ok(match String::deserialize(word)?.as_str() {
            "ADDED" => Self::Added,
            "BLOCKED" => Self::Blocked,
            "NONE" => Self::None,
            other => Self::Other(other.to_owned()),
        })
    }
}

impl sealed::Sealed for ListChannels {}

impl Endpoint for ListChannels {
    const METHOD: Method = Method::GET;
    const HOST: Host = Host::Api;
    const PATH: &'static str = "/v2/api/talk/channels";
    const AUTH: Auth = Auth::AccessTokenOrAdminKey;
    const SCOPES: &'static [Scope] = &[Scope::PLUSFRIENDS];
    const EFFECT: Effect = Effect::Read;
    type Output = ChannelRelations;

    fn encode(&self) -> Parameters {
        self.among(Parameters::new())
    }

    fn decode(reply: &Reply) -> Result<ChannelRelations, Unreadable> {
        reply.json()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::Sample;

    fn check(relations: &ChannelRelations) {
        assert_eq!(relations.user_id, Some(KakaoUserId::new(1_234_567_890)));
        let [shop, cafe] = &relations.channels[..] else { panic!("{relations:?}") };
        assert_eq!((&shop.relation, &cafe.relation), (&ChannelRelation::Added, &ChannelRelation::None));
        assert_eq!(shop.channel_uuid.as_deref(), Some("@exampleshop"));
        assert_eq!(shop.updated_at, Some("2025-04-14T05:26:02Z".parse().unwrap()));
    }

    #[tokio::test]
    async fn chosen_channels_are_asked_for_by_their_public_ids() {
        let channels = ListChannels::of(["_ZeUTxl", "_Bxkd"]);
        check(&Sample::named("talk_channels/relations").call(&channels).await.unwrap());
    }

    #[tokio::test]
    async fn an_admin_asks_for_any_user() {
        let sample = Sample::named("talk_channels/by_admin_key");
        check(&sample.call_for_user(&ListChannels::all()).await.unwrap());
    }

    #[test]
    fn a_relation_nobody_knows_is_kept() {
        let body = r#"{"channels":[{"channel_public_id":"_A","relation":"MUTED"}]}"#.into();
        let channels = ListChannels::decode(&Reply { body }).unwrap().channels;
        assert_eq!(channels[0].relation, ChannelRelation::Other("MUTED".to_owned()));
    }
}
