//! The people: everybody with a Kakao account, and a way to add somebody.

use std::sync::Arc;

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Response;

use super::Face;
use super::form::{Filled, Problem};
use super::frame::{Frame, Section, done, show};
use super::language::Language;
use super::words::Words;
use crate::live::LiveWorld;
use crate::seed::{App, Person, PersonKey};
use crate::world::World;
use crate::world::link::LinkKey;
use crate::world::membership::Join;

/// Somebody in a list, with what there is of them.
pub(super) struct PersonRow {
    pub(super) face: Face,
    pub(super) received: usize,
    /// The apps they are signed up to.
    pub(super) apps: Vec<String>,
}

impl PersonRow {
    pub(super) fn all(world: &World) -> Vec<Self> {
        let is_linked =
            |app: &&App, person: &Person| world.membership(&LinkKey::new(&app.key, &person.key)).is_some();
        let row = |person: &Person| {
            let apps = world.apps().iter().filter(|app| is_linked(app, person));
            Self {
                face: Face::new(person),
                received: world.inbox(&person.key).len(),
                apps: apps.map(|app| app.key.to_string()).collect(),
            }
        };
        world.people().iter().map(row).collect()
    }
}

#[derive(Template)]
#[template(path = "people.html")]
struct PeoplePage {
    frame: Frame,
    t: &'static Words,
    people: Vec<PersonRow>,
    key: String,
    nickname: String,
    problem: Option<Problem>,
}

impl PeoplePage {
    fn new(live: &LiveWorld, language: Language) -> Self {
        let people = live.read(|world, _| PersonRow::all(world));
        let frame = Frame::new(language, Section::People);
        Self {
            frame,
            t: language.words(),
            people,
            key: String::new(),
            nickname: String::new(),
            problem: None,
        }
    }
}

pub(super) async fn list(
    State(live): State<Arc<LiveWorld>>,
    language: Language,
    RawQuery(query): RawQuery,
) -> Response {
    let mut people = PeoplePage::new(&live, language);
    people.frame = people.frame.saying_done(query.as_deref());
    show(&people)
}

pub(super) async fn add(State(live): State<Arc<LiveWorld>>, language: Language, filled: Filled) -> Response {
    let (key, nickname) = (filled.text("key").to_owned(), filled.text("nickname").to_owned());
    let joined = match key.parse::<PersonKey>() {
        Ok(key) => live.apply(Join { key, nickname: nickname.clone() }).map_err(Problem::from),
        Err(_) => Err(Problem::new("key", language.words().not_a_key)),
    };
    match joined {
        Ok(()) => done(&format!("/_emulator/people/{key}")),
        Err(problem) => {
            show(&PeoplePage { key, nickname, problem: Some(problem), ..PeoplePage::new(&live, language) })
        }
    }
}
