//! `POST /v1/api/talk/friends/message/default/send`: a message to up to five friends.

use http::Method;
use serde::Deserialize;

use crate::endpoint::{Auth, Effect, Endpoint, Host, Parameters, Reply, Unreadable, null_as_default, sealed};
use crate::{FriendUuid, KakaoCode, MessageTemplate, Receivers, Remedy, Scope};

/// Sends a message to friends, in the user's own name.
///
/// With one receiver who cannot be reached the call itself fails; with several it succeeds and the
/// [`SendReport`] names them. See [Kakao Docs/Kakao Talk Message REST API, Send message to friends with
/// default template].
///
/// ```no_run
/// # async fn example(client: katok_client::Client, token: katok_client::AccessToken) -> Result<(), Box<dyn std::error::Error>> {
/// use katok_client::{Link, ListFriends, Receivers, SendToFriends, Text};
///
/// let friends = client.call(&ListFriends::new(), &token).await?.elements;
/// let text = Text::new("같이 갈래?", Link::web(&"https://svc.example/events/3".parse()?))?;
/// for receivers in Receivers::groups(friends.into_iter().map(|friend| friend.uuid)) {
///     let report = client.call(&SendToFriends::new(receivers, text.clone()), &token).await?;
///     for refusal in report.refused {
///         println!("{}: {:?}", refusal.kakao_code(), refusal.remedy());
///     }
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct SendToFriends {
    receivers: Receivers,
    template: MessageTemplate,
}

impl SendToFriends {
    /// A message of this form to these friends.
    #[must_use]
    pub fn new(receivers: Receivers, template: impl Into<MessageTemplate>) -> Self {
        Self { receivers, template: template.into() }
    }
}

/// What became of a message, receiver by receiver; one named nowhere in it may or may not have got it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "Wire")]
#[non_exhaustive]
pub struct SendReport {
    /// The receivers who got the message.
    pub delivered: Vec<FriendUuid>,
    /// The receivers who did not, by reason.
    pub refused: Vec<Refusal>,
}

/// Kakao's documents have the refusals under two names, and an answer may have both.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Wire {
    #[serde(deserialize_with = "null_as_default")]
    successful_receiver_uuids: Vec<FriendUuid>,
    #[serde(deserialize_with = "null_as_default")]
    failure_info: Vec<Refusal>,
    #[serde(deserialize_with = "null_as_default")]
    failure_infos: Vec<Refusal>,
}

impl From<Wire> for SendReport {
    fn from(wire: Wire) -> Self {
        let refused = if wire.failure_info.is_empty() { wire.failure_infos } else { wire.failure_info };
        Self { delivered: wire.successful_receiver_uuids, refused }
    }
}

/// Why some receivers did not get a message.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Refusal {
    /// Kakao's code, such as -532.
    pub code: i64,
    /// Kakao's text, which may change at any time.
    #[serde(default, deserialize_with = "null_as_default")]
    pub msg: String,
    /// The receivers it concerns.
    #[serde(default, deserialize_with = "null_as_default")]
    pub receiver_uuids: Vec<FriendUuid>,
}

impl Refusal {
    /// Kakao's code.
    #[must_use]
    pub fn kakao_code(&self) -> KakaoCode {
        KakaoCode::Api(self.code)
    }

    /// What to do about it.
    #[must_use]
    pub fn remedy(&self) -> Remedy {
        Remedy::of_refused_receiver(self.code)
    }
}

impl sealed::Sealed for SendToFriends {}

impl Endpoint for SendToFriends {
    const METHOD: Method = Method::POST;
    const HOST: Host = Host::Api;
    const PATH: &'static str = "/v1/api/talk/friends/message/default/send";
    const AUTH: Auth = Auth::AccessToken;
    const SCOPES: &'static [Scope] = &[Scope::TALK_MESSAGE];
    const EFFECT: Effect = Effect::Send;
    type Output = SendReport;

    fn encode(&self) -> Parameters {
        Parameters::new()
            .with("receiver_uuids", self.receivers.to_json())
            .with("template_object", self.template.to_json_text())
    }

    fn decode(reply: &Reply) -> Result<SendReport, Unreadable> {
        reply.json()
    }
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::*;
    use crate::contract::Sample;
    use crate::{Error, Link, Quota, ScopeSet, Text};

