//! `POST /v2/api/talk/memo/scrap/send`: a page as a message into the user's chat with themselves (나와의 채팅).

use http::Method;

use crate::endpoint::{Auth, Effect, Endpoint, Host, Parameters, Reply, Unreadable, sealed};
use crate::talk::sent;
use crate::{Scope, Scrap};

/// Sends a page to the user themselves.
///
/// See [Kakao Docs/Kakao Talk Message REST API, Send message to me].
///
/// ```no_run
/// # async fn example(client: katok_client::Client, token: katok_client::AccessToken) -> Result<(), Box<dyn std::error::Error>> {
/// use katok_client::{Scrap, SendScrapToMe};
///
/// client.call(&SendScrapToMe::new(Scrap::new(&"https://svc.example/posts/3".parse()?)), &token).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SendScrapToMe(Scrap);

impl SendScrapToMe {
    /// A message made of this.
    #[must_use]
    pub fn new(message: Scrap) -> Self {
        Self(message)
    }
}

impl sealed::Sealed for SendScrapToMe {}

impl Endpoint for SendScrapToMe {
    const METHOD: Method = Method::POST;
    const HOST: Host = Host::Api;
    const PATH: &'static str = "/v2/api/talk/memo/scrap/send";
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
    use crate::{Error, Remedy};

    async fn play(sample: &str, page: &str) -> Result<(), Error> {
        let send = SendScrapToMe::new(Scrap::new(&page.parse().unwrap()));
        Sample::named(&format!("talk_memo_scrap_send/{sample}")).call(&send).await
    }

    #[tokio::test]
    async fn a_page_is_sent() {
        play("sent", "https://shop.example.com/p/1").await.unwrap();
    }

    #[tokio::test]
    async fn a_page_of_another_domain_is_refused_by_its_parameter() {
        let error = play("domain_not_registered", "https://elsewhere.example/").await.unwrap_err();
        let parameter = Some("request_url".to_owned());
        assert_eq!(error.remedy(), Remedy::FixRequest { parameter });
    }
}
