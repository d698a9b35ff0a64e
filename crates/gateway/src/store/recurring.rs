//! Recurring messages: when each is next, and who deals with it.

use jiff::Timestamp;
use sqlx::any::AnyRow;
use sqlx::{AssertSqlSafe, Row as _};

use super::id::id_type;
use super::{AccountId, ApiKeyId, Store, StoreError, millis, time};
use crate::seal::SealedDataKey;

id_type! {
    /// What a recurring message is called, `rec_…`.
    RecurringId, "rec_"
}

/// Why a recurring message does not come round.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum PausedFor {
    /// Somebody said so.
    Asked,
    /// The key in whose name it was sent is revoked or has ended, or may not send this any more.
    KeyGone,
}

impl PausedFor {
    fn as_str(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::KeyGone => "key_gone",
        }
    }
}

/// A recurring message about to be kept.
pub(crate) struct NewRecurring {
    pub(crate) id: RecurringId,
    pub(crate) account: AccountId,
    pub(crate) kakao_app: String,
    pub(crate) api_key: Option<ApiKeyId>,
    pub(crate) sealed: Vec<u8>,
    pub(crate) cron: String,
    pub(crate) time_zone: String,
    pub(crate) on_missed: &'static str,
    pub(crate) starts_at: Option<Timestamp>,
    pub(crate) ends_at: Option<Timestamp>,
    pub(crate) next_at: Timestamp,
    pub(crate) created_at: Timestamp,
}

/// A recurring message as it is kept.
pub(crate) struct StoredRecurring {
    pub(crate) id: RecurringId,
    pub(crate) account: AccountId,
    pub(crate) api_key: Option<ApiKeyId>,
    pub(crate) sealed: Vec<u8>,
    pub(crate) cron: String,
    pub(crate) time_zone: String,
    pub(crate) on_missed: String,
    pub(crate) starts_at: Option<Timestamp>,
    pub(crate) ends_at: Option<Timestamp>,
    /// None when it is over.
    pub(crate) next_at: Option<Timestamp>,
    pub(crate) last_at: Option<Timestamp>,
    pub(crate) created_at: Timestamp,
    pub(crate) paused_for: Option<PausedFor>,
}

/// What is sealed of a recurring message, with the key that opens it.
pub(crate) struct SealedRecurring {
    pub(crate) id: RecurringId,
    pub(crate) account: AccountId,
    pub(crate) data_key: Option<SealedDataKey>,
    pub(crate) sealed: Vec<u8>,
}

/// How long whoever deals with one may take before another tries, in milliseconds.
const CLAIM: i64 = 15_000;

const COLUMNS: &str = "id, account_id, api_key_id, sealed, cron, time_zone, on_missed, starts_at, ends_at,
    next_at, last_at, created_at, paused_for";

fn read(row: &AnyRow) -> Result<StoredRecurring, StoreError> {
    let time_at = |column: usize| Ok::<_, StoreError>(row.try_get::<Option<i64>, _>(column)?.map(time));
    let paused_for: Option<String> = row.try_get(12)?;
    let paused_for = paused_for
        .map(|word| if word == PausedFor::KeyGone.as_str() { PausedFor::KeyGone } else { PausedFor::Asked });
    Ok(StoredRecurring {
        id: RecurringId(row.try_get(0)?),
        account: AccountId(row.try_get(1)?),
        api_key: row.try_get::<Option<String>, _>(2)?.map(ApiKeyId),
        sealed: row.try_get(3)?,
        cron: row.try_get(4)?,
        time_zone: row.try_get(5)?,
        on_missed: row.try_get(6)?,
        starts_at: time_at(7)?,
        ends_at: time_at(8)?,
        next_at: time_at(9)?,
        last_at: time_at(10)?,
        created_at: time(row.try_get(11)?),
        paused_for,
    })
}

