//! Whether it lives, whether it can work, and which Kakao it talks to.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use super::refusal::Refusal;
use crate::app::App;

/// `GET /healthz`
pub(super) async fn healthz(State(app): State<Arc<App>>) -> Json<Value> {
    Json(json!({
        "status": "ok",
        "kakao": app.settings.kakao.at.as_str(),
        "version": env!("CARGO_PKG_VERSION"),
    }))
}

/// `GET /readyz`: asks the database too, and says which engine it is.
pub(super) async fn readyz(State(app): State<Arc<App>>) -> Result<Json<Value>, Refusal> {
    app.store.ping().await?;
    Ok(Json(json!({"status": "ready", "database": app.store.engine()})))
}
