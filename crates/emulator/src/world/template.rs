//! Template objects: what Kakao refuses, and what it takes but shows otherwise than the sender may think.
//!
//! See [Kakao Docs/Message template: Default].

mod custom;
mod part;
mod shown;

use serde_json::Value;

use crate::fault::ApiFault;
pub(super) use custom::{TemplateArgs, filled, template_args};
use part::Part;
use shown::Reading;
pub(super) use shown::Warning;
pub(crate) use shown::is_registered;

const NAME: &str = "template_object";
/// The most rows of text in a feed.
const TEXT_ITEMS: usize = 5;

/// A template object that Kakao takes.
#[derive(Clone, Debug)]
pub(crate) struct CheckedTemplate {
    pub(crate) template_object: Value,
    pub(crate) warnings: Vec<Warning>,
}

/// Takes a template object, or says what is wrong with it.
pub(crate) fn check(text: Option<&str>, web_domains: &[String]) -> Result<CheckedTemplate, ApiFault> {
    let text = text.ok_or_else(|| ApiFault::missing(NAME))?;
    if text.is_empty() {
        return Err(ApiFault::empty(NAME));
    }
    let template_object: Value = serde_json::from_str(text).map_err(|_| ApiFault::unparsable(NAME))?;
    let root = Part::root(template_object.as_object().ok_or_else(|| ApiFault::unparsable(NAME))?);
    let mut reading = Reading::new(web_domains);
    reading.template(&root)?;
    let warnings = reading.warnings;
    Ok(CheckedTemplate { template_object, warnings })
}

/// Takes what Kakao made itself, from the template tool or a page: it is sent whatever is wrong with it.
pub(crate) fn made_by_kakao(template_object: Value, web_domains: &[String]) -> CheckedTemplate {
    let mut reading = Reading::of_kakaos_own(web_domains);
    let read = match template_object.as_object() {
        Some(object) => reading.template(&Part::root(object)),
        None => Err(ApiFault::unparsable(NAME)),
    };
    if let Err(fault) = read {
        let english = format!("The template itself is wrong: {}", fault.text());
        reading.warn(String::new(), "템플릿 자체가 잘못되었습니다.".to_owned(), english);
    }
    let warnings = reading.warnings;
    CheckedTemplate { template_object, warnings }
}

impl Reading<'_> {
    fn template(&mut self, root: &Part<'_>) -> Result<(), ApiFault> {
        let kind = root.text("object_type")?;
        let most_buttons = match kind {
            "text" => {
                root.text("text")?;
                self.shorten(root, "text", 200);
                self.link(root, "link")?;
                2
            }
            "feed" => {
                self.content(&root.part("content")?)?;
                self.item_content(root)?;
                self.social(root)?;
                2
            }
            "list" => {
                self.list(root)?;
                2
            }
            "location" => {
                root.text("address")?;
                root.optional_texts(&["address_title"])?;
                self.content(&root.part("content")?)?;
                self.social(root)?;
                // The button on the right, which opens the map, is Kakao's.
                1
            }
            "commerce" => {
                self.content(&root.part("content")?)?;
                self.commerce(&root.part("commerce")?)?;
                2
            }
            "calendar" => {
                if !matches!(root.text("id_type")?, "event" | "calendar") {
                    return Err(wrong("id_type must be event or calendar."));
                }
                root.text("id")?;
                self.content(&root.part("content")?)?;
                1
            }
            other => return Err(wrong(&format!("object_type {other} is unknown."))),
        };
        if kind != "calendar" {
            root.optional_texts(&["button_title"])?;
        }
        self.not_drawn(root, kind);
        self.buttons(root, most_buttons)
    }

    fn list(&mut self, root: &Part<'_>) -> Result<(), ApiFault> {
        root.text("header_title")?;
        self.shorten(root, "header_title", 200);
        self.link(root, "header_link")?;
        let rows = root.parts("contents")?;
        // Lists of the template tool may have more rows; how many is not known.
        if !self.of_kakaos_own && !(2..=3).contains(&rows.len()) {
            return Err(wrong("contents must have 2 or 3 items."));
        }
        rows.iter().try_for_each(|row| self.content(row))
    }

    fn content(&mut self, content: &Part<'_>) -> Result<(), ApiFault> {
        self.link(content, "link")?;
        let parts = ["title", "description", "image_url"];
        content.optional_texts(&parts)?;
        if parts.iter().all(|name| content.leaves_out(name)) {
            return Err(wrong(&format!("{} needs title, description or image_url.", content.path)));
        }
        self.image_size(content)
    }

    fn item_content(&mut self, root: &Part<'_>) -> Result<(), ApiFault> {
        if root.leaves_out("item_content") {
            return Ok(());
        }
        let item_content = root.part("item_content")?;
        item_content.optional_texts(&["profile_text", "profile_image_url", "sum", "sum_op"])?;
        item_content.optional_texts(&["title_image_text", "title_image_url", "title_image_category"])?;
        let items =
            if item_content.leaves_out("items") { Vec::new() } else { item_content.parts("items")? };
        if items.len() > TEXT_ITEMS {
            return Err(wrong(&format!("item_content.items must have {TEXT_ITEMS} items or less.")));
        }
        items.iter().try_for_each(|item| item.optional_texts(&["item", "item_op"]))?;
        self.item_content_lengths(&item_content, &items);
        Ok(())
    }

    fn commerce(&mut self, commerce: &Part<'_>) -> Result<(), ApiFault> {
        commerce.optional_texts(&["product_name", "currency_unit"])?;
        let regular = self.number(commerce, "regular_price")?;
        let regular = regular.ok_or_else(|| commerce.must_be("regular_price", "an integer"))?;
        let discount = self.number(commerce, "discount_price")?;
        let rate = self.number(commerce, "discount_rate")?;
        let fixed = self.number(commerce, "fixed_discount_price")?;
        if rate.is_some_and(|rate| !(0..=100).contains(&rate)) {
            return Err(commerce.must_be("discount_rate", "between 0 and 100"));
        }
        if !matches!(self.number(commerce, "currency_unit_position")?, None | Some(0 | 1)) {
            return Err(commerce.must_be("currency_unit_position", "0 or 1"));
        }
        self.contradictions(commerce, regular, discount, rate.is_some() && fixed.is_some());
        Ok(())
    }

    fn buttons(&mut self, root: &Part<'_>, most: usize) -> Result<(), ApiFault> {
        self.button_label(root, "button_title");
        if root.leaves_out("buttons") {
            return Ok(());
        }
        let buttons = root.parts("buttons")?;
        if buttons.len() > most {
            return Err(wrong(&format!("buttons must have {most} items or less.")));
        }
        for button in buttons {
            button.text("title")?;
            self.button_label(&button, "title");
            self.link(&button, "link")?;
        }
        Ok(())
    }
}

fn wrong(why: &str) -> ApiFault {
    ApiFault::unsatisfied(NAME, why)
}

#[cfg(test)]
mod tests;
