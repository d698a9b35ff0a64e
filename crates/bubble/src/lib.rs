//! The bubble: what a phone shows of a template object, however broken the object is.
//!
//! Whoever puts [`html`] on a page puts [`STYLESHEET`] beside it:
//!
//! ```
//! let object = serde_json::json!({"object_type": "text", "text": "안녕", "link": {}});
//! assert!(katok_bubble::html(&object).contains("안녕"));
//! ```

mod bubble;
mod text;

use askama::Template;
use serde_json::Value;

use crate::bubble::{Body, Bubble, Link};
pub use crate::text::shown_text;

/// The rules for the classes of [`html`]; all of their names begin with `ktb-`.
///
/// It is dark where the page's own `color-scheme` is.
pub const STYLESHEET: &str = include_str!("bubble.css");

#[derive(Template)]
#[template(path = "bubble.html")]
struct Drawing {
    bubble: Bubble,
}

/// Draws a template object as an HTML fragment that is safe to put on a page as it is.
///
/// An object that no phone could show becomes a card that says why.
#[must_use]
pub fn html(template_object: &Value) -> String {
    html_opening(template_object, |_| true)
}

/// Draws a template object as [`html`] does, and strikes through the links whose addresses do not open.
#[must_use]
#[expect(clippy::missing_panics_doc, reason = "writing into a String does not fail")]
pub fn html_opening(template_object: &Value, opens: impl Fn(&str) -> bool) -> String {
    let mut bubble = Bubble::of(template_object);
    bubble.block_links(opens);
    Drawing { bubble }.render().expect("a String takes every write")
}
