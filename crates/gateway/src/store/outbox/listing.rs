//! Messages as their sender sees them: deliveries, and every attempt.

use std::collections::HashMap;

use jiff::Timestamp;
use sqlx::any::AnyRow;
use sqlx::{AssertSqlSafe, Row as _};

use super::{MessageId, Receiver};
use crate::digest::Digest;
use crate::outbox::{OnFailure, OnQuota, OnUnconfirmed, State};
use crate::store::rows::list;
use crate::store::{AccountId, ApiKeyId, Store, StoreError, millis, time};

/// A message as it is kept.
pub(crate) struct KeptMessage {
    pub(crate) seq: i64,
    pub(crate) id: MessageId,
    pub(crate) account: AccountId,
    pub(crate) api_key: Option<String>,
    /// What made it, if it came by itself.
    pub(crate) recurring: Option<String>,
    /// Nothing when it was kept long enough.
    pub(crate) sealed: Option<Vec<u8>>,
    pub(crate) created_at: Timestamp,
    pub(crate) send_at: Option<Timestamp>,
    pub(crate) expires_at: Timestamp,
    pub(crate) on_unconfirmed: OnUnconfirmed,
    pub(crate) on_quota: OnQuota,
    pub(crate) on_failure: OnFailure,
    /// The consent items it waits for, or waited for last.
    pub(crate) scopes: Option<String>,
    /// In the order of its receivers.
    pub(crate) deliveries: Vec<KeptDelivery>,
}

/// A delivery as it is kept.
pub(crate) struct KeptDelivery {
    pub(crate) seq: i64,
    pub(crate) place: usize,
    pub(crate) receiver: Receiver,
    pub(crate) state: State,
    pub(crate) code: Option<String>,
    pub(crate) due_at: Option<Timestamp>,
    pub(crate) attempts: u32,
    /// Whether the outcome of one of these was never known.
    pub(crate) may_have_arrived: bool,
    pub(crate) changed_at: Timestamp,
}

/// One delivery's part in one call to Kakao.
pub(crate) struct PastAttempt {
    pub(crate) delivery_seq: i64,
    pub(crate) begun_at: Timestamp,
    pub(crate) duration_ms: Option<i64>,
    pub(crate) outcome: String,
    pub(crate) code: Option<String>,
}

/// Which messages an operator wants to see.
pub(crate) struct ListWish<'a> {
    pub(crate) state: Option<&'a str>,
    pub(crate) account: Option<&'a str>,
    pub(crate) limit: i64,
}

pub(super) const MESSAGE: &str =
    "SELECT seq, id, account_id, api_key_id, sealed, created_at, send_at, expires_at,
    on_unconfirmed, on_quota, scopes, on_failure, recurring_id FROM messages";

/// How many attempts for a delivery `d` came to nobody knows what.
pub(super) const UNCERTAIN: &str =
    "(SELECT COUNT(*) FROM attempts a WHERE a.delivery_seq = d.seq AND a.outcome = 'unconfirmed')";

impl Store {
    /// Finds a message by its name, whosever it is.
    pub(crate) async fn message(&self, id: &MessageId) -> Result<Option<KeptMessage>, StoreError> {
        let statement = AssertSqlSafe(format!("{MESSAGE} WHERE id = $1"));
        let row = sqlx::query(statement).bind(id.as_str()).fetch_optional(&self.readers).await?;
        let messages = row.iter().map(message).collect::<Result<Vec<_>, _>>()?;
        Ok(self.with_deliveries(messages).await?.pop())
    }

    /// What an account was accepted by an idempotency key.
    pub(crate) async fn message_by_key(
        &self,
        account: &AccountId,
        key: &Digest,
    ) -> Result<Option<KeptMessage>, StoreError> {
        let statement = AssertSqlSafe(format!("{MESSAGE} WHERE account_id = $1 AND idempotency_key = $2"));
        let query = sqlx::query(statement).bind(account.as_str()).bind(key.as_slice());
        let row = query.fetch_optional(&self.readers).await?;
        let messages = row.iter().map(message).collect::<Result<Vec<_>, _>>()?;
        Ok(self.with_deliveries(messages).await?.pop())
    }

