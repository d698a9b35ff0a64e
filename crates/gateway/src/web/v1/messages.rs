//! `/v1/messages` and `/v1/notify`: what one sends, and what becomes of it.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::{QueryRejection, StringRejection};
use axum::extract::{FromRequestParts, Path, Query, State};
use axum::http::request::Parts;
use axum::http::{HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use katok_client::template::Finding;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::Body;
use super::templates::filled_in;
use crate::api_key::KeyScope;
use crate::app::App;
use crate::outbox::{self, Asked, NotAccepted, Order, Repeatable, Unsound};
use crate::sentence::Sentence;
use crate::store::{AccountId, KeptDelivery, KeptMessage, MessageId, PastAttempt, Receiver};
use crate::web::refusal::Refusal;
use crate::web::signed_in::{Allowed, ToRead, ToSend, ToSendToMe};
use crate::web::to_its_end;

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// By what a message may be asked for again.
pub(super) struct IdempotencyKey(Option<String>);

impl<S: Send + Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        let mut given = parts.headers.get_all(IDEMPOTENCY_KEY).iter();
        let (first, second) = (given.next(), given.next());
        let Some(first) = first else { return Ok(Self(None)) };
        let key = first.to_str().ok().map(str::trim).filter(|key| (1..=255).contains(&key.len()));
        match (key, second) {
            (Some(key), None) => Ok(Self(Some(key.to_owned()))),
            _ => Err(Refusal::bad_request(Sentence::new(
                "Idempotency-Key 헤더는 하나만, 1자부터 255자까지의 ASCII로 보내세요.",
                "Send one Idempotency-Key header of 1 to 255 ASCII characters.",
            ))),
        }
    }
}

impl IdempotencyKey {
    /// With the body it came with, in whatever order and with whatever spaces that was written.
    fn of(self, body: impl FnOnce() -> Value) -> Option<Repeatable> {
        let key = self.0?;
        let mut body = body();
        body.sort_all_objects();
        Some(Repeatable::new(&key, body.to_string().as_bytes()))
    }
}

/// `POST /v1/messages`: answers 202 when the message is on the disk.
pub(super) async fn send(
    State(app): State<Arc<App>>,
    sender: Allowed<ToSend>,
    key: IdempotencyKey,
    Body(written): Body<Map<String, Value>>,
) -> Result<Response, Refusal> {
    let repeatable = key.of(|| written.clone().into());
    let written = filled_in(&app, &sender.account, repeatable.as_ref(), written).await?;
    let asked: Asked = super::parse(written)?;
    sender.must_have(if asked.is_to_friends() { KeyScope::SendFriends } else { KeyScope::SendMe })?;
    accept(app, sender, repeatable, asked).await
}

/// `POST /v1/notify`: a text to oneself, as plain as it can be asked for.
pub(super) async fn notify(
    State(app): State<Arc<App>>,
    sender: Allowed<ToSendToMe>,
    key: IdempotencyKey,
    text: Result<String, StringRejection>,
) -> Result<Response, Refusal> {
    let text = text.map_err(|_| {
        Refusal::bad_request(Sentence::new(
            "본문은 UTF-8 텍스트여야 합니다.",
            "The body must be text in UTF-8.",
        ))
    })?;
    let repeatable = key.of(|| text.clone().into());
    accept(app, sender, repeatable, Asked::text_to_me(text)).await
}

async fn accept<S>(
    app: Arc<App>,
    sender: Allowed<S>,
    repeatable: Option<Repeatable>,
    asked: Asked,
) -> Result<Response, Refusal> {
    let (order, warnings) = asked.checked(&app.settings.public_url)?;
    let (working, account, key) = (app.clone(), sender.account.clone(), sender.api_key().cloned());
    let kept = order.clone();
    // The message may be on the disk when the browser has gone: then it is sent as well.
    let accepted = to_its_end(&app, async move {
        let sender = outbox::Sender { account: &account, api_key: key.as_deref(), recurring: None };
        outbox::accept(&working, sender, &kept, repeatable.as_ref()).await
    });
    let answer = accepted_as(&accepted.await?, &order, &warnings);
    Ok((StatusCode::ACCEPTED, Json(answer)).into_response())
}

/// The same whenever it is asked for again, whatever became of the message since.
fn accepted_as(id: &MessageId, order: &Order, warnings: &[Finding]) -> Value {
    let state = if order.send_at.is_some() { "scheduled" } else { "queued" };
    let delivery = |(place, receiver): (usize, &Receiver)| json!({"id": id.delivery(place).0, "to": receiver.as_str(), "state": state});
    json!({
        "id": id.as_str(),
        "state": state,
        "deliveries": order.receivers.iter().enumerate().map(delivery).collect::<Vec<_>>(),
        "warnings": warnings.iter().map(finding).collect::<Vec<_>>(),
    })
}

