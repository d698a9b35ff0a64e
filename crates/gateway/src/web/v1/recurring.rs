//! `/v1/recurring`: messages that are sent again and again.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::Body;
use super::messages::finding;
use crate::app::App;
use crate::outbox::recurring::{self, NotMade, Plan, RecurringWish};
use crate::store::{AccountId, ApiKeyId, PausedFor, Receiver, RecurringId, StoredRecurring};
use crate::web::refusal::Refusal;
use crate::web::signed_in::{Allowed, ToRead, ToSend};

/// How many of its next times one is shown with.
const TIMES: usize = 3;

/// `POST /v1/recurring`
pub(super) async fn make(
    State(app): State<Arc<App>>,
    sender: Allowed<ToSend>,
    Body(wish): Body<RecurringWish>,
) -> Result<(StatusCode, Json<Value>), Refusal> {
    let checked = wish.checked(&app.settings.public_url, app.clock.now()).map_err(NotMade::Unsound)?;
    sender.must_have(checked.plan.scope())?;
    let warnings: Vec<Value> = checked.warnings.iter().map(finding).collect();
    let api_key = sender.api_key().map(|key| key.id.clone());
    let id = recurring::make(&app, &sender.account, api_key, checked).await?;
    let mut answer = again(&app, &sender.account, &id).await?;
    answer["warnings"] = warnings.into();
    Ok((StatusCode::CREATED, Json(answer)))
}

/// `GET /v1/recurring`: the newest first.
pub(super) async fn list(
    State(app): State<Arc<App>>,
    asker: Allowed<ToRead>,
) -> Result<Json<Value>, Refusal> {
    let mut shown = Vec::new();
    for recurring in app.store.recurring_messages(&asker.account).await? {
        shown.extend(recurring::read(&app, &recurring).await?.map(|plan| show(&recurring, &plan)));
    }
    Ok(Json(json!({ "recurring": shown })))
}

/// `GET /v1/recurring/{id}`
pub(super) async fn one(
    State(app): State<Arc<App>>,
    asker: Allowed<ToRead>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Refusal> {
    let (recurring, plan) = find(&app, &asker.account, &id).await?;
    Ok(Json(show(&recurring, &plan)))
}

/// `DELETE /v1/recurring/{id}`: what it has made stays.
pub(super) async fn remove(
    State(app): State<Arc<App>>,
    sender: Allowed<ToSend>,
    Path(id): Path<String>,
) -> Result<StatusCode, Refusal> {
    let recurring = find_to_change(&app, &sender, &id).await?;
    app.store.delete_recurring(&recurring.id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /v1/recurring/{id}/pause`
pub(super) async fn pause(
    State(app): State<Arc<App>>,
    sender: Allowed<ToSend>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Refusal> {
    let recurring = find_to_change(&app, &sender, &id).await?;
    app.store.pause_recurring(&recurring.id, PausedFor::Asked).await?;
    again(&app, &sender.account, &recurring.id).await.map(Json)
}

/// `POST /v1/recurring/{id}/resume`: in the name of whoever says so.
pub(super) async fn resume(
    State(app): State<Arc<App>>,
    sender: Allowed<ToSend>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Refusal> {
    let recurring = find_to_change(&app, &sender, &id).await?;
    recurring::resume(&app, &recurring, sender.api_key().map(|key| &key.id)).await?;
    again(&app, &sender.account, &recurring.id).await.map(Json)
}

async fn find(app: &App, account: &AccountId, id: &str) -> Result<(StoredRecurring, Plan), Refusal> {
    let id = RecurringId::presented(id).ok_or_else(Refusal::not_found)?;
    let recurring = app.store.recurring_message(account, &id).await?.ok_or_else(Refusal::not_found)?;
    let plan = recurring::read(app, &recurring).await?.ok_or_else(Refusal::not_found)?;
    Ok((recurring, plan))
}

/// A key changes only what it could have made.
async fn find_to_change(app: &App, sender: &Allowed<ToSend>, id: &str) -> Result<StoredRecurring, Refusal> {
    let (recurring, plan) = find(app, &sender.account, id).await?;
    sender.must_have(plan.scope())?;
    Ok(recurring)
}

async fn again(app: &App, account: &AccountId, id: &RecurringId) -> Result<Value, Refusal> {
    let (recurring, plan) = find(app, account, id.as_str()).await?;
    Ok(show(&recurring, &plan))
}

fn show(recurring: &StoredRecurring, plan: &Plan) -> Value {
    let friends: Vec<&str> =
        plan.receivers.iter().filter(|to| **to != Receiver::Me).map(Receiver::as_str).collect();
    json!({
        "id": recurring.id.as_str(),
        "to": if friends.is_empty() { json!("me") } else { json!({ "friends": friends }) },
        "template": plan.content.template.to_json(),
        "cron": recurring.cron,
        "time_zone": recurring.time_zone,
        "on_missed": recurring.on_missed,
        "on_unconfirmed": plan.on_unconfirmed,
        "on_quota": plan.on_quota,
        "starts_at": recurring.starts_at,
        "ends_at": recurring.ends_at,
        "created_at": recurring.created_at,
        "last_at": recurring.last_at,
        "next_at": recurring::next_times(recurring, TIMES),
        "paused_for": recurring.paused_for,
        "api_key": recurring.api_key.as_ref().map(ApiKeyId::as_str),
    })
}
