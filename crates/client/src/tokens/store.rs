//! What a home for tokens must be able to do.

use std::fmt::Debug;
use std::future::Future;
use std::hash::Hash;

use crate::{LoginEnd, Tokens};

/// A home for the tokens of many accounts, each known by its key.
///
/// Two refreshers of one account would kill each other's refresh token, so a store offers both a lock, which
/// makes the second one wait, and a compare-and-set, which holds even where a lock fails.
///
/// How a login's tokens get into the store, and a deleted account's out of it, is up to the store. Whoever writes one:
///
/// - A login's tokens go in as [`Tokens::succeeding`] those there are, in one transaction, under a new version.
/// - No version comes back for the same key, not even after a removal: a refresh that was under way would take the
///   tokens of the next login for those it knows. A sequence of the database does it, a count that starts again does
///   not.
/// - The lock is held while tokens are loaded and replaced. One that occupies a connection takes it from another pool
///   than they do, or as many refreshes as there are connections wait for each other.
/// - [`Tokens::to_json`] is all there is to keep; seal it, for it opens the account.
///
/// In PostgreSQL that is
///
/// ```sql
/// create sequence kakao_version;
/// create table kakao_tokens
///     (user_id bigint primary key, version bigint not null, tokens text not null);
///
/// -- a login, in a transaction; the new tokens succeed those that the first line finds
/// select tokens from kakao_tokens where user_id = $1 for update;
/// insert into kakao_tokens values ($1, nextval('kakao_version'), $2)
///     on conflict (user_id) do update
///     set version = excluded.version, tokens = excluded.tokens;
/// -- load
/// select version, tokens from kakao_tokens where user_id = $1;
/// -- replace: a row is Replaced::Done with its version, no row is Replaced::Lost
/// update kakao_tokens set version = nextval('kakao_version'), tokens = $3
///     where user_id = $1 and version = $2 returning version;
/// -- lock, in a transaction that the guard keeps open and ends when dropped
/// select pg_advisory_xact_lock($1);
/// ```
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

    /// Hears that a login has ended: Kakao no longer takes the tokens of this version.
    ///
    /// It is told under the lock. A store that does nothing has Kakao asked again at every use; one that removes the
    /// tokens removes this version only, for the user may have signed in meanwhile.
    fn end(
        &self,
        key: &Self::Key,
        version: Version,
        ended: LoginEnd,
    ) -> impl Future<Output = Result<(), Self::Error>> + Send {
        let _ = (key, version, ended);
        async { Ok(()) }
    }

    /// Waits for the exclusive right to refresh an account.
    fn lock(&self, key: &Self::Key) -> impl Future<Output = Result<Self::Guard, Self::Error>> + Send;
}

/// Tells one storing of an account's tokens from every other.
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
