//! `/v1/sessions`: where one is signed in.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::app::App;
use crate::session;
use crate::store::SessionId;
use crate::web::refusal::Refusal;
use crate::web::signed_in::{Acting, SignedIn};

/// `GET /v1/sessions`
pub(super) async fn list(
    State(app): State<Arc<App>>,
    SignedIn(current): SignedIn,
) -> Result<Json<Value>, Refusal> {
    let sessions = session::living(&app, &current.account).await?;
    let sessions = sessions.iter().map(|session| {
        json!({
            "id": session.id.as_str(),
            "current": session.id == current.id,
            "user_agent": session.user_agent,
            "created_at": session.created_at,
            "last_seen_at": session.last_seen_at,
            "expires_at": session::ends_at(&app.settings.sessions, session.created_at, session.last_seen_at),
        })
    });
    Ok(Json(json!({ "sessions": sessions.collect::<Vec<_>>() })))
}

/// `DELETE /v1/sessions/{id}`
pub(super) async fn end(
    State(app): State<Arc<App>>,
    Acting(session): Acting,
    Path(id): Path<String>,
) -> Result<StatusCode, Refusal> {
    let id = SessionId::presented(&id).ok_or_else(Refusal::not_found)?;
    let ended = app.store.end_session(&session.account, &id).await?;
    if ended { Ok(StatusCode::NO_CONTENT) } else { Err(Refusal::not_found()) }
}
