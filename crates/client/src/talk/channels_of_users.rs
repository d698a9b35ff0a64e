//! `GET /v2/api/talk/channels/multi`: how several users stand to the app's channels.

use http::Method;

use crate::endpoint::{Auth, Effect, Endpoint, Host, Parameters, Reply, Unreadable, sealed};
use crate::{ChannelRelations, KakaoUserId, ListChannels, Scope};

/// Asks, with the admin key, how up to [`MAX`](Self::MAX) users stand to the app's channels.
///
/// Only third parties describe this call; its path and limit are theirs.
/// See [Kakao Docs/Kakao Talk Channel REST API].
///
/// ```no_run
/// # async fn example(admin: katok_client::AdminClient) -> Result<(), Box<dyn std::error::Error>> {
/// use katok_client::{KakaoUserId, ListChannels, ListChannelsOfUsers};
///
/// let users = [KakaoUserId::new(4_820_000_001), KakaoUserId::new(4_820_000_002)];
/// let relations = admin.call(&ListChannelsOfUsers::new(&users, ListChannels::all())).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListChannelsOfUsers {
    users: Vec<KakaoUserId>,
    channels: ListChannels,
}

impl ListChannelsOfUsers {
    /// The most users of one call; Kakao refuses more (-2).
    pub const MAX: usize = 200;

    /// These users and these channels.
    #[must_use]
    pub fn new(users: &[KakaoUserId], channels: ListChannels) -> Self {
        Self { users: users.to_vec(), channels }
    }
}

impl sealed::Sealed for ListChannelsOfUsers {}

impl Endpoint for ListChannelsOfUsers {
    const METHOD: Method = Method::GET;
    const HOST: Host = Host::Api;
    const PATH: &'static str = "/v2/api/talk/channels/multi";
    const AUTH: Auth = Auth::AdminKey;
    const SCOPES: &'static [Scope] = &[Scope::PLUSFRIENDS];
    const EFFECT: Effect = Effect::Read;
    type Output = Vec<ChannelRelations>;

    fn encode(&self) -> Parameters {
        let ids: serde_json::Value = self.users.iter().map(|user| user.get()).collect();
        let parameters =
            Parameters::new().with("target_id_type", "user_id").with("target_ids", ids.to_string());
        self.channels.among(parameters)
    }

    fn decode(reply: &Reply) -> Result<Vec<ChannelRelations>, Unreadable> {
        reply.json()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::Sample;

    #[tokio::test]
    async fn several_users_are_asked_for_at_once() {
        let ask = ListChannelsOfUsers::new(&[KakaoUserId::new(1_234_567_890)], ListChannels::of(["_ZeUTxl"]));
        let relations = Sample::named("talk_channels_multi/relations").call_by_admin(&ask).await.unwrap();
        assert_eq!(relations[0].user_id, Some(KakaoUserId::new(1_234_567_890)));
        assert_eq!(relations[0].channels[0].channel_public_id, "_ZeUTxl");
    }
}
