//! The list template: a header and two or three rows.

use serde::Serialize;
use serde_json::Value;

use crate::template::button::{Buttons, with_buttons};
use crate::template::{Content, Link};

/// A header above two or three rows; each row should have a title and a picture.
///
/// See [Kakao Docs/Message template, List].
///
/// ```
/// # fn example() -> Result<(), Box<dyn std::error::Error>> {
/// use katok_client::Link;
/// use katok_client::template::{Content, Image, List};
///
/// let row = |title: &str, picture: &str| -> Result<Content, url::ParseError> {
///     let page = Link::web(&format!("https://news.example.com/{title}").parse()?);
///     Ok(Content::titled(title, page).image(Image::new(&picture.parse()?)))
/// };
/// let list = List::new(
///     "이번 주 소식",
///     Link::web(&"https://news.example.com".parse()?),
///     row("탁구", "https://img.example.com/a.png")?,
///     row("커피", "https://img.example.com/b.png")?,
/// )
/// .third(row("영화", "https://img.example.com/c.png")?)
/// .button_title("더 보기");
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "object_type", rename = "list")]
pub struct List {
    header_title: String,
    header_link: Link,
    contents: Vec<Content>,
    #[serde(flatten)]
    buttons: Option<Buttons>,
}

impl List {
    /// A list of two rows under this header, of which 200 characters are shown.
    #[must_use]
    pub fn new(header_title: impl Into<String>, header_link: Link, first: Content, second: Content) -> Self {
        Self { header_title: header_title.into(), header_link, contents: vec![first, second], buttons: None }
    }

    /// A third row.
    #[must_use]
    pub fn third(mut self, third: Content) -> Self {
        self.contents.truncate(2);
        self.contents.push(third);
        self
    }

    pub(super) fn read(json: &Value) -> Option<Self> {
        let rows = json["contents"].as_array().filter(|rows| matches!(rows.len(), 2 | 3))?;
        Some(Self {
            header_title: json["header_title"].as_str()?.to_owned(),
            header_link: Link::read(&json["header_link"])?,
            contents: rows.iter().map(Content::read).collect::<Option<_>>()?,
            buttons: Buttons::read(json, 2),
        })
    }
}

with_buttons!(List, two);
