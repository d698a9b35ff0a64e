//! What a person types or another program pipes in, read beside the async work: reading may take for ever.

use std::io::{self, ErrorKind, Read as _};

/// More than any text, template or world.
const MOST: u64 = 2 << 20;
const MOST_OF_A_LOG: u64 = 64 << 20;

/// The next line.
pub(crate) async fn line() -> io::Result<String> {
    read(|| {
        let mut line = String::new();
        io::stdin().read_line(&mut line).map(|_| line)
    })
    .await
}

/// All of it; `FileTooLarge` if that is more than 2 MiB.
pub(crate) async fn all() -> io::Result<String> {
    read(|| {
        let text = String::from_utf8(bytes(MOST)?);
        text.map_err(|error| io::Error::new(ErrorKind::InvalidData, error.utf8_error()))
    })
    .await
}

/// All of it, which may hold bytes that are no text; `FileTooLarge` if that is more than 64 MiB.
pub(crate) async fn all_of_a_log() -> io::Result<String> {
    read(|| Ok(String::from_utf8_lossy(&bytes(MOST_OF_A_LOG)?).into_owned())).await
}

/// Some input never ends.
fn bytes(most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if io::stdin().lock().take(most + 1).read_to_end(&mut bytes)? as u64 > most {
        return Err(io::Error::new(ErrorKind::FileTooLarge, format!("more than {} MiB", most >> 20)));
    }
    Ok(bytes)
}

async fn read(read: impl FnOnce() -> io::Result<String> + Send + 'static) -> io::Result<String> {
    tokio::task::spawn_blocking(read).await.map_err(io::Error::other)?
}
