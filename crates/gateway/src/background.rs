//! What a gateway does without being asked: whatever has become due, again and again until it stops.

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::keep_alive;
use crate::outbox::{self, webhook};
use crate::store::StoreError;
use crate::unlink;

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
            app.telemetry.database_failed();
            tracing::error!(%error, "background.failed");
        }
    }
}

/// One round of everything that is due now.
pub(crate) async fn do_what_is_due(app: &Arc<App>) -> Result<(), StoreError> {
    app.store.throw_out_expired(app.clock.now()).await?;
    app.store.forget_security_events(app.clock.now()).await?;
    app.store.throw_out_quota_counts(app.clock.now()).await?;
    outbox::clean_up(app).await?;
    outbox::cancel_of_revoked_keys(app).await?;
    unlink::try_again(app).await?;
    keep_alive::keep_logins_alive(app).await?;
    webhook::clean_up(app).await?;
    if let Some(writing) = app.store.writing_key().await? {
        app.vault.write_with(writing);
    }
    Ok(())
}

/// How long to wait before Kakao is asked again what it did not do so many times: two minutes at first, longer
/// than one attempt may take, and at most six hours.
pub(crate) fn pause_after(attempts: i64) -> SignedDuration {
    let doublings = u32::try_from(attempts.clamp(0, 8)).unwrap_or(0);
    (SignedDuration::from_mins(2) * 2_i32.pow(doublings)).min(SignedDuration::from_hours(6))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pause_grows_to_six_hours() {
        let minutes: Vec<_> =
            [0, 1, 2, 7, 8, i64::MAX].map(|attempts| pause_after(attempts).as_mins()).into();
        assert_eq!(minutes, [2, 4, 8, 256, 360, 360]);
    }
}
