//! `/v1/events`: what becomes of one's deliveries, as server-sent events.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{FromRequestParts as _, State};
use axum::http::request::Parts;
use axum::http::{HeaderName, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream::unfold;
use jiff::Timestamp;
use tokio::time::{Instant, Interval, interval_at};

use crate::app::App;
use crate::outbox::feed::{Feed, NoFeed};
use crate::store::AccountId;
use crate::web::refusal::Refusal;
use crate::web::signed_in::{Allowed, ToRead};

/// Proxies close connections on which nothing is said for a minute or so.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// `GET /v1/events`
pub(super) async fn stream(
    State(app): State<Arc<App>>,
    allowed: Allowed<ToRead>,
    parts: Parts,
) -> Result<Response, Refusal> {
    let since = parts.headers.get("last-event-id").and_then(|id| id.to_str().ok()?.parse().ok());
    let since = since.and_then(|millis| Timestamp::from_millisecond(millis).ok());
    let feed = Feed::open(app.clone(), &allowed.account, since).await?;
    let period = app.settings.bounds.stream_check;
    let check = interval_at(Instant::now() + period, period);
    let watcher = Watcher { app, account: allowed.account, parts, feed, check };
    let events = unfold(watcher, |mut watcher| async {
        watcher.next().await.map(|event| (Ok::<_, Infallible>(event), watcher))
    });
    let headers = [
        // A proxy that gathers what it passes on, or makes it smaller, would keep events to itself.
        (HeaderName::from_static("x-accel-buffering"), "no"),
        (header::CACHE_CONTROL, "no-store, no-transform"),
    ];
    Ok((headers, Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE))).into_response())
}

/// Somebody who reads events, as long as they may.
struct Watcher {
    app: Arc<App>,
    account: AccountId,
    /// What they showed, to be looked at again.
    parts: Parts,
    feed: Feed,
    check: Interval,
}

impl Watcher {
    async fn next(&mut self) -> Option<Event> {
        loop {
            tokio::select! {
                // A stream would hold up the stop for as long as its reader likes.
                () = self.app.stop.cancelled() => return None,
                _ = self.check.tick() => {
                    let mut parts = self.parts.clone();
                    let allowed = Allowed::<ToRead>::from_request_parts(&mut parts, &self.app).await.ok()?;
                    if allowed.account != self.account {
                        return None;
                    }
                }
                change = self.feed.next() => match change {
                    Ok(change) => return Some(
                        Event::default()
                            .event("delivery")
                            .id(self.feed.newest().as_millisecond().to_string())
                            .data(change.told().to_string()),
                    ),
                    // Whoever comes back goes on from the last event.
                    Err(error) => {
                        self.app.telemetry.database_failed();
                        tracing::error!(%error, "events.not_read");
                        return None;
                    }
                },
            }
        }
    }
}

impl From<NoFeed> for Refusal {
    fn from(error: NoFeed) -> Self {
        match error {
            NoFeed::TooMany => Self::too_many_streams(),
            NoFeed::Store(error) => error.into(),
        }
    }
}
