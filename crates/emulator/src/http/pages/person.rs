//! A person: their chats, their account, their friends, and the apps they are signed up to.

use std::collections::BTreeSet;
use std::sync::Arc;

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use jiff::Timestamp;
use serde_json::json;

use super::Face;
use super::apps::item_name;
use super::form::{Field, Filled, Group, Inputs, Kind, Problem, fill, inputs, show_again};
use super::frame::{Frame, Section, done, missing, show};
use super::language::Language;
use super::rooms::RoomRow;
use super::words::Words;
use crate::http::control::{ControlFault, Named};
use crate::live::LiveWorld;
use crate::seed::{App, AppKey, ConsentLevel, Person, PersonKey};
use crate::world::World;
use crate::world::account::Disconnect;
use crate::world::friendship::{EditFriend, Standing};
use crate::world::link::LinkKey;
use crate::world::membership::{EditAccount, EditConsents};
use crate::world::quota::korean_time;
use crate::world::session::SignOutEverywhere;

const FIELDS: &[Group] = &[
    Group {
        title: |t| t.account,
        fields: &[
            Field { name: "nickname", label: |t| t.nickname, kind: Kind::Line },
            Field { name: "email", label: |t| t.email, kind: Kind::Line },
            Field { name: "password", label: |t| t.password, kind: Kind::Line },
            Field { name: "is_email_valid", label: |t| t.is_email_valid, kind: Kind::Tick },
            Field { name: "is_email_verified", label: |t| t.is_email_verified, kind: Kind::Tick },
            Field { name: "talk", label: |t| t.talk, kind: Kind::Tick },
            Field { name: "refuses_messages", label: |t| t.refuses_messages, kind: Kind::Tick },
            Field { name: "unsupported_device", label: |t| t.unsupported_device, kind: Kind::Tick },
            Field { name: "under_14", label: |t| t.under_14, kind: Kind::Tick },
            Field { name: "suspended", label: |t| t.person_suspended, kind: Kind::Tick },
            Field { name: "dormant", label: |t| t.dormant, kind: Kind::Tick },
        ],
    },
    Group {
        title: |t| t.about_the_person,
        fields: &[
            Field { name: "name", label: |t| t.name, kind: Kind::OptionalLine },
            Field { name: "gender", label: |t| t.gender, kind: Kind::Choice(&["", "female", "male"]) },
            Field { name: "age_range", label: |t| t.age_range, kind: Kind::OptionalLine },
            Field { name: "birthyear", label: |t| t.birthyear, kind: Kind::OptionalLine },
            Field { name: "birthday", label: |t| t.birthday, kind: Kind::OptionalLine },
            Field {
                name: "birthday_type",
                label: |t| t.birthday_type,
                kind: Kind::Choice(&["SOLAR", "LUNAR"]),
            },
            Field { name: "is_leap_month", label: |t| t.is_leap_month, kind: Kind::Tick },
            Field { name: "phone_number", label: |t| t.phone_number, kind: Kind::OptionalLine },
            Field { name: "ci", label: |t| t.ci, kind: Kind::OptionalLine },
            Field { name: "profile_image_url", label: |t| t.profile_image_url, kind: Kind::OptionalLine },
            Field { name: "thumbnail_image_url", label: |t| t.thumbnail_image_url, kind: Kind::OptionalLine },
            Field { name: "is_default_nickname", label: |t| t.is_default_nickname, kind: Kind::Tick },
            Field { name: "shipping_addresses", label: |t| t.shipping_addresses, kind: Kind::Json },
            Field { name: "channels", label: |t| t.channel_relations, kind: Kind::Json },
        ],
    },
];

#[derive(Template)]
#[template(path = "person.html")]
struct PersonPage {
    frame: Frame,
    t: &'static Words,
    face: Face,
    rooms: Vec<RoomRow>,
    friends: Vec<FriendRow>,
    /// Who could become a friend.
    strangers: Vec<(PersonKey, String)>,
    apps: Vec<MembershipRow>,
    sessions: Vec<SessionRow>,
    groups: Vec<Inputs>,
    problem: Option<Problem>,
}

struct FriendRow {
    face: Face,
    standing: Standing,
}

/// A browser in which somebody is signed in.
struct SessionRow {
    since: String,
    remaining: String,
}

/// How somebody stands with an app.
struct MembershipRow {
    key: AppKey,
    name: String,
    user_id: i64,
    membership: Option<Membership>,
    items: Vec<ItemRow>,
}

struct Membership {
    uuid: String,
    since: String,
    is_preregistered: bool,
}

struct ItemRow {
    id: String,
    name: String,
    agreed: bool,
    required: bool,
}

impl PersonPage {
    fn new(world: &World, now: Timestamp, language: Language, person: &Person) -> Self {
        let t = language.words();
        let friends: Vec<FriendRow> = world
            .friends_of(&person.key)
            .filter_map(|(key, standing)| {
                Some(FriendRow { face: Face::new(world.person(key.as_str())?), standing })
            })
            .collect();
        let is_stranger = |other: &&Person| {
            other.key != person.key && friends.iter().all(|friend| friend.face.key != other.key)
        };
        let strangers = world.people().iter().filter(is_stranger);
        Self {
            frame: Frame::new(language, Section::People),
            t,
            face: Face::new(person),
            rooms: RoomRow::all(world, person),
            strangers: strangers.map(|other| (other.key.clone(), other.nickname.clone())).collect(),
            friends,
            apps: world.apps().iter().map(|app| membership(world, language, app, person)).collect(),
            sessions: world
                .sessions_of(&person.key, now)
                .into_iter()
                .map(|session| SessionRow {
                    since: minute(session.since),
                    remaining: language.duration(session.expires_at.duration_since(now)),
                })
                .collect(),
            groups: inputs(person, FIELDS, &|_| Vec::new(), t),
            problem: None,
        }
    }
}

