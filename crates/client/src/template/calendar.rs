//! The calendar template: a public event, or a calendar to subscribe to.

use serde::Serialize;
use serde_json::Value;

use crate::template::{Button, Content};

/// A public event or calendar of a channel, with Kakao's own button to add it or to subscribe.
///
/// See [Kakao Docs/Message template, Calendar].
///
/// ```
/// # fn example() -> Result<(), Box<dyn std::error::Error>> {
/// use katok_client::Link;
/// use katok_client::template::{Button, Calendar, CalendarId, Content};
///
/// let content = Content::titled("신작 공개", Link::web(&"https://movie.example.com".parse()?));
/// let trailer = Link::web(&"https://movie.example.com/t".parse()?);
/// let event = CalendarId::Event("63996425afcec577cce8f3a9".to_owned());
/// let calendar = Calendar::new(event, content.description("저녁 8시")).button(Button::new("예고편", trailer));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "object_type", rename = "calendar")]
pub struct Calendar {
    #[serde(flatten)]
    id: CalendarId,
    content: Content,
    #[serde(rename = "buttons", skip_serializing_if = "Option::is_none")]
    button: Option<[Button; 1]>,
}

/// What a calendar message is about, by the id it has in the channel linked to the app.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "id_type", content = "id", rename_all = "snake_case")]
pub enum CalendarId {
    /// A public event, which the receiver may add to their calendar.
    Event(String),
    /// A calendar, which the receiver may subscribe to.
    Calendar(String),
}

impl Calendar {
    /// A message about this event or calendar.
    #[must_use]
    pub fn new(id: CalendarId, content: Content) -> Self {
        Self { id, content, button: None }
    }

    /// A button of one's own beside Kakao's.
    #[must_use]
    pub fn button(mut self, button: Button) -> Self {
        self.button = Some([button]);
        self
    }

    pub(super) fn read(json: &Value) -> Option<Self> {
        let id = json["id"].as_str()?.to_owned();
        Some(Self {
            id: match json["id_type"].as_str()? {
                "event" => CalendarId::Event(id),
                "calendar" => CalendarId::Calendar(id),
                _ => return None,
            },
            content: Content::read(&json["content"])?,
            button: Button::read(&json["buttons"][0]).map(|button| [button]),
        })
    }
}