impl Store {
    /// Keeps a new recurring message unless the account has `most` already; says whether it did.
    pub(crate) async fn insert_recurring(
        &self,
        recurring: &NewRecurring,
        most: i64,
    ) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        // Of two that come at once, the second counts the first.
        self.hold_account(&mut tx, &recurring.account).await?;
        let held: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM recurring_messages WHERE account_id = $1")
            .bind(recurring.account.as_str())
            .fetch_one(&mut *tx)
            .await?;
        if held >= most {
            return Ok(false);
        }
        sqlx::query(
            "INSERT INTO recurring_messages (id, account_id, kakao_app, api_key_id, sealed, cron, time_zone,
             on_missed, starts_at, ends_at, next_at, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        )
        .bind(recurring.id.as_str())
        .bind(recurring.account.as_str())
        .bind(recurring.kakao_app.as_str())
        .bind(recurring.api_key.as_ref().map(|key| key.0.as_str()))
        .bind(recurring.sealed.as_slice())
        .bind(recurring.cron.as_str())
        .bind(recurring.time_zone.as_str())
        .bind(recurring.on_missed)
        .bind(recurring.starts_at.map(millis))
        .bind(recurring.ends_at.map(millis))
        .bind(millis(recurring.next_at))
        .bind(millis(recurring.created_at))
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(true)
    }

    /// The recurring messages of an account, the newest first.
    pub(crate) async fn recurring_messages(
        &self,
        account: &AccountId,
    ) -> Result<Vec<StoredRecurring>, StoreError> {
        let statement = AssertSqlSafe(format!(
            "SELECT {COLUMNS} FROM recurring_messages WHERE account_id = $1 ORDER BY id DESC"
        ));
        let rows = sqlx::query(statement).bind(account.as_str()).fetch_all(&self.readers).await?;
        rows.iter().map(read).collect()
    }

    /// A recurring message of the account.
    pub(crate) async fn recurring_message(
        &self,
        account: &AccountId,
        id: &RecurringId,
    ) -> Result<Option<StoredRecurring>, StoreError> {
        let statement = AssertSqlSafe(format!(
            "SELECT {COLUMNS} FROM recurring_messages WHERE id = $1 AND account_id = $2"
        ));
        let row = sqlx::query(statement)
            .bind(id.as_str())
            .bind(account.as_str())
            .fetch_optional(&self.readers)
            .await?;
        row.as_ref().map(read).transpose()
    }

    /// Deletes a recurring message; what it has made stays.
    pub(crate) async fn delete_recurring(&self, id: &RecurringId) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM recurring_messages WHERE id = $1")
            .bind(id.as_str())
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    /// Lets a recurring message rest; one that rests already goes on doing so for the same reason.
    pub(crate) async fn pause_recurring(&self, id: &RecurringId, why: PausedFor) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE recurring_messages SET paused_for = COALESCE(paused_for, $1), claimed_until = NULL
             WHERE id = $2",
        )
        .bind(why.as_str())
        .bind(id.as_str())
        .execute(&self.writer)
        .await?;
        Ok(())
    }

    /// Lets a recurring message come round again, in the name of whoever says so.
    pub(crate) async fn resume_recurring(
        &self,
        id: &RecurringId,
        api_key: Option<&ApiKeyId>,
        next_at: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE recurring_messages SET paused_for = NULL, api_key_id = $1, next_at = $2
             WHERE id = $3 AND paused_for IS NOT NULL",
        )
        .bind(api_key.map(|key| key.0.as_str()))
        .bind(next_at.map(millis))
        .bind(id.as_str())
        .execute(&self.writer)
        .await?;
        Ok(())
    }

    /// Takes on some of the recurring messages whose time has come.
    pub(crate) async fn claim_recurring(
        &self,
        kakao_app: &str,
        now: Timestamp,
        limit: i64,
    ) -> Result<Vec<StoredRecurring>, StoreError> {
        let somebody: Option<i64> = sqlx::query_scalar(
            "SELECT 1 FROM recurring_messages
             WHERE kakao_app = $1 AND next_at <= $2 AND paused_for IS NULL LIMIT 1",
        )
        .bind(kakao_app)
        .bind(millis(now))
        .fetch_optional(&self.readers)
        .await?;
        // Nearly always: then nobody who writes is held up.
        if somebody.is_none() {
            return Ok(Vec::new());
        }
        let (clock, skip) = (self.engine.clock(), self.choose("", " FOR UPDATE SKIP LOCKED"));
        let statement = AssertSqlSafe(format!(
            "UPDATE recurring_messages SET claimed_until = {clock} + $1 WHERE id IN
             (SELECT id FROM recurring_messages
              WHERE kakao_app = $2 AND next_at <= $3 AND paused_for IS NULL
              AND (claimed_until IS NULL OR claimed_until <= {clock})
              ORDER BY next_at LIMIT $4{skip})
             RETURNING {COLUMNS}"
        ));
        let rows = sqlx::query(statement)
            .bind(CLAIM)
            .bind(kakao_app)
            .bind(millis(now))
            .bind(limit)
            .fetch_all(&self.writer)
            .await?;
        rows.iter().map(read).collect()
    }

    /// Goes on from a time that was dealt with to the next: compare-and-set, so that of two nobody goes back.
    pub(crate) async fn move_recurring(
        &self,
        found: &StoredRecurring,
        last_at: Timestamp,
        next_at: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE recurring_messages SET last_at = $1, next_at = $2, claimed_until = NULL
             WHERE id = $3 AND next_at = $4",
        )
        .bind(millis(last_at))
        .bind(next_at.map(millis))
        .bind(found.id.as_str())
        .bind(found.next_at.map(millis))
        .execute(&self.writer)
        .await?;
        Ok(())
    }

    /// The next recurring messages after one, in the order of their ids, each with the key that opens it.
    pub(crate) async fn sealed_recurring(
        &self,
        after: &str,
        limit: i64,
    ) -> Result<Vec<SealedRecurring>, StoreError> {
        type Row = (String, String, Option<Vec<u8>>, Vec<u8>);
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT r.id, r.account_id, a.data_key, r.sealed
             FROM recurring_messages r JOIN accounts a ON a.id = r.account_id
             WHERE r.id > $1 ORDER BY r.id LIMIT $2",
        )
        .bind(after)
        .bind(limit)
        .fetch_all(&self.readers)
        .await?;
        let recurring = |(id, account, data_key, sealed): Row| SealedRecurring {
            id: RecurringId(id),
            account: AccountId(account),
            data_key: data_key.map(SealedDataKey),
            sealed,
        };
        Ok(rows.into_iter().map(recurring).collect())
    }
}