fn membership(world: &World, language: Language, app: &App, person: &Person) -> MembershipRow {
    let link = world.membership(&LinkKey::new(&app.key, &person.key));
    let item = |id: &str, required| ItemRow {
        id: id.to_owned(),
        name: item_name(id, language),
        agreed: link.is_some_and(|link| link.scopes.contains(id)),
        required,
    };
    MembershipRow {
        key: app.key.clone(),
        name: app.name.clone(),
        user_id: person.user_ids[&app.key],
        membership: link.map(|link| Membership {
            uuid: link.uuid.clone(),
            since: minute(link.connected_at),
            is_preregistered: link.registered_at.is_none(),
        }),
        items: app
            .consent_items
            .iter()
            .map(|asked| item(&asked.id, asked.level == ConsentLevel::Required))
            .collect(),
    }
}

fn minute(at: Timestamp) -> String {
    korean_time(at).strftime("%Y-%m-%d %H:%M").to_string()
}

fn person_of(live: &LiveWorld, key: &str) -> Option<Person> {
    live.read(|world, _| world.person(key).cloned())
}

pub(super) async fn look(
    State(live): State<Arc<LiveWorld>>,
    language: Language,
    Named(key): Named<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, ControlFault> {
    let page = live.read(|world, now| Some(PersonPage::new(world, now, language, world.person(&key)?)));
    let Some(mut page) = page else { return Ok(missing(language)) };
    page.frame = page.frame.saying_done(query.as_deref());
    Ok(show(&page))
}

pub(super) async fn edit_account(
    State(live): State<Arc<LiveWorld>>,
    language: Language,
    Named(key): Named<String>,
    filled: Filled,
) -> Result<Response, ControlFault> {
    let Some(person) = person_of(&live, &key) else { return Ok(missing(language)) };
    let edited = fill(&person, FIELDS, &filled, language.words())
        .and_then(|changed| live.apply(EditAccount(changed)).map_err(Problem::from));
    let Err(problem) = edited else { return Ok(done(&format!("/_emulator/people/{key}#account"))) };
    let mut page = live.read(|world, now| PersonPage::new(world, now, language, &person));
    show_again(&mut page.groups, &filled, &problem);
    Ok(show(&PersonPage { problem: Some(problem), ..page }))
}

pub(super) async fn edit_friend(
    State(live): State<Arc<LiveWorld>>,
    language: Language,
    Named(key): Named<String>,
    filled: Filled,
) -> Result<Response, ControlFault> {
    let (of, with) = (key.parse::<PersonKey>(), filled.text("with").parse::<PersonKey>());
    let (Ok(of), Ok(with)) = (of, with) else { return Ok(missing(language)) };
    let standing = Standing {
        favorite: filled.is_ticked("favorite"),
        hidden: filled.is_ticked("hidden"),
        blocked: filled.is_ticked("blocked"),
    };
    let standing = (filled.text("action") != "remove").then_some(standing);
    if filled.is_ticked("mutual") {
        let way_back = Some(Standing::default());
        let Ok(_) = live.apply(EditFriend { of: with.clone(), with: of.clone(), standing: way_back });
    }
    let Ok(edited) = live.apply(EditFriend { of, with, standing });
    Ok(if edited { done(&format!("/_emulator/people/{key}#friends")) } else { missing(language) })
}

pub(super) async fn sign_out(
    State(live): State<Arc<LiveWorld>>,
    language: Language,
    Named(key): Named<String>,
) -> Result<Response, ControlFault> {
    let Some(person) = person_of(&live, &key) else { return Ok(missing(language)) };
    let Ok(()) = live.apply(SignOutEverywhere { person: person.key });
    Ok(done(&format!("/_emulator/people/{key}#sessions")))
}

pub(super) async fn edit_membership(
    State(live): State<Arc<LiveWorld>>,
    language: Language,
    Named((key, app)): Named<(String, String)>,
    filled: Filled,
) -> Result<Response, ControlFault> {
    let (person, app) = (key.parse::<PersonKey>(), app.parse::<AppKey>());
    let (Ok(person), Ok(app)) = (person, app) else { return Ok(missing(language)) };
    let edited = match filled.text("action") {
        "consents" => {
            let scopes: BTreeSet<String> = filled.0.all("scope").map(str::to_owned).collect();
            let Ok(edited) = live.apply(EditConsents { link: LinkKey::new(&app, &person), scopes });
            edited
        }
        "unlink" => {
            let Ok(reason) = serde_json::from_value(json!(filled.text("referrer_type"))) else {
                return Ok(missing(language));
            };
            live.apply(Disconnect { person: person.to_string(), app: app.to_string(), reason }).is_ok()
        }
        _ => return Ok(missing(language)),
    };
    Ok(if edited { done(&format!("/_emulator/people/{key}#apps")) } else { missing(language) })
}
