//! `POST /v1/api/talk/friends/message/scrap/send`: a page as a message to up to five friends.

use http::Method;

use crate::endpoint::{Auth, Effect, Endpoint, Host, Parameters, Reply, Unreadable, sealed};
use crate::{Receivers, Scope, Scrap, SendReport};

/// Sends a page to friends, in the user's own name.
///
/// What becomes of several receivers is told as by [`SendToFriends`](crate::SendToFriends).
/// See [Kakao Docs/Kakao Talk Message REST API, Send message to friends].
///
/// ```no_run
/// # async fn example(client: katok_client::Client, token: katok_client::AccessToken) -> Result<(), Box<dyn std::error::Error>> {
/// use katok_client::{FriendUuid, Receivers, Scrap, SendScrapToFriends};
///
/// let receivers = Receivers::try_from(vec![FriendUuid::new("kq2RoJajlKKQvIi4j76Jvoq-kaiZqJ2u")])?;
/// let scrap = Scrap::new(&"https://svc.example/posts/3".parse()?);
/// let report = client.call(&SendScrapToFriends::new(receivers, scrap), &token).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SendScrapToFriends {
    receivers: Receivers,
    message: Scrap,
}

impl SendScrapToFriends {
    /// A message made of this, to these friends.
    #[must_use]
    pub fn new(receivers: Receivers, message: Scrap) -> Self {
        Self { receivers, message }
    }
}

impl sealed::Sealed for SendScrapToFriends {}

impl Endpoint for SendScrapToFriends {
    const METHOD: Method = Method::POST;
    const HOST: Host = Host::Api;
    const PATH: &'static str = "/v1/api/talk/friends/message/scrap/send";
    const AUTH: Auth = Auth::AccessToken;
    const SCOPES: &'static [Scope] = &[Scope::TALK_MESSAGE];
    const EFFECT: Effect = Effect::Send;
    type Output = SendReport;

    fn encode(&self) -> Parameters {
        self.message.among(Parameters::new().with("receiver_uuids", self.receivers.to_json()))
    }

    fn decode(reply: &Reply) -> Result<SendReport, Unreadable> {
        reply.json()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FriendUuid;
    use crate::contract::Sample;

    #[tokio::test]
    async fn a_page_is_sent() {
        let friend = FriendUuid::new("kq2RoJajlKKQvIi4j76Jvoq-kaiZqJ2u");
        let scrap = Scrap::new(&"https://shop.example.com/p/1".parse().unwrap());
        let send = SendScrapToFriends::new(vec![friend.clone()].try_into().unwrap(), scrap);
        let report = Sample::named("talk_friends_message_scrap_send/delivered").call(&send).await.unwrap();
        assert_eq!(report.delivered, [friend]);
    }
}
