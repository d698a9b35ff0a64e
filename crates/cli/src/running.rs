//! What runs on this machine: written by `up` and `emulator`, read by the other commands.

use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use url::Url;

/// The emulator that was started last.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Running {
    pub(crate) emulator: Url,
}

/// The note, taken away when the program ends.
#[derive(Debug)]
pub(crate) struct Note {
    path: PathBuf,
    content: String,
}

fn path_in(data_dir: &Path) -> PathBuf {
    data_dir.join("running.json")
}

impl Running {
    /// The note of the last start; it may be stale, so whoever reads it tries the address.
    pub(crate) fn read(data_dir: &Path) -> Option<Self> {
        serde_json::from_str(&fs::read_to_string(path_in(data_dir)).ok()?).ok()
    }

    /// Leaves a note; without one the other commands still try the usual port.
    pub(crate) fn write(&self, data_dir: &Path) -> Option<Note> {
        let content = serde_json::to_string(self).ok()?;
        katok_gateway::make_private_folder(data_dir).ok()?;
        let path = path_in(data_dir);
        fs::write(&path, &content).ok()?;
        Some(Note { path, content })
    }
}

impl Drop for Note {
    fn drop(&mut self) {
        // Another start may have overwritten it with its own.
        if fs::read_to_string(&self.path).is_ok_and(|content| content == self.content) {
            let _ = fs::remove_file(&self.path);
        }
    }
}
