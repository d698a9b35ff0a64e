//! A part of a template object, and the way to it.

use serde_json::{Map, Value};

use super::wrong;
use crate::fault::ApiFault;

/// An object inside the template object.
pub(super) struct Part<'a> {
    object: &'a Map<String, Value>,
    /// Such as `buttons[1].link`; empty for the whole.
    pub(super) path: String,
}

impl<'a> Part<'a> {
    pub(super) fn root(object: &'a Map<String, Value>) -> Self {
        Self { object, path: String::new() }
    }

    /// The path of a field.
    pub(super) fn field(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) }
    }

    pub(super) fn must_be(&self, name: &str, what: &str) -> ApiFault {
        wrong(&format!("{} must be {what}.", self.field(name)))
    }

    pub(super) fn get(&self, name: &str) -> Option<&'a Value> {
        self.object.get(name)
    }

    /// An optional field may be null instead of missing.
    pub(super) fn leaves_out(&self, name: &str) -> bool {
        self.get(name).is_none_or(Value::is_null)
    }

    pub(super) fn string(&self, name: &str) -> Option<&'a str> {
        self.get(name).and_then(Value::as_str)
    }

    pub(super) fn text(&self, name: &str) -> Result<&'a str, ApiFault> {
        self.string(name).ok_or_else(|| self.must_be(name, "a string"))
    }

    /// Holds optional texts to be strings.
    pub(super) fn optional_texts(&self, names: &[&str]) -> Result<(), ApiFault> {
        names
            .iter()
            .try_for_each(|name| if self.leaves_out(name) { Ok(()) } else { self.text(name).map(drop) })
    }

    pub(super) fn part(&self, name: &str) -> Result<Part<'a>, ApiFault> {
        let object = self.get(name).and_then(Value::as_object);
        let object = object.ok_or_else(|| self.must_be(name, "an object"))?;
        Ok(Part { object, path: self.field(name) })
    }

    pub(super) fn parts(&self, name: &str) -> Result<Vec<Part<'a>>, ApiFault> {
        let wrong = || self.must_be(name, "an array of objects");
        let items = self.get(name).and_then(Value::as_array).ok_or_else(wrong)?;
        let part = |(index, item): (usize, &'a Value)| {
            Some(Part { object: item.as_object()?, path: format!("{}[{index}]", self.field(name)) })
        };
        items.iter().enumerate().map(part).collect::<Option<_>>().ok_or_else(wrong)
    }
}
