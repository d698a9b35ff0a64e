//! `POST /v2/api/talk/memo/default/send`: a message into the user's chat with themselves (나와의 채팅).

use http::Method;

use crate::endpoint::{Auth, Effect, Endpoint, Host, Parameters, Reply, Unreadable, sealed};
use crate::talk::sent;
use crate::{MessageTemplate, Scope};

/// Sends a message to the user themselves.
///
/// Kakao gives no message id and the phone makes no sound.
/// See [Kakao Docs/Kakao Talk Message REST API, Send message to me with default template].
///
/// ```no_run
/// # async fn example(client: katok_client::Client, token: katok_client::AccessToken) -> Result<(), Box<dyn std::error::Error>> {
/// use katok_client::{Link, SendToMe, Text};
///
/// let text = Text::new("주문이 도착했어요", Link::web(&"https://svc.example/orders/7".parse()?))?;
/// client.call(&SendToMe::new(text.button_title("주문 보기")), &token).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct SendToMe(MessageTemplate);

impl SendToMe {
    /// A message of this form.
    #[must_use]
    pub fn new(template: impl Into<MessageTemplate>) -> Self {
        Self(template.into())
    }
}

impl sealed::Sealed for SendToMe {}

impl Endpoint for SendToMe {
    const METHOD: Method = Method::POST;
    const HOST: Host = Host::Api;
    const PATH: &'static str = "/v2/api/talk/memo/default/send";
    const AUTH: Auth = Auth::AccessToken;
    const SCOPES: &'static [Scope] = &[Scope::TALK_MESSAGE];
    const EFFECT: Effect = Effect::Send;
    type Output = ();

    fn encode(&self) -> Parameters {
        Parameters::new().with("template_object", self.0.to_json_text())
    }

    fn decode(reply: &Reply) -> Result<(), Unreadable> {
        sent::decode(reply)
    }
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::*;
    use crate::contract::Sample;
    use crate::{Error, Link, Quota, Remedy, ScopeSet, Text};

    fn page() -> Url {
        Url::parse("https://shop.example.com/p/1").unwrap()
    }

    fn hello() -> MessageTemplate {
        Text::new("안녕", Link::web(&page())).unwrap().into()
    }

    async fn play(sample: &str, template: MessageTemplate) -> Result<(), Error> {
        Sample::named(&format!("talk_memo_default_send/{sample}")).call(&SendToMe::new(template)).await
    }

    #[tokio::test]
    async fn a_text_is_sent() {
        play("text", hello()).await.unwrap();
    }

    #[tokio::test]
    async fn every_character_and_link_arrives() {
        let link = Link::web(&page())
            .mobile_web(&Url::parse("https://m.shop.example.com/p/1").unwrap())
            .android("pid=1")
            .ios("pid=1");
        let text = Text::new("새 글이 올라왔어요 & 100% 확인!\n두 번째 줄 😀", link).unwrap();
        play("text_with_button", text.button_title("바로 가기").into()).await.unwrap();
    }

    #[tokio::test]
    async fn a_raw_template_is_sent_as_it_is() {
        let serde_json::Value::Object(feed) = serde_json::json!({
            "object_type": "feed",
            "content": {"title": "주말 케이크", "link": {"web_url": page()}},
        }) else {
            unreachable!()
        };
        play("feed", MessageTemplate::Raw(feed)).await.unwrap();
    }

    #[tokio::test]
    async fn each_refusal_has_its_remedy() {
        let consent = Remedy::AskConsent(ScopeSet::parse("talk_message"));
        for (sample, remedy) in [
            ("insufficient_scopes", consent.clone()),
            ("insufficient_scopes_without_names", consent),
            ("unknown_token", Remedy::RefreshToken),
            ("expired_token", Remedy::RefreshToken),
            ("not_a_talk_user", Remedy::FixRequest { parameter: None }),
            ("quota_exceeded", Remedy::WaitForQuota(Quota::Day)),
            ("internal_error", Remedy::Unconfirmed),
            ("maintenance", Remedy::Retry { after: None }),
        ] {
            assert_eq!(play(sample, hello()).await.unwrap_err().remedy(), remedy, "{sample}");
        }
        let nameless = Sample::named("talk_memo_default_send/no_authentication_key");
        assert_eq!(
            nameless.answer(&SendToMe::new(hello())).await.unwrap_err().remedy(),
            Remedy::RefreshToken
        );
    }

    #[test]
    fn another_result_than_zero_is_not_taken_for_success() {
        let body = r#"{"result_code":1}"#.into();
        assert_eq!(SendToMe::decode(&Reply { body }).unwrap_err().path(), "result_code");
    }
}