pub(in crate::web) fn finding(finding: &Finding) -> Value {
    json!({
        "path": finding.path,
        "ko": format!("{} {}", finding.cause_ko, finding.remedy_ko),
        "en": format!("{} {}", finding.cause_en, finding.remedy_en),
    })
}

/// Which part of the list.
#[derive(Deserialize)]
pub(super) struct Part {
    cursor: Option<String>,
    limit: Option<i64>,
}

/// `GET /v1/messages?cursor=&limit=`: one's own messages, the newest first.
pub(super) async fn list(
    State(app): State<Arc<App>>,
    asker: Allowed<ToRead>,
    part: Result<Query<Part>, QueryRejection>,
) -> Result<Json<Value>, Refusal> {
    let malformed = || {
        Refusal::bad_request(Sentence::new(
            "limit은 1부터 100까지의 수, cursor는 앞 쪽의 next_cursor여야 합니다.",
            "limit must be a number from 1 to 100, and cursor the next_cursor of the page before.",
        ))
    };
    let Query(Part { cursor, limit }) = part.map_err(|_| malformed())?;
    let limit = limit.unwrap_or(20);
    let after = match cursor {
        Some(cursor) => Some(MessageId::presented(&cursor).ok_or_else(malformed)?),
        None => None,
    };
    if !(1..=100).contains(&limit) {
        return Err(malformed());
    }
    let mut messages = app.store.messages(&asker.account, after.as_ref(), limit + 1).await?;
    let shown = usize::try_from(limit).unwrap_or(usize::MAX);
    let there_are_more = messages.len() > shown;
    messages.truncate(shown);
    let next_cursor = messages.last().filter(|_| there_are_more).map(|last| last.id.as_str().to_owned());
    let attempts = app.store.attempts(&messages).await?;
    let messages: Vec<Value> = messages.iter().map(|message| show(message, &attempts)).collect();
    Ok(Json(json!({"messages": messages, "next_cursor": next_cursor})))
}

