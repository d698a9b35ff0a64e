//! All that stands in the composer: the message, to whom it goes and when, and how it is looked at.

use std::collections::{BTreeMap, HashSet};

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;
use serde_json::{Value, json};

use super::draft::{Draft, Written};
use super::kind::Kind;
use crate::saved_template;
use crate::sentence::Sentence;

const KOREA: Offset = Offset::constant(9);

/// What `kind` says for one who writes JSON.
pub(crate) const JSON: &str = "json";

/// The composer as somebody left it.
#[derive(Clone)]
pub(crate) struct Composition {
    /// Who writes it, as the page says it: another person who signs in meanwhile does not send it as theirs.
    pub(crate) written_by: String,
    pub(crate) draft: Draft,
    /// What is put in the place of `${name}`, by the names.
    pub(crate) values: BTreeMap<String, String>,
    /// The saved template that is chosen, and the name to save this one under.
    pub(crate) saved: String,
    pub(crate) template_name: String,
    pub(crate) to_friends: bool,
    /// The uuids of those who are ticked.
    pub(crate) friends: Vec<String>,
    /// How far the list of friends is shown, in pages.
    pub(crate) friend_pages: u32,
    pub(crate) is_later: bool,
    /// When to send it, as `2026-11-22T19:30` in Korea.
    pub(crate) time: String,
    pub(crate) is_dark: bool,
    /// By which it is sent once, however often somebody presses.
    pub(crate) idempotency_key: String,
}

impl Composition {
    /// A draft to send to oneself at once.
    pub(crate) fn new(draft: Draft, idempotency_key: String) -> Self {
        Self {
            written_by: String::new(),
            draft,
            values: BTreeMap::new(),
            saved: String::new(),
            template_name: String::new(),
            to_friends: false,
            friends: Vec::new(),
            friend_pages: 0,
            is_later: false,
            time: String::new(),
            is_dark: false,
            idempotency_key,
        }
    }

    /// Reads what the form brought, whatever that is.
    pub(crate) fn of_form(form: &[(String, String)]) -> Self {
        let all = |name: &'static str| {
            form.iter().filter(move |(given, _)| given == name).map(|(_, value)| value.as_str())
        };
        let one = |name| all(name).next_back().unwrap_or_default();
        let kind = match one("kind") {
            JSON => None,
            word => Some(Kind::of_word(word).unwrap_or(Kind::Text)),
        };
        let fields = form.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let mut chosen = HashSet::new();
        Self {
            written_by: one("written_by").to_owned(),
            draft: Draft::of_form(kind, one("json"), fields),
            values: form
                .iter()
                .filter(|(_, value)| !value.is_empty())
                .filter_map(|(name, value)| Some((name.strip_prefix("var.")?.to_owned(), value.clone())))
                .collect(),
            saved: one("saved").to_owned(),
            template_name: one("template_name").to_owned(),
            to_friends: one("receivers") == "friends",
            friends: all("to").filter(|uuid| chosen.insert(*uuid)).map(str::to_owned).collect(),
            friend_pages: one("friend_pages").parse().unwrap_or(0),
            is_later: one("when") == "later",
            time: one("time").to_owned(),
            is_dark: one("shade") == "dark",
            idempotency_key: one("idempotency_key").to_owned(),
        }
    }

    /// The message as it would be sent; a variable without a value stays as it is written.
    pub(crate) fn written(&self) -> (Written, Variables) {
        let mut written = self.draft.written();
        let Ok(Value::Object(template)) = &written.template else { return (written, Variables::default()) };
        let names = match saved_template::variables_of(template) {
            Ok(names) => names,
            Err(trouble) => return (written, Variables { names: Vec::new(), trouble: Some(trouble) }),
        };
        let value = |name: &String| self.values.get(name).cloned().unwrap_or_else(|| format!("${{{name}}}"));
        let values = names.iter().map(|name| (name.clone(), value(name))).collect();
        let trouble = match saved_template::fill(template, &values) {
            Ok(filled) => {
                written.template = Ok(filled.into());
                None
            }
            Err(trouble) => Some(trouble),
        };
        (written, Variables { names, trouble })
    }

    /// When it is to be sent; nothing if that is now, or unreadable.
    pub(crate) fn send_at(&self) -> Option<Timestamp> {
        let time = self.time.parse::<DateTime>().ok().filter(|_| self.is_later)?;
        KOREA.to_timestamp(time).ok()
    }

    /// The body of `POST /v1/messages` that sends this template object so.
    pub(crate) fn body(&self, template: &Value) -> Value {
        let to = if self.to_friends { json!({"friends": self.friends}) } else { json!("me") };
        let mut body = json!({"to": to, "template": template});
        if let Some(send_at) = self.send_at() {
            body["send_at"] = send_at.to_string().into();
        }
        body
    }
}

/// The variables of a message: `${name}` in its texts, as in saved templates.
#[derive(Default)]
pub(crate) struct Variables {
    pub(crate) names: Vec<String>,
    /// Why they cannot be filled in.
    pub(crate) trouble: Option<Sentence>,
}

/// A moment as the field for it shows it.
pub(crate) fn local_time(time: Timestamp) -> String {
    KOREA.to_datetime(time).strftime("%Y-%m-%dT%H:%M").to_string()
}
