//! Depth: how much is still to be sent, and since when it is due.

use jiff::Timestamp;

use super::listing::unknown;
use crate::outbox::State;
use crate::store::{AccountId, Store, StoreError, millis, time};

/// The deliveries in one state with which something is still to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Open {
    pub(crate) state: State,
    pub(crate) deliveries: i64,
    /// When the one that waits longest became due.
    pub(crate) oldest_due: Option<Timestamp>,
}

impl Store {
    /// What is still to be done, of everybody or of one account.
    pub(crate) async fn open_deliveries(
        &self,
        account: Option<&AccountId>,
        now: Timestamp,
    ) -> Result<Vec<Open>, StoreError> {
        // Due at once means since the last change.
        let statement = match account {
            None => {
                "SELECT state, COUNT(*), MIN(CASE WHEN due_at > $1 THEN NULL WHEN due_at = 0 THEN changed_at
                 ELSE due_at END) FROM deliveries WHERE due_at IS NOT NULL GROUP BY state ORDER BY state"
            }
            Some(_) => {
                "SELECT state, COUNT(*), MIN(CASE WHEN due_at > $1 THEN NULL WHEN due_at = 0 THEN changed_at
                 ELSE due_at END) FROM deliveries WHERE due_at IS NOT NULL AND account_id = $2
                 GROUP BY state ORDER BY state"
            }
        };
        let mut query = sqlx::query_as::<_, (String, i64, Option<i64>)>(statement).bind(millis(now));
        if let Some(account) = account {
            query = query.bind(account.as_str());
        }
        let rows = query.fetch_all(&self.readers).await?;
        rows.into_iter()
            .map(|(state, deliveries, oldest_due)| {
                let state = State::parse(&state).ok_or_else(|| unknown("state"))?;
                Ok(Open { state, deliveries, oldest_due: oldest_due.map(time) })
            })
            .collect()
    }

    /// How many deliveries of an account are open; counts no further than `most`.
    pub(crate) async fn count_open(&self, account: &AccountId, most: i64) -> Result<i64, StoreError> {
        let counted = sqlx::query_scalar(
            "SELECT COUNT(*) FROM (SELECT 1 FROM deliveries WHERE account_id = $1 AND due_at IS NOT NULL
             LIMIT $2 + 0) AS open",
        );
        Ok(counted.bind(account.as_str()).bind(most).fetch_one(&self.readers).await?)
    }
}
