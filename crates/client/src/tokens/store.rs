//! What a home for tokens must be able to do.

use std::fmt::Debug;
use std::future::Future;
use std::hash::Hash;

use crate::Tokens;

/// A home for the tokens of many accounts, each known by its key.
///
/// Two refreshers of one account would kill each other's refresh token, so a store offers both a lock, which
/// makes the second one wait, and a compare-and-set, which holds even where a lock fails.
pub trait TokenStore: Send + Sync + 'static {
    /// Names one account.
    type Key: Clone + Debug + Eq + Hash + Send + Sync + 'static;
    /// The exclusive right to refresh one account, given back when dropped.
    type Guard: Send + 'static;
    /// Why the store cannot answer.
    type Error: std::error::Error + Send + Sync + 'static;

    /// The tokens of an account and their version.
    fn load(
        &self,
        key: &Self::Key,
    ) -> impl Future<Output = Result<Option<Versioned<Tokens>>, Self::Error>> + Send;

    /// Puts new tokens in the place of the expected version; of any other version it leaves them alone.
    ///
    /// A refresh stores twice: that Kakao is asked, and what Kakao has answered. A store on a disk brings them there
    /// before it returns.
    fn replace(
        &self,
        key: &Self::Key,
        expected: Version,
        tokens: &Tokens,
    ) -> impl Future<Output = Result<Replaced, Self::Error>> + Send;

    /// Waits for the exclusive right to refresh an account.
    fn lock(&self, key: &Self::Key) -> impl Future<Output = Result<Self::Guard, Self::Error>> + Send;
}

/// Counts how often an account's tokens were stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version(pub i64);

/// A value and its version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Versioned<T> {
    /// The version.
    pub version: Version,
    /// The value.
    pub value: T,
}

/// What became of a [`TokenStore::replace`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Replaced {
    /// The new tokens are stored, under this version.
    Done(Version),
    /// Somebody has stored others meanwhile, or the account is gone: the new tokens are not stored.
    Lost,
}
