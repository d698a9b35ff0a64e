//! What one of Kakao's endpoints is: where it lives, what it needs, how to ask and how to read the reply.

use std::fmt;

use bytes::Bytes;
use http::Method;
use serde::de::{Deserialize, DeserializeOwned, Deserializer};

use crate::Scope;

/// One of Kakao's endpoints, filled in and ready to be called.
///
/// Encoding and decoding are pure; [`Client`](crate::Client) does the sending. The trait is sealed: the
/// endpoints are those of this crate.
pub trait Endpoint: sealed::Sealed + Sync {
    /// The HTTP method.
    const METHOD: Method;
    /// The host that answers.
    const HOST: Host;
    /// The path on that host.
    const PATH: &'static str;
    /// What the caller shows of itself.
    const AUTH: Auth;
    /// The consent items the user must have agreed to, known before the call.
    const SCOPES: &'static [Scope];
    /// What the call does to the world.
    const EFFECT: Effect;
    /// What comes back.
    type Output;

    /// The parameters, which travel in the query of a GET and in the form of a POST.
    fn encode(&self) -> Parameters;
    /// Reads the reply of a call that succeeded.
    fn decode(reply: &Reply) -> Result<Self::Output, Unreadable>;
}

pub(crate) mod sealed {
    pub trait Sealed {}
}

/// One of Kakao's two hosts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Host {
    /// The authorization server, kauth.kakao.com.
    Auth,
    /// The API server, kapi.kakao.com.
    Api,
}

/// What the caller shows of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Auth {
    /// The app's key and client secret, among the form fields.
    Client,
    /// A user's access token.
    AccessToken,
}

/// What a call does to the world, which decides whether it may be made twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Nothing.
    Read,
    /// It changes the state of a login or a link; made twice it ends in the same state.
    Change,
    /// It puts a message before a person. It is never repeated by this crate.
    Send,
}

/// The parameters of a call, in the order they are written.
pub struct Parameters(Vec<Parameter>);

struct Parameter {
    name: &'static str,
    value: String,
    secret: bool,
}

impl Parameters {
    pub(crate) fn new() -> Self {
        Self(Vec::new())
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.0.push(Parameter { name, value: value.into(), secret: false });
        self
    }

    /// A value Kakao must never hand back to us inside an error text.
    pub(crate) fn with_secret(mut self, name: &'static str, value: &str) -> Self {
        self.0.push(Parameter { name, value: value.to_owned(), secret: true });
        self
    }

    pub(crate) fn secrets(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter(|parameter| parameter.secret).map(|parameter| parameter.value.as_str())
    }

    pub(crate) fn to_form(&self) -> String {
        let pairs = self.0.iter().map(|parameter| (parameter.name, &parameter.value));
        url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
    }
}

/// The body of a reply that says the call succeeded.
pub struct Reply {
    pub(crate) body: Bytes,
}

impl Reply {
    pub(crate) fn json<T: DeserializeOwned>(&self) -> Result<T, Unreadable> {
        let mut json = serde_json::Deserializer::from_slice(&self.body);
        let value = serde_path_to_error::deserialize(&mut json).map_err(|error| Unreadable::new(&error))?;
        json.end().map_err(|_| Unreadable { path: WHOLE.to_owned(), problem: Problem::NotJson })?;
        Ok(value)
    }
}

/// Reads a field that Kakao may leave out or write as `null`.
pub(crate) fn null_as_default<'de, D, T>(field: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Ok(Option::deserialize(field)?.unwrap_or_default())
}

/// Where a reply stopped making sense; the value that stood there is not kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    path: String,
    problem: Problem,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.path.as_str() {
            WHOLE => self.problem.fmt(f),
            path => write!(f, "{} at {path}", self.problem),
        }
    }
}

impl std::error::Error for Unreadable {}

/// The path of the reply itself, as `serde_path_to_error` writes it.
const WHOLE: &str = ".";

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
enum Problem {
    #[error("it is not JSON")]
    NotJson,
    #[error("the JSON breaks off")]
    BreaksOff,
    #[error("a value is missing or of another type than documented")]
    OtherShape,
    #[error("a value is outside what is documented")]
    OtherValue,
    #[error("it is too large")]
    TooLarge,
}

impl Unreadable {
    fn new(error: &serde_path_to_error::Error<serde_json::Error>) -> Self {
        use serde_json::error::Category;
        // serde_json's own text quotes the value it found: only the kind of trouble and the path are kept.
        let problem = match error.inner().classify() {
            Category::Eof => Problem::BreaksOff,
            Category::Data => Problem::OtherShape,
            Category::Syntax | Category::Io => Problem::NotJson,
        };
        Self { path: error.path().to_string(), problem }
    }

    /// A field holds a value the documents do not know.
    pub(crate) fn value_of(field: &str) -> Self {
        Self { path: field.to_owned(), problem: Problem::OtherValue }
    }

    pub(crate) fn too_large() -> Self {
        Self { path: WHOLE.to_owned(), problem: Problem::TooLarge }
    }

    /// The JSON path where reading stopped, such as `kakao_account.email`.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }
}
