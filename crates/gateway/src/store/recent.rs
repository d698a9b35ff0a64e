//! Rows as they were read a moment ago, so that many requests of one person look into the database once.
//!
//! What this gateway changes it forgets at once; what another one changes shows here after [`AGE`] at the latest. That
//! is too late for API keys: they are kept where there is no other gateway.

use std::collections::HashMap;
use std::fmt;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::{AccountId, ApiKeyId, SessionId, Store, StoreError};

/// How long a row is believed: within a second every gateway refuses a session that was ended at one.
const AGE: Duration = Duration::from_millis(500);

/// How many rows of a kind are kept; who is not among them is looked up.
const MOST: usize = 1024;

/// The rows of one kind.
pub(super) struct Recent<K, V>(Mutex<Rows<K, V>>);

struct Rows<K, V> {
    kept: HashMap<K, (Instant, Arc<V>)>,
    /// How often rows were forgotten: what was read before one of these times may be what was forgotten.
    forgotten: u64,
}

impl<K, V> Default for Recent<K, V> {
    fn default() -> Self {
        Self(Mutex::new(Rows { kept: HashMap::new(), forgotten: 0 }))
    }
}

impl<K: Clone + Eq + Hash, V> Recent<K, V> {
    /// The row that was read a moment ago, or else what `read` finds.
    pub(super) async fn or(
        &self,
        key: &K,
        now: Instant,
        read: impl Future<Output = Result<Option<V>, StoreError>>,
    ) -> Result<Option<Arc<V>>, StoreError> {
        let forgotten = {
            let rows = self.rows();
            match rows.kept.get(key) {
                Some((read_at, row)) if now - *read_at < AGE => return Ok(Some(row.clone())),
                _ => rows.forgotten,
            }
        };
        let Some(row) = read.await?.map(Arc::new) else { return Ok(None) };
        let mut rows = self.rows();
        if rows.forgotten == forgotten {
            if rows.kept.len() >= MOST {
                rows.kept.retain(|_, (read_at, _)| now - *read_at < AGE);
            }
            if rows.kept.len() < MOST {
                rows.kept.insert(key.clone(), (now, row.clone()));
            }
        }
        Ok(Some(row))
    }

    fn forget(&self, is_meant: impl Fn(&K, &V) -> bool) {
        let mut rows = self.rows();
        rows.forgotten += 1;
        rows.kept.retain(|key, (_, row)| !is_meant(key, row));
    }

    fn rows(&self) -> MutexGuard<'_, Rows<K, V>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K, V> fmt::Debug for Recent<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Recent")
    }
}

/// Whose sessions, tokens and keys a statement changes.
pub(super) enum Changed<'a> {
    Session(&'a SessionId),
    ApiKey(&'a ApiKeyId),
    Account(&'a AccountId),
    Anyone,
}

/// Forgets what a change makes old when the change is over, also one that failed or was given up.
#[must_use = "held as long as the change takes"]
pub(super) struct Changing<'a>(&'a Store, Changed<'a>);

impl Store {
    /// Taken by whoever changes sessions, tokens, data keys or API keys, before the first statement.
    pub(super) fn changing<'a>(&'a self, what: Changed<'a>) -> Changing<'a> {
        Changing(self, what)
    }
}

impl Drop for Changing<'_> {
    fn drop(&mut self) {
        let Self(Store { recent_sessions, recent_tokens, recent_keys, .. }, changed) = self;
        match changed {
            Changed::Session(id) => recent_sessions.forget(|_, session| session.id == **id),
            Changed::ApiKey(id) => recent_keys.forget(|_, key| key.id == **id),
            Changed::Account(account) => {
                recent_keys.forget(|_, key| key.account == **account);
                recent_sessions.forget(|_, session| session.account == **account);
                recent_tokens.forget(|id, _| id == *account);
            }
            Changed::Anyone => {
                recent_keys.forget(|_, _| true);
                recent_sessions.forget(|_, _| true);
                recent_tokens.forget(|_, _| true);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn look(recent: &Recent<u32, u32>, key: u32, now: Instant, there: u32) -> u32 {
        *recent.or(&key, now, async { Ok(Some(there)) }).await.unwrap().unwrap()
    }

    #[tokio::test]
    async fn a_row_is_believed_for_a_moment_and_not_after_a_change() {
        let (recent, now) = (Recent::default(), Instant::now());
        assert_eq!(look(&recent, 1, now, 10).await, 10);
        assert_eq!(look(&recent, 1, now + AGE / 2, 11).await, 10);
        assert_eq!(look(&recent, 1, now + AGE, 12).await, 12);
        recent.forget(|key, _| *key == 2);
        assert_eq!(look(&recent, 1, now + AGE, 13).await, 12);
        recent.forget(|key, _| *key == 1);
        assert_eq!(look(&recent, 1, now + AGE, 14).await, 14);
    }

    #[tokio::test]
    async fn what_was_read_while_it_changed_is_not_believed_again() {
        let (recent, now) = (Recent::default(), Instant::now());
        let read = async {
            recent.forget(|key, _| *key == 1);
            Ok(Some(10))
        };
        assert_eq!(*recent.or(&1, now, read).await.unwrap().unwrap(), 10);
        assert_eq!(look(&recent, 1, now, 11).await, 11);
    }

    #[tokio::test]
    async fn there_are_never_more_rows_than_there_is_room_for() {
        let (recent, now) = (Recent::default(), Instant::now());
        for key in 0..5000 {
            look(&recent, key, now, key).await;
        }
        assert_eq!(recent.rows().kept.len(), MOST);
        look(&recent, 5000, now + AGE, 0).await;
        assert_eq!(recent.rows().kept.len(), 1);
    }
}
