//! Changes: how an open page hears that there is something new to show.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::{Query, State};
use serde::Deserialize;
use tokio::sync::watch;
use tokio::time::timeout;

use crate::live::LiveWorld;

/// Shorter than what stands between a browser and us waits for an answer.
const PATIENCE: Duration = Duration::from_secs(25);

/// How many changes the page knows of; none at first.
#[derive(Deserialize)]
pub(super) struct Known {
    since: Option<u64>,
}

/// Answers how often the world has changed, as soon as that is another number than the page knows.
pub(super) async fn of_world(State(live): State<Arc<LiveWorld>>, Query(known): Query<Known>) -> Json<u64> {
    another(&live, &known, live.changes()).await
}

/// The same of the journal.
pub(super) async fn of_journal(State(live): State<Arc<LiveWorld>>, Query(known): Query<Known>) -> Json<u64> {
    another(&live, &known, live.journal().written()).await
}

async fn another(live: &LiveWorld, known: &Known, mut counted: watch::Receiver<u64>) -> Json<u64> {
    // Whoever hears nothing in time asks again.
    let _ = timeout(PATIENCE, live.wait_for_another(known.since, &mut counted)).await;
    let count = *counted.borrow();
    Json(count)
}