/// `GET /v1/messages/{id}`: with what it says, and every attempt.
pub(super) async fn one(
    State(app): State<Arc<App>>,
    asker: Allowed<ToRead>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Refusal> {
    let message = find(&app, &asker.account, &id).await?;
    let mut shown = show(&message, &app.store.attempts(std::slice::from_ref(&message)).await?);
    let content = outbox::read(&app, &message).await?;
    shown["template"] = content.map_or(Value::Null, |content| content.template.to_json());
    Ok(Json(shown))
}

/// `POST /v1/messages/{id}/cancel`: takes back what has not been sent.
pub(super) async fn cancel(
    State(app): State<Arc<App>>,
    sender: Allowed<ToSend>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Refusal> {
    let message = find_to_change(&app, &sender, &id).await?;
    take_back(&app, &message).await?;
    again(&app, &sender, &id).await
}

/// Cancels what has not been sent, or says that it is too late.
pub(in crate::web) async fn take_back(app: &App, message: &KeptMessage) -> Result<(), Refusal> {
    if !outbox::cancel(app, message).await? {
        return Err(Refusal::too_late(Sentence::new(
            "취소할 수 있는 것이 없습니다. 이미 보냈거나 보내는 중입니다.",
            "There is nothing left to take back: it was sent, or is being sent.",
        )));
    }
    Ok(())
}

/// `POST /v1/messages/{id}/resend`: sends again what did not arrive, or may not have.
pub(super) async fn resend(
    State(app): State<Arc<App>>,
    sender: Allowed<ToSend>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Refusal> {
    let message = find_to_change(&app, &sender, &id).await?;
    let to_send = message.deliveries.iter().filter(|delivery| delivery.state.is_final()).count();
    sender.count_sends(&app, to_send).await?;
    send_again(&app, &message).await?;
    again(&app, &sender, &id).await
}

/// Sends again what did not arrive, or says that there is nothing of that kind.
pub(in crate::web) async fn send_again(app: &App, message: &KeptMessage) -> Result<(), Refusal> {
    if !outbox::resend(app, message).await? {
        return Err(Refusal::too_late(Sentence::new(
            "다시 보낼 것이 없습니다. 모두 받았거나, 아직 보내는 중이거나, 보관 기간이 지났습니다.",
            "There is nothing to send again: everybody got it, it is still under way, or it was kept long enough.",
        )));
    }
    Ok(())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OtherTime {
    send_at: Timestamp,
}

/// `POST /v1/messages/{id}/reschedule`: another time for what nobody has begun to send.
pub(super) async fn reschedule(
    State(app): State<Arc<App>>,
    sender: Allowed<ToSend>,
    Path(id): Path<String>,
    Body(OtherTime { send_at }): Body<OtherTime>,
) -> Result<Json<Value>, Refusal> {
    let message = find_to_change(&app, &sender, &id).await?;
    let send_at = outbox::time_to_send(send_at, app.clock.now()).map_err(Refusal::invalid)?;
    if !outbox::reschedule(&app, &message, send_at).await? {
        return Err(Refusal::too_late(Sentence::new(
            "이미 보내기 시작한 메시지의 시각은 바꿀 수 없습니다.",
            "The time of a message that has been tried cannot be changed.",
        )));
    }
    again(&app, &sender, &id).await
}

/// One's own message.
pub(in crate::web) async fn find(app: &App, account: &AccountId, id: &str) -> Result<KeptMessage, Refusal> {
    let id = MessageId::presented(id).ok_or_else(Refusal::not_found)?;
    let message = app.store.message(&id).await?.filter(|message| message.account == *account);
    message.ok_or_else(Refusal::not_found)
}

/// A key changes only what one like it could have sent.
async fn find_to_change(app: &App, sender: &Allowed<ToSend>, id: &str) -> Result<KeptMessage, Refusal> {
    let message = find(app, &sender.account, id).await?;
    let is_to_me = message.deliveries.iter().any(|delivery| delivery.receiver == Receiver::Me);
    sender.must_have(if is_to_me { KeyScope::SendMe } else { KeyScope::SendFriends })?;
    Ok(message)
}

async fn again(app: &App, sender: &Allowed<ToSend>, id: &str) -> Result<Json<Value>, Refusal> {
    let message = find(app, &sender.account, id).await?;
    Ok(Json(show(&message, &app.store.attempts(std::slice::from_ref(&message)).await?)))
}

fn show(message: &KeptMessage, attempts: &[PastAttempt]) -> Value {
    let deliveries = message.deliveries.iter().map(|delivery| show_delivery(message, delivery, attempts));
    json!({
        "id": message.id.as_str(),
        "state": outbox::state_of(message.deliveries.iter().map(|delivery| delivery.state)),
        "created_at": message.created_at,
        "send_at": message.send_at,
        "expires_at": message.expires_at,
        "on_unconfirmed": message.on_unconfirmed,
        "on_quota": message.on_quota,
        "on_failure": message.on_failure,
        "api_key": message.api_key,
        "recurring": message.recurring,
        "deliveries": deliveries.collect::<Vec<_>>(),
    })
}

fn show_delivery(message: &KeptMessage, delivery: &KeptDelivery, attempts: &[PastAttempt]) -> Value {
    let attempts = attempts.iter().filter(|attempt| attempt.delivery_seq == delivery.seq);
    json!({
        "id": message.id.delivery(delivery.place).0,
        "to": delivery.receiver.as_str(),
        "state": delivery.state,
        "code": delivery.code,
        "remedy": outbox::remedy(message, delivery),
        "attempts": attempts.map(show_attempt).collect::<Vec<_>>(),
        "next_at": delivery.due_at.filter(|due_at| *due_at > Timestamp::UNIX_EPOCH),
        "changed_at": delivery.changed_at,
    })
}

fn show_attempt(attempt: &PastAttempt) -> Value {
    json!({
        "at": attempt.begun_at,
        "duration_ms": attempt.duration_ms,
        "outcome": attempt.outcome,
        "code": attempt.code,
    })
}

impl From<Unsound> for Refusal {
    fn from(unsound: Unsound) -> Self {
        let mut refusal = Self::invalid(unsound.sentence);
        if !unsound.findings.is_empty() {
            refusal.body.insert("findings".into(), unsound.findings.iter().map(finding).collect());
        }
        refusal
    }
}

impl From<NotAccepted> for Refusal {
    fn from(error: NotAccepted) -> Self {
        match error {
            NotAccepted::NoAccount => Self::not_signed_in(),
            NotAccepted::OtherMessage => Self::conflict(),
            NotAccepted::Untimely(sentence) => Self::invalid(sentence),
            NotAccepted::Full => Self::outbox_full(),
            NotAccepted::CapReached(reached) => Self::from(reached),
            NotAccepted::Vault(error) => Self::from(error),
        }
    }
}
