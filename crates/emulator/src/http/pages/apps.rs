//! The apps, as their developers see and set them up in Kakao's console.

use std::sync::Arc;

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Response;

use super::form::{Field, Filled, Group, Inputs, Kind, Problem, fill, inputs, show_again};
use super::frame::{Frame, Section, done, missing, show};
use super::language::Language;
use super::words::Words;
use crate::http::control::{ControlFault, Named};
use crate::live::LiveWorld;
use crate::seed::{App, AppKey};
use crate::world::World;
use crate::world::consent::{Asked, ITEMS};
use crate::world::console::{RegisterApp, RenewClientSecret, SetUpApp};

const FIELDS: &[Group] = &[
    Group {
        title: |t| t.keys,
        fields: &[
            Field { name: "rest_api_key", label: |t| t.rest_api_key, kind: Kind::Line },
            Field { name: "client_secret", label: |t| t.client_secret, kind: Kind::OptionalLine },
            Field { name: "admin_key", label: |t| t.admin_key, kind: Kind::Line },
            Field { name: "javascript_key", label: |t| t.javascript_key, kind: Kind::Line },
            Field { name: "native_app_key", label: |t| t.native_app_key, kind: Kind::Line },
        ],
    },
    Group {
        title: |t| t.login_settings,
        fields: &[
            Field { name: "name", label: |t| t.app_name, kind: Kind::Line },
            Field { name: "login", label: |t| t.login, kind: Kind::Tick },
            Field { name: "oidc", label: |t| t.oidc, kind: Kind::Tick },
            Field { name: "automatic_linking", label: |t| t.automatic_linking, kind: Kind::Tick },
            Field { name: "allows_under_14", label: |t| t.allows_under_14, kind: Kind::Tick },
            Field { name: "test_app", label: |t| t.test_app, kind: Kind::Tick },
            Field { name: "suspended", label: |t| t.app_suspended, kind: Kind::Tick },
            Field { name: "redirect_uris", label: |t| t.redirect_uris, kind: Kind::Lines },
            Field { name: "logout_redirect_uris", label: |t| t.logout_redirect_uris, kind: Kind::Lines },
            Field { name: "web_domains", label: |t| t.web_domains, kind: Kind::Lines },
        ],
    },
    Group {
        title: |t| t.consent_items,
        fields: &[Field { name: "consent_items", label: |t| t.consent_items_are, kind: Kind::ConsentItems }],
    },
    Group {
        title: |t| t.team_and_permissions,
        fields: &[
            Field { name: "permissions", label: |t| t.permissions, kind: Kind::Choices },
            Field { name: "members", label: |t| t.members, kind: Kind::Choices },
        ],
    },
    Group {
        title: |t| t.webhooks,
        fields: &[
            Field { name: "webhooks.unlink", label: |t| t.webhook_unlink, kind: Kind::Webhook },
            Field {
                name: "webhooks.account_status",
                label: |t| t.webhook_account_status,
                kind: Kind::Webhook,
            },
            Field { name: "webhooks.share", label: |t| t.webhook_share, kind: Kind::Webhook },
            Field { name: "webhooks.channel", label: |t| t.webhook_channel, kind: Kind::Webhook },
        ],
    },
    Group {
        title: |t| t.quotas,
        fields: &[
            Field {
                name: "quotas.access_tokens_per_10_minutes",
                label: |t| t.quota_access_tokens,
                kind: Kind::Number,
            },
            Field {
                name: "quotas.refresh_tokens_per_60_minutes",
                label: |t| t.quota_refresh_tokens,
                kind: Kind::Number,
            },
            Field { name: "quotas.messages_per_day", label: |t| t.quota_messages, kind: Kind::Number },
            Field {
                name: "quotas.messages_per_sender_per_day",
                label: |t| t.quota_sender,
                kind: Kind::Number,
            },
            Field {
                name: "quotas.messages_per_receiver_per_day",
                label: |t| t.quota_receiver,
                kind: Kind::Number,
            },
            Field { name: "quotas.messages_per_pair_per_day", label: |t| t.quota_pair, kind: Kind::Number },
            Field { name: "quotas.requests_per_month", label: |t| t.quota_requests, kind: Kind::Number },
            Field {
                name: "quotas.talk_profiles_per_day",
                label: |t| t.quota_talk_profiles,
                kind: Kind::Number,
            },
            Field { name: "quotas.user_ids_per_minute", label: |t| t.quota_user_ids, kind: Kind::Number },
            Field {
                name: "quotas.code_lifetime_seconds",
                label: |t| t.quota_code_lifetime,
                kind: Kind::Number,
            },
            Field {
                name: "quotas.friends_cache_seconds",
                label: |t| t.quota_friends_cache,
                kind: Kind::Number,
            },
            Field {
                name: "quotas.image_retention_days",
                label: |t| t.quota_image_retention,
                kind: Kind::Number,
            },
            Field {
                name: "quotas.friends_per_page",
                label: |t| t.quota_friends_per_page,
                kind: Kind::Number,
            },
        ],
    },
    Group {
        title: |t| t.more_settings,
        fields: &[
            Field { name: "properties", label: |t| t.properties, kind: Kind::Lines },
            Field { name: "javascript_domains", label: |t| t.javascript_domains, kind: Kind::Lines },
            Field { name: "android_key_hashes", label: |t| t.android_key_hashes, kind: Kind::Lines },
            Field { name: "ios_bundle_ids", label: |t| t.ios_bundle_ids, kind: Kind::Lines },
            Field { name: "ip_allow_list", label: |t| t.ip_allow_list, kind: Kind::Lines },
            Field { name: "admin_key_denied", label: |t| t.admin_key_denied, kind: Kind::Lines },
            Field { name: "service_terms", label: |t| t.service_terms, kind: Kind::Json },
            Field { name: "channels", label: |t| t.channels, kind: Kind::Json },
            Field { name: "templates", label: |t| t.templates, kind: Kind::Json },
        ],
    },
];

