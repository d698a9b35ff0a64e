//! The emulator without a socket, for programs that live in one process with it.

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::http::{Request, Response};
use katok_listener::NoAnswer;
use tower::ServiceExt as _;

/// Answers requests in this process, as the emulator's port would: with its faults, and noted in its journal.
#[derive(Clone, Debug)]
pub struct Door(Router);

impl Door {
    pub(crate) fn new(router: Router) -> Self {
        Self(router)
    }

    /// The whole answer; none when a scripted fault closes the connection before its end.
    ///
    /// The request names a host, in its address or a `Host` header.
    pub async fn answer(&self, request: Request<Bytes>) -> Option<Response<Bytes>> {
        let Ok(response) = self.0.clone().oneshot(request.map(Body::from)).await;
        if response.extensions().get::<NoAnswer>().is_some() {
            return None;
        }
        let (parts, body) = response.into_parts();
        Some(Response::from_parts(parts, to_bytes(body, usize::MAX).await.ok()?))
    }
}
