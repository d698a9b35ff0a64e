//! The routes of Kakao's own sample: same paths, same meaning, Kakao's JSON passed on.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Query, RawQuery, Request, State};
use axum::http::request::Parts;
use axum::http::{Method, header};
use axum_extra::extract::CookieJar;
use katok_client::{ListFriends, Me};
use serde::Deserialize;
use serde_json::{Value, json};

use super::cookies;
use super::refusal::Refusal;
use super::signed_in::{Acting, Allowed, ToRead, ToSendToFriends, ToSendToMe};
use super::to_its_end;
use crate::account;
use crate::app::App;
use crate::message::Draft;
use crate::outbox::{self, Order, Sent, SentDelivery, State as DeliveryState};
use crate::sentence::Sentence;
use crate::store::{AccountId, Receiver};

type Answer = Result<Json<Value>, Refusal>;

/// Kakao's JSON, letter by letter.
type PassedOn = Result<Json<account::Json>, Refusal>;

/// `GET /profile`
pub(super) async fn profile(State(app): State<Arc<App>>, asker: Allowed<ToRead>) -> PassedOn {
    Ok(Json(account::call(&app, &asker.account, &Me).await?))
}

/// Which part of a list.
#[derive(Deserialize)]
pub(super) struct Page {
    pub(super) offset: Option<u32>,
    limit: Option<u32>,
}

impl<S: Send + Sync> FromRequestParts<S> for Page {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let page = Query::<Self>::from_request_parts(parts, state).await.map_err(|_| {
            Refusal::bad_request(Sentence::new(
                "offset과 limit은 0 이상의 수여야 합니다.",
                "offset and limit must be numbers from 0.",
            ))
        })?;
        Ok(page.0)
    }
}

impl Page {
    pub(super) fn list(&self) -> ListFriends {
        let mut friends = ListFriends::new();
        if let Some(offset) = self.offset {
            friends = friends.offset(offset);
        }
        if let Some(limit) = self.limit {
            friends = friends.limit(limit);
        }
        friends
    }
}

/// `GET /friends`, and for longer lists `?offset=` and `?limit=` as Kakao knows them.
pub(super) async fn friends(State(app): State<Arc<App>>, asker: Allowed<ToRead>, page: Page) -> PassedOn {
    Ok(Json(account::call(&app, &asker.account, &page.list()).await?))
}

/// `GET|POST /message`: to me.
pub(super) async fn message(
    State(app): State<Arc<App>>,
    sender: Allowed<ToSendToMe>,
    draft: SentDraft,
) -> Answer {
    let template = draft.0.template(&app.settings.public_url).map_err(Refusal::bad_request)?;
    send(&app, &sender, Order::at_once(vec![Receiver::Me], template)).await
}

/// `GET|POST /friend-message?uuid="…"[,"…"]`: to friends.
pub(super) async fn friend_message(
    State(app): State<Arc<App>>,
    sender: Allowed<ToSendToFriends>,
    RawQuery(query): RawQuery,
    draft: SentDraft,
) -> Answer {
    let receivers = draft.0.receivers(uuids_in(query.as_deref()).as_deref()).map_err(Refusal::bad_request)?;
    let template = draft.0.template(&app.settings.public_url).map_err(Refusal::bad_request)?;
    let receivers = receivers.as_slice().iter().cloned().map(Receiver::Friend).collect();
    send(&app, &sender, Order::at_once(receivers, template)).await
}

/// Goes on when the browser goes away: it must be written down if the message has to wait for a consent.
async fn send<S>(app: &Arc<App>, sender: &Allowed<S>, order: Order) -> Answer {
    let (working, account, key) = (app.clone(), sender.account.clone(), sender.api_key().cloned());
    let sent = to_its_end(app, async move {
        let sender = outbox::Sender { account: &account, api_key: key.as_deref(), recurring: None };
        outbox::send_and_wait(&working, sender, &order).await
    });
    answer(app, &sender.account, sent.await?).await
}

