//! What happened, line by line: two runs of one seed have the same.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;

use super::tell;
use crate::digest::{Digest, sha256};

/// Everybody who takes part writes into the same one.
#[derive(Clone, Debug, Default)]
pub(super) struct Diary {
    lines: Arc<Mutex<Vec<String>>>,
    is_read_aloud: bool,
}

impl Diary {
    /// One that is shown line by line, as it is written.
    pub(super) fn read_aloud() -> Self {
        Self { is_read_aloud: true, ..Self::default() }
    }

    pub(super) fn note(&self, at: Timestamp, what: fmt::Arguments<'_>) {
        let line = format!("{at} {what}");
        if self.is_read_aloud {
            tell(&line);
        }
        self.lines().push(line);
    }

    /// The last so many lines.
    pub(super) fn last(&self, most: usize) -> Vec<String> {
        let lines = self.lines();
        lines[lines.len().saturating_sub(most)..].to_vec()
    }

    pub(super) fn digest(&self) -> Digest {
        sha256(self.lines().join("\n").as_bytes())
    }

    fn lines(&self) -> MutexGuard<'_, Vec<String>> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