#[derive(Template)]
#[template(path = "apps.html")]
struct AppsPage {
    frame: Frame,
    t: &'static Words,
    apps: Vec<AppRow>,
    key: String,
    name: String,
    problem: Option<Problem>,
}

/// An app in a list.
pub(super) struct AppRow {
    pub(super) key: AppKey,
    pub(super) name: String,
    pub(super) app_id: i64,
    pub(super) rest_api_key: String,
}

impl AppRow {
    pub(super) fn all(world: &World) -> Vec<Self> {
        let row = |app: &App| Self {
            key: app.key.clone(),
            name: app.name.clone(),
            app_id: app.app_id,
            rest_api_key: app.rest_api_key.clone(),
        };
        world.apps().iter().map(row).collect()
    }
}

impl AppsPage {
    fn new(live: &LiveWorld, language: Language) -> Self {
        let frame = Frame::new(language, Section::Apps);
        let apps = live.read(|world, _| AppRow::all(world));
        Self { frame, t: language.words(), apps, key: String::new(), name: String::new(), problem: None }
    }
}

pub(super) async fn list(State(live): State<Arc<LiveWorld>>, language: Language) -> Response {
    show(&AppsPage::new(&live, language))
}

pub(super) async fn register(
    State(live): State<Arc<LiveWorld>>,
    language: Language,
    filled: Filled,
) -> Response {
    let (key, name) = (filled.text("key").to_owned(), filled.text("name").to_owned());
    let registered = match key.parse::<AppKey>() {
        Ok(key) => live.apply(RegisterApp { key, name: name.clone() }).map_err(Problem::from),
        Err(_) => Err(Problem::new("key", language.words().not_a_key)),
    };
    match registered {
        Ok(()) => done(&format!("/_emulator/apps/{key}")),
        Err(problem) => {
            show(&AppsPage { key, name, problem: Some(problem), ..AppsPage::new(&live, language) })
        }
    }
}

#[derive(Template)]
#[template(path = "app.html")]
struct AppPage {
    frame: Frame,
    t: &'static Words,
    key: AppKey,
    name: String,
    app_id: i64,
    groups: Vec<Inputs>,
    problem: Option<Problem>,
}

impl AppPage {
    fn new(live: &LiveWorld, language: Language, app: &App) -> Self {
        let t = language.words();
        let people: Vec<(String, String)> = live.read(|world, _| {
            world.people().iter().map(|person| (person.key.to_string(), person.nickname.clone())).collect()
        });
        let offered = |field: &str| match field {
            "members" => people.clone(),
            "permissions" => vec![
                ("friends".to_owned(), t.permission_friends.to_owned()),
                ("message".to_owned(), t.permission_message.to_owned()),
            ],
            _ => offered_items(app, language),
        };
        Self {
            frame: Frame::new(language, Section::Apps),
            t,
            key: app.key.clone(),
            name: app.name.clone(),
            app_id: app.app_id,
            groups: inputs(app, FIELDS, &offered, t),
            problem: None,
        }
    }
}

/// The app's own consent items in their order, then those of Kakao's that it does not ask for.
fn offered_items(app: &App, language: Language) -> Vec<(String, String)> {
    let own = app.consent_items.iter().map(|item| item.id.as_str());
    let others = ITEMS.into_iter().filter(|item| app.level(item).is_none());
    own.chain(others).map(|id| (id.to_owned(), item_name(id, language))).collect()
}

/// What people call a consent item.
pub(super) fn item_name(id: &str, language: Language) -> String {
    let item = Asked { id: id.to_owned(), required: false };
    let (korean, english) = item.names();
    match language {
        Language::English if !english.is_empty() => english.to_owned(),
        _ => korean.to_owned(),
    }
}

fn app_of(live: &LiveWorld, key: &str) -> Option<App> {
    live.read(|world, _| world.apps().iter().find(|app| app.key.as_str() == key).cloned())
}

pub(super) async fn look(
    State(live): State<Arc<LiveWorld>>,
    language: Language,
    Named(key): Named<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, ControlFault> {
    let Some(app) = app_of(&live, &key) else { return Ok(missing(language)) };
    let mut page = AppPage::new(&live, language, &app);
    page.frame = page.frame.saying_done(query.as_deref());
    Ok(show(&page))
}

pub(super) async fn set_up(
    State(live): State<Arc<LiveWorld>>,
    language: Language,
    Named(key): Named<String>,
    filled: Filled,
) -> Result<Response, ControlFault> {
    let Some(app) = app_of(&live, &key) else { return Ok(missing(language)) };
    let set_up = fill(&app, FIELDS, &filled, language.words())
        .and_then(|changed| live.apply(SetUpApp(changed)).map_err(Problem::from));
    let Err(problem) = set_up else { return Ok(done(&format!("/_emulator/apps/{key}"))) };
    let mut page = AppPage::new(&live, language, &app);
    show_again(&mut page.groups, &filled, &problem);
    Ok(show(&AppPage { problem: Some(problem), ..page }))
}

pub(super) async fn renew_secret(
    State(live): State<Arc<LiveWorld>>,
    language: Language,
    Named(key): Named<String>,
) -> Result<Response, ControlFault> {
    let Some(app) = app_of(&live, &key) else { return Ok(missing(language)) };
    let Ok(_) = live.apply(RenewClientSecret(app.key));
    Ok(done(&format!("/_emulator/apps/{key}")))
}
