//! Accepting messages: each with its deliveries and the key it may be asked for again by, together or not at all.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::Timestamp;
use sqlx::{Any, AssertSqlSafe, Transaction};

use super::{MessageId, Receiver};
use crate::day::Day;
use crate::digest::Digest;
use crate::outbox::{OnFailure, OnQuota, OnUnconfirmed};
use crate::store::api_keys::count_sends;
use crate::store::rows::{first_rows, places};
use crate::store::{AccountId, ApiKeyId, RecurringId, StoreError, millis};

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
    messages: &[NewMessage],
) -> Result<Vec<Accepted>, StoreError> {
    let mut kept: HashMap<String, i64> = HashMap::new();
    let mut rest = messages;
    while !rest.is_empty() {
        let (rows, others) = first_rows(rest);
        rest = others;
        let statement = AssertSqlSafe(format!(
            "INSERT INTO messages (id, account_id, api_key_id, sealed, created_at, send_at, expires_at,
             on_unconfirmed, on_quota, on_failure, idempotency_key, recurring_id)
             VALUES {} ON CONFLICT DO NOTHING RETURNING id, seq",
            places(rows.len(), 12)
        ));
        let mut query = sqlx::query_as::<_, (String, i64)>(statement);
        for message in rows {
            query = query
                .bind(message.id.as_str())
                .bind(message.account.as_str())
                .bind(message.api_key.as_ref().map(|key| key.0.as_str()))
                .bind(message.sealed.as_slice())
                .bind(millis(message.created_at))
                .bind(message.send_at.map(millis))
                .bind(millis(message.expires_at))
                .bind(message.on_unconfirmed.as_str())
                .bind(message.on_quota.as_str())
                .bind(message.on_failure.as_str())
                .bind(message.idempotency_key.as_ref().map(Digest::as_slice))
                .bind(message.recurring.as_ref().map(RecurringId::as_str));
        }
        kept.extend(query.fetch_all(&mut **tx).await?);
    }
    let refused = count(tx, messages, &kept).await?;
    kept.retain(|id, _| !refused.contains(id.as_str()));
    insert_deliveries(tx, messages, &kept).await?;
    announce(tx, messages.iter().filter(|message| kept.contains_key(message.id.as_str()))).await?;
    let mut accepted = Vec::with_capacity(messages.len());
    for message in messages {
        accepted.push(if kept.contains_key(message.id.as_str()) {
            Accepted::New
        } else if refused.contains(message.id.as_str()) {
            Accepted::CapReached
        } else {
            accepted_before(tx, message).await?
        });
    }
    Ok(accepted)
}

/// Counts new messages towards the caps of their keys, and takes those out again for which there is no room; in the
/// order of the keys, so that no two gateways wait for one another.
async fn count<'a>(
    tx: &mut Transaction<'static, Any>,
    messages: &'a [NewMessage],
    kept: &HashMap<String, i64>,
) -> Result<HashSet<&'a str>, StoreError> {
    let mut counted: Vec<_> = messages
        .iter()
        .filter_map(|message| {
            Some((message.api_key.as_ref()?, message.counts_on?, *kept.get(message.id.as_str())?, message))
        })
        .collect();
    counted.sort_by_key(|(key, ..)| &key.0);
    let mut refused = HashSet::new();
    for (key, day, seq, message) in counted {
        let sends = i64::try_from(message.receivers.len()).unwrap_or(i64::MAX);
        if !count_sends(&mut **tx, key, day, sends).await? {
            sqlx::query("DELETE FROM messages WHERE seq = $1").bind(seq).execute(&mut **tx).await?;
            refused.insert(message.id.as_str());
        }
    }
    Ok(refused)
}

async fn insert_deliveries(
    tx: &mut Transaction<'static, Any>,
    messages: &[NewMessage],
    kept: &HashMap<String, i64>,
) -> Result<(), StoreError> {
    let deliveries: Vec<(i64, &NewMessage, usize, &Receiver)> = messages
        .iter()
        .filter_map(|message| Some((*kept.get(message.id.as_str())?, message)))
        .flat_map(|(seq, message)| {
            message.receivers.iter().enumerate().map(move |(place, receiver)| (seq, message, place, receiver))
        })
        .collect();
    let mut rest = deliveries.as_slice();
    while !rest.is_empty() {
        let (rows, others) = first_rows(rest);
        rest = others;
        let statement = AssertSqlSafe(format!(
            "INSERT INTO deliveries (message_seq, account_id, place, receiver, state, due_at, changed_at) VALUES {}",
            places(rows.len(), 7)
        ));
        let mut query = sqlx::query(statement);
        for (seq, message, place, receiver) in rows {
            let later = message.send_at.filter(|send_at| *send_at > message.created_at);
            query = query
                .bind(seq)
                .bind(message.account.as_str())
                .bind(i64::try_from(*place).unwrap_or(i64::MAX))
                .bind(receiver.as_str())
                .bind(if later.is_some() { "scheduled" } else { "queued" })
                .bind(later.map_or(0, millis))
                .bind(millis(message.created_at));
        }
        query.execute(&mut **tx).await?;
    }
    Ok(())
}

/// Makes the lanes due; in the order of their accounts, so that no two gateways wait for one another.
async fn announce(
    tx: &mut Transaction<'static, Any>,
    messages: impl Iterator<Item = &NewMessage>,
) -> Result<(), StoreError> {
    let mut lanes: BTreeMap<&str, (&str, i64)> = BTreeMap::new();
    for message in messages {
        let due_at = millis(message.send_at.unwrap_or(message.created_at));
        let lane = lanes.entry(message.account.as_str()).or_insert((message.kakao_app.as_str(), due_at));
        lane.1 = lane.1.min(due_at);
    }
    let lanes: Vec<_> = lanes.into_iter().collect();
    let mut rest = lanes.as_slice();
    while !rest.is_empty() {
        let (rows, others) = first_rows(rest);
        rest = others;
        let statement = AssertSqlSafe(format!(
            "INSERT INTO lanes (account_id, kakao_app, due_at, news)
             VALUES {} ON CONFLICT (account_id) DO UPDATE SET news = lanes.news + 1,
             due_at = CASE WHEN excluded.due_at < lanes.due_at THEN excluded.due_at ELSE lanes.due_at END",
            places(rows.len(), 4)
        ));
        let mut query = sqlx::query(statement);
        for (account, (kakao_app, due_at)) in rows {
            query = query.bind(*account).bind(*kakao_app).bind(due_at).bind(1_i64);
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
