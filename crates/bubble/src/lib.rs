//! The bubble: what a phone shows of a template object, however broken the object is.
//!
//! All rules are in the model, [`Bubble`]; HTML, SVG and terminal only write it down. Whoever puts [`Bubble::html`] on a
//! page puts [`STYLESHEET`] beside it:
//!
//! ```
//! use katok_bubble::{Bubble, Language};
//!
//! let object = serde_json::json!({"object_type": "text", "text": "안녕", "link": {"web_url": "https://a.example"}});
//! let bubble = Bubble::of(&object);
//! assert!(bubble.marks().is_empty());
//! assert!(bubble.html(Language::Korean).contains("안녕"));
//! assert!(bubble.terminal(Language::Korean).contains("[ 자세히 보기 ]"));
//! ```

mod bubble;
mod html;
mod language;
mod mark;
mod number;
mod svg;
mod template;
mod terminal;
mod text;

pub use crate::bubble::{Bubble, Shade};
pub use crate::language::Language;
pub use crate::mark::Mark;

/// The rules for the classes of [`Bubble::html`]; all of their names begin with `ktb-`.
///
/// Bubbles are dark where the browser is (`prefers-color-scheme`), and always light or dark inside `.ktb-light` or
/// `.ktb-dark`.
pub const STYLESHEET: &str = include_str!("bubble.css");
