//! The text template: words, a link, and a button that leads there too.

use serde::Serialize;

use crate::template::Link;

/// A message of words; the words and the button open the link.
///
/// See [Kakao Docs/Message template, Text].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "object_type", rename = "text")]
#[expect(clippy::struct_field_names, reason = "`text` is Kakao's name for it")]
pub struct Text {
    text: String,
    link: Link,
    #[serde(skip_serializing_if = "Option::is_none")]
    button_title: Option<String>,
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
        Ok(Self { text, link, button_title: None })
    }

    /// Other words on the button than Kakao's `자세히 보기` ("see more").
    #[must_use]
    pub fn button_title(mut self, title: impl Into<String>) -> Self {
        self.button_title = Some(title.into());
        self
    }

    /// How many characters at the end of the text nobody will see.
    #[must_use]
    pub fn hidden_characters(&self) -> usize {
        self.text.chars().count().saturating_sub(Self::SHOWN)
    }
}

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
