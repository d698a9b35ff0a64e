//! Friends' names for the shell to complete, as the last list of Kakao's had them: no shell waits for Kakao.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use katok_client::Friend;

fn path_in(data: &Path) -> PathBuf {
    data.join("friends.json")
}

/// Keeps the names, for the owner alone; if that fails, nothing is completed.
pub(crate) fn keep(data: &Path, friends: &[Friend]) {
    let names: Vec<&str> = friends.iter().filter_map(|friend| friend.profile_nickname.as_deref()).collect();
    let _ = write(data, &names);
}

fn write(data: &Path, names: &[&str]) -> std::io::Result<()> {
    // Made with mode 0600, and whole before it has its name.
    let mut file = tempfile::NamedTempFile::new_in(data)?;
    file.write_all(&serde_json::to_vec(names)?)?;
    file.persist(path_in(data))?;
    Ok(())
}

/// The names that were kept.
pub(crate) fn kept(data: &Path) -> Vec<String> {
    let text = fs::read_to_string(path_in(data)).unwrap_or_default();
    serde_json::from_str(&text).unwrap_or_default()
}

/// Leaves nothing behind of somebody who signs out.
pub(crate) fn forget(data: &Path) {
    let _ = fs::remove_file(path_in(data));
}
