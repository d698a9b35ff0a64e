//! Template objects: what Kakao refuses, and what it takes but shows otherwise than the sender may think.
//!
//! See [Kakao Docs/Message template: Default].

use serde_json::{Map, Value};
use url::Url;

use crate::fault::ApiFault;

const NAME: &str = "template_object";
/// How much of a text a bubble shows, and of a list's header.
const SHOWN_CHARACTERS: usize = 200;
/// The most rows of text in a feed.
const TEXT_ITEMS: usize = 5;

/// A template object that Kakao takes.
#[derive(Clone, Debug)]
pub(crate) struct CheckedTemplate {
    pub(crate) template_object: Value,
    pub(crate) warnings: Vec<String>,
}

/// Takes a template object, or says what is wrong with it.
pub(crate) fn check(text: Option<&str>, web_domains: &[String]) -> Result<CheckedTemplate, ApiFault> {
    let text = text.ok_or_else(|| ApiFault::missing(NAME))?;
    if text.is_empty() {
        return Err(ApiFault::empty(NAME));
    }
    let template_object: Value = serde_json::from_str(text).map_err(|_| ApiFault::unparsable(NAME))?;
    let root =
        Part { object: template_object.as_object().ok_or_else(|| ApiFault::unparsable(NAME))?, path: "" };
    let mut warnings = Vec::new();
    let most_buttons = check_kind(&root, &mut warnings)?;
    check_buttons(&root, most_buttons)?;
    warn_of_foreign_links(&template_object, web_domains, &mut warnings);
    Ok(CheckedTemplate { template_object, warnings })
}

/// Checks what the kind of template demands; answers how many buttons it may have.
fn check_kind(root: &Part<'_>, warnings: &mut Vec<String>) -> Result<usize, ApiFault> {
    match root.text("object_type")? {
        "text" => {
            warn_of_length("text", root.text("text")?, warnings);
            root.check_link("link")?;
            Ok(2)
        }
        "feed" => {
            root.part("content")?.check_content()?;
            check_item_content(root)?;
            Ok(2)
        }
        "list" => {
            warn_of_length("header_title", root.text("header_title")?, warnings);
            root.check_link("header_link")?;
            let rows = root.parts("contents")?;
            if !(2..=3).contains(&rows.len()) {
                return Err(wrong("contents must have 2 or 3 items."));
            }
            rows.iter().try_for_each(Part::check_content)?;
            Ok(2)
        }
        "location" => {
            root.text("address")?;
            root.part("content")?.check_content()?;
            // The button on the right, which opens the map, is Kakao's.
            Ok(1)
        }
        "commerce" => {
            root.part("content")?.check_content()?;
            let commerce = root.part("commerce")?;
            if !commerce.object.get("regular_price").is_some_and(Value::is_i64) {
                return Err(wrong("commerce.regular_price must be an integer."));
            }
            Ok(2)
        }
        "calendar" => {
            if !matches!(root.text("id_type")?, "event" | "calendar") {
                return Err(wrong("id_type must be event or calendar."));
            }
            root.text("id")?;
            root.part("content")?.check_content()?;
            Ok(1)
        }
        other => Err(wrong(&format!("object_type {other} is unknown."))),
    }
}

fn check_buttons(root: &Part<'_>, most: usize) -> Result<(), ApiFault> {
    if root.leaves_out("buttons") {
        return Ok(());
    }
    let buttons = root.parts("buttons")?;
    if buttons.len() > most {
        return Err(wrong(&format!("buttons must have {most} items or less.")));
    }
    for button in buttons {
        button.text("title")?;
        button.check_link("link")?;
    }
    Ok(())
}

fn check_item_content(root: &Part<'_>) -> Result<(), ApiFault> {
    if root.leaves_out("item_content") {
        return Ok(());
    }
    let item_content = root.part("item_content")?;
    if !item_content.leaves_out("items") && item_content.parts("items")?.len() > TEXT_ITEMS {
        return Err(wrong(&format!("item_content.items must have {TEXT_ITEMS} items or less.")));
    }
    Ok(())
}

