//! What the commands that run until they are stopped tell whoever runs them.

/// `KATOK_LOG` chooses what is told; paths and codes only, never what people write.
pub(crate) fn to_stderr() {
    let filter = tracing_subscriber::EnvFilter::try_from_env("KATOK_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
}
