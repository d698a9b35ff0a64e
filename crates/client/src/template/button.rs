//! The buttons below a message.

use serde::Serialize;
use serde_json::Value;

use crate::template::Link;

/// A button below a message and what it opens; Kakao recommends at most eight characters for its title.
///
/// See [Kakao Docs/Message template, Button].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Button {
    title: String,
    link: Link,
}

impl Button {
    /// A button with this title that leads there.
    #[must_use]
    pub fn new(title: impl Into<String>, link: Link) -> Self {
        Self { title: title.into(), link }
    }

    pub(super) fn read(json: &Value) -> Option<Self> {
        Some(Self::new(json["title"].as_str()?, Link::read(&json["link"])?))
    }
}

/// What stands below a message instead of Kakao's `자세히 보기` ("see more"), which opens the content's link.
///
/// It is one or the other: beside buttons of one's own Kakao ignores a `button_title`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) enum Buttons {
    /// Kakao's button with another title.
    #[serde(rename = "button_title")]
    Titled(String),
    #[serde(rename = "buttons")]
    Own(Vec<Button>),
}

impl Buttons {
    pub(super) fn read(template: &Value, most: usize) -> Option<Self> {
        if let Some(title) = template["button_title"].as_str() {
            return Some(Self::Titled(title.to_owned()));
        }
        let buttons: Vec<Button> =
            template["buttons"].as_array()?.iter().map(Button::read).collect::<Option<_>>()?;
        (1..=most).contains(&buttons.len()).then_some(Self::Own(buttons))
    }
}

/// The methods of a template whose buttons are Kakao's or one's own; each takes the place of the one before.
macro_rules! with_buttons {
    ($template:ty) => {
        impl $template {
            /// Another title on Kakao's button than `자세히 보기` ("see more").
            #[must_use]
            pub fn button_title(mut self, title: impl Into<String>) -> Self {
                self.buttons = Some($crate::template::button::Buttons::Titled(title.into()));
                self
            }

            /// A button of one's own instead of Kakao's.
            #[must_use]
            pub fn button(mut self, button: $crate::template::Button) -> Self {
                self.buttons = Some($crate::template::button::Buttons::Own(vec![button]));
                self
            }
        }
    };
    ($template:ty, two) => {
        with_buttons!($template);

        impl $template {
            /// Two buttons of one's own instead of Kakao's.
            #[must_use]
            pub fn buttons(
                mut self,
                first: $crate::template::Button,
                second: $crate::template::Button,
            ) -> Self {
                self.buttons = Some($crate::template::button::Buttons::Own(vec![first, second]));
                self
            }
        }
    };
}
pub(super) use with_buttons;
