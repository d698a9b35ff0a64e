//! How much is still to be sent: for who looks after the gateway, and so that nobody fills its disk.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

use crate::app::App;
use crate::store::{AccountId, StoreError};

/// How long a count is good enough.
const GOOD_FOR: SignedDuration = SignedDuration::from_secs(5);

/// So many accounts are remembered before old counts are thrown out.
const REMEMBERED: usize = 1024;

/// What was counted last.
#[derive(Default)]
pub(crate) struct Depth {
    all: tokio::sync::Mutex<Option<Timestamp>>,
    accounts: Mutex<HashMap<AccountId, Counted>>,
}

#[derive(Clone, Copy)]
struct Counted {
    at: Timestamp,
    open: i64,
}

impl Counted {
    fn is_good(self, now: Timestamp) -> bool {
        now.duration_since(self.at).abs() < GOOD_FOR
    }
}

/// Measures the outbox for the metrics, however often they are asked for.
pub(crate) async fn measure(app: &App) {
    let now = app.clock.now();
    app.telemetry.breaker(app.outbox.breaker().pauses(now));
    let mut counted_at = app.outbox.depth.all.lock().await;
    if counted_at.is_some_and(|at| now.duration_since(at).abs() < GOOD_FOR) {
        return;
    }
    match app.store.open_deliveries(None, now).await {
        Ok(open) => app.telemetry.outbox_depth(&open, now),
        Err(error) => {
            app.telemetry.database_failed();
            tracing::error!(%error, "outbox.not_measured");
        }
    }
    *counted_at = Some(now);
}

/// Whether an account may have so many more deliveries open. What is sent meanwhile is only seen at the next count, and
/// what another gateway accepts as well: the bound is there for the disk, and need not be exact.
pub(super) async fn has_room(app: &App, account: &AccountId, more: usize) -> Result<bool, StoreError> {
    let (now, most) = (app.clock.now(), app.settings.outbox.most_open);
    let more = i64::try_from(more).unwrap_or(i64::MAX);
    let known = app.outbox.depth.accounts().get(account).copied();
    let known = known.filter(|counted| counted.is_good(now) && counted.open.saturating_add(more) <= most);
    let counted = match known {
        Some(counted) => counted,
        None => Counted { at: now, open: app.store.count_open(account, most).await? },
    };
    if counted.open.saturating_add(more) > most {
        return Ok(false);
    }
    let mut accounts = app.outbox.depth.accounts();
    if accounts.len() >= REMEMBERED {
        accounts.retain(|_, counted| counted.is_good(now));
    }
    let entry = accounts.entry(account.clone()).or_insert(counted);
    if known.is_none() {
        *entry = counted;
    }
    entry.open = entry.open.saturating_add(more);
    Ok(true)
}

impl Depth {
    fn accounts(&self) -> std::sync::MutexGuard<'_, HashMap<AccountId, Counted>> {
        self.accounts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
