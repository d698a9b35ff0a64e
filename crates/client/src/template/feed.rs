//! The feed template: a picture with words, counts, and up to two buttons.

use serde::Serialize;
use serde_json::Value;

use crate::template::button::{Buttons, with_buttons};
use crate::template::{Content, ItemContent, Social};

/// A content with all that may stand around it.
///
/// See [Kakao Docs/Message template, Feed].
///
/// ```
/// # fn example() -> Result<(), Box<dyn std::error::Error>> {
/// use katok_client::Link;
/// use katok_client::template::{Button, Content, Feed, Image, ItemContent, ItemInfo, Social};
///
/// let page = Link::web(&"https://shop.example.com/p/1".parse()?);
/// let picture = Image::new(&"https://img.example.com/cake.png".parse()?).size(640, 640);
/// let receipt = ItemContent::new()
///     .items([ItemInfo::new("케이크", "1,000원"), ItemInfo::new("커피", "2,000원")])
///     .sum("총 결제")
///     .sum_op("3,000원");
/// let feed = Feed::new(Content::titled("주말 케이크", page.clone()).image(picture))
///     .item_content(receipt)
///     .social(Social::new().like_count(12).comment_count(3))
///     .buttons(Button::new("웹으로 보기", page), Button::new("앱으로 보기", Link::app("pid=1")));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "object_type", rename = "feed")]
pub struct Feed {
    content: Content,
    #[serde(skip_serializing_if = "Option::is_none")]
    item_content: Option<ItemContent>,
    #[serde(skip_serializing_if = "Option::is_none")]
    social: Option<Social>,
    #[serde(flatten)]
    buttons: Option<Buttons>,
}

impl Feed {
    /// A feed of this content.
    #[must_use]
    pub fn new(content: Content) -> Self {
        Self { content, item_content: None, social: None, buttons: None }
    }

    /// Makes it a receipt: a profile, rows of amounts and their sum.
    #[must_use]
    pub fn item_content(mut self, item_content: ItemContent) -> Self {
        self.item_content = Some(item_content);
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
            content: Content::read(&json["content"])?,
            item_content: ItemContent::read(&json["item_content"]),
            social: Social::read(&json["social"]),
            buttons: Buttons::read(json, 2),
        })
    }
}

with_buttons!(Feed, two);
