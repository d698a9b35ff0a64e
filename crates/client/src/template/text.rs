//! The text template: words, a link, and a button that leads there too.

use serde::Serialize;
use serde_json::Value;

use crate::template::Link;
use crate::template::button::{Buttons, with_buttons};

/// A message of words; the words and the button open the link.
///
/// See [Kakao Docs/Message template, Text].
///
/// ```
/// # fn example() -> Result<(), Box<dyn std::error::Error>> {
/// use katok_client::{Link, Text};
///
/// let order = Link::web(&"https://svc.example/orders/7".parse()?);
/// let text = Text::new("주문이 도착했어요", order)?.button_title("주문 보기");
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "object_type", rename = "text")]
#[expect(clippy::struct_field_names, reason = "`text` is Kakao's name for it")]
pub struct Text {
    text: String,
    link: Link,
    #[serde(flatten)]
    buttons: Option<Buttons>,
}

impl Text {
    /// How many characters of the text KakaoTalk shows; a longer one is sent and cut on the screen.
    pub const SHOWN: usize = 200;

    /// A message that says this and leads there.
    pub fn new(text: impl Into<String>, link: Link) -> Result<Self, EmptyText> {
        let text = text.into();
        if text.trim().is_empty() {
            return Err(EmptyText);
        }
        Ok(Self { text, link, buttons: None })
    }

    /// How many characters at the end of the text nobody will see.
    #[must_use]
    pub fn hidden_characters(&self) -> usize {
        self.text.chars().count().saturating_sub(Self::SHOWN)
    }

    pub(super) fn read(json: &Value) -> Option<Self> {
        let text = Self::new(json["text"].as_str()?, Link::read(&json["link"])?).ok()?;
        Some(Self { buttons: Buttons::read(json, 2), ..text })
    }
}

with_buttons!(Text, two);

/// A text message with nothing to read in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the text is empty: write something to send")]
pub struct EmptyText;

#[cfg(test)]
mod tests {
    use url::Url;

    use super::*;

    fn text(words: &str) -> Result<Text, EmptyText> {
        Text::new(words, Link::web(&Url::parse("https://svc.example/").unwrap()))
    }

    #[test]
    fn a_text_without_words_is_refused() {
        assert_eq!(text(""), Err(EmptyText));
        assert_eq!(text(" \n\t\u{3000}"), Err(EmptyText));
    }

    #[test]
    fn a_long_text_is_taken_and_says_how_much_of_it_nobody_sees() {
        assert_eq!(text(&"가".repeat(200)).unwrap().hidden_characters(), 0);
        assert_eq!(text(&"가".repeat(203)).unwrap().hidden_characters(), 3);
    }
}
