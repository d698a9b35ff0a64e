//! What a product costs, before and after a discount.

use serde::{Serialize, Serializer};
use serde_json::Value;

/// The price of a product; whole numbers of whatever the currency is.
///
/// See [Kakao Docs/Message template, Commerce].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(clippy::struct_field_names, reason = "these are Kakao's names")]
pub struct Price {
    #[serde(skip_serializing_if = "Option::is_none")]
    product_name: Option<String>,
    regular_price: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    discount_price: Option<u32>,
    #[serde(flatten)]
    discount: Option<Discount>,
    #[serde(skip_serializing_if = "Option::is_none")]
    currency_unit: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    currency_unit_position: Option<CurrencyUnitPosition>,
}

impl Price {
    /// A price without a discount, in won unless it is said otherwise.
    #[must_use]
    pub fn new(regular_price: u32) -> Self {
        Self {
            product_name: None,
            regular_price,
            discount_price: None,
            discount: None,
            currency_unit: None,
            currency_unit_position: None,
        }
    }

    /// What the product is called.
    #[must_use]
    pub fn product_name(mut self, name: impl Into<String>) -> Self {
        self.product_name = Some(name.into());
        self
    }

    /// The price after the discount; the regular price is struck through.
    #[must_use]
    pub fn discount_price(mut self, price: u32) -> Self {
        self.discount_price = Some(price);
        self
    }

    /// What the discount is.
    #[must_use]
    pub fn discount(mut self, discount: Discount) -> Self {
        self.discount = Some(discount);
        self
    }

    /// Another currency than `원`.
    #[must_use]
    pub fn currency_unit(mut self, unit: impl Into<String>) -> Self {
        self.currency_unit = Some(unit.into());
        self
    }

    /// On which side of the amount the currency stands; after it unless it is said otherwise.
    #[must_use]
    pub fn currency_unit_position(mut self, position: CurrencyUnitPosition) -> Self {
        self.currency_unit_position = Some(position);
        self
    }

    pub(super) fn read(json: &Value) -> Option<Self> {
        let text = |name: &str| json[name].as_str().map(str::to_owned);
        let number = |name: &str| json[name].as_u64()?.try_into().ok();
        Some(Self {
            product_name: text("product_name"),
            regular_price: number("regular_price")?,
            discount_price: number("discount_price"),
            discount: Discount::read(json),
            currency_unit: text("currency_unit"),
            currency_unit_position: CurrencyUnitPosition::read(&json["currency_unit_position"]),
        })
    }
}

/// A discount in percent or in money: Kakao does not take both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Discount {
    /// So many percent.
    #[serde(rename = "discount_rate")]
    Rate(Percent),
    /// So much off the price.
    #[serde(rename = "fixed_discount_price")]
    Fixed(u32),
}

impl Discount {
    fn read(commerce: &Value) -> Option<Self> {
        let number = |name: &str| u32::try_from(commerce[name].as_u64()?).ok();
        match number("discount_rate") {
            Some(rate) => Some(Self::Rate(Percent::try_from(u8::try_from(rate).ok()?).ok()?)),
            None => number("fixed_discount_price").map(Self::Fixed),
        }
    }
}

/// A whole number from 0 to 100.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Percent(u8);

impl TryFrom<u8> for Percent {
    type Error = OverAHundred;

    fn try_from(percent: u8) -> Result<Self, OverAHundred> {
        if percent > 100 { Err(OverAHundred) } else { Ok(Self(percent)) }
    }
}

/// A discount of more than everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a discount is at most 100 percent")]
pub struct OverAHundred;

/// On which side of the amount the currency stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CurrencyUnitPosition {
    /// `1,000원`, as Kakao writes it if nothing is said.
    After = 0,
    /// `$10`.
    Before = 1,
}

impl CurrencyUnitPosition {
    fn read(json: &Value) -> Option<Self> {
        match json.as_u64()? {
            0 => Some(Self::After),
            1 => Some(Self::Before),
            _ => None,
        }
    }
}

impl Serialize for CurrencyUnitPosition {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u8(*self as u8)
    }
}
