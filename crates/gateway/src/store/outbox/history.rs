//! One's own messages, looked through by what they are.

use jiff::Timestamp;
use sqlx::{AssertSqlSafe, Row as _};

use super::MessageId;
use super::listing::{KeptMessage, MESSAGE, message};
use crate::outbox::State;
use crate::store::{AccountId, Store, StoreError, millis, time};

/// So many messages are looked through for one answer, however many of them fit: no account is so large that looking
/// takes long.
pub(crate) const LOOKED_THROUGH: i64 = 1_000;

/// Which of one's messages somebody wants to see.
#[derive(Default)]
pub(crate) struct HistoryWish<'a> {
    /// From the one after this on, towards the older ones.
    pub(crate) after: Option<&'a MessageId>,
    /// One of its deliveries is in one of these states; all fit if there is none.
    pub(crate) states: &'a [State],
    pub(crate) is_to_me: Option<bool>,
    pub(crate) since: Option<Timestamp>,
}

impl HistoryWish<'_> {
    fn narrows(&self) -> bool {
        !self.states.is_empty() || self.is_to_me.is_some() || self.since.is_some()
    }
}

impl Store {
    /// The messages of an account that fit, the newest first, and after which one there is more to look through.
    pub(crate) async fn history(
        &self,
        account: &AccountId,
        wish: &HistoryWish<'_>,
        limit: i64,
    ) -> Result<(Vec<KeptMessage>, Option<MessageId>), StoreError> {
        // A word that is no state where all states are wanted: the statement stays one and the same.
        let mut states = ["", "", ""];
        for (place, state) in states.iter_mut().zip(wish.states) {
            *place = state.as_str();
        }
        let depth = if wish.narrows() { LOOKED_THROUGH } else { limit + 1 };
        let statement = AssertSqlSafe(format!(
            "{MESSAGE} WHERE seq IN (SELECT m.seq FROM
              (SELECT seq, created_at FROM messages WHERE account_id = $1
               AND seq < COALESCE((SELECT seq FROM messages WHERE id = $2 AND account_id = $1), $3)
               ORDER BY seq DESC LIMIT $4) AS m
              WHERE m.created_at >= $5
              AND ($6 = '' OR EXISTS (SELECT 1 FROM deliveries d
                                      WHERE d.message_seq = m.seq AND d.state IN ($6, $7, $8)))
              AND ($9 = 2 OR $9 = (SELECT COUNT(*) FROM deliveries d
                                   WHERE d.message_seq = m.seq AND d.receiver = 'me'))
              ORDER BY m.seq DESC LIMIT $10)
             ORDER BY seq DESC"
        ));
        let rows = sqlx::query(statement)
            .bind(account.as_str())
            .bind(wish.after.map(MessageId::as_str))
            .bind(if wish.after.is_some() { 0 } else { i64::MAX })
            .bind(depth)
            .bind(millis(wish.since.unwrap_or(Timestamp::UNIX_EPOCH)))
            .bind(states[0])
            .bind(states[1])
            .bind(states[2])
            .bind(wish.is_to_me.map_or(2, i64::from))
            .bind(limit + 1)
            .fetch_all(&self.readers)
            .await?;
        let mut messages = rows.iter().map(message).collect::<Result<Vec<_>, _>>()?;
        let shown = usize::try_from(limit).unwrap_or(usize::MAX);
        let next = if messages.len() > shown {
            messages.truncate(shown);
            messages.last().map(|last| last.id.clone())
        } else {
            self.end_of_look(account, wish, depth).await?
        };
        Ok((self.with_deliveries(messages).await?, next))
    }

    /// The last message that was looked through, if there are older ones that could fit.
    async fn end_of_look(
        &self,
        account: &AccountId,
        wish: &HistoryWish<'_>,
        depth: i64,
    ) -> Result<Option<MessageId>, StoreError> {
        let statement = "SELECT id, created_at FROM messages WHERE account_id = $1
             AND seq < COALESCE((SELECT seq FROM messages WHERE id = $2 AND account_id = $1), $3)
             ORDER BY seq DESC LIMIT 1 OFFSET $4";
        let row = sqlx::query(statement)
            .bind(account.as_str())
            .bind(wish.after.map(MessageId::as_str))
            .bind(if wish.after.is_some() { 0 } else { i64::MAX })
            .bind(depth - 1)
            .fetch_optional(&self.readers)
            .await?;
        let Some(row) = row else { return Ok(None) };
        let is_older = wish.since.is_some_and(|since| row.try_get(1).is_ok_and(|at| time(at) < since));
        Ok(if is_older { None } else { Some(MessageId(row.try_get(0)?)) })
    }
}
