//! The way to what this crate has no type for.

use std::borrow::Cow;

use http::Method;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use crate::endpoint::{Effect, Host, Parameters};
use crate::error::Call;

/// What cannot stand in a path as it is; a percent sign can, for whoever has encoded already.
const IN_PATH: &AsciiSet =
    &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'<').add(b'>').add(b'?').add(b'`').add(b'{').add(b'}');

/// A call this crate has no type for, such as one of the Talk Calendar.
///
/// The answer is Kakao's JSON as it came. Errors and time-outs are those of every other call; so are retries, if
/// you say that it may be made again. The token never stands in an error, but a parameter that Kakao repeats does.
///
/// ```no_run
/// # async fn example(client: katok_client::Client, token: katok_client::AccessToken) -> Result<(), katok_client::Error> {
/// use katok_client::RawCall;
///
/// let calendars = client.call_raw(&RawCall::get("/v2/api/calendar/calendars"), &token).await?;
/// println!("{}", calendars["calendars"]);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct RawCall {
    method: Method,
    host: Host,
    path: String,
    parameters: Parameters,
    effect: Effect,
}

impl RawCall {
    /// Asks; it may be made again.
    #[must_use]
    pub fn get(path: impl AsRef<str>) -> Self {
        Self::new(Method::GET, path.as_ref(), Effect::Read)
    }

    /// Sends a form; unless [`effect`](Self::effect) says otherwise, it is made once.
    #[must_use]
    pub fn post(path: impl AsRef<str>) -> Self {
        Self::new(Method::POST, path.as_ref(), Effect::Send)
    }

    /// Deletes; unless [`effect`](Self::effect) says otherwise, it is made once.
    #[must_use]
    pub fn delete(path: impl AsRef<str>) -> Self {
        Self::new(Method::DELETE, path.as_ref(), Effect::Send)
    }

    fn new(method: Method, path: &str, effect: Effect) -> Self {
        // The path begins where the host ends, or a token would go to another host; and it has no query.
        let path = format!("/{}", utf8_percent_encode(path.trim_start_matches('/'), IN_PATH));
        Self { method, host: Host::Api, path, parameters: Parameters::new(), effect }
    }

    /// Another host than kapi.kakao.com.
    #[must_use]
    pub fn host(mut self, host: Host) -> Self {
        self.host = host;
        self
    }

    /// A parameter: in the query of a GET or DELETE, in the form of a POST. Lists and objects are JSON text.
    #[must_use]
    pub fn parameter(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.parameters = self.parameters.with(name.into(), value.into());
        self
    }

    /// What the call does to the world, which decides whether the client may make it again.
    #[must_use]
    pub fn effect(mut self, effect: Effect) -> Self {
        self.effect = effect;
        self
    }

    pub(super) fn call(&self) -> Call {
        Call {
            method: self.method.clone(),
            host: self.host,
            path: Cow::Owned(self.path.clone()),
            effect: self.effect,
            scopes: &[],
        }
    }

    pub(super) fn parameters(&self) -> Parameters {
        self.parameters.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_all_that_it_can_be() {
        for (given, path) in [
            ("/v2/user/me", "/v2/user/me"),
            ("v2/user/me", "/v2/user/me"),
            ("//elsewhere.example/", "/elsewhere.example/"),
            (".evil.example/", "/.evil.example/"),
            ("@evil.example/?a#b c", "/@evil.example/%3Fa%23b%20c"),
            ("/친구", "/%EC%B9%9C%EA%B5%AC"),
        ] {
            assert_eq!(RawCall::get(given).call().path, path, "{given}");
        }
    }
}
