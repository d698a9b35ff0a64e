//! `/v1/templates`: templates that are saved under a name. Keys look at them; only a person changes them.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use super::Body;
use crate::app::App;
use crate::outbox::{self, Repeatable};
use crate::saved_template::{self, Filling, SavedTemplate};
use crate::store::{AccountId, SavedTemplateId, StoredTemplate};
use crate::web::refusal::Refusal;
use crate::web::signed_in::{Acting, Allowed, ToRead};

/// `GET /v1/templates`: the newest first, without the templates themselves.
pub(super) async fn list(
    State(app): State<Arc<App>>,
    asker: Allowed<ToRead>,
) -> Result<Json<Value>, Refusal> {
    let all = saved_template::all(&app, &asker.account).await?;
    let templates: Vec<Value> = all.iter().map(|(stored, saved)| line(stored, saved)).collect();
    Ok(Json(json!({ "templates": templates })))
}

/// `POST /v1/templates`
pub(super) async fn make(
    State(app): State<Arc<App>>,
    Acting(session): Acting,
    Body(wish): Body<SavedTemplate>,
) -> Result<(StatusCode, Json<Value>), Refusal> {
    let id = saved_template::make(&app, &session.account, wish).await?;
    Ok((StatusCode::CREATED, Json(shown(&app, &session.account, &id).await?)))
}

/// `GET /v1/templates/{id}`
pub(super) async fn one(
    State(app): State<Arc<App>>,
    asker: Allowed<ToRead>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Refusal> {
    shown(&app, &asker.account, &presented(&id)?).await.map(Json)
}

/// `PUT /v1/templates/{id}`
pub(super) async fn replace(
    State(app): State<Arc<App>>,
    Acting(session): Acting,
    Path(id): Path<String>,
    Body(wish): Body<SavedTemplate>,
) -> Result<Json<Value>, Refusal> {
    let id = presented(&id)?;
    saved_template::replace(&app, &session.account, &id, wish).await?;
    shown(&app, &session.account, &id).await.map(Json)
}

/// `DELETE /v1/templates/{id}`: messages made of it stay.
pub(super) async fn remove(
    State(app): State<Arc<App>>,
    Acting(session): Acting,
    Path(id): Path<String>,
) -> Result<StatusCode, Refusal> {
    let removed = app.store.delete_template(&session.account, &presented(&id)?).await?;
    if removed { Ok(StatusCode::NO_CONTENT) } else { Err(Refusal::not_found()) }
}

fn presented(id: &str) -> Result<SavedTemplateId, Refusal> {
    SavedTemplateId::presented(id).ok_or_else(Refusal::not_found)
}

async fn shown(app: &App, account: &AccountId, id: &SavedTemplateId) -> Result<Value, Refusal> {
    let (stored, saved) = saved_template::one(app, account, id).await?;
    let mut shown = line(&stored, &saved);
    shown["template"] = saved.template.into();
    Ok(shown)
}

fn line(stored: &StoredTemplate, saved: &SavedTemplate) -> Value {
    json!({
        "id": stored.id.as_str(),
        "name": saved.name,
        "variables": saved.variables(),
        "created_at": stored.created_at,
        "changed_at": stored.changed_at,
    })
}

/// Puts a template in the place of `saved_template` and `variables` of a message, if it has these.
///
/// What was accepted before stays what it was, whatever became of the template since.
pub(super) async fn filled_in(
    app: &App,
    account: &AccountId,
    repeatable: Option<&Repeatable>,
    mut written: Map<String, Value>,
) -> Result<Map<String, Value>, Refusal> {
    if !written.contains_key("saved_template") {
        return Ok(written);
    }
    let named = ["saved_template", "variables"].into_iter().filter_map(|part| written.remove_entry(part));
    let filling: Filling = super::parse(named.collect())?;
    let before = match repeatable {
        Some(repeatable) => outbox::accepted_before(app, account, repeatable).await?,
        None => None,
    };
    let template = match before {
        Some(content) => content.template.to_json(),
        None => saved_template::filled(app, account, &filling).await?.into(),
    };
    if written.insert("template".into(), template).is_some() {
        return Err(Refusal::one_of_templates());
    }
    Ok(written)
}
