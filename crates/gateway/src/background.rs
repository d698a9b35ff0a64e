//! What a gateway does without being asked: whatever has become due, again and again until it stops.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::store::StoreError;

/// How long what is due may wait; nothing here is in a hurry.
const PAUSE: Duration = Duration::from_secs(20);

/// Works until the stop; what has begun by then is finished.
pub(crate) async fn run(app: Arc<App>, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = sleep(PAUSE) => {}
        }
        if let Err(error) = do_what_is_due(&app).await {
            tracing::error!(%error, "background.failed");
        }
    }
}

/// One round of everything that is due now.
pub(crate) async fn do_what_is_due(app: &App) -> Result<(), StoreError> {
    app.store.throw_out_expired(app.clock.now()).await
}
