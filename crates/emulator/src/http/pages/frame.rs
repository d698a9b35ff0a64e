//! The frame around each of the emulator's own pages: the way to the others, and what was just done.

use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};

use super::language::Language;
use super::words::Words;
use crate::http::page::{Powers, page};

/// A part of the navigation.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Section {
    Overview,
    People,
    Apps,
    Tokens,
    Journal,
    Faults,
    Clock,
}

impl Section {
    const ALL: [Self; 7] =
        [Self::Overview, Self::People, Self::Apps, Self::Tokens, Self::Journal, Self::Faults, Self::Clock];

    fn path(self) -> &'static str {
        match self {
            Self::Overview => "/_emulator/",
            Self::People => "/_emulator/people",
            Self::Apps => "/_emulator/apps",
            Self::Tokens => "/_emulator/tokens",
            Self::Journal => "/_emulator/journal",
            Self::Faults => "/_emulator/faults",
            Self::Clock => "/_emulator/clock",
        }
    }

    fn name(self, t: &'static Words) -> &'static str {
        match self {
            Self::Overview => t.overview,
            Self::People => t.people,
            Self::Apps => t.apps,
            Self::Tokens => t.tokens,
            Self::Journal => t.journal,
            Self::Faults => t.faults,
            Self::Clock => t.clock,
        }
    }
}

/// What stands around a page.
pub(super) struct Frame {
    pub(super) language: Language,
    section: Section,
    t: &'static Words,
    /// That something was just done.
    pub(super) done: bool,
}

impl Frame {
    pub(super) fn new(language: Language, section: Section) -> Self {
        Self { language, section, t: language.words(), done: false }
    }

    /// Says that what somebody asked for is done, if the page is shown for that.
    pub(super) fn saying_done(self, query: Option<&str>) -> Self {
        Self { done: query.is_some_and(|query| query.split('&').any(|part| part == "done")), ..self }
    }

    pub(super) fn ways(&self) -> impl Iterator<Item = (&'static str, &'static str, bool)> {
        let (t, current) = (self.t, self.section);
        Section::ALL.into_iter().map(move |section| (section.path(), section.name(t), section == current))
    }
}

pub(super) fn show(template: &impl Template) -> Response {
    page(StatusCode::OK, template, Powers::ReloadsItself)
}

#[derive(Template)]
#[template(path = "missing.html")]
struct Missing {
    frame: Frame,
    t: &'static Words,
}

/// The page of an address at which there is nothing.
pub(super) fn missing(language: Language) -> Response {
    let frame = Frame::new(language, Section::Overview);
    page(StatusCode::NOT_FOUND, &Missing { frame, t: language.words() }, Powers::Plain)
}

/// After a form, back to a page, which says that it is done: a reload must not do it twice.
pub(super) fn done(path: &str) -> Response {
    let (path, fragment) = path.split_once('#').map_or((path, ""), |(path, fragment)| (path, fragment));
    let joint = if path.contains('?') { '&' } else { '?' };
    let hash = if fragment.is_empty() { "" } else { "#" };
    let address = HeaderValue::from_str(&format!("{path}{joint}done{hash}{fragment}"));
    let address = address.expect("our addresses are made of handles and numbers");
    (StatusCode::SEE_OTHER, [(header::LOCATION, address)]).into_response()
}
