//! The reply to a call that succeeded, and where it stopped making sense.

use std::fmt;

use bytes::Bytes;
use serde::de::{Deserialize, DeserializeOwned, Deserializer};
use serde_json::value::RawValue;

/// The body of a reply that says the call succeeded.
pub struct Reply {
    pub(crate) body: Bytes,
}

impl Reply {
    pub(crate) fn json<T: DeserializeOwned>(&self) -> Result<T, Unreadable> {
        // Keeping count of the path costs more than all the rest: only a reply that makes no sense is worth it.
        serde_json::from_slice(&self.body).or_else(|_| self.json_with_path())
    }

    fn json_with_path<T: DeserializeOwned>(&self) -> Result<T, Unreadable> {
        let mut json = serde_json::Deserializer::from_slice(&self.body);
        let value = serde_path_to_error::deserialize(&mut json).map_err(|error| Unreadable::new(&error))?;
        json.end().map_err(|_| Unreadable { path: WHOLE.to_owned(), problem: Problem::NotJson })?;
        Ok(value)
    }

    /// Any JSON, or nothing at all.
    pub(crate) fn json_or_null(&self) -> Result<serde_json::Value, Unreadable> {
        if self.body.is_empty() { Ok(serde_json::Value::Null) } else { self.json() }
    }

    pub(crate) fn verbatim(&self) -> Result<Box<RawValue>, Unreadable> {
        if self.body.is_empty() { Ok(RawValue::NULL.to_owned()) } else { self.json() }
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
