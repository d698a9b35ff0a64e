//! People who leave: what hangs on their account goes, and a receipt stays.

use jiff::Timestamp;
use katok_client::KakaoUserId;
use serde::Serialize;
use sqlx::{Any, Transaction};

use super::quota::forget_counts_of;
use super::recent::{Changed, Changing};
use super::{AccountId, Store, StoreError, millis, time};

/// All that hangs on an account but the tokens, with which Kakao is still to be asked.
fn belongings(_: &Changing<'_>) -> [&'static str; 7] {
    [
        "DELETE FROM sessions WHERE account_id = $1",
        "DELETE FROM api_keys WHERE account_id = $1",
        "DELETE FROM recurring_messages WHERE account_id = $1",
        "DELETE FROM saved_templates WHERE account_id = $1",
        "DELETE FROM messages WHERE account_id = $1",
        "DELETE FROM lanes WHERE account_id = $1",
        // After deliveries: whoever changes those notes it for the webhooks afterwards.
        "DELETE FROM webhooks WHERE account_id = $1",
    ]
}

/// Pauses name accounts and keys, whatever these are.
const PAUSES: &str =
    "DELETE FROM outbox_pauses WHERE scope = $1 OR scope IN (SELECT id FROM api_keys WHERE account_id = $1)";

/// What is kept of somebody who left, or is about to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Receipt {
    /// `rct_…`
    pub(crate) id: String,
    pub(crate) account: AccountId,
    pub(crate) asked_by: AskedBy,
    pub(crate) state: UnlinkState,
    pub(crate) requested_at: Timestamp,
    pub(crate) confirmed_at: Option<Timestamp>,
}

/// Who wanted the link to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum AskedBy {
    /// Here.
    Person,
    /// Somebody at Kakao, as its unlink webhook told.
    KakaoWebhook,
    /// Somebody at Kakao, as its account status webhook told.
    AccountStatus,
    /// Somebody with the app's admin key.
    Operator,
}

/// What became of an unlink.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum UnlinkState {
    /// Kakao has yet to confirm it.
    Pending,
    Confirmed,
    /// Kakao could not be asked, because it no longer took the tokens.
    Unconfirmed,
    /// The person signed in again before Kakao could be asked.
    Cancelled,
}

impl AskedBy {
    const ALL: [(Self, &str); 4] = [
        (Self::Person, "person"),
        (Self::KakaoWebhook, "kakao_webhook"),
        (Self::AccountStatus, "account_status"),
        (Self::Operator, "operator"),
    ];
}

impl UnlinkState {
    const ALL: [(Self, &str); 4] = [
        (Self::Pending, "pending"),
        (Self::Confirmed, "confirmed"),
        (Self::Unconfirmed, "unconfirmed"),
        (Self::Cancelled, "cancelled"),
    ];

    pub(crate) fn as_str(self) -> &'static str {
        word(&Self::ALL, self)
    }
}

impl Receipt {
    /// Of an unlink that is asked for now; the id is ordered by time.
    pub(crate) fn new(account: AccountId, asked_by: AskedBy, now: Timestamp, chance: [u8; 10]) -> Self {
        Self {
            id: super::id::time_ordered("rct_", now, chance),
            account,
            asked_by,
            state: UnlinkState::Pending,
            requested_at: now,
            confirmed_at: None,
        }
    }
}

/// An unlink that was begun.
pub(crate) struct BegunUnlink {
    pub(crate) receipt: Receipt,
    pub(crate) user: KakaoUserId,
    /// Whether the caller is to ask Kakao; else somebody does already.
    pub(crate) is_new: bool,
}

/// An unlink that Kakao is to be asked for again.
pub(crate) struct DueUnlink {
    pub(crate) receipt: Receipt,
    /// When it was due; a claim changes it, so of two claims one fails.
    due_at: i64,
    /// How often Kakao was asked.
    pub(crate) attempts: i64,
}

