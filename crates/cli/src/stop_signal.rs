//! Ctrl-C and SIGTERM.

use std::future::Future;

use crate::failure::{Exit, Failure};

/// Ends at Ctrl-C or SIGTERM, which end nothing by themselves once this was called.
#[cfg(unix)]
pub(crate) fn stop_signal() -> Result<impl Future<Output = Exit>, Failure> {
    use tokio::signal::unix::{SignalKind, signal};
    let no_signals = |_| Failure::system("종료 신호를 받을 수 없습니다.", "Cannot listen for signals.");
    let mut interrupt = signal(SignalKind::interrupt()).map_err(no_signals)?;
    let mut terminate = signal(SignalKind::terminate()).map_err(no_signals)?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => Exit::Interrupted,
            _ = terminate.recv() => Exit::Terminated,
        }
    })
}

/// Ends at Ctrl-C.
#[cfg(not(unix))]
pub(crate) fn stop_signal() -> Result<impl Future<Output = Exit>, Failure> {
    Ok(async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
        Exit::Interrupted
    })
}
