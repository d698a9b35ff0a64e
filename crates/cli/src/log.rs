//! What the commands that run until they are stopped tell whoever runs them.

use std::io::IsTerminal as _;

/// `KATOK_LOG` chooses what is told; paths and codes only, never what people write.
pub(crate) fn to_stderr() {
    let filter = tracing_subscriber::EnvFilter::try_from_env("KATOK_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn,tower_http=off"));
    let colours = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    tracing_subscriber::fmt().with_env_filter(filter).with_ansi(colours).with_writer(std::io::stderr).init();
}