/// What became of a message, as Kakao would have answered.
async fn answer(app: &App, account: &AccountId, sent: Sent) -> Answer {
    let all = |state| sent.deliveries.iter().all(|delivery| delivery.state == state);
    let [first, ..] = sent.deliveries.as_slice() else { return Err(Refusal::not_signed_in()) };
    if first.receiver == Receiver::Me && first.state == DeliveryState::Delivered {
        return Ok(Json(json!({"result_code": 0})));
    }
    if all(DeliveryState::WaitingConsent) {
        return Err(match &first.error {
            Some(error) => Refusal::waiting(error, &sent.message),
            None if !sent.scopes.is_empty() => Refusal::waiting_for(&sent.scopes, &sent.message),
            None => match app.store.login_end(account).await? {
                Some(ended) => Refusal::login_ended(ended),
                None => Refusal::not_signed_in(),
            },
        });
    }
    // One answer of Kakao's for all of them.
    if !sent.deliveries.iter().any(|delivery| delivery.state == DeliveryState::Delivered)
        && let Some(error) = &first.error
    {
        return Err(Refusal::kakao(error));
    }
    if let [SentDelivery { state, code, .. }] = sent.deliveries.as_slice()
        && *state != DeliveryState::Delivered
    {
        return Err(match (state, code) {
            (DeliveryState::Refused, Some(code)) => Refusal::kakao_code(code),
            (DeliveryState::Sending | DeliveryState::Unconfirmed, _) => Refusal::too_slow(),
            _ => Refusal::busy(),
        });
    }
    Ok(Json(report(&sent.deliveries)))
}

/// As Kakao tells of several receivers; one named nowhere in it may or may not have got the message.
fn report(deliveries: &[SentDelivery]) -> Value {
    let mut delivered = Vec::new();
    let mut refused: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for SentDelivery { receiver, state, code, .. } in deliveries {
        match (state, code) {
            (DeliveryState::Delivered, _) => delivered.push(receiver.as_str()),
            (DeliveryState::Refused, Some(code)) => refused.entry(code).or_default().push(receiver.as_str()),
            _ => {}
        }
    }
    let mut report = json!({"successful_receiver_uuids": delivered});
    if !refused.is_empty() {
        let refusal = |(code, receivers): (&&str, &Vec<&str>)| {
            json!({
                "code": code.parse::<i64>().map_or_else(|_| Value::from(*code), Value::from),
                "msg": outbox::explain_code(code).en,
                "receiver_uuids": receivers,
            })
        };
        report["failure_info"] = refused.iter().map(refusal).collect();
    }
    report
}

/// All `uuid` parameters of a query, joined as if they were one.
fn uuids_in(query: Option<&str>) -> Option<String> {
    let values: Vec<String> = url::form_urlencoded::parse(query?.as_bytes())
        .filter(|(name, _)| name == "uuid")
        .map(|(_, value)| value.into_owned())
        .collect();
    (!values.is_empty()).then(|| values.join(","))
}

/// `GET|POST /logout`
pub(super) async fn logout(
    State(app): State<Arc<App>>,
    Acting(session): Acting,
    jar: CookieJar,
) -> (CookieJar, PassedOn) {
    let working = app.clone();
    let answer = to_its_end(&app, async move { account::log_out(&working, &session.account).await }).await;
    (cookies::clear_session(jar, &app.settings.public_url), answer.map(Json).map_err(Refusal::from))
}

/// What a request wants sent: only a POST brings words of its own, a GET sends the sample's text.
pub(super) struct SentDraft(Draft);

impl<S: Send + Sync> FromRequest<S> for SentDraft {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        if request.method() != Method::POST {
            return Ok(Self(Draft::default()));
        }
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let kind =
            kind.and_then(|kind| kind.split(';').next()).unwrap_or_default().trim().to_ascii_lowercase();
        let unreadable = || {
            Refusal::bad_request(Sentence::new(
                "요청 본문을 읽을 수 없습니다. text, link, uuid, template_object를 JSON(Content-Type: application/json) 또는 폼으로 보내세요(256 KiB까지).",
                "The request body cannot be read. Send text, link, uuid or template_object as JSON (Content-Type: application/json) or as a form (up to 256 KiB).",
            ))
        };
        let body = Bytes::from_request(request, state).await.map_err(|_| unreadable())?;
        let draft = match kind.as_str() {
            _ if body.is_empty() => Some(Draft::default()),
            // An object only: serde would also take an array for a struct, field by field.
            "application/json" => serde_json::from_slice::<serde_json::Map<String, Value>>(&body)
                .ok()
                .and_then(|object| serde_json::from_value(object.into()).ok()),
            "application/x-www-form-urlencoded" => serde_urlencoded::from_bytes(&body).ok(),
            _ => None,
        };
        draft.map(Self).ok_or_else(unreadable)
    }
}
