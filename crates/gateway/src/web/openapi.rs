//! The description of our own API in `OpenAPI` 3.1, for people and their tools.
//!
//! It is written by hand in `openapi/katok.yaml`. No answer is made from it: the tests hold what `/v1` answers against
//! it, so a mistake on one side shows.

use std::sync::LazyLock;

use axum::http::header;
use axum::response::IntoResponse;
use serde_json::Value;

static JSON: LazyLock<String> = LazyLock::new(|| {
    let document: Value = serde_saphyr::from_str(include_str!("openapi/katok.yaml"))
        .expect("the description is read in every test of /v1");
    document.to_string()
});

/// `GET /openapi.json`
pub(super) async fn serve() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], JSON.as_str())
}
