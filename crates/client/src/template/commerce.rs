//! The commerce template: a product and what it costs.

use serde::Serialize;
use serde_json::Value;

use crate::template::button::{Buttons, with_buttons};
use crate::template::{Content, Price};

/// A product and its price.
///
/// See [Kakao Docs/Message template, Commerce].
///
/// ```
/// # fn example() -> Result<(), Box<dyn std::error::Error>> {
/// use katok_client::Link;
/// use katok_client::template::{Commerce, Content, Discount, Image, Percent, Price};
///
/// let picture = Image::new(&"https://img.example.com/d.png".parse()?);
/// let dress = Content::titled("롱 드레스", Link::web(&"https://shop.example.com/d".parse()?)).image(picture);
/// let price = Price::new(208_800).discount_price(146_160).discount(Discount::Rate(Percent::try_from(30)?));
/// let commerce = Commerce::new(dress, price).button_title("구매하기");
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "object_type", rename = "commerce")]
pub struct Commerce {
    content: Content,
    #[serde(rename = "commerce")]
    price: Price,
    #[serde(flatten)]
    buttons: Option<Buttons>,
}

impl Commerce {
    /// This product at this price.
    #[must_use]
    pub fn new(content: Content, price: Price) -> Self {
        Self { content, price, buttons: None }
    }

    pub(super) fn read(json: &Value) -> Option<Self> {
        Some(Self {
            content: Content::read(&json["content"])?,
            price: Price::read(&json["commerce"])?,
            buttons: Buttons::read(json, 2),
        })
    }
}

with_buttons!(Commerce, two);
