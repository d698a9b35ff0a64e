//! Chance, asked for in one place so that what is made from it can be repeated in a test.

use std::fmt::Debug;

/// A source of bytes nobody can foretell.
pub trait Chance: Send + Sync + Debug {
    /// Fills the whole slice.
    fn fill(&self, out: &mut [u8]);
}

/// The operating system's generator.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemChance;

impl Chance for SystemChance {
    #[expect(clippy::disallowed_methods, reason = "this is the one place that asks the system for chance")]
    fn fill(&self, out: &mut [u8]) {
        // Without chance there is no safe state, nonce or key to go on with.
        aws_lc_rs::rand::fill(out).expect("the operating system's random generator works");
    }
}
