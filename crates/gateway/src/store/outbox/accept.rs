//! Accepting messages: each with its deliveries and the key it may be asked for again by, together or not at all.

use std::collections::{BTreeMap, HashSet};

use jiff::Timestamp;
use sqlx::{Any, AssertSqlSafe, Transaction};

use super::{MessageId, Receiver};
use crate::day::Day;
use crate::digest::Digest;
use crate::outbox::{OnFailure, OnQuota, OnUnconfirmed};
use crate::store::api_keys::count_sends;
use crate::store::rows::{Batch, batches};
use crate::store::{AccountId, ApiKeyId, Engine, RecurringId, StoreError, millis};

/// A message about to be kept.
#[derive(Debug)]
pub(crate) struct NewMessage {
    pub(crate) id: MessageId,
    pub(crate) account: AccountId,
    pub(crate) kakao_app: String,
    pub(crate) api_key: Option<ApiKeyId>,
    /// The day on which it counts towards the cap of its key, if that has one.
    pub(crate) counts_on: Option<Day>,
    /// What made it, if it came by itself.
    pub(crate) recurring: Option<RecurringId>,
    pub(crate) sealed: Vec<u8>,
    pub(crate) created_at: Timestamp,
    /// None for at once.
    pub(crate) send_at: Option<Timestamp>,
    pub(crate) expires_at: Timestamp,
    pub(crate) on_unconfirmed: OnUnconfirmed,
    pub(crate) on_quota: OnQuota,
    pub(crate) on_failure: OnFailure,
    pub(crate) receivers: Vec<Receiver>,
    /// By what it may be asked for again.
    pub(crate) idempotency_key: Option<Digest>,
}

/// What became of a message that was to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Accepted {
    /// It is on the disk.
    New,
    /// One was accepted before under its idempotency key.
    Before,
    /// It is not kept, for its key has sent as much as it may.
    CapReached,
}

/// Keeps messages.
pub(super) async fn accept(
    tx: &mut Transaction<'static, Any>,
    engine: &Engine,
    messages: &[NewMessage],
) -> Result<Vec<Accepted>, StoreError> {
    let mut kept = insert_messages(tx, engine, messages).await?;
    let refused = count(tx, messages, &kept).await?;
    kept.retain(|id| !refused.contains(id));
    let new: Vec<&NewMessage> =
        messages.iter().filter(|message| kept.contains(message.id.as_str())).collect();
    insert_deliveries(tx, engine, &new).await?;
    announce(tx, engine, &new).await?;
    let mut accepted = Vec::with_capacity(messages.len());
    for message in messages {
        accepted.push(if kept.contains(message.id.as_str()) {
            Accepted::New
        } else if refused.contains(message.id.as_str()) {
            Accepted::CapReached
        } else {
            accepted_before(tx, message).await?
        });
    }
    Ok(accepted)
}

/// Answers with those that were not there, nor another one under the same idempotency key.
async fn insert_messages<'a>(
    tx: &mut Transaction<'static, Any>,
    engine: &Engine,
    messages: &'a [NewMessage],
) -> Result<HashSet<&'a str>, StoreError> {
    let mut kept = HashSet::new();
    for batch in batches(messages) {
        let statement = AssertSqlSafe(format!(
            "INSERT INTO messages (id, account_id, api_key_id, sealed, created_at, send_at, expires_at,
             on_unconfirmed, on_quota, on_failure, idempotency_key, recurring_id)
             SELECT * FROM ({}) AS v WHERE v.column1 IS NOT NULL ON CONFLICT DO NOTHING",
            batch.values(engine, 12)
        ));
        let mut query = sqlx::query(statement);
        for message in batch.padded() {
            let api_key = message.and_then(|message| message.api_key.as_ref());
            let idempotency_key = message.and_then(|message| message.idempotency_key.as_ref());
            let recurring = message.and_then(|message| message.recurring.as_ref());
            query = query
                .bind(message.map(|message| message.id.as_str()))
                .bind(message.map(|message| message.account.as_str()))
                .bind(api_key.map(|key| key.0.as_str()))
                .bind(message.map(|message| message.sealed.as_slice()))
                .bind(message.map(|message| millis(message.created_at)))
                .bind(message.and_then(|message| message.send_at).map(millis))
                .bind(message.map(|message| millis(message.expires_at)))
                .bind(message.map(|message| message.on_unconfirmed.as_str()))
                .bind(message.map(|message| message.on_quota.as_str()))
                .bind(message.map(|message| message.on_failure.as_str()))
                .bind(idempotency_key.map(Digest::as_slice))
                .bind(recurring.map(RecurringId::as_str));
        }
        let inserted = query.execute(&mut **tx).await?.rows_affected();
        let ids = batch.rows().iter().map(|message| message.id.as_str());
        if usize::try_from(inserted).is_ok_and(|inserted| inserted == ids.len()) {
            kept.extend(ids);
        } else {
            let inserted = without_deliveries(tx, &batch).await?;
            kept.extend(ids.filter(|id| inserted.contains(*id)));
        }
    }
    Ok(kept)
}

/// Which messages have just been inserted: all others have deliveries.
async fn without_deliveries(
    tx: &mut Transaction<'static, Any>,
    messages: &Batch<'_, NewMessage>,
) -> Result<HashSet<String>, StoreError> {
    let statement = AssertSqlSafe(format!(
        "SELECT id FROM messages WHERE id IN ({})
         AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.message_seq = messages.seq)",
        messages.list(0)
    ));
    let mut query = sqlx::query_scalar(statement);
    for message in messages.padded() {
        query = query.bind(message.map(|message| message.id.as_str()));
    }
    Ok(query.fetch_all(&mut **tx).await?.into_iter().collect())
}

