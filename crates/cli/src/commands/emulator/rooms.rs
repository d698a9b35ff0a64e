//! `katok emulator rooms` and `room`: what arrived in KakaoTalk, drawn as the phone shows it.

use std::ops::ControlFlow;

use jiff::Timestamp;
use katok_bubble::Bubble;
use katok_gateway::Sentence;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::columns::aligned;
use crate::control::{Control, Person, Tail, World, follow, korean_time};
use crate::failure::{Exit, Failure};
use crate::output::Output;
use crate::printable::printable;
use crate::stop_signal::stop_signal;

/// How much of the latest message the list of rooms shows.
const FIRST_LETTERS: usize = 40;

/// A message that somebody received.
#[derive(Deserialize)]
struct Message {
    at: Timestamp,
    app_id: i64,
    chat: Chat,
    from: String,
    kind: String,
    template_object: Value,
    warnings: Vec<String>,
}

#[derive(Clone, Copy, Deserialize, PartialEq)]
#[serde(rename_all = "snake_case")]
enum Chat {
    Memo,
    Direct,
}

/// A room with something in it that a person received.
struct Room {
    person: String,
    chat: Chat,
    with: String,
    messages: usize,
    latest_at: Timestamp,
    latest: String,
}

pub(super) async fn list(control: &Control, person: Option<&str>, output: Output) -> Result<Exit, Failure> {
    let World { people, .. } = control.world().await?;
    let keys: Vec<&str> = match person {
        Some(key) => vec![key],
        None => people.iter().map(|person| person.key.as_str()).collect(),
    };
    let mut rooms = Vec::new();
    for key in keys {
        let messages = control.get_since(&["people", key, "messages"], 0).await?;
        rooms.extend(rooms_of(key, messages.iter().filter_map(read)));
    }
    let listed = rooms.iter().map(|room| {
        json!({
            "person": room.person,
            "chat": if room.chat == Chat::Memo { "memo" } else { "direct" },
            "with": room.with,
            "messages": room.messages,
            "latest_at": room.latest_at,
            "latest": room.latest,
        })
    });
    output.data(&json!({"rooms": listed.collect::<Vec<_>>()}), || table(&rooms, &people, output))?;
    Ok(Exit::Done)
}

/// The rooms of a person, the latest message of all first.
fn rooms_of(person: &str, messages: impl Iterator<Item = Message>) -> Vec<Room> {
    let mut rooms: Vec<Room> = Vec::new();
    for message in messages {
        let earlier = rooms.iter().position(|room| room.chat == message.chat && room.with == message.from);
        let earlier = earlier.map_or(0, |place| rooms.remove(place).messages);
        let latest = first_words(&message.template_object);
        let Message { at: latest_at, chat, from: with, .. } = message;
        rooms.insert(
            0,
            Room { person: person.to_owned(), chat, with, messages: earlier + 1, latest_at, latest },
        );
    }
    rooms
}

fn table(rooms: &[Room], people: &[Person], output: Output) -> String {
    if rooms.is_empty() {
        return output.text(&Sentence::new("아직 온 메시지가 없습니다.", "No message has arrived yet."));
    }
    let mut rows = vec![[
        output.words("사람", "person"),
        output.words("대화방", "room"),
        output.words("메시지", "messages"),
        output.words("마지막", "latest"),
        String::new(),
    ]];
    rows.extend(rooms.iter().map(|room| {
        [
            room.person.clone(),
            room_name(room.chat, &room.with, people, output),
            room.messages.to_string(),
            korean_time(room.latest_at).strftime("%Y-%m-%d %H:%M:%S").to_string(),
            room.latest.clone(),
        ]
    }));
    aligned(&rows)
}

pub(super) async fn show(
    mut control: Control,
    person: &str,
    follows: bool,
    output: Output,
) -> Result<Exit, Failure> {
    let list = ["people", person, "messages"];
    let mut tail = Tail::after(0);
    // Here a person who does not exist is a mistake; later the world may have begun anew without them.
    let messages = tail.read(&control, &list).await?;
    let mut world = control.world().await?;
    if draw(&world, messages, output)?.is_break() || !follows {
        return Ok(Exit::Done);
    }
    let stop = stop_signal()?;
    tokio::select! {
        followed = follow(&mut control, &list, tail, output, async |control: &Control, messages: Vec<Value>| {
            if !messages.is_empty() && let Ok(newer) = control.world().await {
                // An emulator that has just gone away has told its names before.
                world = newer;
            }
            draw(&world, messages, output)
        }) => followed?,
        _ = stop => {}
    }
    Ok(Exit::Done)
}

fn draw(world: &World, messages: Vec<Value>, output: Output) -> Result<ControlFlow<()>, Failure> {
    for message in messages {
        let drawn = || read(&message).map(|message| bubble(&message, world, output)).unwrap_or_default();
        if output.one_of_many(&message, drawn)?.is_break() {
            return Ok(ControlFlow::Break(()));
        }
    }
    Ok(ControlFlow::Continue(()))
}

/// A message below the line that says when it came, from whom and by which app.
fn bubble(message: &Message, world: &World, output: Output) -> String {
    let at = korean_time(message.at).strftime("%Y-%m-%d %H:%M:%S").to_string();
    let room = printable(&room_name(message.chat, &message.from, &world.people, output));
    let app = world.apps.iter().find(|app| app.id == message.app_id);
    let app = printable(app.map(|app| app.name.as_str()).unwrap_or_default());
    let bubble = match message.kind.as_str() {
        "custom" => Bubble::of_custom(&message.template_object),
        _ => Bubble::of(&message.template_object),
    };
    // The warnings of the message say the same as its marks, and more.
    let drawn = bubble.without_marks().terminal(output.one_language());
    let mut lines = vec![format!("{at}  {room}  {app}"), drawn.trim_end().to_owned()];
    lines.extend(message.warnings.iter().map(|warning| format!("⚠ {}", printable(warning))));
    lines.join("\n") + "\n"
}

fn room_name(chat: Chat, with: &str, people: &[Person], output: Output) -> String {
    if chat == Chat::Memo {
        return output.words("나와의 채팅", "with oneself");
    }
    let person = people.iter().find(|person| person.key == with);
    person.map_or_else(|| with.to_owned(), |person| format!("{} ({with})", person.nickname))
}

fn read(message: &Value) -> Option<Message> {
    Message::deserialize(message).ok()
}

fn first_words(template_object: &Value) -> String {
    let places = ["/text", "/header_title", "/content/title", "/content/description", "/object_type"];
    let words = places.iter().find_map(|place| template_object.pointer(place)?.as_str());
    let words: String = words.unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
    words.chars().take(FIRST_LETTERS).collect()
}
