//! What makes a feed a receipt: a profile, a small picture, rows of amounts and their sum.

use serde::Serialize;
use serde_json::Value;
use url::Url;

/// A profile line, a picture with a title, rows of text and a sum, for a feed; each of them may be left out.
///
/// How many characters are shown stands at each method; what is longer is sent and cut on the screen.
/// See [Kakao Docs/Message template, Item content].
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct ItemContent {
    #[serde(skip_serializing_if = "Option::is_none")]
    profile_text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    profile_image_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    title_image_text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    title_image_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    title_image_category: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    items: Option<Items>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sum: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sum_op: Option<String>,
}

impl ItemContent {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The name beside the profile picture, or a bold header without one; 16 characters.
    #[must_use]
    pub fn profile_text(mut self, text: impl Into<String>) -> Self {
        self.profile_text = Some(text.into());
        self
    }

    /// The profile picture, a small circle.
    #[must_use]
    pub fn profile_image_url(mut self, url: &Url) -> Self {
        self.profile_image_url = Some(url.to_string());
        self
    }

    /// The title beside the small picture; two lines, 24 characters.
    #[must_use]
    pub fn title_image_text(mut self, text: impl Into<String>) -> Self {
        self.title_image_text = Some(text.into());
        self
    }

    /// The small picture, a square; any other is cut at its edges.
    #[must_use]
    pub fn title_image_url(mut self, url: &Url) -> Self {
        self.title_image_url = Some(url.to_string());
        self
    }

    /// The grey line under the title of the small picture; 14 characters.
    #[must_use]
    pub fn title_image_category(mut self, category: impl Into<String>) -> Self {
        self.title_image_category = Some(category.into());
        self
    }

    /// The rows of text: an array of at most five, or what [`Items::try_from`] makes of a `Vec`.
    #[must_use]
    pub fn items(mut self, items: impl Into<Items>) -> Self {
        self.items = Some(items.into());
        self
    }

    /// The label of the sum; 6 characters.
    #[must_use]
    pub fn sum(mut self, label: impl Into<String>) -> Self {
        self.sum = Some(label.into());
        self
    }

    /// The sum, in bold; 11 characters.
    #[must_use]
    pub fn sum_op(mut self, amount: impl Into<String>) -> Self {
        self.sum_op = Some(amount.into());
        self
    }

    pub(super) fn read(json: &Value) -> Option<Self> {
        let text = |name: &str| json[name].as_str().map(str::to_owned);
        json.is_object().then(|| Self {
            profile_text: text("profile_text"),
            profile_image_url: text("profile_image_url"),
            title_image_text: text("title_image_text"),
            title_image_url: text("title_image_url"),
            title_image_category: text("title_image_category"),
            items: Items::read(&json["items"]),
            sum: text("sum"),
            sum_op: text("sum_op"),
        })
    }
}

/// At most five rows of text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Items(Vec<ItemInfo>);

impl Items {
    /// How many rows a feed may have.
    pub const MAX: usize = 5;

    fn read(json: &Value) -> Option<Self> {
        let items: Option<Vec<_>> = json.as_array()?.iter().map(ItemInfo::read).collect();
        Self::try_from(items?).ok()
    }
}

/// Five rows compile, six do not:
///
/// ```
/// # use katok_client::template::{ItemContent, ItemInfo};
/// let receipt = ItemContent::new().items([(); 5].map(|()| ItemInfo::new("커피", "2,000원")));
/// ```
///
/// ```compile_fail
/// # use katok_client::template::{ItemContent, ItemInfo};
/// let receipt = ItemContent::new().items([(); 6].map(|()| ItemInfo::new("커피", "2,000원")));
/// ```
impl<const N: usize> From<[ItemInfo; N]> for Items {
    fn from(items: [ItemInfo; N]) -> Self {
        const { assert!(N <= Items::MAX, "a feed has at most 5 rows of text") }
        Self(items.into())
    }
}

impl TryFrom<Vec<ItemInfo>> for Items {
    type Error = TooManyItems;

    fn try_from(items: Vec<ItemInfo>) -> Result<Self, TooManyItems> {
        if items.len() > Self::MAX { Err(TooManyItems(items.len())) } else { Ok(Self(items)) }
    }
}

/// More rows than a feed may have, and how many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a feed has at most {most} rows of text, not {0}: leave some out or add them up", most = Items::MAX)]
pub struct TooManyItems(pub usize);

/// A row of text: a name on the left, an amount on the right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ItemInfo {
    item: String,
    item_op: String,
}

impl ItemInfo {
    /// A name of 6 characters and an amount of 14, or 25 on two lines: digits, currency signs, `,`, `.` and spaces.
    #[must_use]
    pub fn new(item: impl Into<String>, item_op: impl Into<String>) -> Self {
        Self { item: item.into(), item_op: item_op.into() }
    }

    fn read(json: &Value) -> Option<Self> {
        Some(Self::new(json["item"].as_str()?, json["item_op"].as_str()?))
    }
}
