//! `POST /v2/api/talk/memo/send`: a custom template into the user's chat with themselves (나와의 채팅).

use http::Method;

use crate::endpoint::{Auth, Effect, Endpoint, Host, Parameters, Reply, Unreadable, sealed};
use crate::talk::sent;
use crate::{CustomTemplate, Scope};

/// Sends a custom template to the user themselves.
///
/// See [Kakao Docs/Kakao Talk Message REST API, Send message to me].
///
/// ```no_run
/// # async fn example(client: katok_client::Client, token: katok_client::AccessToken) -> Result<(), Box<dyn std::error::Error>> {
/// use katok_client::{CustomTemplate, SendCustomToMe, TemplateId};
///
/// let template = CustomTemplate::new(TemplateId::new(90_001)).arg("name", "딸기 케이크");
/// client.call(&SendCustomToMe::new(template), &token).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SendCustomToMe(CustomTemplate);

impl SendCustomToMe {
    /// A message made of this.
    #[must_use]
    pub fn new(message: CustomTemplate) -> Self {
        Self(message)
    }
}

impl sealed::Sealed for SendCustomToMe {}

impl Endpoint for SendCustomToMe {
    const METHOD: Method = Method::POST;
    const HOST: Host = Host::Api;
    const PATH: &'static str = "/v2/api/talk/memo/send";
    const AUTH: Auth = Auth::AccessToken;
    const SCOPES: &'static [Scope] = &[Scope::TALK_MESSAGE];
    const EFFECT: Effect = Effect::Send;
    type Output = ();

    fn encode(&self) -> Parameters {
        self.0.among(Parameters::new())
    }

    fn decode(reply: &Reply) -> Result<(), Unreadable> {
        sent::decode(reply)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::Sample;
    use crate::{Remedy, TemplateId};

    #[tokio::test]
    async fn a_template_is_sent_with_its_placeholders_filled() {
        let template =
            CustomTemplate::new(TemplateId::new(90_001)).arg("name", "딸기 케이크").arg("path", "p/1");
        Sample::named("talk_memo_send/sent").call(&SendCustomToMe::new(template)).await.unwrap();
    }

    #[tokio::test]
    async fn a_template_the_app_does_not_have_is_refused() {
        let sample = Sample::named("talk_memo_send/no_such_template");
        let id = TemplateId::new(sample.request.form["template_id"].parse().unwrap());
        let error = sample.call(&SendCustomToMe::new(CustomTemplate::new(id))).await.unwrap_err();
        assert!(matches!(error.remedy(), Remedy::FixRequest { .. }));
    }
}
