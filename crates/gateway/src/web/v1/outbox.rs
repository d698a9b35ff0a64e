//! `/v1/outbox`: what one has still to be sent, and whether it is paused.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::Body;
use crate::app::App;
use crate::store::{AccountId, ApiKeyId, Paused};
use crate::web::refusal::Refusal;
use crate::web::signed_in::{Acting, Allowed, ToRead};

/// `GET /v1/outbox`
pub(super) async fn outbox(
    State(app): State<Arc<App>>,
    asker: Allowed<ToRead>,
) -> Result<Json<Value>, Refusal> {
    show(&app, &asker.account).await
}

/// Everything, or what one key has sent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wish {
    key: Option<String>,
}

/// `POST /v1/outbox/pause`: begins nothing more; what is accepted is kept.
pub(super) async fn pause(
    State(app): State<Arc<App>>,
    Acting(session): Acting,
    Body(wish): Body<Wish>,
) -> Result<Json<Value>, Refusal> {
    let paused = meant(&app, &session.account, wish).await?;
    app.store.pause(&paused, app.clock.now()).await?;
    show(&app, &session.account).await
}

/// `POST /v1/outbox/resume`: goes on.
pub(super) async fn resume(
    State(app): State<Arc<App>>,
    Acting(session): Acting,
    Body(wish): Body<Wish>,
) -> Result<Json<Value>, Refusal> {
    let paused = meant(&app, &session.account, wish).await?;
    app.store.resume(&paused, app.clock.now()).await?;
    app.outbox.wake();
    show(&app, &session.account).await
}

async fn meant(app: &App, account: &AccountId, wish: Wish) -> Result<Paused, Refusal> {
    let Some(key) = wish.key else { return Ok(Paused::Account(account.clone())) };
    let key = ApiKeyId::presented(&key).ok_or_else(Refusal::not_found)?;
    let keys = app.store.api_keys(account).await?;
    if !keys.iter().any(|listed| listed.id == key) {
        return Err(Refusal::not_found());
    }
    Ok(Paused::Key(account.clone(), key))
}

async fn show(app: &App, account: &AccountId) -> Result<Json<Value>, Refusal> {
    let open = app.store.open_deliveries(Some(account), app.clock.now()).await?;
    let pauses = app.store.pauses(account).await?;
    let by_state: Map<String, Value> =
        open.iter().map(|open| (open.state.as_str().to_owned(), open.deliveries.into())).collect();
    Ok(Json(json!({
        "open": by_state,
        "most_open": app.settings.outbox.most_open,
        "oldest_due_at": open.iter().filter_map(|open| open.oldest_due).min(),
        "paused_by": pauses.by,
        "paused_keys": pauses.keys,
    })))
}
