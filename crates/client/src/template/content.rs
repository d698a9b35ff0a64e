//! The main part of most templates: a picture, a title, a description, and where they lead.

use serde::Serialize;
use serde_json::Value;
use url::Url;

use crate::template::Link;

/// A picture, a title and a description, at least one of them, and the link that a tap on them opens.
///
/// Title and description share four lines on the screen. See [Kakao Docs/Message template, Content].
///
/// ```
/// # fn example() -> Result<(), url::ParseError> {
/// use katok_client::Link;
/// use katok_client::template::{Content, Image};
///
/// let link = Link::web(&"https://shop.example.com/p/1".parse()?);
/// let picture = Image::new(&"https://img.example.com/cake.png".parse()?).size(640, 640);
/// let content = Content::titled("주말 케이크", link).description("#딸기 #생크림").image(picture);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Content {
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(flatten)]
    image: Option<Image>,
    link: Link,
}

impl Content {
    /// A content with a title.
    #[must_use]
    pub fn titled(title: impl Into<String>, link: Link) -> Self {
        Self { title: Some(title.into()), description: None, image: None, link }
    }

    /// A content with a description.
    #[must_use]
    pub fn described(description: impl Into<String>, link: Link) -> Self {
        Self { title: None, description: Some(description.into()), image: None, link }
    }

    /// A content with a picture.
    #[must_use]
    pub fn pictured(image: Image, link: Link) -> Self {
        Self { title: None, description: None, image: Some(image), link }
    }

    /// The title, in bold.
    #[must_use]
    pub fn title(mut self, title: impl Into<String>) -> Self {
        self.title = Some(title.into());
        self
    }

    /// The description below the title.
    #[must_use]
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// The picture.
    #[must_use]
    pub fn image(mut self, image: Image) -> Self {
        self.image = Some(image);
        self
    }

    pub(super) fn read(json: &Value) -> Option<Self> {
        let text = |name: &str| json[name].as_str().map(str::to_owned);
        let content = Self {
            title: text("title"),
            description: text("description"),
            image: Image::read(json),
            link: Link::read(&json["link"])?,
        };
        let says_something =
            content.title.is_some() || content.description.is_some() || content.image.is_some();
        says_something.then_some(content)
    }
}

/// A picture that Kakao fetches from the public internet: 5 MB at most, both sides 200 pixels or more.
///
/// See [Kakao Docs/Message template, Content].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Image {
    #[serde(rename = "image_url")]
    url: String,
    #[serde(rename = "image_width", skip_serializing_if = "Option::is_none")]
    width: Option<u32>,
    #[serde(rename = "image_height", skip_serializing_if = "Option::is_none")]
    height: Option<u32>,
}

impl Image {
    /// The picture at this address.
    #[must_use]
    pub fn new(url: &Url) -> Self {
        Self { url: url.to_string(), width: None, height: None }
    }

    /// How wide and high it is, in pixels.
    #[must_use]
    pub fn size(mut self, width: u32, height: u32) -> Self {
        (self.width, self.height) = (Some(width), Some(height));
        self
    }

    fn read(json: &Value) -> Option<Self> {
        let side = |name: &str| json[name].as_u64()?.try_into().ok();
        Some(Self {
            url: json["image_url"].as_str()?.to_owned(),
            width: side("image_width"),
            height: side("image_height"),
        })
    }
}
