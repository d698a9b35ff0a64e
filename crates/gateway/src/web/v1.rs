//! `/v1`: katok's own API. Its refusals get their form from `envelope`.

mod events;
mod keys;
mod me;
pub(super) mod messages;
mod outbox;
mod quota;
mod recurring;
mod sessions;
mod sign_ins;
mod templates;
mod webhooks;

use std::sync::Arc;

use axum::Router;
use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRequest, Request};
use axum::routing::{delete, get, post};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::refusal::Refusal;
use crate::app::App;
use crate::sentence::Sentence;

pub(super) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/v1/me", get(me::me))
        .route("/v1/friends", get(me::friends))
        .route("/v1/messages", get(messages::list).post(messages::send))
        .route("/v1/messages/{id}", get(messages::one))
        .route("/v1/messages/{id}/cancel", post(messages::cancel))
        .route("/v1/messages/{id}/resend", post(messages::resend))
        .route("/v1/messages/{id}/reschedule", post(messages::reschedule))
        .route("/v1/notify", post(messages::notify))
        .route("/v1/outbox", get(outbox::outbox))
        .route("/v1/outbox/pause", post(outbox::pause))
        .route("/v1/outbox/resume", post(outbox::resume))
        .route("/v1/quota", get(quota::quota))
        .route("/v1/recurring", get(recurring::list).post(recurring::make))
        .route("/v1/recurring/{id}", get(recurring::one).delete(recurring::remove))
        .route("/v1/recurring/{id}/pause", post(recurring::pause))
        .route("/v1/recurring/{id}/resume", post(recurring::resume))
        .route("/v1/sessions", get(sessions::list))
        .route("/v1/sessions/{id}", delete(sessions::end))
        .route("/v1/sign-ins", post(sign_ins::offer))
        .route("/v1/sign-ins/{id}/code", post(sign_ins::fetch))
        .route("/v1/templates", get(templates::list).post(templates::make))
        .route("/v1/templates/{id}", get(templates::one).put(templates::replace).delete(templates::remove))
        .route("/v1/keys", get(keys::list).post(keys::make))
        .route("/v1/keys/{id}", delete(keys::revoke))
        .route("/v1/events", get(events::stream))
        .route("/v1/webhooks", get(webhooks::list).post(webhooks::make))
        .route("/v1/webhooks/{id}", delete(webhooks::remove))
        .route("/v1/webhooks/{id}/test", post(webhooks::test))
        .route("/v1/webhooks/{id}/rotate-secret", post(webhooks::rotate_secret))
}

/// A JSON object of a known shape.
struct Body<T>(T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        // An object only: serde would also take an array for a struct, field by field.
        let read = axum::Json::<Map<String, Value>>::from_request(request, state).await;
        match read {
            Ok(axum::Json(object)) => parse(object).map(Self),
            Err(JsonRejection::JsonDataError(error)) => Err(not_so(&error)),
            Err(rejection) => Err(Refusal::unreadable(rejection.status())),
        }
    }
}

fn parse<T: DeserializeOwned>(object: Map<String, Value>) -> Result<T, Refusal> {
    serde_json::from_value(object.into()).map_err(|error| not_so(&error))
}

fn not_so(error: &dyn std::fmt::Display) -> Refusal {
    Refusal::invalid(Sentence::new(
        format!("본문의 내용이 맞지 않습니다: {error}"),
        format!("The body is not what it should be: {error}"),
    ))
}
