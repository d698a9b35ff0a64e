//! Our own style sheet and scripts, built into the program and cached by their content.

use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::digest::fingerprint;

const CSS: &str = "text/css; charset=utf-8";
const JS: &str = "text/javascript; charset=utf-8";
const SVG: &str = "image/svg+xml";

/// Name, type, content.
const ASSETS: &[(&str, &str, &str)] = &[
    ("katok.css", CSS, include_str!("../../assets/katok.css")),
    ("bubble.css", CSS, katok_bubble::STYLESHEET),
    ("account.css", CSS, include_str!("../../assets/account.css")),
    ("compose.css", CSS, include_str!("../../assets/compose.css")),
    ("compose.js", JS, include_str!("../../assets/compose.js")),
    ("compose-draft.js", JS, include_str!("../../assets/compose-draft.js")),
    ("compose-friends.js", JS, include_str!("../../assets/compose-friends.js")),
    ("history.css", CSS, include_str!("../../assets/history.css")),
    ("history.js", JS, include_str!("../../assets/history.js")),
    ("forget-drafts.js", JS, include_str!("../../assets/forget-drafts.js")),
    ("page.js", JS, include_str!("../../assets/page.js")),
    ("gateway.js", JS, include_str!("../../assets/gateway.js")),
    ("kakao.js", JS, include_str!("../../assets/kakao.js")),
    ("setup.css", CSS, include_str!("../../assets/setup.css")),
    ("setup.js", JS, include_str!("../../assets/setup.js")),
    ("katok.svg", SVG, include_str!("../../assets/katok.svg")),
];

/// One folder for all: modules import one another by relative names.
static BASE: LazyLock<String> = LazyLock::new(|| {
    let all: Vec<&str> = ASSETS.iter().flat_map(|(name, _, content)| [*name, *content]).collect();
    format!("/static/{}", fingerprint(&all.join("\0")))
});

/// Where the assets of this very build are.
pub(super) fn base() -> &'static str {
    &BASE
}

/// `GET /static/{digest}/{name}`
pub(super) async fn serve(Path(path): Path<String>) -> Response {
    let name = format!("/static/{path}")
        .strip_prefix(BASE.as_str())
        .and_then(|rest| rest.strip_prefix('/'))
        .map(str::to_owned);
    match ASSETS.iter().find(|(asset, _, _)| Some(*asset) == name.as_deref()) {
        Some((_, kind, content)) => (
            [(header::CONTENT_TYPE, *kind), (header::CACHE_CONTROL, "public, max-age=31536000, immutable")],
            *content,
        )
            .into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