    /// The messages of an account, the newest first, from the one after `after` on.
    pub(crate) async fn messages(
        &self,
        account: &AccountId,
        after: Option<&MessageId>,
        limit: i64,
    ) -> Result<Vec<KeptMessage>, StoreError> {
        let statement = AssertSqlSafe(format!(
            "{MESSAGE} WHERE account_id = $1
             AND seq < COALESCE((SELECT seq FROM messages WHERE id = $2 AND account_id = $1), $3)
             ORDER BY seq DESC LIMIT $4"
        ));
        let rows = sqlx::query(statement)
            .bind(account.as_str())
            .bind(after.map(MessageId::as_str))
            .bind(if after.is_some() { 0 } else { i64::MAX })
            .bind(limit)
            .fetch_all(&self.readers)
            .await?;
        self.with_deliveries(rows.iter().map(message).collect::<Result<_, _>>()?).await
    }

    /// Every attempt for the deliveries of messages, in the order of receivers and numbers.
    pub(crate) async fn attempts(&self, messages: &[KeptMessage]) -> Result<Vec<PastAttempt>, StoreError> {
        let statement = AssertSqlSafe(format!(
            "SELECT a.delivery_seq, a.begun_at, a.duration_ms, a.outcome, a.code
             FROM attempts a JOIN deliveries d ON d.seq = a.delivery_seq
             WHERE d.message_seq IN ({}) ORDER BY d.seq, a.number",
            list(0, messages.len())
        ));
        let mut query = sqlx::query_as::<_, (i64, i64, Option<i64>, String, Option<String>)>(statement);
        for message in messages {
            query = query.bind(message.seq);
        }
        let rows = if messages.is_empty() { Vec::new() } else { query.fetch_all(&self.readers).await? };
        let attempt = |(delivery_seq, begun_at, duration_ms, outcome, code)| PastAttempt {
            delivery_seq,
            begun_at: time(begun_at),
            duration_ms,
            outcome,
            code,
        };
        Ok(rows.into_iter().map(attempt).collect())
    }

    /// The deliveries of an account in one state, by message; those of the oldest messages first.
    pub(crate) async fn messages_waiting_for_consent(
        &self,
        account: &AccountId,
    ) -> Result<Vec<KeptMessage>, StoreError> {
        let statement = AssertSqlSafe(format!(
            "{MESSAGE} WHERE seq IN (SELECT message_seq FROM deliveries
             WHERE account_id = $1 AND due_at IS NOT NULL AND state = 'waiting_consent') ORDER BY seq"
        ));
        let rows = sqlx::query(statement).bind(account.as_str()).fetch_all(&self.readers).await?;
        self.with_deliveries(rows.iter().map(message).collect::<Result<_, _>>()?).await
    }

    /// Messages that a key sent and with which something is still to be done, the oldest first.
    pub(crate) async fn open_messages_of_key(
        &self,
        key: &ApiKeyId,
        most: i64,
    ) -> Result<Vec<KeptMessage>, StoreError> {
        let statement = AssertSqlSafe(format!(
            "{MESSAGE} WHERE seq IN (SELECT d.message_seq FROM deliveries d JOIN messages w ON w.seq = d.message_seq
             WHERE w.api_key_id = $1 AND d.due_at IS NOT NULL AND d.state <> 'sending') ORDER BY seq LIMIT $2"
        ));
        let rows = sqlx::query(statement).bind(key.0.as_str()).bind(most).fetch_all(&self.readers).await?;
        self.with_deliveries(rows.iter().map(message).collect::<Result<_, _>>()?).await
    }

    /// The newest messages of anybody.
    pub(crate) async fn newest_messages(&self, wish: &ListWish<'_>) -> Result<Vec<KeptMessage>, StoreError> {
        let statement = AssertSqlSafe(format!(
            "{MESSAGE} WHERE (CAST($1 AS TEXT) IS NULL OR account_id = $1)
             AND (CAST($2 AS TEXT) IS NULL OR EXISTS
              (SELECT 1 FROM deliveries d WHERE d.message_seq = messages.seq AND d.state = $2))
             ORDER BY seq DESC LIMIT $3"
        ));
        let rows = sqlx::query(statement)
            .bind(wish.account)
            .bind(wish.state)
            .bind(wish.limit)
            .fetch_all(&self.readers)
            .await?;
        self.with_deliveries(rows.iter().map(message).collect::<Result<_, _>>()?).await
    }

    /// Takes the content from messages that were kept long enough; states and counts stay.
    pub(crate) async fn purge_contents(&self, accepted_before: Timestamp) -> Result<u64, StoreError> {
        let statement = self.choose(
            "UPDATE messages SET sealed = NULL WHERE created_at <= $1 AND sealed IS NOT NULL
             AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.message_seq = messages.seq AND d.due_at IS NOT NULL)",
            "UPDATE messages SET sealed = NULL WHERE seq IN
             (SELECT m.seq FROM messages m WHERE m.created_at <= $1 AND m.sealed IS NOT NULL
              AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.message_seq = m.seq AND d.due_at IS NOT NULL)
              FOR UPDATE SKIP LOCKED)",
        );
        let done = sqlx::query(statement).bind(millis(accepted_before)).execute(&self.writer).await?;
        Ok(done.rows_affected())
    }

    /// Lets idempotency keys be used for other messages again.
    pub(crate) async fn forget_idempotency_keys(&self, accepted_before: Timestamp) -> Result<(), StoreError> {
        let statement = self.choose(
            "UPDATE messages SET idempotency_key = NULL
             WHERE idempotency_key IS NOT NULL AND created_at <= $1",
            "UPDATE messages SET idempotency_key = NULL WHERE seq IN
             (SELECT seq FROM messages WHERE idempotency_key IS NOT NULL AND created_at <= $1
              FOR UPDATE SKIP LOCKED)",
        );
        sqlx::query(statement).bind(millis(accepted_before)).execute(&self.writer).await?;
        Ok(())
    }

    pub(super) async fn with_deliveries(
        &self,
        mut messages: Vec<KeptMessage>,
    ) -> Result<Vec<KeptMessage>, StoreError> {
        if messages.is_empty() {
            return Ok(messages);
        }
        let statement = AssertSqlSafe(format!(
            "SELECT message_seq, seq, place, receiver, state, code, due_at, attempts, changed_at, {UNCERTAIN}
             FROM deliveries d WHERE message_seq IN ({}) ORDER BY message_seq, seq",
            list(0, messages.len())
        ));
        let mut query = sqlx::query(statement);
        for message in &messages {
            query = query.bind(message.seq);
        }
        let mut by_message: HashMap<i64, Vec<KeptDelivery>> = HashMap::new();
        for row in query.fetch_all(&self.readers).await? {
            by_message.entry(row.try_get(0)?).or_default().push(delivery(&row)?);
        }
        for message in &mut messages {
            message.deliveries = by_message.remove(&message.seq).unwrap_or_default();
        }
        Ok(messages)
    }
}

