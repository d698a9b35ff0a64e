//! `/v1/keys`: one's API keys. No key can see, make or revoke keys.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::Body;
use crate::api_key::{self, KeyWish};
use crate::app::App;
use crate::store::{ApiKeyId, ListedApiKey};
use crate::web::refusal::Refusal;
use crate::web::signed_in::{Acting, SignedIn};

/// `GET /v1/keys`
pub(super) async fn list(
    State(app): State<Arc<App>>,
    SignedIn(session): SignedIn,
) -> Result<Json<Value>, Refusal> {
    let keys = app.store.api_keys(&session.account).await?;
    Ok(Json(json!({ "keys": keys.iter().map(shown).collect::<Vec<_>>() })))
}

/// `POST /v1/keys`: the only answer that holds the key itself.
pub(super) async fn make(
    State(app): State<Arc<App>>,
    Acting(session): Acting,
    Body(wish): Body<KeyWish>,
) -> Result<(StatusCode, Json<Value>), Refusal> {
    let (key, listed) = api_key::make(&app, &session.account, wish).await?;
    let mut answer = shown(&listed);
    answer["key"] = key.as_str().into();
    Ok((StatusCode::CREATED, Json(answer)))
}

/// `DELETE /v1/keys/{id}`
pub(super) async fn revoke(
    State(app): State<Arc<App>>,
    Acting(session): Acting,
    Path(id): Path<String>,
) -> Result<StatusCode, Refusal> {
    let id = ApiKeyId::presented(&id).ok_or_else(Refusal::not_found)?;
    let revoked = api_key::revoke(&app, &session.account, &id).await?;
    if revoked { Ok(StatusCode::NO_CONTENT) } else { Err(Refusal::not_found()) }
}

fn shown(key: &ListedApiKey) -> Value {
    json!({
        "id": key.id.as_str(),
        "prefix": key.prefix,
        "name": key.name,
        "scopes": key.scopes.split(' ').collect::<Vec<_>>(),
        "created_at": key.created_at,
        "expires_at": key.expires_at,
        "last_used_at": key.last_used_at,
        "daily_cap": key.daily_cap,
    })
}
