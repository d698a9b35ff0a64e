//! The emulator's own pages: who there is, and what arrived on their phones.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Router, middleware};
use jiff::Timestamp;
use serde_json::Value;

use super::control::{ControlFault, Named};
use super::origin;
use super::page::{Powers, page};
use crate::digest::Digest;
use crate::live::LiveWorld;
use crate::seed::{App, Person, PersonKey};
use crate::world::World;
use crate::world::chat::Message;
use crate::world::quota::korean_time;

pub(super) fn routes() -> Router<Arc<LiveWorld>> {
    Router::new()
        .route("/", get(overview))
        .route("/_emulator", get(overview))
        .route("/_emulator/", get(overview))
        .route("/_emulator/people/{person}", get(rooms))
        .route("/_emulator/people/{person}/rooms/{partner}", get(room))
        .route(
            "/_emulator/assets/emulator.css",
            get(async || asset("text/css", include_str!("pages/emulator.css"))),
        )
        .route("/_emulator/assets/bubble.css", get(async || asset("text/css", katok_bubble::STYLESHEET)))
        .route(
            "/_emulator/assets/room.js",
            get(async || asset("text/javascript", include_str!("pages/room.js"))),
        )
        .layer(middleware::from_fn(origin::refuse_foreign_sites))
}

fn asset(kind: &'static str, text: &'static str) -> Response {
    let kind = format!("{kind};charset=UTF-8");
    ([(header::CONTENT_TYPE, kind.as_str()), (header::X_CONTENT_TYPE_OPTIONS, "nosniff")], text)
        .into_response()
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

#[derive(Template)]
#[template(path = "overview.html")]
struct Overview {
    now: String,
    people: Vec<PersonRow>,
    apps: Vec<App>,
}

struct PersonRow {
    face: Face,
    received: usize,
    /// The apps they are signed up to.
    apps: Vec<String>,
}

async fn overview(State(live): State<Arc<LiveWorld>>) -> Response {
    let overview = live.read(|world, now| {
        let links = world.to_seed().links;
        let row = |person: &Person| PersonRow {
            face: Face::new(person),
            received: world.inbox(&person.key).len(),
            apps: links
                .iter()
                .filter(|link| link.person == person.key)
                .map(|link| link.app.to_string())
                .collect(),
        };
        Overview {
            now: korean_time(now).strftime("%Y-%m-%d %H:%M:%S").to_string(),
            people: world.people().iter().map(row).collect(),
            apps: world.apps().to_vec(),
        }
    });
    page(StatusCode::OK, &overview, Powers::Plain)
}

#[derive(Template)]
#[template(path = "rooms.html")]
struct Rooms {
    owner: Face,
    rooms: Vec<RoomRow>,
}

struct RoomRow {
    partner: Face,
    is_memo: bool,
    /// The latest message's first words and time.
    latest: Option<(String, String)>,
}

/// The chat list: the room with oneself first, then the others, the latest message on top.
async fn rooms(
    State(live): State<Arc<LiveWorld>>,
    Named(person): Named<String>,
) -> Result<Response, ControlFault> {
    let page_of = |world: &World, person: &Person| {
        let mut rooms: Vec<(&PersonKey, Option<&Message>)> =
            world.rooms_of(&person.key).map(|(partner, messages)| (partner, messages.back())).collect();
        if rooms.iter().all(|(partner, _)| **partner != person.key) {
            rooms.push((&person.key, None));
        }
        rooms.sort_by_key(|(partner, latest)| {
            (**partner != person.key, std::cmp::Reverse(latest.map(|message| message.id)))
        });
        let row = |(partner, latest): (&PersonKey, Option<&Message>)| {
            Some(RoomRow {
                partner: Face::new(world.person(partner.as_str())?),
                is_memo: *partner == person.key,
                latest: latest
                    .map(|message| (first_words(&message.template_object), day_and_time(message.at))),
            })
        };
        Rooms { owner: Face::new(person), rooms: rooms.into_iter().filter_map(row).collect() }
    };
    let rooms = live.read(|world, _| world.person(&person).map(|person| page_of(world, person)));
    let rooms = rooms.ok_or(ControlFault::nothing_here(StatusCode::NOT_FOUND))?;
    Ok(page(StatusCode::OK, &rooms, Powers::Plain))
}

#[derive(Template)]
#[template(path = "room.html")]
struct Room {
    owner: Face,
    partner: Face,
    is_memo: bool,
    messages: Vec<Shown>,
}

/// A message as the room shows it.
struct Shown {
    /// Said above the first message of a day.
    new_day: Option<String>,
    time: String,
    /// On the owner's side of the room.
    mine: bool,
    app: String,
    bubble: String,
    warnings: Vec<String>,
}

async fn room(
    State(live): State<Arc<LiveWorld>>,
    Named((owner, partner)): Named<(String, String)>,
) -> Result<Response, ControlFault> {
    let room = live.read(|world, _| {
        let (owner, partner) = (world.person(&owner)?, world.person(&partner)?);
        let messages: Vec<Message> = world.room(&owner.key, &partner.key).cloned().collect();
        let apps: Vec<(i64, String)> =
            world.apps().iter().map(|app| (app.app_id, app.key.to_string())).collect();
        Some((Face::new(owner), Face::new(partner), messages, apps))
    });
    let (owner, partner, messages, apps) = room.ok_or(ControlFault::nothing_here(StatusCode::NOT_FOUND))?;
    let mut day = None;
    let show = |message: Message| {
        let at = korean_time(message.at);
        let new_day =
            (day.replace(at.date()) != Some(at.date())).then(|| at.strftime("%Y. %-m. %-d.").to_string());
        let app = apps.iter().find(|(id, _)| *id == message.app_id).map(|(_, key)| key.clone());
        Shown {
            new_day,
            time: at.strftime("%H:%M").to_string(),
            mine: message.from == owner.key,
            app: app.unwrap_or_default(),
            bubble: katok_bubble::html(&message.template_object),
            warnings: message.warnings,
        }
    };
    let messages = messages.into_iter().map(show).collect();
    let is_memo = owner.key == partner.key;
    Ok(page(StatusCode::OK, &Room { owner, partner, is_memo, messages }, Powers::ReloadsItself))
}

fn day_and_time(at: Timestamp) -> String {
    korean_time(at).strftime("%-m. %-d. %H:%M").to_string()
}

/// What the chat list shows of a message.
fn first_words(template_object: &Value) -> String {
    let places = ["/text", "/header_title", "/content/title", "/content/description", "/object_type"];
    let words = places.iter().find_map(|place| template_object.pointer(place)?.as_str());
    words.unwrap_or_default().chars().take(40).collect()
}
