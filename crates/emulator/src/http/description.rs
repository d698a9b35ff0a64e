//! The `OpenAPI` description of what the emulator answers, to be fetched.

use std::sync::Arc;

use axum::Router;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::get;

use crate::live::LiveWorld;
use crate::openapi;

pub(super) fn routes() -> Router<Arc<LiveWorld>> {
    Router::new()
        .route("/_emulator/openapi.yaml", get(async || labelled("application/yaml", openapi::YAML)))
        .route("/_emulator/openapi.json", get(async || labelled("application/json", openapi::JSON.as_str())))
}

fn labelled(media_type: &'static str, text: &'static str) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, media_type)], text)
}