/// Counts new messages towards the caps of their keys, and takes those out again for which there is no room; in the
/// order of the keys, so that no two gateways wait for one another.
async fn count<'a>(
    tx: &mut Transaction<'static, Any>,
    messages: &'a [NewMessage],
    kept: &HashSet<&str>,
) -> Result<HashSet<&'a str>, StoreError> {
    let mut counted: Vec<_> = messages
        .iter()
        .filter(|message| kept.contains(message.id.as_str()))
        .filter_map(|message| Some((message.api_key.as_ref()?, message.counts_on?, message)))
        .collect();
    counted.sort_by_key(|(key, ..)| &key.0);
    let mut refused = HashSet::new();
    for (key, day, message) in counted {
        let sends = i64::try_from(message.receivers.len()).unwrap_or(i64::MAX);
        if !count_sends(&mut **tx, key, day, sends).await? {
            let id = message.id.as_str();
            sqlx::query("DELETE FROM messages WHERE id = $1").bind(id).execute(&mut **tx).await?;
            refused.insert(id);
        }
    }
    Ok(refused)
}

async fn insert_deliveries(
    tx: &mut Transaction<'static, Any>,
    engine: &Engine,
    messages: &[&NewMessage],
) -> Result<(), StoreError> {
    let deliveries: Vec<(&NewMessage, usize, &Receiver)> = messages
        .iter()
        .flat_map(|message| {
            message.receivers.iter().enumerate().map(|(place, receiver)| (*message, place, receiver))
        })
        .collect();
    for batch in batches(&deliveries) {
        let statement = AssertSqlSafe(format!(
            "INSERT INTO deliveries (message_seq, account_id, place, receiver, state, due_at, changed_at)
             SELECT m.seq, v.column2, v.column3, v.column4, v.column5, v.column6, v.column7
             FROM ({}) AS v CROSS JOIN messages m WHERE m.id = v.column1 ORDER BY m.seq, v.column3",
            batch.values(engine, 7)
        ));
        let mut query = sqlx::query(statement);
        for delivery in batch.padded() {
            let message = delivery.map(|(message, ..)| *message);
            let later = message.and_then(|message| message.send_at.filter(|at| *at > message.created_at));
            query = query
                .bind(message.map(|message| message.id.as_str()))
                .bind(message.map(|message| message.account.as_str()))
                .bind(delivery.map(|(_, place, _)| i64::try_from(*place).unwrap_or(i64::MAX)))
                .bind(delivery.map(|(.., receiver)| receiver.as_str()))
                .bind(if later.is_some() { "scheduled" } else { "queued" })
                .bind(later.map_or(0, millis))
                .bind(message.map(|message| millis(message.created_at)));
        }
        query.execute(&mut **tx).await?;
    }
    Ok(())
}

/// Makes the lanes due; in the order of their accounts, so that no two gateways wait for one another.
async fn announce(
    tx: &mut Transaction<'static, Any>,
    engine: &Engine,
    messages: &[&NewMessage],
) -> Result<(), StoreError> {
    let mut lanes: BTreeMap<&str, (&str, i64)> = BTreeMap::new();
    for message in messages {
        let due_at = millis(message.send_at.unwrap_or(message.created_at));
        let lane = lanes.entry(message.account.as_str()).or_insert((message.kakao_app.as_str(), due_at));
        lane.1 = lane.1.min(due_at);
    }
    let lanes: Vec<_> = lanes.into_iter().collect();
    for batch in batches(&lanes) {
        let statement = AssertSqlSafe(format!(
            "INSERT INTO lanes (account_id, kakao_app, due_at, news)
             SELECT v.column1, v.column2, v.column3, 1 FROM ({}) AS v WHERE v.column1 IS NOT NULL
             ORDER BY v.column1
             ON CONFLICT (account_id) DO UPDATE SET news = lanes.news + 1,
             due_at = CASE WHEN excluded.due_at < lanes.due_at THEN excluded.due_at ELSE lanes.due_at END",
            batch.values(engine, 3)
        ));
        let mut query = sqlx::query(statement);
        for lane in batch.padded() {
            query = query
                .bind(lane.map(|(account, _)| *account))
                .bind(lane.map(|(_, (kakao_app, _))| *kakao_app))
                .bind(lane.map(|(_, (_, due_at))| *due_at));
        }
        query.execute(&mut **tx).await?;
    }
    Ok(())
}

/// What is known by the idempotency key; or the message itself, when the answer of a commit was lost. If there is neither,
/// its twin in this group was taken out again: the group fails, and each is tried alone.
async fn accepted_before(
    tx: &mut Transaction<'static, Any>,
    message: &NewMessage,
) -> Result<Accepted, StoreError> {
    let id: String = sqlx::query_scalar(
        "SELECT id FROM messages WHERE account_id = $1 AND (id = $2 OR idempotency_key = $3)",
    )
    .bind(message.account.as_str())
    .bind(message.id.as_str())
    .bind(message.idempotency_key.as_ref().map(Digest::as_slice))
    .fetch_one(&mut **tx)
    .await?;
    Ok(if id == message.id.as_str() { Accepted::New } else { Accepted::Before })
}
