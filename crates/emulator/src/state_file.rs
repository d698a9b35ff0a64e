//! The state file: the whole world in one JSON file, so that a restart changes nothing.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::live::LiveWorld;
use crate::world::World;

/// Raised whenever an older program could not read the file, or this one an older file.
const FORMAT: u32 = 4;

/// Where the world is written down between two runs.
#[derive(Clone)]
pub(crate) struct StateFile {
    path: PathBuf,
    /// The seed the program was started with: another one makes the file another world's.
    seed: Digest,
}

/// A world that was written down.
pub(crate) struct Saved {
    pub(crate) world: World,
    pub(crate) clock_offset: SignedDuration,
}

/// What a look at the state file gives.
pub(crate) enum Found {
    Nothing,
    AnotherSeeds,
    Saved(Box<Saved>),
}

/// Why a state file cannot be used.
#[derive(Debug)]
pub(crate) enum ReadError {
    Io(io::Error),
    Damaged(String),
}

/// Read before the rest, which another format may have shaped otherwise.
#[derive(Deserialize)]
struct Head {
    format: u32,
    seed: Digest,
}

#[derive(Deserialize)]
struct Body {
    clock_offset: SignedDuration,
    world: World,
}

#[derive(Serialize)]
struct Whole<'a> {
    format: u32,
    seed: Digest,
    clock_offset: SignedDuration,
    world: &'a World,
}

impl StateFile {
    pub(crate) fn new(path: PathBuf, seed: Digest) -> Self {
        Self { path, seed }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn read(&self) -> Result<Found, ReadError> {
        let text = match fs::read(&self.path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Found::Nothing),
            Err(error) => return Err(ReadError::Io(error)),
        };
        let damaged = |error: serde_json::Error| ReadError::Damaged(error.to_string());
        let head: Head = serde_json::from_slice(&text).map_err(damaged)?;
        if head.format != FORMAT {
            return Err(ReadError::Damaged(format!("format {} instead of {FORMAT}", head.format)));
        }
        if head.seed != self.seed {
            return Ok(Found::AnotherSeeds);
        }
        let Body { clock_offset, world } = serde_json::from_slice(&text).map_err(damaged)?;
        Ok(Found::Saved(Box::new(Saved { world, clock_offset })))
    }

    /// Writes the world down as it is. The lock is not held while the disk works.
    pub(crate) fn write(&self, live: &LiveWorld) -> io::Result<()> {
        let text = live.read(|world, _| {
            let clock_offset = live.clock().offset();
            serde_json::to_vec(&Whole { format: FORMAT, seed: self.seed, clock_offset, world })
        })?;
        self.replace(&text)
    }

    /// Either the old file or the new one is there, whenever the power fails.
    fn replace(&self, text: &[u8]) -> io::Result<()> {
        let mut name = self.path.file_name().unwrap_or_default().to_owned();
        name.push(".new");
        let new = self.path.with_file_name(name);
        // What a killed run left behind may be readable by others; the mode is only set when a file is made.
        match fs::remove_file(&new) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut file = private_file(&new)?;
        file.write_all(text)?;
        file.sync_all()?;
        fs::rename(&new, &self.path)
    }
}

/// The file holds keys, passwords and messages.
fn private_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
