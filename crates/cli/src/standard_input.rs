//! What a person types or another program pipes in, read beside the async work: reading may take for ever.

use std::io::{self, Read as _};

/// The next line.
pub(crate) async fn line() -> io::Result<String> {
    read(|| {
        let mut line = String::new();
        io::stdin().read_line(&mut line).map(|_| line)
    })
    .await
}

/// All of it.
pub(crate) async fn all() -> io::Result<String> {
    read(|| {
        let mut text = String::new();
        io::stdin().read_to_string(&mut text).map(|_| text)
    })
    .await
}

/// All of it, which may hold bytes that are no text.
pub(crate) async fn all_of_a_log() -> io::Result<String> {
    read(|| {
        let mut log = Vec::new();
        io::stdin().read_to_end(&mut log).map(|_| String::from_utf8_lossy(&log).into_owned())
    })
    .await
}

async fn read(read: impl FnOnce() -> io::Result<String> + Send + 'static) -> io::Result<String> {
    tokio::task::spawn_blocking(read).await.map_err(io::Error::other)?
}
