//! The worker of a gateway: takes lanes in which something is due, and holds on to them while they are sent.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use katok_client::Chance;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::breaker::Breaker;
use super::changes::Changes;
use super::depth::Depth;
use super::lane;
use crate::app::App;
use crate::store::{AccountId, Claim, Holder, Lane, StoreError};

/// How many lanes a gateway sends at a time, unless they are sent one after the other.
const LANES: u32 = 64;

/// How long what has become due, or came by another gateway, may wait at most.
const POLL: Duration = Duration::from_secs(1);

/// Three signs of life in a lease.
const SIGN_OF_LIFE: Duration = Duration::from_secs(5);

/// What the outbox of a running gateway knows beside the database.
pub(crate) struct Outbox {
    pub(crate) changes: Changes,
    pub(super) depth: Depth,
    pub(super) holder: Holder,
    breaker: Mutex<Breaker>,
    wake: Notify,
    lanes: u32,
    places: Arc<Semaphore>,
    running: Mutex<HashSet<AccountId>>,
    /// When somebody last looked what is due.
    looked_at: Mutex<Option<Timestamp>>,
    /// Held while recurring messages are seen to: whoever asks for that next finds it done.
    pub(super) recurring: tokio::sync::Mutex<()>,
}

impl Outbox {
    pub(crate) fn new(chance: &dyn Chance, side_by_side: bool) -> Self {
        let lanes = if side_by_side { LANES } else { 1 };
        let mut name = [0; 16];
        chance.fill(&mut name);
        Self {
            changes: Changes::default(),
            depth: Depth::default(),
            holder: Holder(format!("{:032x}", u128::from_be_bytes(name))),
            breaker: Mutex::default(),
            wake: Notify::new(),
            lanes,
            places: Arc::new(Semaphore::new(lanes as usize)),
            running: Mutex::default(),
            looked_at: Mutex::default(),
            recurring: tokio::sync::Mutex::default(),
        }
    }

    /// Says that something new may be due.
    pub(crate) fn wake(&self) {
        self.wake.notify_one();
    }

    pub(super) fn breaker(&self) -> MutexGuard<'_, Breaker> {
        self.breaker.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn looked_at(&self) -> MutexGuard<'_, Option<Timestamp>> {
        self.looked_at.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn running(&self) -> MutexGuard<'_, HashSet<AccountId>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Sends what is due until the stop; what has begun by then is finished.
pub(crate) async fn run(app: Arc<App>, stop: CancellationToken) {
    app.unfinished.spawn(hold_on(app.clone(), stop.clone()));
    while !stop.is_cancelled() {
        // Before looking for work: what comes while we look must not wait for the poll.
        let woken = app.outbox.wake.notified();
        let claimed = match claim(&app).await {
            Ok(claimed) => claimed,
            Err(error) => {
                app.telemetry.database_failed();
                tracing::error!(%error, "outbox.claim_failed");
                0
            }
        };
        if claimed > 0 {
            continue;
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = woken => {}
            () = sleep(POLL) => {}
        }
    }
}

/// Sends everything that is due now, and returns when nothing is any more: for who turns the clock.
pub(crate) async fn deliver_what_is_due(app: &Arc<App>) -> Result<(), StoreError> {
    loop {
        let claimed = claim(app).await?;
        let all = app.outbox.places.acquire_many(app.outbox.lanes).await;
        drop(all);
        if claimed == 0 {
            return Ok(());
        }
    }
}

/// Takes as many due lanes as there is room for, at least one place being free; each is sent by a task of its own.
async fn claim(app: &Arc<App>) -> Result<usize, StoreError> {
    let places = app.outbox.places.clone();
    let Ok(first) = places.clone().acquire_owned().await else { return Ok(0) };
    let mut free = vec![first];
    while let Ok(place) = places.clone().try_acquire_owned() {
        free.push(place);
    }
    let now = app.clock.now();
    let looked_at = *app.outbox.looked_at();
    // Also when nobody knows: a clock may be turned back while no gateway runs.
    if looked_at.is_none_or(|last| now < last) {
        app.store.bring_forward(&app.realm, now).await?;
    }
    *app.outbox.looked_at() = Some(now);
    if app.outbox.breaker().pauses(now) {
        return Ok(0);
    }
    let (kakao_app, holder) = (app.realm.clone(), app.outbox.holder.clone());
    let lanes = app.store.claim_lanes(Claim { kakao_app, holder, most: free.len(), now }).await?;
    let claimed = lanes.len();
    for (lane, place) in lanes.into_iter().zip(free) {
        let task = send(app.clone(), lane, place);
        app.unfinished.spawn(task);
    }
    Ok(claimed)
}

async fn send(app: Arc<App>, lane: Lane, place: OwnedSemaphorePermit) {
    let running = Running { app: &app, account: lane.account.clone() };
    app.outbox.running().insert(lane.account.clone());
    if let Err(error) = lane::send(&app, lane).await {
        // Not let go of: the lease runs out by itself, and somebody looks at what was left under way.
        app.telemetry.database_failed();
        tracing::error!(%error, account.id = %running.account, "outbox.lane_failed");
    }
    drop((running, place));
    app.outbox.wake();
}

/// Takes the lane out of those that are held on to, also when sending it panics.
struct Running<'a> {
    app: &'a App,
    account: AccountId,
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.app.outbox.running().remove(&self.account);
    }
}

/// Gives signs of life for the lanes that are being sent, until the stop and the last of them.
async fn hold_on(app: Arc<App>, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = all_sent(&app, &stop) => return,
            () = sleep(SIGN_OF_LIFE) => {}
        }
        let lanes: Vec<AccountId> = app.outbox.running().iter().cloned().collect();
        if let Err(error) = app.store.hold_lanes(&app.outbox.holder, &lanes).await {
            tracing::error!(%error, "outbox.lanes_not_held");
        }
    }
}

/// Comes back when the gateway is to stop and sends nothing any more.
async fn all_sent(app: &App, stop: &CancellationToken) {
    stop.cancelled().await;
    let _all = app.outbox.places.acquire_many(app.outbox.lanes).await;
}
