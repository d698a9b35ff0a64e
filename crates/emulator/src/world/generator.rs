//! The generator: what looks random in the world, drawn from the seed one digest after another.

use serde::{Deserialize, Serialize};

use crate::digest::Digest;

#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Generator {
    seed: Digest,
    drawn: u64,
}

impl Generator {
    pub(super) fn new(seed: Digest) -> Self {
        Self { seed, drawn: 0 }
    }

    /// A string nobody has seen before, of characters that may stand in a URL.
    pub(super) fn opaque(&mut self) -> String {
        self.drawn += 1;
        Digest::of(&[&self.seed.base64url(), &self.drawn.to_string()]).base64url()
    }
}
