//! Webhooks and what causes them, over HTTP.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{Asked, Body, ControlFault, Named, Since, read};
use crate::live::LiveWorld;
use crate::seed::{App, Channel, PersonKey};
use crate::webhook::{self, ChannelEvent, ChatType, Delivery, News, SecurityEvent, Shared, WebhookKind};
use crate::world::account::{AccountFault, Disconnect, Suspend};
use crate::world::event::UnlinkReason;

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
enum Send {
    Unlink {
        app: String,
        person: String,
        #[serde(default = "from_apps")]
        referrer_type: UnlinkReason,
    },
    AccountStatus {
        app: String,
        person: String,
        event: String,
        reason: Option<String>,
    },
    Share {
        app: String,
        #[serde(default)]
        chat_type: ChatType,
        hash_chat_id: Option<String>,
        template_id: Option<i64>,
        #[serde(default)]
        server_callback_args: Map<String, Value>,
    },
    Channel {
        app: String,
        person: String,
        event: ChannelEvent,
        channel_public_id: Option<String>,
    },
}

fn from_apps() -> UnlinkReason {
    UnlinkReason::UnlinkFromApps
}

/// Sends a webhook now, and answers what the receiver said.
pub(super) async fn send(
    State(live): State<Arc<LiveWorld>>,
    Body(body): Body,
) -> Result<Json<Delivery>, ControlFault> {
    let (app, person, news) = match read(&body)? {
        Send::Unlink { app, person, referrer_type: reason } => {
            let (app, person, user_id) = about(&live, &app, &person)?;
            (app, Some(person), News::Unlink { user_id, reason })
        }
        Send::AccountStatus { app, person, event, reason } => {
            let (app, person, user_id) = about(&live, &app, &person)?;
            let event = SecurityEvent::named(&event, reason).ok_or_else(|| no_such_event(&event))?;
            (app, Some(person), News::AccountStatus { user_id, event, at: live.clock().now() })
        }
        Send::Share { app, chat_type, hash_chat_id, template_id, server_callback_args } => {
            let shared = Shared { chat_type, hash_chat_id, template_id, server_callback_args };
            (app_of(&live, &app)?, None, News::Share(shared))
        }
        Send::Channel { app, person, event, channel_public_id } => {
            let (app, person, user_id) = about(&live, &app, &person)?;
            let Channel { public_id, uuid, .. } = channel(&app, channel_public_id.as_deref())?;
            (app, Some(person), News::Channel { user_id, event, public_id, uuid })
        }
    };
    let delivery = webhook::tell(&live, &app, person, &news).await;
    delivery.map(Json).ok_or_else(|| no_webhook(&app, news.kind()))
}

/// What was sent, also without anybody asking for it here.
pub(super) async fn list(
    State(live): State<Arc<LiveWorld>>,
    Asked(Since { since }): Asked<Since>,
) -> Json<Vec<Delivery>> {
    Json(live.deliveries().since(since))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DisconnectFrom {
    app: String,
    #[serde(default = "from_apps")]
    referrer_type: UnlinkReason,
}

/// Parts a person from an app, as on the page of their Kakao account; the webhooks follow by themselves.
pub(super) async fn disconnect(
    State(live): State<Arc<LiveWorld>>,
    Named(person): Named<String>,
    Body(body): Body,
) -> Result<Json<Value>, ControlFault> {
    let DisconnectFrom { app, referrer_type: reason } = read(&body)?;
    let done = live.apply(Disconnect { person: person.clone(), app: app.clone(), reason });
    done.map_err(|fault| account_fault(fault, &person, &app))?;
    Ok(Json(json!({"app": app, "person": person, "referrer_type": reason})))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Account {
    suspended: bool,
}

/// Suspends a Kakao account, or lets it go on.
pub(super) async fn account(
    State(live): State<Arc<LiveWorld>>,
    Named(person): Named<String>,
    Body(body): Body,
) -> Result<Json<Value>, ControlFault> {
    let Account { suspended } = read(&body)?;
    let done = live.apply(Suspend { person: person.clone(), suspended });
    done.map_err(|fault| account_fault(fault, &person, ""))?;
    Ok(Json(json!({"person": person, "suspended": suspended})))
}

fn app_of(live: &LiveWorld, app: &str) -> Result<App, ControlFault> {
    let known = live.read(|world, _| world.app_named(app).cloned());
    known.ok_or_else(|| account_fault(AccountFault::NoSuchApp, "", app))
}

/// Whom a webhook is about need not be linked any more.
fn about(live: &LiveWorld, app: &str, person: &str) -> Result<(App, PersonKey, i64), ControlFault> {
    let app = app_of(live, app)?;
    let known = live.read(|world, _| {
        let person = world.person(person)?;
        Some((person.key.clone(), person.user_ids[&app.key]))
    });
    let (person, user_id) = known.ok_or_else(|| account_fault(AccountFault::NoSuchPerson, person, ""))?;
    Ok((app, person, user_id))
}

/// The channel that is named, or the app's first.
fn channel(app: &App, named: Option<&str>) -> Result<Channel, ControlFault> {
    let is_named = |channel: &&Channel| named.is_none_or(|named| channel.public_id == named);
    app.channels.iter().find(is_named).cloned().ok_or_else(|| {
        let description = format!(
            "channel_public_id: seed의 apps[{0}].channels에 없는 채널입니다. \
             The seed's apps[{0}].channels has no such channel.",
            app.key
        );
        ControlFault::bad_request("no_such_channel", description)
    })
}

fn no_such_event(event: &str) -> ControlFault {
    let description = format!(
        "event: 카카오에 {event} 이벤트가 없습니다. user-linked, user-unlinked, account-disabled처럼 적으세요. \
         Kakao has no event {event}. Write it like user-linked, user-unlinked or account-disabled."
    );
    ControlFault::bad_request("no_such_event", description)
}

fn no_webhook(app: &App, kind: WebhookKind) -> ControlFault {
    let kind = json!(kind);
    let kind = kind.as_str().unwrap_or_default();
    let description = format!(
        "seed의 apps[{0}].webhooks.{kind}.url에 받을 주소를 적으세요. \
         Name the receiver in the seed: apps[{0}].webhooks.{kind}.url.",
        app.key
    );
    ControlFault { status: StatusCode::CONFLICT, ..ControlFault::bad_request("no_webhook", description) }
}

fn account_fault(fault: AccountFault, person: &str, app: &str) -> ControlFault {
    let (error, description) = match fault {
        AccountFault::NoSuchPerson => (
            "no_such_person",
            format!("{person} 키를 가진 사람이 없습니다. There is no person with the key {person}."),
        ),
        AccountFault::NoSuchApp => {
            ("no_such_app", format!("{app} 키를 가진 앱이 없습니다. There is no app with the key {app}."))
        }
        AccountFault::NotLinked => (
            "not_linked",
            format!(
                "{person}은(는) {app} 앱에 연결되어 있지 않습니다. {person} is not linked to the app {app}."
            ),
        ),
    };
    let status = if fault == AccountFault::NotLinked { StatusCode::CONFLICT } else { StatusCode::NOT_FOUND };
    ControlFault { status, ..ControlFault::bad_request(error, description) }
}
