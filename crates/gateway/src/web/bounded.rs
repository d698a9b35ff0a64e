//! Heads and bodies that are too large or too slow, and work that takes too long.

use std::pin::pin;
use std::sync::{Arc, OnceLock};

use axum::body::{Body, HttpBody as _};
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::header;
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use tokio::time::timeout;
use tower_http::timeout::{TimeoutBody, TimeoutError};

use super::refusal::Refusal;
use crate::config::Bounds;

/// What was wrong with a body that a handler wanted to read.
#[derive(Clone, Copy)]
enum Trouble {
    TooLarge,
    TooSlow,
}

/// Reads no more of a request than its bounds allow; whichever handler found that out, the answer says it.
///
/// The body stays where it is until a handler asks for it: who may not act has nothing read.
pub(super) async fn in_size(bounds: Bounds, mut request: Request, next: Next) -> Response {
    // axum's own bound says less.
    DefaultBodyLimit::disable().apply(&mut request);
    let (parts, body) = request.into_parts();
    if length_of_head(&parts) > bounds.head {
        return Refusal::head_too_large(bounds.head).into_response();
    }
    let announced =
        parts.headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    if announced.is_some_and(|length: usize| length > bounds.body) {
        // A client that is still sending would not hear the answer.
        let mut rest = pin!(Limited::new(TimeoutBody::new(bounds.body_pause, body), 4 * bounds.body));
        while let Some(Ok(_)) = rest.frame().await {}
        return Refusal::body_too_large(bounds.body).into_response();
    }
    if body.is_end_stream() {
        return next.run(Request::from_parts(parts, body)).await;
    }
    let trouble = Arc::new(OnceLock::new());
    let found = trouble.clone();
    let body = Limited::new(TimeoutBody::new(bounds.body_pause, body), bounds.body).map_err(move |error| {
        if error.is::<LengthLimitError>() {
            let _ = found.set(Trouble::TooLarge);
        } else if error.is::<TimeoutError>() {
            let _ = found.set(Trouble::TooSlow);
        }
        error
    });
    let response = next.run(Request::from_parts(parts, Body::new(body))).await;
    match trouble.get() {
        None => response,
        Some(Trouble::TooLarge) => Refusal::body_too_large(bounds.body).into_response(),
        Some(Trouble::TooSlow) => Refusal::body_too_slow().into_response(),
    }
}

/// Gives up on a request that takes too long, whatever it waits for.
pub(super) async fn in_time(bounds: Bounds, answer: impl Future<Output = Response>) -> Response {
    timeout(bounds.request, answer).await.unwrap_or_else(|_| Refusal::too_slow().into_response())
}

fn length_of_head(parts: &Parts) -> usize {
    let target = parts.uri.path_and_query().map_or(0, |target| target.as_str().len());
    parts.headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum::<usize>() + target
}
