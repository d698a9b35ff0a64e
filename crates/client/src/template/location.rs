//! The location template: a content and a place on the map.

use serde::Serialize;
use serde_json::Value;

use crate::template::button::{Buttons, with_buttons};
use crate::template::{Content, Social};

/// A content about a place, with Kakao's button `위치 보기` ("see the place") on the right, which opens the map.
///
/// See [Kakao Docs/Message template, Location].
///
/// ```
/// # fn example() -> Result<(), Box<dyn std::error::Error>> {
/// use katok_client::Link;
/// use katok_client::template::{Content, Location};
///
/// let content = Content::titled("신메뉴", Link::web(&"https://cafe.example.com".parse()?)).description("1+1");
/// let location = Location::new("경기 성남시 분당구 판교역로 235", content)
///     .address_title("판교 사무실")
///     .button_title("메뉴 보기");
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "object_type", rename = "location")]
pub struct Location {
    address: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    address_title: Option<String>,
    content: Content,
    #[serde(skip_serializing_if = "Option::is_none")]
    social: Option<Social>,
    #[serde(flatten)]
    buttons: Option<Buttons>,
}

impl Location {
    /// What there is at this address.
    #[must_use]
    pub fn new(address: impl Into<String>, content: Content) -> Self {
        Self { address: address.into(), address_title: None, content, social: None, buttons: None }
    }

    /// The name of the place on the map.
    #[must_use]
    pub fn address_title(mut self, title: impl Into<String>) -> Self {
        self.address_title = Some(title.into());
        self
    }

    /// The counts below the content.
    #[must_use]
    pub fn social(mut self, social: Social) -> Self {
        self.social = Some(social);
        self
    }

    pub(super) fn read(json: &Value) -> Option<Self> {
        Some(Self {
            address: json["address"].as_str()?.to_owned(),
            address_title: json["address_title"].as_str().map(str::to_owned),
            content: Content::read(&json["content"])?,
            social: Social::read(&json["social"]),
            buttons: Buttons::read(json, 1),
        })
    }
}

with_buttons!(Location);
