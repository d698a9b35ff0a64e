//! The gateway without a socket, for tests that live in one process with it.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use bytes::Bytes;
use http::{Request, Response};
use tower::ServiceExt as _;

use crate::app::App;

/// Answers requests in this process, as the gateway's port would.
#[derive(Clone)]
pub(crate) struct Door(Router);

impl Door {
    pub(crate) fn of(app: &Arc<App>) -> Self {
        Self(super::router(app))
    }

    pub(crate) async fn answer(&self, request: Request<Bytes>) -> Response<Bytes> {
        let Ok(response) = self.0.clone().oneshot(request.map(Body::from)).await;
        let (parts, body) = response.into_parts();
        Response::from_parts(parts, to_bytes(body, usize::MAX).await.expect("an answer has an end"))
    }
}
