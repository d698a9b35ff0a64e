//! `/v1/webhooks`: where one's changes are posted to. No key can see or change webhooks.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::Body;
use crate::app::App;
use crate::outbox::webhook::{self, Target, WebhookWish};
use crate::store::{ListedPost, StoredWebhook, WebhookId};
use crate::web::refusal::Refusal;
use crate::web::signed_in::{Acting, SignedIn};

/// How many of its last posts a webhook is listed with.
const POSTS: i64 = 5;

/// `GET /v1/webhooks`
pub(super) async fn list(
    State(app): State<Arc<App>>,
    SignedIn(session): SignedIn,
) -> Result<Json<Value>, Refusal> {
    let mut webhooks = Vec::new();
    for webhook in app.store.webhooks(&session.account).await? {
        let target = webhook::open(&app, &webhook).await?;
        let posts = app.store.last_posts(&webhook.id, POSTS).await?;
        let mut shown = shown(&app, &webhook, &target);
        shown["posts"] = posts.iter().map(post).collect();
        webhooks.push(shown);
    }
    Ok(Json(json!({ "webhooks": webhooks })))
}

/// `POST /v1/webhooks`: this answer holds the secret, and those of `rotate-secret`.
pub(super) async fn make(
    State(app): State<Arc<App>>,
    Acting(session): Acting,
    Body(wish): Body<WebhookWish>,
) -> Result<(StatusCode, Json<Value>), Refusal> {
    let (webhook, target, secret) = webhook::make(&app, &session.account, &wish).await?;
    let mut answer = shown(&app, &webhook, &target);
    answer["posts"] = json!([]);
    answer["secret"] = secret.as_str().into();
    Ok((StatusCode::CREATED, Json(answer)))
}

/// `DELETE /v1/webhooks/{id}`
pub(super) async fn remove(
    State(app): State<Arc<App>>,
    Acting(session): Acting,
    Path(id): Path<String>,
) -> Result<StatusCode, Refusal> {
    let id = WebhookId::presented(&id).ok_or_else(Refusal::not_found)?;
    let removed = app.store.delete_webhook(&session.account, &id).await?;
    if removed { Ok(StatusCode::NO_CONTENT) } else { Err(Refusal::not_found()) }
}

/// `POST /v1/webhooks/{id}/test`
pub(super) async fn test(
    State(app): State<Arc<App>>,
    Acting(session): Acting,
    Path(id): Path<String>,
) -> Result<Json<Value>, Refusal> {
    let id = WebhookId::presented(&id).ok_or_else(Refusal::not_found)?;
    let (outcome, took) = webhook::test(&app, &session.account, &id).await?;
    let took = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    Ok(Json(json!({ "outcome": outcome.to_string(), "duration_ms": took })))
}

/// `POST /v1/webhooks/{id}/rotate-secret`
pub(super) async fn rotate_secret(
    State(app): State<Arc<App>>,
    Acting(session): Acting,
    Path(id): Path<String>,
) -> Result<Json<Value>, Refusal> {
    let id = WebhookId::presented(&id).ok_or_else(Refusal::not_found)?;
    let secret = webhook::rotate_secret(&app, &session.account, &id).await?;
    Ok(Json(json!({ "id": id.as_str(), "secret": secret.as_str() })))
}

fn shown(app: &App, webhook: &StoredWebhook, target: &Target) -> Value {
    let (disabled_at, disabled_for) = webhook.disabled.clone().unzip();
    json!({
        "id": webhook.id.as_str(),
        "url": target.url,
        "created_at": webhook.created_at,
        "last_success_at": webhook.last_success_at,
        "failing_since": webhook.failing_since,
        "disabled_at": disabled_at,
        "disabled_for": disabled_for,
        "former_secret_until": target.overlaps_until(app.clock.now()),
    })
}

fn post(post: &ListedPost) -> Value {
    let payload: Value = serde_json::from_str(&post.payload).unwrap_or_default();
    json!({
        "id": post.id.as_str(),
        "type": payload["type"],
        "created_at": post.created_at,
        "attempts": post.attempts,
        "outcome": post.outcome,
        "next_attempt_at": post.next_attempt_at,
    })
}