fn wrong(why: &str) -> ApiFault {
    ApiFault::unsatisfied(NAME, why)
}

/// An object inside the template object, and the way to it for messages.
struct Part<'a> {
    object: &'a Map<String, Value>,
    path: &'a str,
}

impl<'a> Part<'a> {
    fn missing(&self, name: &str, kind: &str) -> ApiFault {
        let dot = if self.path.is_empty() { "" } else { "." };
        wrong(&format!("{}{dot}{name} must be {kind}.", self.path))
    }

    fn text(&self, name: &str) -> Result<&'a str, ApiFault> {
        self.object.get(name).and_then(Value::as_str).ok_or_else(|| self.missing(name, "a string"))
    }

    fn part(&self, name: &'a str) -> Result<Part<'a>, ApiFault> {
        let object = self.object.get(name).and_then(Value::as_object);
        let object = object.ok_or_else(|| self.missing(name, "an object"))?;
        Ok(Part { object, path: name })
    }

    fn parts(&self, name: &'a str) -> Result<Vec<Part<'a>>, ApiFault> {
        let missing = || self.missing(name, "an array of objects");
        let items = self.object.get(name).and_then(Value::as_array).ok_or_else(missing)?;
        let part = |item: &'a Value| item.as_object().map(|object| Part { object, path: name });
        items.iter().map(part).collect::<Option<_>>().ok_or_else(missing)
    }

    /// An optional field may be null instead of missing.
    fn leaves_out(&self, name: &str) -> bool {
        self.object.get(name).is_none_or(Value::is_null)
    }

    fn check_link(&self, name: &'a str) -> Result<(), ApiFault> {
        let link = self.part(name)?;
        for address in ["web_url", "mobile_web_url"] {
            if !link.leaves_out(address) {
                link.text(address)?;
            }
        }
        Ok(())
    }

    fn check_content(&self) -> Result<(), ApiFault> {
        self.check_link("link")?;
        let given = |name: &str| self.object.get(name).is_some_and(Value::is_string);
        if given("title") || given("description") || given("image_url") {
            Ok(())
        } else {
            Err(wrong(&format!("{} needs title, description or image_url.", self.path)))
        }
    }
}

fn warn_of_length(name: &str, text: &str, warnings: &mut Vec<String>) {
    let length = text.chars().count();
    if length > SHOWN_CHARACTERS {
        warnings.push(format!(
            "{name}: {length}자 중 앞 {SHOWN_CHARACTERS}자만 보입니다. \
             Only the first {SHOWN_CHARACTERS} of {length} characters are shown."
        ));
    }
}

/// Kakao sends the message all the same, but a link to an unregistered domain does not open.
fn warn_of_foreign_links(value: &Value, web_domains: &[String], warnings: &mut Vec<String>) {
    match value {
        Value::Array(items) => {
            for item in items {
                warn_of_foreign_links(item, web_domains, warnings);
            }
        }
        Value::Object(fields) => {
            for (name, field) in fields {
                match field.as_str() {
                    Some(url) if name == "web_url" || name == "mobile_web_url" => {
                        if !is_registered(url, web_domains) {
                            // One address often stands in both fields, and is worth one warning.
                            let warning = format!(
                                "등록되지 않은 도메인이라 링크가 열리지 않습니다. \
                                 The link does not open, its domain is not registered: {url}"
                            );
                            if !warnings.contains(&warning) {
                                warnings.push(warning);
                            }
                        }
                    }
                    _ => warn_of_foreign_links(field, web_domains, warnings),
                }
            }
        }
        _ => {}
    }
}

fn is_registered(url: &str, web_domains: &[String]) -> bool {
    let origin = |url: &str| Url::parse(url).ok().map(|url| url.origin());
    let Some(wanted) = origin(url).filter(url::Origin::is_tuple) else {
        return false;
    };
    web_domains.iter().any(|domain| origin(domain).as_ref() == Some(&wanted))
}

#[cfg(test)]
mod tests;
