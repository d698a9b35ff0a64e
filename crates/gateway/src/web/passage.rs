//! What every request passes on its way in, and its answer on the way out.
//!
//! Two layers, around the net under panics: of each, axum makes a copy for every request, with all that is within.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use tracing::Instrument as _;

use super::request_log::Noted;
use super::{bounded, callers, envelope, language, security_headers};
use crate::app::App;

/// Notes a request and gives its answer a form and headers, whatever refused it further in.
pub(super) async fn outer(
    State((app, headers)): State<(Arc<App>, Arc<HeaderMap>)>,
    request: Request,
    next: Next,
) -> Response {
    let form = envelope::at(request.uri().path(), request.headers());
    let noted = Noted::new(&app, &request);
    let response = next.run(request).instrument(noted.span.clone()).await;
    let mut response = envelope::put_in(form, &app, response);
    noted.answered(&app, &mut response);
    security_headers::add(&headers, &mut response);
    response
}

/// Lets in who asks by our name and not too often, what is of bounded size, for a bounded time.
pub(super) async fn inner(State(app): State<Arc<App>>, mut request: Request, next: Next) -> Response {
    callers::know(&app, &mut request);
    if let Err(refusal) = callers::by_our_name(&app, &mut request) {
        return refusal.into_response();
    }
    if let Err(too_many) = callers::at_their_pace(&app, &request) {
        return too_many;
    }
    if let Some(page) = language::remember_choice(&app.settings.public_url, &request) {
        return page;
    }
    let bounds = app.settings.bounds;
    bounded::in_time(bounds, bounded::in_size(bounds, request, next)).await
}
