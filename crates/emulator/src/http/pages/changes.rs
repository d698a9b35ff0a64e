//! Changes: how an open page hears that there is something new to show.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::{Query, State};
use serde::Deserialize;

use crate::live::LiveWorld;

/// Shorter than what stands between a browser and us waits for an answer.
const PATIENCE: Duration = Duration::from_secs(25);

/// The number of the last change that the page knows of; none at first.
#[derive(Deserialize)]
pub(super) struct Known {
    since: Option<u64>,
}

/// Answers the number of the latest change, as soon as it is another one than the page knows.
pub(super) async fn wait(
    State(live): State<Arc<LiveWorld>>,
    Query(Known { since }): Query<Known>,
) -> Json<u64> {
    // Whoever hears nothing in time asks again.
    let _ = tokio::time::timeout(PATIENCE, live.another_change_than(since)).await;
    Json(live.latest_change())
}