    const FIRST: &str = "kq2RoJajlKKQvIi4j76Jvoq-kaiZqJ2u";
    const SECOND: &str = "m6qcq5qqn6-DsICwjriBsIS3";

    fn send(uuids: &[&str]) -> SendToFriends {
        let uuids: Vec<_> = uuids.iter().map(|uuid| FriendUuid::new(*uuid)).collect();
        let link = Link::web(&Url::parse("https://shop.example.com/p/1").unwrap());
        SendToFriends::new(uuids.try_into().unwrap(), Text::new("안녕", link).unwrap())
    }

    async fn play(sample: &str, uuids: &[&str]) -> Result<SendReport, Error> {
        Sample::named(&format!("talk_friends_message_default_send/{sample}")).call(&send(uuids)).await
    }

    #[tokio::test]
    async fn everybody_gets_it() {
        let report = play("delivered", &[FIRST, SECOND]).await.unwrap();
        assert_eq!(report.delivered, [FriendUuid::new(FIRST), FriendUuid::new(SECOND)]);
        assert_eq!(report.refused, []);
    }

    #[tokio::test]
    async fn a_partial_send_is_a_value_under_either_of_its_names() {
        for sample in ["partly_refused", "partly_refused_under_the_other_name"] {
            let report = play(sample, &[FIRST, SECOND]).await.unwrap();
            assert_eq!(report.delivered, [FriendUuid::new(FIRST)], "{sample}");
            let [refusal] = &report.refused[..] else { panic!("{report:?}") };
            assert_eq!(refusal.receiver_uuids, [FriendUuid::new(SECOND)], "{sample}");
            assert_eq!(refusal.kakao_code(), KakaoCode::Api(-532), "{sample}");
            assert_eq!(refusal.remedy(), Remedy::WaitForQuota(Quota::Day), "{sample}");
        }
    }

    #[tokio::test]
    async fn several_who_are_all_refused_are_a_value_and_one_alone_is_an_error() {
        let report = play("all_refused", &[FIRST, SECOND]).await.unwrap();
        assert_eq!((report.delivered.len(), report.refused[0].receiver_uuids.len()), (0, 2));
        let error = play("only_receiver_refused", &[FIRST]).await.unwrap_err();
        assert_eq!(error.kakao_code(), Some(KakaoCode::Api(-532)));
        assert_eq!(error.remedy(), Remedy::WaitForQuota(Quota::Day));
    }

    #[test]
    fn refusals_under_both_names_at_once_are_read_once() {
        let refusals = r#"[{"code":-532,"msg":"","receiver_uuids":["b"]}]"#;
        let body = format!(r#"{{"failure_infos":{refusals},"failure_info":{refusals}}}"#).into();
        assert_eq!(SendToFriends::decode(&Reply { body }).unwrap().refused.len(), 1);
    }

    #[test]
    fn lists_that_are_null_are_empty() {
        let body = r#"{"successful_receiver_uuids":null,"failure_info":null}"#.into();
        let report = SendToFriends::decode(&Reply { body }).unwrap();
        assert!(report.delivered.is_empty() && report.refused.is_empty());
    }

    #[tokio::test]
    async fn each_refusal_has_its_remedy() {
        let receivers = Remedy::FixRequest { parameter: Some("receiver_uuids".to_owned()) };
        for (sample, uuid, remedy) in [
            ("not_a_friend", FIRST, Remedy::Retry { after: Some(std::time::Duration::from_mins(10)) }),
            ("receiver_invalid_format", "not-a-uuid", receivers.clone()),
            ("receiver_not_allowed", FIRST, receivers),
            ("sender_among_receivers", FIRST, Remedy::FixRequest { parameter: None }),
            ("insufficient_scopes", FIRST, Remedy::AskConsent(ScopeSet::parse("talk_message"))),
            ("scope_disabled", FIRST, Remedy::TellOperator),
            ("no_permission", FIRST, Remedy::TellOperator),
            ("expired_token", FIRST, Remedy::RefreshToken),
        ] {
            assert_eq!(play(sample, &[uuid]).await.unwrap_err().remedy(), remedy, "{sample}");
        }
    }
}
