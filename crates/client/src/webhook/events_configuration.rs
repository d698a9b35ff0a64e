//! `GET /.well-known/sse-configuration`: who signs the events of accounts, and with which keys.

use http::Method;
use serde::Deserialize;
use url::Url;

use crate::Scope;
use crate::endpoint::{Auth, Effect, Endpoint, Host, Parameters, Reply, Unreadable, sealed};

/// Asks who signs the account status webhooks.
///
/// Nothing in this crate needs it: what it names is already known. Kakao's newer documents may call the same
/// document `/.well-known/ssf-configuration`. See [Kakao Docs/Kakao Login, Account status change webhook].
///
/// ```no_run
/// # async fn example(client: katok_client::Client) -> Result<(), katok_client::Error> {
/// use katok_client::GetEventsConfiguration;
///
/// println!("{}", client.call_as_app(&GetEventsConfiguration).await?.issuer);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GetEventsConfiguration;

/// Who signs security events.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct EventsConfiguration {
    /// The `iss` of every event.
    pub issuer: String,
    /// Where the keys are.
    pub jwks_uri: Url,
    /// How events arrive. Kakao writes one, where the standard has a list: it is kept as it came.
    #[serde(default)]
    pub delivery_methods_supported: serde_json::Value,
}

impl sealed::Sealed for GetEventsConfiguration {}

impl Endpoint for GetEventsConfiguration {
    const METHOD: Method = Method::GET;
    const HOST: Host = Host::Auth;
    const PATH: &'static str = "/.well-known/sse-configuration";
    const AUTH: Auth = Auth::Nobody;
    const SCOPES: &'static [Scope] = &[];
    const EFFECT: Effect = Effect::Read;
    type Output = EventsConfiguration;

    fn encode(&self) -> Parameters {
        Parameters::new()
    }

    fn decode(reply: &Reply) -> Result<EventsConfiguration, Unreadable> {
        reply.json()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::Sample;

    #[tokio::test]
    async fn kakaos_document_is_read() {
        let sample = Sample::named("events_configuration/sse");
        let configuration = sample.client("").call_as_app(&GetEventsConfiguration).await.unwrap();
        assert_eq!(configuration.issuer, "https://kauth.kakao.com");
        assert_eq!(configuration.jwks_uri.as_str(), "https://kauth.kakao.com/.well-known/jwks.json");
        assert_eq!(
            configuration.delivery_methods_supported,
            "http://schemas.openid.net/secevent/risc/delivery-method/push"
        );
    }
}