pub(super) fn message(row: &AnyRow) -> Result<KeptMessage, StoreError> {
    let on_unconfirmed: String = row.try_get(8)?;
    let on_quota: String = row.try_get(9)?;
    let on_failure: String = row.try_get(11)?;
    Ok(KeptMessage {
        seq: row.try_get(0)?,
        id: MessageId(row.try_get(1)?),
        account: AccountId(row.try_get(2)?),
        api_key: row.try_get(3)?,
        sealed: row.try_get(4)?,
        created_at: time(row.try_get(5)?),
        send_at: row.try_get::<Option<i64>, _>(6)?.map(time),
        expires_at: time(row.try_get(7)?),
        on_unconfirmed: OnUnconfirmed::parse(&on_unconfirmed).ok_or_else(|| unknown("on_unconfirmed"))?,
        on_quota: OnQuota::parse(&on_quota).ok_or_else(|| unknown("on_quota"))?,
        on_failure: OnFailure::parse(&on_failure).ok_or_else(|| unknown("on_failure"))?,
        scopes: row.try_get(10)?,
        recurring: row.try_get(12)?,
        deliveries: Vec::new(),
    })
}

fn delivery(row: &AnyRow) -> Result<KeptDelivery, StoreError> {
    let state: String = row.try_get(4)?;
    Ok(KeptDelivery {
        seq: row.try_get(1)?,
        place: usize::try_from(row.try_get::<i64, _>(2)?).unwrap_or(0),
        receiver: Receiver::read(row.try_get(3)?),
        state: State::parse(&state).ok_or_else(|| unknown("state"))?,
        code: row.try_get(5)?,
        due_at: row.try_get::<Option<i64>, _>(6)?.map(time),
        attempts: u32::try_from(row.try_get::<i64, _>(7)?).unwrap_or(u32::MAX),
        changed_at: time(row.try_get(8)?),
        may_have_arrived: row.try_get::<i64, _>(9)? > 0,
    })
}

/// A word that no version of ours has written.
pub(super) fn unknown(what: &str) -> StoreError {
    let error = std::io::Error::new(std::io::ErrorKind::InvalidData, what.to_owned());
    StoreError::Damaged(sqlx::Error::Decode(error.into()))
}
