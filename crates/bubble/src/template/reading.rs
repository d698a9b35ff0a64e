//! One reading of a template object: its fields by their paths, and what struck us.

use serde_json::Value;
use url::Url;

use super::Source;
use crate::bubble::{Bubble, Part, Picture, Target, Words};
use crate::mark::{Fault, Mark};
use crate::number;
use crate::text::{Fitted, Limit, is_blank};

/// Longer than any address that works, and short enough to be read at every keystroke.
const LONGEST_ADDRESS: usize = 8 * 1024;

/// A place in a template object, and what stands there: `null` where nothing does.
pub(super) struct Field<'a> {
    pub(super) value: &'a Value,
    place: String,
}

impl<'a> Field<'a> {
    pub(super) fn root(value: &'a Value) -> Self {
        Self { value, place: String::new() }
    }

    pub(super) fn at(&self, name: &str) -> Self {
        let dot = if self.place.is_empty() { "" } else { "." };
        Self { value: &self.value[name], place: format!("{}{dot}{name}", self.place) }
    }

    pub(super) fn is_given(&self) -> bool {
        !self.value.is_null()
    }

    /// Filled with a string that says something.
    pub(super) fn is_text(&self) -> bool {
        self.value.as_str().is_some_and(|text| !is_blank(text))
    }
}

pub(super) struct Reading {
    pub(super) source: Source,
    pub(super) parts: Vec<Part>,
    marks: Vec<Mark>,
}

impl Reading {
    pub(super) fn new(source: Source) -> Self {
        Self { source, parts: Vec::new(), marks: Vec::new() }
    }

    pub(super) fn into_bubble(self) -> Bubble {
        // Buttons under nothing are no message.
        if matches!(self.parts[..], [] | [Part::Buttons { .. }]) {
            return Bubble::unshowable(Fault::NothingToShow, self.marks);
        }
        Bubble { parts: self.parts, marks: self.marks }
    }

    pub(super) fn mark(&mut self, field: &Field<'_>, fault: Fault) {
        self.marks.push(Mark { place: field.place.clone(), fault });
    }

    /// A text as far as it fits; none if there is nothing to see.
    pub(super) fn fitted(&mut self, field: &Field<'_>, limit: Limit) -> Option<Fitted> {
        if !field.is_given() {
            return None;
        }
        let Some(text) = field.value.as_str() else {
            self.mark(field, Fault::NotText);
            return None;
        };
        let fitted = Fitted::of(text, limit)?;
        if fitted.is_cut {
            self.mark(field, Fault::Cut);
        }
        if self.source == Source::Custom && text.contains("${") {
            self.mark(field, Fault::Unfilled);
        }
        Some(fitted)
    }

    pub(super) fn words(&mut self, field: &Field<'_>, limit: Limit, target: &Target) -> Option<Words> {
        self.fitted(field, limit).map(|text| Words { text, target: target.clone() })
    }

    /// A text that nobody sees, but without which something does not work.
    pub(super) fn required_text(&mut self, field: &Field<'_>) {
        if !field.is_text() {
            self.mark(field, Fault::Missing);
        }
    }

    pub(super) fn number(&mut self, field: &Field<'_>) -> Option<u64> {
        if !field.is_given() {
            return None;
        }
        let number = number::whole(field.value);
        if number.is_none() {
            self.mark(field, Fault::NotNumber);
        } else if field.value.is_string() && self.source == Source::Default {
            self.mark(field, Fault::NumberAsText);
        }
        number
    }

    /// Whether there is an object to look into.
    pub(super) fn is_object(&mut self, field: &Field<'_>) -> bool {
        if field.is_given() && !field.value.is_object() {
            self.mark(field, Fault::NotObject);
        }
        field.value.is_object()
    }

    /// The first entries of a list.
    pub(super) fn entries<'a>(&mut self, field: &Field<'a>, most: usize) -> Vec<Field<'a>> {
        match field.value {
            Value::Array(entries) if entries.len() > most => self.mark(field, Fault::TooMany(most)),
            Value::Array(_) | Value::Null => {}
            _ => self.mark(field, Fault::NotList),
        }
        let value = field.value.as_array().map_or(&[][..], Vec::as_slice);
        let entry = |(index, value)| Field { value, place: format!("{}[{index}]", field.place) };
        value.iter().take(most).enumerate().map(entry).collect()
    }

    pub(super) fn picture(&mut self, field: &Field<'_>, ratio: u32) -> Option<Picture> {
        if !field.is_text() {
            if field.is_given() && !field.value.is_string() {
                self.mark(field, Fault::NotText);
            }
            return None;
        }
        let source = field.value.as_str().and_then(web_address);
        if source.is_none() {
            self.mark(field, Fault::NotWeb);
        }
        Some(Picture { source, ratio })
    }

    /// Where a link leads on a phone, as far as a web page may follow it: never to `javascript:` and the like.
    /// See [Kakao Docs/Message Template/Link].
    pub(super) fn link(&mut self, field: &Field<'_>) -> Target {
        if !field.is_given() {
            self.mark(field, Fault::Missing);
            return Target::Nowhere;
        }
        if !self.is_object(field) {
            return Target::Nowhere;
        }
        let addresses = ["mobile_web_url", "web_url"].map(|name| field.at(name));
        let opens = |address: &Field<'_>| {
            let url = address.value.as_str().and_then(web_address)?;
            Some(Target::Opens { url, place: address.place.clone() })
        };
        if let Some(target) = addresses.iter().find_map(opens) {
            return target;
        }
        if ["android_execution_params", "ios_execution_params"].iter().any(|name| field.at(name).is_text()) {
            return Target::App;
        }
        self.mark(field, Fault::OpensNothing);
        Target::Nowhere
    }
}

fn web_address(text: &str) -> Option<Url> {
    if text.len() > LONGEST_ADDRESS {
        return None;
    }
    Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https"))
}
