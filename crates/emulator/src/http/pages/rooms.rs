//! Chat rooms, as somebody sees them on their phone.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use jiff::Timestamp;
use katok_bubble::Bubble;
use serde_json::Value;

use super::Face;
use super::frame::{missing, show};
use super::language::Language;
use super::words::Words;
use crate::http::control::{ControlFault, Named};
use crate::live::LiveWorld;
use crate::seed::{Person, PersonKey};
use crate::world::World;
use crate::world::chat::{Message, MessageKind};
use crate::world::quota::korean_time;
use crate::world::template::is_registered;

#[derive(Template)]
#[template(path = "rooms.html")]
struct ChatList {
    language: Language,
    t: &'static Words,
    owner: Face,
    rooms: Vec<RoomRow>,
}

/// A room in the chat list.
pub(super) struct RoomRow {
    pub(super) partner: Face,
    pub(super) is_memo: bool,
    /// The latest message's first words and time.
    pub(super) latest: Option<(String, String)>,
}

impl RoomRow {
    /// The room with oneself first, then the others, the latest message on top.
    pub(super) fn all(world: &World, person: &Person) -> Vec<Self> {
        let mut rooms: Vec<(&PersonKey, Option<&Message>)> =
            world.rooms_of(&person.key).map(|(partner, messages)| (partner, messages.back())).collect();
        if rooms.iter().all(|(partner, _)| **partner != person.key) {
            rooms.push((&person.key, None));
        }
        rooms.sort_by_key(|(partner, latest)| {
            (**partner != person.key, std::cmp::Reverse(latest.map(|message| message.id)))
        });
        let row = |(partner, latest): (&PersonKey, Option<&Message>)| {
            Some(Self {
                partner: Face::new(world.person(partner.as_str())?),
                is_memo: *partner == person.key,
                latest: latest
                    .map(|message| (first_words(&message.template_object), day_and_time(message.at))),
            })
        };
        rooms.into_iter().filter_map(row).collect()
    }
}

pub(super) async fn list(
    State(live): State<Arc<LiveWorld>>,
    language: Language,
    Named(person): Named<String>,
) -> Result<Response, ControlFault> {
    let rooms = live.read(|world, _| {
        let person = world.person(&person)?;
        let (owner, rooms) = (Face::new(person), RoomRow::all(world, person));
        Some(ChatList { language, t: language.words(), owner, rooms })
    });
    Ok(rooms.map_or_else(|| missing(language), |rooms| show(&rooms)))
}

#[derive(Template)]
#[template(path = "room.html")]
struct Room {
    language: Language,
    t: &'static Words,
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
    /// The page or the custom template it was made of.
    made_of: Option<String>,
    bubble: String,
    warnings: Vec<String>,
}

pub(super) async fn room(
    State(live): State<Arc<LiveWorld>>,
    language: Language,
    Named((owner, partner)): Named<(String, String)>,
) -> Result<Response, ControlFault> {
    let room = live.read(|world, _| {
        let (owner, partner) = (world.person(&owner)?, world.person(&partner)?);
        let messages: Vec<Message> = world.room(&owner.key, &partner.key).cloned().collect();
        let apps: Vec<(i64, String, Vec<String>)> =
            world.apps().iter().map(|app| (app.app_id, app.name.clone(), app.web_domains.clone())).collect();
        Some((Face::new(owner), Face::new(partner), messages, apps))
    });
    let Some((owner, partner, messages, apps)) = room else { return Ok(missing(language)) };
    let mut day = None;
    let show_message = |message: Message| {
        let at = korean_time(message.at);
        let new_day =
            (day.replace(at.date()) != Some(at.date())).then(|| at.strftime("%Y. %-m. %-d.").to_string());
        let app = apps.iter().find(|(id, ..)| *id == message.app_id);
        let (app, web_domains) =
            app.map(|(_, name, domains)| (name.clone(), domains.as_slice())).unwrap_or_default();
        Shown {
            new_day,
            time: at.strftime("%H:%M").to_string(),
            mine: message.from == owner.key,
            app,
            bubble: bubble(&message, web_domains).html(language.of_bubbles()),
            made_of: match message.kind {
                MessageKind::Default => None,
                MessageKind::Scrap { request_url, .. } => Some(request_url),
                MessageKind::Custom { template_id, .. } => Some(format!("template_id {template_id}")),
            },
            warnings: message.warnings,
        }
    };
    let messages = messages.into_iter().map(show_message).collect();
    let is_memo = owner.key == partner.key;
    Ok(show(&Room { language, t: language.words(), owner, partner, is_memo, messages }))
}

/// Without its marks: the warnings of the message say the same.
fn bubble(message: &Message, web_domains: &[String]) -> Bubble {
    let bubble = match message.kind {
        MessageKind::Custom { .. } => Bubble::of_custom(&message.template_object),
        MessageKind::Default | MessageKind::Scrap { .. } => Bubble::of(&message.template_object),
    };
    bubble.block_links(|url| is_registered(url, web_domains)).without_marks()
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
