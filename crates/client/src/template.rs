//! Message templates: what a message says and where its taps lead.
//!
//! Each of Kakao's six forms is a type whose builder makes only what Kakao takes: [`Text`], [`Feed`], [`List`],
//! [`Location`], [`Commerce`] and [`Calendar`]. [`SendToMe`](crate::SendToMe) and
//! [`SendToFriends`](crate::SendToFriends) take any of them. What somebody else wrote is read with
//! [`MessageTemplate::from`], and [`lint`] says of any JSON what Kakao refuses or shows otherwise.
//!
//! A template made in Kakao's template tool is a [`CustomTemplate`](crate::CustomTemplate), and a page that fills a
//! message a [`Scrap`](crate::Scrap); they are sent by calls of their own.

mod button;
mod calendar;
mod commerce;
mod content;
mod feed;
mod item_content;
mod link;
mod lint;
mod list;
mod location;
mod price;
mod social;
mod text;

pub use button::Button;
pub use calendar::{Calendar, CalendarId};
pub use commerce::Commerce;
pub use content::{Content, Image};
pub use feed::Feed;
pub use item_content::{ItemContent, ItemInfo, Items, TooManyItems};
pub use link::Link;
pub use lint::{Finding, LintOptions, Rule, Severity, lint};
pub use list::List;
pub use location::Location;
pub use price::{CurrencyUnitPosition, Discount, OverAHundred, Percent, Price};
pub use social::Social;
pub use text::{EmptyText, Text};

use serde::Serialize;
use serde_json::{Map, Value};

/// A message in one of Kakao's forms.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum MessageTemplate {
    /// A content with all that may stand around it.
    Feed(Feed),
    /// A header and two or three rows.
    List(List),
    /// A content and a place on the map.
    Location(Location),
    /// A product and its price.
    Commerce(Commerce),
    /// Words and a link.
    Text(Text),
    /// A public event, or a calendar to subscribe to.
    Calendar(Calendar),
    /// A template object as somebody else wrote it, sent as it is.
    Raw(Map<String, Value>),
}

impl MessageTemplate {
    /// The template object as Kakao's documents write it.
    #[must_use]
    #[expect(
        clippy::missing_panics_doc,
        reason = "it cannot: the keys are strings and no value refuses to be written"
    )]
    pub fn to_json(&self) -> Value {
        serde_json::to_value(self).expect("strings and JSON values can always be written")
    }

    /// The template object as the text that stands in a form.
    pub(crate) fn to_json_text(&self) -> String {
        serde_json::to_string(self).expect("strings and JSON values can always be written")
    }

    fn typed(json: &Value) -> Option<Self> {
        match json["object_type"].as_str()? {
            "feed" => Feed::read(json).map(Self::Feed),
            "list" => List::read(json).map(Self::List),
            "location" => Location::read(json).map(Self::Location),
            "commerce" => Commerce::read(json).map(Self::Commerce),
            "text" => Text::read(json).map(Self::Text),
            "calendar" => Calendar::read(json).map(Self::Calendar),
            _ => None,
        }
    }
}

/// Reads a template object: typed if the type says exactly the same, or else raw, so that nothing is lost.
impl From<Map<String, Value>> for MessageTemplate {
    fn from(object: Map<String, Value>) -> Self {
        let typed = Self::typed(&Value::Object(object.clone()));
        typed.filter(|typed| typed.to_json().as_object() == Some(&object)).unwrap_or(Self::Raw(object))
    }
}

/// Reads a template object, as `From` does for what is known to be an object.
impl TryFrom<Value> for MessageTemplate {
    type Error = NotAnObject;

    fn try_from(json: Value) -> Result<Self, NotAnObject> {
        match json {
            Value::Object(object) => Ok(object.into()),
            _ => Err(NotAnObject),
        }
    }
}

/// JSON that is no object, and so no template.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a template is a JSON object: write {{\"object_type\": …}}")]
pub struct NotAnObject;

macro_rules! from_each_kind {
    ($($kind:ident)+) => {
        $(impl From<$kind> for MessageTemplate {
            fn from(template: $kind) -> Self {
                Self::$kind(template)
            }
        })+
    };
}
from_each_kind!(Feed List Location Commerce Text Calendar);

#[cfg(test)]
mod tests;
