//! A bubble as HTML: classes of our own stylesheet, and nothing of the template outside text and checked addresses.

use askama::Template;

use crate::bubble::{Bubble, Part, Target};
use crate::language::Language;

#[derive(Template)]
#[template(path = "bubble.html")]
struct Drawing<'a> {
    bubble: &'a Bubble,
    language: Language,
}

impl Drawing<'_> {
    fn word(&self, korean: &'static str, english: &'static str) -> &'static str {
        self.language.choose(korean, english)
    }
}

pub(crate) fn write(bubble: &Bubble, language: Language) -> String {
    Drawing { bubble, language }.render().expect("a String takes every write")
}
