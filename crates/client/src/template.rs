//! Message templates: what a message says and where its taps lead.

mod link;
mod text;

pub use link::Link;
pub use text::{EmptyText, Text};

use serde::Serialize;

/// A message in one of Kakao's forms.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum MessageTemplate {
    /// Words and a link.
    Text(Text),
    /// A template object as somebody else wrote it, sent as it is.
    Raw(serde_json::Map<String, serde_json::Value>),
}

impl MessageTemplate {
    /// The template object as Kakao's documents write it.
    #[must_use]
    #[expect(
        clippy::missing_panics_doc,
        reason = "it cannot: the keys are strings and no value refuses to be written"
    )]
    pub fn to_json(&self) -> serde_json::Value {
        serde_json::to_value(self).expect("strings and JSON values can always be written")
    }
}

impl From<Text> for MessageTemplate {
    fn from(text: Text) -> Self {
        Self::Text(text)
    }
}
