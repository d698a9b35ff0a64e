//! Kakao's refusals as they stand on the wire.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::ScopeSet;
use crate::endpoint::null_as_default;

/// The user is not linked to the app.
pub(crate) const NOT_LINKED: i64 = -101;
/// The user has signed up at the app already.
pub(crate) const ALREADY_SIGNED_UP: i64 = -102;
/// The access token is unknown, expired or revoked, or the caller is not who it says.
pub(crate) const UNAUTHORIZED: i64 = -401;
/// The user has not consented to what the call needs.
pub(crate) const INSUFFICIENT_SCOPES: i64 = -402;

/// A refusal of the API server. See [Kakao Docs/REST API error codes].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ApiError {
    /// Kakao's words, which may change at any time: decide by the code.
    #[serde(default, deserialize_with = "null_as_default")]
    pub msg: String,
    /// Kakao's code, a negative number.
    pub code: i64,
    /// Kakao's own name for the call, with -402.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub api_type: Option<String>,
    /// What the user must consent to, with -402.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub required_scopes: Option<ScopeSet>,
    /// What the user has consented to, with -402.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed_scopes: Option<ScopeSet>,
}

impl ApiError {
    /// Kakao's code.
    #[must_use]
    pub fn kakao_code(&self) -> KakaoCode {
        KakaoCode::Api(self.code)
    }

    pub(crate) fn redacted<'a>(mut self, secrets: impl Iterator<Item = &'a str> + Clone) -> Self {
        self.msg = redact(self.msg, secrets.clone());
        self.api_type = self.api_type.map(|text| redact(text, secrets));
        self
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.msg)
    }
}

/// A refusal of the authorization server. See [Kakao Docs/Kakao Login, Troubleshooting].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OAuthError {
    /// OAuth's word, such as `invalid_grant`.
    pub error: String,
    /// Kakao's words, which may change at any time: decide by the code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_description: Option<String>,
    /// Kakao's code, such as `KOE320`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_code: Option<String>,
}

impl OAuthError {
    /// Kakao's code.
    #[must_use]
    pub fn kakao_code(&self) -> Option<KakaoCode> {
        self.error_code.clone().map(KakaoCode::Login)
    }

    /// The text of KOE320 quotes the authorization code, and others quote the key.
    pub(crate) fn redacted<'a>(mut self, secrets: impl Iterator<Item = &'a str> + Clone) -> Self {
        self.error = redact(self.error, secrets.clone());
        self.error_description = self.error_description.map(|text| redact(text, secrets.clone()));
        self.error_code = self.error_code.map(|text| redact(text, secrets));
        self
    }
}

impl fmt::Display for OAuthError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.error_code.as_deref().unwrap_or(&self.error))?;
        match &self.error_description {
            Some(description) => write!(f, ": {description}"),
            None => Ok(()),
        }
    }
}

fn redact<'a>(mut text: String, secrets: impl Iterator<Item = &'a str>) -> String {
    for secret in secrets {
        if !secret.is_empty() {
            text = text.replace(secret, "[redacted]");
        }
    }
    text
}

/// A code by which Kakao says what is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum KakaoCode {
    /// A code of the API server, such as -402.
    Api(i64),
    /// A code of the authorization server, such as KOE320.
    Login(String),
}

impl KakaoCode {
    /// Reads a code as people write it: `-402`, `KOE320` or `koe320`.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        let code = code.trim();
        if let Ok(number @ ..0) = code.parse::<i64>() {
            return Some(Self::Api(number));
        }
        let upper = code.to_ascii_uppercase();
        let digits = upper.strip_prefix("KOE")?;
        let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then_some(Self::Login(upper))
    }
}

impl fmt::Display for KakaoCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Api(code) => code.fmt(f),
            Self::Login(code) => f.write_str(code),
        }
    }
}