/// Somebody has left at Kakao's side.
pub(crate) struct Departure<'a> {
    pub(crate) kakao_app: &'a str,
    pub(crate) user: KakaoUserId,
    pub(crate) asked_by: AskedBy,
    /// The event that told it, where events have names.
    pub(crate) event: Option<ToldEvent<'a>>,
}

/// A security event, as far as it must be remembered.
pub(crate) struct ToldEvent<'a> {
    pub(crate) jti: &'a str,
    /// Somebody who signed in later has come back since.
    pub(crate) happened_by: Timestamp,
    /// From when on it would not be believed again.
    pub(crate) expires_at: Timestamp,
}

type Row = (String, String, String, String, i64, Option<i64>);

impl Store {
    /// Writes the receipt of an unlink that Kakao has yet to confirm, and purges all but the tokens.
    ///
    /// Answers nothing when the account is gone.
    pub(crate) async fn begin_unlink(
        &self,
        receipt: Receipt,
        kakao_app: &str,
        retry_at: Timestamp,
    ) -> Result<Option<BegunUnlink>, StoreError> {
        let changing = self.changing(Changed::Account(&receipt.account));
        let mut tx = self.begin().await?;
        let Some(user) = self.lock_account_row(&mut tx, &receipt.account).await? else { return Ok(None) };
        let written = sqlx::query(
            "INSERT INTO unlinks (id, kakao_app, account_id, asked_by, state, requested_at, retry_at, attempts)
             VALUES ($1, $2, $3, $4, 'pending', $5, $6, 1)
             ON CONFLICT (account_id) WHERE state = 'pending' DO NOTHING",
        )
        .bind(&receipt.id)
        .bind(kakao_app)
        .bind(receipt.account.as_str())
        .bind(word(&AskedBy::ALL, receipt.asked_by))
        .bind(millis(receipt.requested_at))
        .bind(millis(retry_at))
        .execute(&mut *tx)
        .await?;
        for belonging in [PAUSES].into_iter().chain(belongings(&changing)) {
            sqlx::query(belonging).bind(receipt.account.as_str()).execute(&mut *tx).await?;
        }
        forget_counts_of(&mut tx, &self.engine, kakao_app, &receipt.account, receipt.requested_at).await?;
        let row: Row = sqlx::query_as(
            "SELECT id, account_id, asked_by, state, requested_at, confirmed_at FROM unlinks
             WHERE account_id = $1 AND state = 'pending'",
        )
        .bind(receipt.account.as_str())
        .fetch_one(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(Some(BegunUnlink { receipt: read(row), user, is_new: written.rows_affected() == 1 }))
    }

    /// Whether nobody has confirmed or cancelled it.
    pub(crate) async fn unlink_is_pending(&self, receipt: &Receipt) -> Result<bool, StoreError> {
        let found: Option<i64> =
            sqlx::query_scalar("SELECT attempts FROM unlinks WHERE id = $1 AND state = 'pending'")
                .bind(&receipt.id)
                .fetch_optional(&self.readers)
                .await?;
        Ok(found.is_some())
    }

    /// Ends a pending unlink and deletes what is left of the account; answers the receipt as it stands then.
    ///
    /// One that is not pending any more stays as it is: the person may have signed in again.
    pub(crate) async fn end_unlink(
        &self,
        receipt: &Receipt,
        state: UnlinkState,
        now: Timestamp,
    ) -> Result<Receipt, StoreError> {
        let confirmed_at = (state == UnlinkState::Confirmed).then_some(millis(now));
        let changing = self.changing(Changed::Account(&receipt.account));
        let mut tx = self.begin().await?;
        self.lock_account_row(&mut tx, &receipt.account).await?;
        let ended = sqlx::query(
            "UPDATE unlinks SET state = $1, confirmed_at = $2, retry_at = NULL WHERE id = $3 AND state = 'pending'",
        )
        .bind(word(&UnlinkState::ALL, state))
        .bind(confirmed_at)
        .bind(&receipt.id)
        .execute(&mut *tx)
        .await?;
        if ended.rows_affected() == 1 {
            delete_account(&mut tx, &receipt.account, &changing).await?;
        }
        let row: Row = sqlx::query_as(
            "SELECT id, account_id, asked_by, state, requested_at, confirmed_at FROM unlinks WHERE id = $1",
        )
        .bind(&receipt.id)
        .fetch_one(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(read(row))
    }

    /// The pending unlinks of this Kakao app that are to be tried again, the longest due first.
    pub(crate) async fn due_unlinks(
        &self,
        kakao_app: &str,
        now: Timestamp,
        most: i64,
    ) -> Result<Vec<DueUnlink>, StoreError> {
        let rows: Vec<(String, String, String, String, i64, i64, i64)> = sqlx::query_as(
            "SELECT id, account_id, asked_by, state, requested_at, retry_at, attempts FROM unlinks
             WHERE kakao_app = $1 AND state = 'pending' AND retry_at <= $2 ORDER BY retry_at LIMIT $3",
        )
        .bind(kakao_app)
        .bind(millis(now))
        .bind(most)
        .fetch_all(&self.readers)
        .await?;
        let due = |(id, account, asked_by, state, requested_at, due_at, attempts)| DueUnlink {
            receipt: read((id, account, asked_by, state, requested_at, None)),
            due_at,
            attempts,
        };
        Ok(rows.into_iter().map(due).collect())
    }

    /// Takes a pending unlink on: until then nobody else does.
    pub(crate) async fn claim_due_unlink(
        &self,
        due: &DueUnlink,
        until: Timestamp,
    ) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "UPDATE unlinks SET retry_at = $1, attempts = attempts + 1
             WHERE id = $2 AND state = 'pending' AND retry_at = $3",
        )
        .bind(millis(until))
        .bind(&due.receipt.id)
        .bind(due.due_at)
        .execute(&self.writer)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Deletes the account of somebody who has left at Kakao's side, with a receipt; once, however often told.
    pub(crate) async fn record_departure(
        &self,
        departure: &Departure<'_>,
        now: Timestamp,
        chance: [u8; 10],
    ) -> Result<Option<Receipt>, StoreError> {
        let changing = self.changing(Changed::Anyone);
        let mut tx = self.begin().await?;
        if let Some(event) = &departure.event {
            let is_new = sqlx::query(
                "INSERT INTO security_events (kakao_app, jti, expires_at) VALUES ($1, $2, $3)
                 ON CONFLICT DO NOTHING",
            )
            .bind(departure.kakao_app)
            .bind(event.jti)
            .bind(millis(event.expires_at))
            .execute(&mut *tx)
            .await?;
            if is_new.rows_affected() == 0 {
                return Ok(None);
            }
        }
        let find = self.choose(
            "SELECT id, signed_in_at FROM accounts WHERE kakao_app = $1 AND kakao_user_id = $2",
            "SELECT id, signed_in_at FROM accounts WHERE kakao_app = $1 AND kakao_user_id = $2 FOR UPDATE",
        );
        let found: Option<(String, i64)> = sqlx::query_as(find)
            .bind(departure.kakao_app)
            .bind(departure.user.get())
            .fetch_optional(&mut *tx)
            .await?;
        let happened_by = departure.event.as_ref().map_or(now, |event| event.happened_by);
        let Some((account, _)) = found.filter(|(_, signed_in_at)| *signed_in_at <= millis(happened_by))
        else {
            tx.commit().await?;
            return Ok(None);
        };
        let receipt = Receipt::new(AccountId(account), departure.asked_by, now, chance);
        let confirmed = sqlx::query(
            "UPDATE unlinks SET state = 'confirmed', confirmed_at = $1, retry_at = NULL
             WHERE account_id = $2 AND state = 'pending'",
        )
        .bind(millis(now))
        .bind(receipt.account.as_str())
        .execute(&mut *tx)
        .await?;
        if confirmed.rows_affected() == 0 {
            sqlx::query(
                "INSERT INTO unlinks (id, kakao_app, account_id, asked_by, state, requested_at, confirmed_at, attempts)
                 VALUES ($1, $2, $3, $4, 'confirmed', $5, $5, 0)",
            )
            .bind(&receipt.id)
            .bind(departure.kakao_app)
            .bind(receipt.account.as_str())
            .bind(word(&AskedBy::ALL, receipt.asked_by))
            .bind(millis(now))
            .execute(&mut *tx)
            .await?;
        }
        delete_account(&mut tx, &receipt.account, &changing).await?;
        forget_counts_of(&mut tx, &self.engine, departure.kakao_app, &receipt.account, now).await?;
        tx.commit().await?;
        Ok(Some(receipt))
    }

    /// Forgets the events that would not be believed any more if they came again.
    pub(crate) async fn forget_security_events(&self, now: Timestamp) -> Result<(), StoreError> {
        let statement = self.choose(
            "DELETE FROM security_events WHERE expires_at <= $1",
            "DELETE FROM security_events WHERE (kakao_app, jti) IN
             (SELECT kakao_app, jti FROM security_events WHERE expires_at <= $1 FOR UPDATE SKIP LOCKED)",
        );
        sqlx::query(statement).bind(millis(now)).execute(&self.writer).await?;
        Ok(())
    }

    /// Makes sign-ins and other unlinks of this person wait; SQLite has one writer at a time anyway.
    async fn lock_account_row(
        &self,
        tx: &mut Transaction<'static, Any>,
        account: &AccountId,
    ) -> Result<Option<KakaoUserId>, StoreError> {
        let lock = self.choose(
            "SELECT kakao_user_id FROM accounts WHERE id = $1",
            "SELECT kakao_user_id FROM accounts WHERE id = $1 FOR UPDATE",
        );
        let user: Option<i64> =
            sqlx::query_scalar(lock).bind(account.as_str()).fetch_optional(&mut **tx).await?;
        Ok(user.map(KakaoUserId::new))
    }
}

/// All that hangs on it goes along.
async fn delete_account(
    tx: &mut Transaction<'static, Any>,
    account: &AccountId,
    _: &Changing<'_>,
) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM accounts WHERE id = $1").bind(account.as_str()).execute(&mut **tx).await?;
    Ok(())
}

