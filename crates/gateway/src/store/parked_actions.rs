//! Messages that wait for a consent or followed a sign-in: claimed once, and what became of them.

use std::fmt;

use jiff::Timestamp;
use katok_client::ScopeSet;
use sqlx::Row as _;

use super::{AccountId, Store, StoreError, id, millis, time};

/// How many may wait for one account: a program that sends in vain again and again must not fill the database.
const MOST_WAITING: i64 = 20;

/// Our own name for such a message, `act_…`; it stands in links.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) struct ActionId(pub(super) String);

impl ActionId {
    const PREFIX: &'static str = "act_";

    /// An id that nothing else has.
    pub(crate) fn new(now: Timestamp, chance: [u8; 10]) -> Self {
        Self(id::time_ordered(Self::PREFIX, now, chance))
    }

    /// An id as a link brought it.
    pub(crate) fn presented(text: &str) -> Option<Self> {
        id::presented(Self::PREFIX, text).map(Self)
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ActionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How far a message has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ActionState {
    /// It waits for these consent items.
    Waiting(ScopeSet),
    /// Somebody has begun to send it; nobody else may.
    Doing,
    /// Kakao took it, for so many of its receivers; for the others it gave this code.
    Done { delivered: usize, code: Option<String> },
    /// Kakao refused it, or was not even asked.
    Failed { code: String },
    /// Nobody knows whether it was sent.
    Unconfirmed,
}

/// A message as it is kept.
pub(crate) struct StoredAction {
    pub(crate) id: ActionId,
    pub(crate) account: AccountId,
    pub(crate) state: ActionState,
    /// To how many friends; none for a message to oneself.
    pub(crate) receivers: usize,
    pub(crate) expires_at: Timestamp,
}

impl ActionState {
    fn word(&self) -> &'static str {
        match self {
            Self::Waiting(_) => "waiting",
            Self::Doing => "doing",
            Self::Done { .. } => "done",
            Self::Failed { .. } => "failed",
            Self::Unconfirmed => "unconfirmed",
        }
    }

    fn read(word: &str, scopes: &str, code: Option<String>, delivered: i64) -> Self {
        match word {
            "waiting" => Self::Waiting(ScopeSet::parse(scopes)),
            "doing" => Self::Doing,
            "done" => Self::Done { delivered: usize::try_from(delivered).unwrap_or(0), code },
            "failed" => Self::Failed { code: code.unwrap_or_default() },
            _ => Self::Unconfirmed,
        }
    }

    fn scopes(&self) -> String {
        if let Self::Waiting(scopes) = self { scopes.to_string() } else { String::new() }
    }

    fn code(&self) -> Option<&str> {
        match self {
            Self::Done { code, .. } => code.as_deref(),
            Self::Failed { code } => Some(code),
            _ => None,
        }
    }

    fn delivered(&self) -> i64 {
        if let Self::Done { delivered, .. } = self { count(*delivered) } else { 0 }
    }
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

impl Store {
    /// Keeps a message; `false` if too many of the account wait already.
    pub(crate) async fn insert_action(
        &self,
        action: &StoredAction,
        sealed: Option<&[u8]>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "INSERT INTO parked_actions
             (id, account_id, state, sealed, scopes, receivers, delivered, changed_at, expires_at)
             SELECT $1, $2, $3, $4, $5, $6, 0, $7, $8
             WHERE $3 <> 'waiting'
             OR (SELECT count(*) FROM parked_actions WHERE account_id = $2 AND state = 'waiting') < $9",
        )
        .bind(action.id.as_str())
        .bind(action.account.as_str())
        .bind(action.state.word())
        .bind(sealed)
        .bind(action.state.scopes())
        .bind(count(action.receivers))
        .bind(millis(now))
        .bind(millis(action.expires_at))
        .bind(MOST_WAITING)
        .execute(&self.writer)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Finds a message that has not run out.
    pub(crate) async fn action(
        &self,
        id: &ActionId,
        now: Timestamp,
    ) -> Result<Option<StoredAction>, StoreError> {
        let row = sqlx::query(
            "SELECT account_id, state, scopes, code, delivered, receivers, expires_at
             FROM parked_actions WHERE id = $1 AND expires_at > $2",
        )
        .bind(id.as_str())
        .bind(millis(now))
        .fetch_optional(&self.readers)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let word: String = row.try_get(1)?;
        let scopes: String = row.try_get(2)?;
        Ok(Some(StoredAction {
            id: id.clone(),
            account: AccountId(row.try_get(0)?),
            state: ActionState::read(&word, &scopes, row.try_get(3)?, row.try_get(4)?),
            receivers: usize::try_from(row.try_get::<i64, _>(5)?).unwrap_or(0),
            expires_at: time(row.try_get(6)?),
        }))
    }

    /// Takes a waiting message of this account to send it, in one statement: of many who try, one gets it.
    pub(crate) async fn claim_action(
        &self,
        id: &ActionId,
        account: &AccountId,
        now: Timestamp,
        expires_at: Timestamp,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let sealed = sqlx::query_scalar(
            "UPDATE parked_actions SET state = 'doing', changed_at = $1, expires_at = $2
             WHERE id = $3 AND account_id = $4 AND state = 'waiting' AND expires_at > $1
             RETURNING sealed",
        )
        .bind(millis(now))
        .bind(millis(expires_at))
        .bind(id.as_str())
        .bind(account.as_str())
        .fetch_optional(&self.writer)
        .await?;
        Ok(sealed)
    }

    /// Writes down what became of a message; its content stays only where it still waits.
    pub(crate) async fn settle_action(
        &self,
        id: &ActionId,
        state: &ActionState,
        sealed: Option<&[u8]>,
        now: Timestamp,
        expires_at: Timestamp,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE parked_actions SET state = $1, sealed = $2, scopes = $3, code = $4, delivered = $5,
             changed_at = $6, expires_at = $7 WHERE id = $8",
        )
        .bind(state.word())
        .bind(sealed)
        .bind(state.scopes())
        .bind(state.code())
        .bind(state.delivered())
        .bind(millis(now))
        .bind(millis(expires_at))
        .bind(id.as_str())
        .execute(&self.writer)
        .await?;
        Ok(())
    }

    /// Gives up on messages that were begun before `begun` and never settled, and throws out those that have run out.
    pub(crate) async fn clean_up_actions(&self, begun: Timestamp, now: Timestamp) -> Result<(), StoreError> {
        let died = self.choose(
            "UPDATE parked_actions SET state = 'unconfirmed', sealed = NULL
             WHERE state = 'doing' AND changed_at <= $1",
            "UPDATE parked_actions SET state = 'unconfirmed', sealed = NULL WHERE id IN
             (SELECT id FROM parked_actions WHERE state = 'doing' AND changed_at <= $1 FOR UPDATE SKIP LOCKED)",
        );
        let expired = self.choose(
            "DELETE FROM parked_actions WHERE expires_at <= $1",
            "DELETE FROM parked_actions WHERE id IN
             (SELECT id FROM parked_actions WHERE expires_at <= $1 FOR UPDATE SKIP LOCKED)",
        );
        sqlx::query(died).bind(millis(begun)).execute(&self.writer).await?;
        sqlx::query(expired).bind(millis(now)).execute(&self.writer).await?;
        Ok(())
    }
}
