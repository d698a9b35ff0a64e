//! Webhooks: what Kakao tells a service of its own accord, as a request ready to be sent.
//!
//! See [Kakao Docs/Kakao Login: Webhook], [Kakao Docs/KakaoTalk Share: Webhook] and [Kakao Docs/KakaoTalk Channel: Webhook].

mod delivery;
mod security_event;
mod telling;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use url::form_urlencoded;

use crate::digest::Digest;
use crate::seed::{App, Webhook};
use crate::world::event::{Event, Happened, UnlinkReason};
pub(crate) use delivery::Deliveries;
pub use delivery::Delivery;
pub(crate) use security_event::SecurityEvent;
use security_event::Signer;
pub(crate) use telling::{keep_telling, tell};

/// Which of an app's webhooks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum WebhookKind {
    /// Somebody disconnected the app on Kakao's side.
    Unlink,
    /// Something happened to somebody's account.
    AccountStatus,
    /// Somebody shared something of the app's with KakaoTalk Share.
    Share,
    /// Somebody added or blocked a channel of the app's.
    Channel,
}

/// What an app is told.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum News {
    Unlink { user_id: i64, reason: UnlinkReason },
    AccountStatus { user_id: i64, event: SecurityEvent, at: Timestamp },
    Share(Shared),
    Channel { user_id: i64, event: ChannelEvent, public_id: String, uuid: String },
}

/// A message that somebody shared with KakaoTalk Share.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Shared {
    pub(crate) chat_type: ChatType,
    pub(crate) hash_chat_id: Option<String>,
    pub(crate) template_id: Option<i64>,
    pub(crate) server_callback_args: Map<String, Value>,
}

/// The kind of room something was shared into, by Kakao's names.
#[expect(clippy::enum_variant_names, reason = "these are Kakao's names")]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum ChatType {
    #[default]
    MemoChat,
    DirectChat,
    MultiChat,
    OpenDirectChat,
    OpenMultiChat,
}

/// What somebody did with a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ChannelEvent {
    Added,
    Blocked,
}

/// A request on its way to a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Notice {
    pub(crate) kind: WebhookKind,
    /// With what a GET says in its query.
    pub(crate) url: String,
    pub(crate) is_get: bool,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: String,
}

impl News {
    pub(crate) fn kind(&self) -> WebhookKind {
        match self {
            Self::Unlink { .. } => WebhookKind::Unlink,
            Self::AccountStatus { .. } => WebhookKind::AccountStatus,
            Self::Share(_) => WebhookKind::Share,
            Self::Channel { .. } => WebhookKind::Channel,
        }
    }

    /// What an event is told as; parting by the service's own call is no unlink that its webhook tells of.
    pub(crate) fn of(happened: &Happened) -> Vec<Self> {
        let Happened { at, user_id, event, .. } = happened;
        let unlink = match event {
            Event::Unlinked { reason } if *reason != UnlinkReason::UnlinkFromService => {
                Some(Self::Unlink { user_id: *user_id, reason: *reason })
            }
            _ => None,
        };
        let event = SecurityEvent::of(event);
        unlink.into_iter().chain([Self::AccountStatus { user_id: *user_id, event, at: *at }]).collect()
    }

    /// The request that tells it; none if the app has no webhook for it.
    pub(crate) fn notice(&self, app: &App, number: u64, now: Timestamp, sign: Signer) -> Option<Notice> {
        let kind = self.kind();
        let webhook = webhook_of(app, kind)?;
        let id = unique_id(app, number, now);
        let mut headers = Vec::new();
        let mut is_get = webhook.method.eq_ignore_ascii_case("GET");
        // Kakao signs an account's events, and authorises all the others.
        if kind != WebhookKind::AccountStatus {
            headers.push(("authorization", format!("KakaoAK {}", app.admin_key.secret())));
        }
        if matches!(kind, WebhookKind::Share | WebhookKind::Channel) {
            headers.push(("x-kakao-resource-id", id.clone()));
        }
        let (content_type, fields, body) = match self {
            Self::Unlink { user_id, reason } => {
                let mut fields = Map::new();
                fields.insert("app_id".to_owned(), app.app_id.to_string().into());
                fields.insert("user_id".to_owned(), user_id.to_string().into());
                fields.insert("referrer_type".to_owned(), json!(reason));
                let form = form(&fields);
                ("application/x-www-form-urlencoded;charset=UTF-8", fields, form)
            }
            Self::AccountStatus { user_id, event, at } => {
                is_get = false;
                let claims = event.claims(app, *user_id, *at, now, &id);
                ("application/secevent+jwt", Map::new(), sign(number, "secevent+jwt", &claims))
            }
            Self::Share(shared) => {
                let fields = shared.fields(app);
                let json = Value::from(fields.clone()).to_string();
                ("application/json;charset=UTF-8", fields, json)
            }
            Self::Channel { user_id, event, public_id, uuid } => {
                is_get = false;
                let body = json!({"event": event, "id": user_id.to_string(), "id_type": "app_user_id",
                    "channel_public_id": public_id, "channel_uuid": uuid,
                    "updated_at": now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()});
                ("application/json;charset=UTF-8", Map::new(), body.to_string())
            }
        };
        if is_get {
            let separator = if webhook.url.contains('?') { '&' } else { '?' };
            let url = format!("{}{separator}{}", webhook.url, form(&fields));
            return Some(Notice { kind, url, is_get, headers, body: String::new() });
        }
        headers.push(("content-type", content_type.to_owned()));
        Some(Notice { kind, url: webhook.url.clone(), is_get, headers, body })
    }
}

impl Shared {
    /// The service's own arguments stand beside Kakao's fields.
    fn fields(&self, app: &App) -> Map<String, Value> {
        let mut fields = Map::new();
        fields.insert("CHAT_TYPE".to_owned(), json!(self.chat_type));
        let made_up =
            || Digest::of(&["chat", app.key.as_str(), &format!("{:?}", self.chat_type)]).base64url();
        fields.insert("HASH_CHAT_ID".to_owned(), self.hash_chat_id.clone().unwrap_or_else(made_up).into());
        if let Some(template_id) = self.template_id {
            fields.insert("TEMPLATE_ID".to_owned(), template_id.into());
        }
        fields.extend(self.server_callback_args.clone());
        fields
    }
}

pub(crate) fn webhook_of(app: &App, kind: WebhookKind) -> Option<&Webhook> {
    match kind {
        WebhookKind::Unlink => app.webhooks.unlink.as_ref(),
        WebhookKind::AccountStatus => app.webhooks.account_status.as_ref(),
        WebhookKind::Share => app.webhooks.share.as_ref(),
        WebhookKind::Channel => app.webhooks.channel.as_ref(),
    }
}

/// Another one for each request, and the same in a world that begins again.
fn unique_id(app: &App, number: u64, now: Timestamp) -> String {
    Digest::of(&["webhook", app.key.as_str(), &number.to_string(), &now.to_string()]).hex()[..32].to_owned()
}

fn form(fields: &Map<String, Value>) -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    for (name, value) in fields {
        match value {
            Value::String(text) => form.append_pair(name, text),
            other => form.append_pair(name, &other.to_string()),
        };
    }
    form.finish()
}

#[cfg(test)]
mod tests;
