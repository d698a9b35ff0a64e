//! Names Kakao gives to people.

use std::fmt;

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};

/// A person's user id (회원번호) in one app: the same person has another id in another app.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct KakaoUserId(i64);

/// Kakao writes it as a number, and in OpenID Connect and webhooks as text.
impl<'de> Deserialize<'de> for KakaoUserId {
    fn deserialize<D: Deserializer<'de>>(id: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Wire {
            Number(i64),
            Text(String),
        }
        match Wire::deserialize(id)? {
            Wire::Number(id) => Ok(Self(id)),
            Wire::Text(id) => id.parse().map(Self).map_err(|_| D::Error::custom("not a user id")),
        }
    }
}

impl KakaoUserId {
    /// Takes the id as Kakao gave it.
    #[must_use]
    pub fn new(id: i64) -> Self {
        Self(id)
    }

    /// The number.
    #[must_use]
    pub fn get(self) -> i64 {
        self.0
    }
}

impl fmt::Display for KakaoUserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The opaque name under which one app may send messages to a friend; not an RFC 4122 value.
///
/// It belongs to one app and may change, so it is no key for a user. See [Kakao Docs/Kakao Talk Social].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FriendUuid(String);

impl FriendUuid {
    /// Takes the uuid as Kakao gave it.
    #[must_use]
    pub fn new(uuid: impl Into<String>) -> Self {
        Self(uuid.into())
    }

    /// The uuid as Kakao gave it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for FriendUuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The number of one of a user's shipping addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ShippingAddressId(i64);

impl ShippingAddressId {
    /// Takes the number as Kakao gave it.
    #[must_use]
    pub fn new(id: i64) -> Self {
        Self(id)
    }
}

impl fmt::Display for ShippingAddressId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The number of a template made in Kakao's template tool; it belongs to one app.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TemplateId(i64);

impl TemplateId {
    /// Takes the number as Kakao's console shows it.
    #[must_use]
    pub fn new(id: i64) -> Self {
        Self(id)
    }
}

impl fmt::Display for TemplateId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_id_is_read_as_number_and_as_text_and_written_as_number() {
        let id = KakaoUserId::new(1_376_016_924_426_111_111);
        for json in ["1376016924426111111", r#""1376016924426111111""#] {
            assert_eq!(serde_json::from_str::<KakaoUserId>(json).unwrap(), id);
        }
        assert_eq!(serde_json::to_string(&id).unwrap(), "1376016924426111111");
        for json in ["null", r#""""#, r#""1e3""#, "1.5", "99999999999999999999"] {
            assert!(serde_json::from_str::<KakaoUserId>(json).is_err(), "{json}");
        }
    }
}
