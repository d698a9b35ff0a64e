//! `POST /v1/api/talk/friends/message/send`: a custom template to up to five friends.

use http::Method;

use crate::endpoint::{Auth, Effect, Endpoint, Host, Parameters, Reply, Unreadable, sealed};
use crate::{CustomTemplate, Receivers, Scope, SendReport};

/// Sends a custom template to friends, in the user's own name.
///
/// What becomes of several receivers is told as by [`SendToFriends`](crate::SendToFriends).
/// See [Kakao Docs/Kakao Talk Message REST API, Send message to friends].
///
/// ```no_run
/// # async fn example(client: katok_client::Client, token: katok_client::AccessToken) -> Result<(), Box<dyn std::error::Error>> {
/// use katok_client::{CustomTemplate, FriendUuid, Receivers, SendCustomToFriends, TemplateId};
///
/// let receivers = Receivers::try_from(vec![FriendUuid::new("kq2RoJajlKKQvIi4j76Jvoq-kaiZqJ2u")])?;
/// let template = CustomTemplate::new(TemplateId::new(90_001)).arg("name", "딸기 케이크");
/// let report = client.call(&SendCustomToFriends::new(receivers, template), &token).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SendCustomToFriends {
    receivers: Receivers,
    message: CustomTemplate,
}

impl SendCustomToFriends {
    /// A message made of this, to these friends.
    #[must_use]
    pub fn new(receivers: Receivers, message: CustomTemplate) -> Self {
        Self { receivers, message }
    }
}

impl sealed::Sealed for SendCustomToFriends {}

impl Endpoint for SendCustomToFriends {
    const METHOD: Method = Method::POST;
    const HOST: Host = Host::Api;
    const PATH: &'static str = "/v1/api/talk/friends/message/send";
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
    use crate::contract::Sample;
    use crate::{Error, FriendUuid, Remedy, TemplateId};

    async fn play(sample: &str) -> Result<SendReport, Error> {
        let sample = Sample::named(&format!("talk_friends_message_send/{sample}"));
        let form = &sample.request.form;
        let receivers: Vec<FriendUuid> = serde_json::from_str(&form["receiver_uuids"]).unwrap();
        let mut template = CustomTemplate::new(TemplateId::new(form["template_id"].parse().unwrap()));
        if form.contains_key("template_args") {
            template = template.arg("name", "딸기 케이크").arg("path", "p/1");
        }
        sample.call(&SendCustomToFriends::new(receivers.try_into().unwrap(), template)).await
    }

    #[tokio::test]
    async fn a_template_is_sent_with_its_placeholders_filled() {
        assert_eq!(play("delivered").await.unwrap().delivered.len(), 2);
    }

    #[tokio::test]
    async fn a_template_made_for_sharing_is_refused() {
        let error = play("template_for_sharing").await.unwrap_err();
        assert!(matches!(error.remedy(), Remedy::FixRequest { .. }));
    }
}
