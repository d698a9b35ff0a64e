//! Chat rooms: what arrived in KakaoTalk.

use std::collections::{BTreeMap, VecDeque};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::World;
use crate::seed::PersonKey;

/// How many messages a room keeps; older ones are forgotten, so that weeks of tests do not fill the memory.
const KEPT_PER_ROOM: usize = 1_000;

/// All rooms with a message in them.
#[derive(Clone, Default, Serialize, Deserialize)]
pub(super) struct Rooms {
    latest_id: u64,
    rooms: BTreeMap<RoomKey, VecDeque<Message>>,
}

/// Who talks in a room: two people, or one with themselves (나와의 채팅).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
struct RoomKey(PersonKey, PersonKey);

impl RoomKey {
    fn of(one: &PersonKey, other: &PersonKey) -> Self {
        let (first, second) = if one <= other { (one, other) } else { (other, one) };
        Self(first.clone(), second.clone())
    }

    fn partner(&self, person: &PersonKey) -> Option<&PersonKey> {
        match self {
            Self(first, second) if first == person => Some(second),
            Self(first, second) if second == person => Some(first),
            _ => None,
        }
    }
}

impl From<RoomKey> for String {
    fn from(RoomKey(first, second): RoomKey) -> Self {
        format!("{first}/{second}")
    }
}

impl TryFrom<String> for RoomKey {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let (first, second) = text.split_once('/').ok_or("not person/person")?;
        match (first.parse(), second.parse()) {
            (Ok(first), Ok(second)) => Ok(Self(first, second)),
            _ => Err("not person/person"),
        }
    }
}

/// A message that arrived.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Message {
    pub(crate) id: u64,
    pub(crate) at: Timestamp,
    pub(crate) app_id: i64,
    pub(crate) from: PersonKey,
    pub(crate) to: PersonKey,
    #[serde(flatten)]
    pub(crate) kind: MessageKind,
    /// What is shown.
    pub(crate) template_object: Value,
    /// What the phone shows otherwise than the sender may think.
    pub(crate) warnings: Vec<String>,
}

/// By which of Kakao's ways a message was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum MessageKind {
    /// With a template object of the caller's.
    Default,
    /// From a page of the app's.
    Scrap {
        /// The page.
        request_url: String,
        /// The custom template it was put into; none for Kakao's own layout.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        template_id: Option<i64>,
        /// What the caller put in for placeholders, besides what the page says.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        template_args: BTreeMap<String, String>,
    },
    /// From a template built in Kakao's template tool.
    Custom {
        /// The template.
        template_id: i64,
        /// What the caller put in for its placeholders.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        template_args: BTreeMap<String, String>,
    },
}

/// A message on its way into a room.
pub(super) struct NewMessage<'a> {
    pub(super) app_id: i64,
    pub(super) from: &'a PersonKey,
    pub(super) to: &'a PersonKey,
    pub(super) kind: MessageKind,
    pub(super) template_object: Value,
    pub(super) warnings: Vec<String>,
}

impl Rooms {
    pub(super) fn deliver(&mut self, message: NewMessage<'_>, now: Timestamp) {
        let NewMessage { app_id, from, to, kind, template_object, warnings } = message;
        self.latest_id += 1;
        let room = self.rooms.entry(RoomKey::of(from, to)).or_default();
        if room.len() == KEPT_PER_ROOM {
            room.pop_front();
        }
        room.push_back(Message {
            id: self.latest_id,
            at: now,
            app_id,
            from: from.clone(),
            to: to.clone(),
            kind,
            template_object,
            warnings,
        });
    }
}

impl World {
    /// What somebody received, oldest first.
    pub(crate) fn inbox(&self, person: &PersonKey) -> Vec<&Message> {
        let rooms = self.rooms_of(person).flat_map(|(_, messages)| messages);
        let mut received: Vec<&Message> = rooms.filter(|message| message.to == *person).collect();
        received.sort_by_key(|message| message.id);
        received
    }

    /// The rooms somebody has, each with whom they talk in it: themselves, or a friend.
    pub(crate) fn rooms_of(
        &self,
        person: &PersonKey,
    ) -> impl Iterator<Item = (&PersonKey, &VecDeque<Message>)> {
        let person = person.clone();
        self.rooms.rooms.iter().filter_map(move |(key, messages)| Some((key.partner(&person)?, messages)))
    }

    /// What two people, or one with themselves, said to each other; oldest first.
    pub(crate) fn room(&self, one: &PersonKey, other: &PersonKey) -> impl Iterator<Item = &Message> {
        self.rooms.rooms.get(&RoomKey::of(one, other)).into_iter().flatten()
    }
}
