//! Refuses what another site makes a browser send: it would act for whoever sits in front of it.

use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::control::ControlFault;
use super::host;

/// Lets through what comes from a page of ours, or from no page at all.
pub(super) async fn refuse_foreign_sites(request: Request, next: Next) -> Response {
    if request.method().is_safe() || !is_foreign(&request) {
        return next.run(request).await;
    }
    ControlFault {
        status: StatusCode::FORBIDDEN,
        error: "foreign_site",
        description: "다른 사이트에서 온 요청은 받지 않습니다. Requests from other sites are refused."
            .to_owned(),
        code: None,
    }
    .into_response()
}

/// Browsers say where a request comes from in these two headers; other clients send neither.
fn is_foreign(request: &Request) -> bool {
    let header = |name: &str| request.headers().get(name).map(|value| value.to_str().unwrap_or_default());
    let site_is_foreign = !matches!(header("sec-fetch-site"), None | Some("same-origin" | "none"));
    let origin_is_foreign = header("origin").is_some_and(|origin| {
        let named = origin.split_once("://").map(|(_, authority)| authority);
        named.is_none() || named != host::authority(request.headers(), request.uri())
    });
    site_is_foreign || origin_is_foreign
}
