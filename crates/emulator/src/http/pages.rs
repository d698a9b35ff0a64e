//! The emulator's own pages: who and what there is, what happened, and everything that can be changed.

mod apps;
mod changes;
mod clock;
mod faults;
mod form;
mod frame;
mod journal;
mod language;
mod overview;
mod people;
mod person;
mod rooms;
mod tokens;
mod words;

use std::sync::Arc;

use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Router, middleware};

use super::origin;
use crate::digest::Digest;
use crate::live::LiveWorld;
use crate::seed::{Person, PersonKey};

pub(super) fn routes() -> Router<Arc<LiveWorld>> {
    Router::new()
        .route("/", get(overview::look))
        .route("/_emulator", get(overview::look))
        .route("/_emulator/", get(overview::look))
        .route("/_emulator/people", get(people::list).post(people::add))
        .route("/_emulator/people/{person}", get(person::look))
        .route("/_emulator/people/{person}/account", post(person::edit_account))
        .route("/_emulator/people/{person}/friends", post(person::edit_friend))
        .route("/_emulator/people/{person}/sessions/end", post(person::sign_out))
        .route("/_emulator/people/{person}/apps/{app}", post(person::edit_membership))
        .route("/_emulator/people/{person}/rooms", get(rooms::list))
        .route("/_emulator/people/{person}/rooms/{partner}", get(rooms::room))
        .route("/_emulator/apps", get(apps::list).post(apps::register))
        .route("/_emulator/apps/{app}", get(apps::look).post(apps::set_up))
        .route("/_emulator/apps/{app}/secret", post(apps::renew_secret))
        .route("/_emulator/tokens", get(tokens::list).post(tokens::shorten))
        .route("/_emulator/clock", get(clock::look).post(clock::turn))
        .route("/_emulator/reset", post(clock::reset))
        .route("/_emulator/changes", get(changes::of_world))
        .route("/_emulator/journal", get(journal::list))
        .route("/_emulator/journal/changes", get(changes::of_journal))
        .route("/_emulator/journal/{id}", get(journal::look))
        .route("/_emulator/faults", get(faults::list).post(faults::add))
        .route("/_emulator/faults/remove", post(faults::remove))
        .route("/_emulator/assets/emulator.css", get(async || css(include_str!("pages/emulator.css"))))
        .route("/_emulator/assets/console.css", get(async || css(include_str!("pages/console.css"))))
        .route("/_emulator/assets/bubble.css", get(async || css(katok_bubble::STYLESHEET)))
        .route("/_emulator/assets/live.js", get(async || script(include_str!("pages/live.js"))))
        .route("/_emulator/assets/copy.js", get(async || script(include_str!("pages/copy.js"))))
        .layer(middleware::from_fn(language::remember_choice))
        .layer(middleware::from_fn(origin::refuse_foreign_sites))
}

fn css(text: &'static str) -> Response {
    asset("text/css;charset=UTF-8", text)
}

fn script(text: &'static str) -> Response {
    asset("text/javascript;charset=UTF-8", text)
}

fn asset(kind: &'static str, text: &'static str) -> Response {
    ([(header::CONTENT_TYPE, kind), (header::X_CONTENT_TYPE_OPTIONS, "nosniff")], text).into_response()
}

/// Somebody as the pages show them.
pub(super) struct Face {
    pub(super) key: PersonKey,
    pub(super) nickname: String,
    pub(super) email: String,
    pub(super) picture: Option<String>,
    /// Stands in for the picture: the first letter on one of seven colours.
    pub(super) initial: String,
    pub(super) colour: u32,
}

impl Face {
    pub(super) fn new(person: &Person) -> Self {
        Self {
            key: person.key.clone(),
            nickname: person.nickname.clone(),
            email: person.email.clone(),
            picture: person.thumbnail_image_url.clone(),
            initial: person.nickname.chars().next().map(String::from).unwrap_or_default(),
            colour: Digest::of(&[person.key.as_str()]).number() % 7,
        }
    }
}
