//! From a template object to a bubble: which parts each kind has, and in which order. See [Kakao Docs/Message template:
//! Default].

mod buttons;
mod content;
mod item_content;
mod price;
mod reading;
mod social;

use serde_json::Value;

use self::reading::{Field, Reading};
use crate::bubble::{Bubble, Part};
use crate::mark::Fault;
use crate::text::Limit;

/// The columns of a line in the widest part.
pub(crate) const COLUMNS: usize = 32;
/// Texts and headers of lists: KakaoTalk shows this many characters and an ellipsis for the rest; the API itself
/// accepts more. See [Kakao Docs/Message Template/Text].
const WHOLE: Limit = Limit { characters: 200, lines: usize::MAX, columns: COLUMNS };
/// Title and description together. See [Kakao Docs/Message Template/Content].
const CONTENT_LINES: usize = 4;
/// A commerce message has fewer words than a feed; how many is not documented.
const COMMERCE_LINES: usize = 2;

/// Who made a template.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Source {
    Default,
    /// Kakao's template tool, with arguments filled in.
    Custom,
}

pub(crate) fn read(template_object: &Value, source: Source) -> Bubble {
    let mut reading = Reading::new(source);
    let root = Field::root(template_object);
    let kind = template_object["object_type"].as_str().unwrap_or_default();
    match kind {
        "text" => reading.text_message(&root),
        "feed" => reading.feed(&root),
        "list" => reading.list(&root),
        "location" => reading.location(&root),
        "commerce" => reading.commerce_message(&root),
        "calendar" => reading.calendar(&root),
        _ => return Bubble::unshowable(Fault::UnknownKind, Vec::new()),
    }
    reading.foreign(&root, kind);
    reading.into_bubble()
}

impl Reading {
    fn text_message(&mut self, root: &Field<'_>) {
        let target = self.link(&root.at("link"));
        if let Some(text) = self.words(&root.at("text"), WHOLE, &target) {
            self.parts.push(Part::Text(text));
        }
        self.buttons(root, 2, &target);
    }

    fn feed(&mut self, root: &Field<'_>) {
        let content = root.at("content");
        let target = self.content_link(&content);
        self.picture_part(&content);
        self.item_content(&root.at("item_content"));
        self.content_words(&content, CONTENT_LINES, &target);
        self.social(&root.at("social"));
        self.buttons(root, 2, &target);
    }

    fn list(&mut self, root: &Field<'_>) {
        let target = self.link(&root.at("header_link"));
        match self.words(&root.at("header_title"), WHOLE, &target) {
            Some(title) => self.parts.push(Part::Header(title)),
            None => self.mark(&root.at("header_title"), Fault::Missing),
        }
        self.rows(&root.at("contents"));
        self.buttons(root, 2, &target);
    }

    fn location(&mut self, root: &Field<'_>) {
        let content = root.at("content");
        let target = self.content_link(&content);
        self.picture_part(&content);
        self.content_words(&content, CONTENT_LINES, &target);
        self.social(&root.at("social"));
        self.required_text(&root.at("address"));
        self.location_buttons(root, &target);
    }

    fn commerce_message(&mut self, root: &Field<'_>) {
        let content = root.at("content");
        let target = self.content_link(&content);
        self.picture_part(&content);
        let commerce = root.at("commerce");
        self.product_name(&commerce);
        self.content_words(&content, COMMERCE_LINES, &target);
        self.price(&commerce);
        self.buttons(root, 2, &target);
    }

    fn calendar(&mut self, root: &Field<'_>) {
        let content = root.at("content");
        let target = self.content_link(&content);
        self.picture_part(&content);
        self.content_words(&content, CONTENT_LINES, &target);
        self.required_text(&root.at("id"));
        self.calendar_buttons(root);
    }

    /// Marks the fields that other kinds have and this one does not show.
    fn foreign(&mut self, root: &Field<'_>, kind: &str) {
        let homes: [(&str, &[&str]); 8] = [
            ("text", &["text"]),
            ("header_title", &["list"]),
            ("contents", &["list"]),
            ("content", &["feed", "location", "commerce", "calendar"]),
            ("item_content", &["feed"]),
            ("social", &["feed", "location"]),
            ("commerce", &["commerce"]),
            ("button_title", &["text", "feed", "list", "location", "commerce"]),
        ];
        for (name, kinds) in homes {
            if root.at(name).is_given() && !kinds.contains(&kind) {
                self.mark(&root.at(name), Fault::NotShown);
            }
        }
    }
}

#[cfg(test)]
mod tests;
