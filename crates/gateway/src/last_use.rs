//! When sessions and keys were last used: noted behind the answer, once for however many ask at the same time.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::app::App;
use crate::store::StoreError;

/// What is being noted just now, by the ids of sessions and keys.
#[derive(Debug, Default)]
pub(crate) struct Noting(Mutex<HashSet<String>>);

impl Noting {
    fn ids(&self) -> MutexGuard<'_, HashSet<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Runs `write` behind the answer, unless the same is being noted already: a hundred requests that find a use worth
/// noting would otherwise stand in line for one row, and all others behind them.
pub(crate) fn note(
    app: &Arc<App>,
    id: String,
    write: impl Future<Output = Result<(), StoreError>> + Send + 'static,
) {
    if !app.noting.ids().insert(id.clone()) {
        return;
    }
    let working = app.clone();
    app.unfinished.spawn(async move {
        if let Err(error) = write.await {
            tracing::warn!(%error, "last_use.not_noted");
        }
        working.noting.ids().remove(&id);
    });
}