fn read((id, account, asked_by, state, requested_at, confirmed_at): Row) -> Receipt {
    Receipt {
        id,
        account: AccountId(account),
        asked_by: meant(&AskedBy::ALL, &asked_by).unwrap_or(AskedBy::Operator),
        state: meant(&UnlinkState::ALL, &state).unwrap_or(UnlinkState::Pending),
        requested_at: time(requested_at),
        confirmed_at: confirmed_at.map(time),
    }
}

fn word<T: Copy + PartialEq>(all: &[(T, &'static str)], value: T) -> &'static str {
    all.iter().find(|(known, _)| *known == value).map_or("", |(_, word)| word)
}

fn meant<T: Copy>(all: &[(T, &'static str)], word: &str) -> Option<T> {
    all.iter().find(|(_, known)| *known == word).map(|(value, _)| *value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn everything_that_hangs_on_an_account_goes_when_an_unlink_begins() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("katok.db")).await.unwrap();
        let hanging: Vec<String> = sqlx::query_scalar(
            "SELECT t.name FROM sqlite_schema t JOIN pragma_foreign_key_list(t.name) f
             WHERE f.\"table\" = 'accounts' AND t.name <> 'tokens'",
        )
        .fetch_all(&store.readers)
        .await
        .unwrap();
        let purged = belongings(&store.changing(Changed::Anyone)).map(str::to_owned);
        assert_eq!(hanging.len(), purged.len());
        for table in hanging {
            assert!(purged.contains(&format!("DELETE FROM {table} WHERE account_id = $1")), "{table}");
        }
    }
}
