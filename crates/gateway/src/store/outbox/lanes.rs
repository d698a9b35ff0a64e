//! Lanes: who sends what is due of an account, and until when.

use jiff::Timestamp;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AssertSqlSafe, Row as _};

use super::listing::{UNCERTAIN, unknown};
use super::pauses::not_paused;
use super::{MessageId, Receiver};
use crate::outbox::{Delivery, OnFailure, OnQuota, OnUnconfirmed, State};
use crate::store::rows::batches;
use crate::store::{AccountId, Engine, Store, StoreError, millis, time};

/// The most deliveries of a lane that are read at a time.
const BATCH: i64 = 200;

/// How long a gateway holds a lane without a sign of life, in milliseconds.
const LEASE: i64 = 15_000;

/// Attempts are put off by five minutes at most, and a little.
const LONGER_THAN_ANY_PAUSE: i64 = 10 * 60 * 1_000;

/// The name under which a gateway holds lanes: another one at each start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Holder(pub(crate) String);

/// A lane that was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Lane {
    pub(crate) account: AccountId,
    /// Greater as soon as there is something new in it.
    pub(crate) news: i64,
}

/// Which lanes to take: of this Kakao app, in which something is due.
#[derive(Debug)]
pub(crate) struct Claim {
    pub(crate) kakao_app: String,
    pub(crate) holder: Holder,
    pub(crate) most: usize,
    pub(crate) now: Timestamp,
}

/// A lane to let go, until then or until there is news that its holder has not seen.
#[derive(Debug)]
pub(crate) struct Release {
    pub(crate) lane: Lane,
    pub(crate) holder: Holder,
    pub(crate) until: Rest,
    pub(crate) now: Timestamp,
}

/// How long a lane can be left alone.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Rest {
    /// Until its next delivery is due.
    UntilDue,
    Until(Timestamp),
}

/// A delivery that is due, with what is needed to send it.
pub(crate) struct DueDelivery {
    pub(crate) seq: i64,
    pub(crate) message_seq: i64,
    pub(crate) message: MessageId,
    /// Its place among the deliveries of its message.
    pub(crate) place: usize,
    pub(crate) receiver: Receiver,
    pub(crate) delivery: Delivery,
    /// When the call was begun over which its gateway died, if it did.
    pub(crate) changed_at: Timestamp,
    /// Nothing when it was kept long enough.
    pub(crate) sealed: Option<Vec<u8>>,
    /// When it was accepted, if it was to be sent at once.
    pub(crate) wanted_since: Option<Timestamp>,
}

/// Takes lanes, those that have waited longest first.
pub(super) async fn claim(
    connection: &mut AnyConnection,
    engine: &Engine,
    claim: &Claim,
) -> Result<Vec<Lane>, StoreError> {
    let (clock, skip) = (engine.clock(), engine.choose("", " FOR UPDATE SKIP LOCKED"));
    // SQLite would plan anew for every value of a bare limit.
    let statement = AssertSqlSafe(format!(
        "UPDATE lanes SET holder = $1, held_until = {clock} + $2 WHERE account_id IN
         (SELECT account_id FROM lanes
          WHERE kakao_app = $3 AND due_at <= $4 AND (held_until IS NULL OR held_until <= {clock})
          ORDER BY due_at LIMIT $5 + 0{skip})
         RETURNING account_id, news"
    ));
    let rows: Vec<(String, i64)> = sqlx::query_as(statement)
        .bind(claim.holder.0.as_str())
        .bind(LEASE)
        .bind(claim.kakao_app.as_str())
        .bind(millis(claim.now))
        .bind(i64::try_from(claim.most).unwrap_or(i64::MAX))
        .fetch_all(connection)
        .await?;
    Ok(rows.into_iter().map(|(account, news)| Lane { account: AccountId(account), news }).collect())
}

/// Lets a lane go.
pub(super) async fn release(
    connection: &mut AnyConnection,
    Release { lane, holder, until, now }: &Release,
) -> Result<(), StoreError> {
    let due_at = match until {
        Rest::Until(time) => Some(millis(*time)),
        Rest::UntilDue => None,
    };
    sqlx::query(
        "UPDATE lanes SET holder = NULL, held_until = NULL, due_at = CASE
         WHEN CAST($1 AS BIGINT) IS NOT NULL THEN CAST($1 AS BIGINT)
         WHEN news > $2 THEN $3
         ELSE COALESCE((SELECT MIN(d.due_at) FROM deliveries d
                        WHERE d.account_id = lanes.account_id AND d.due_at > $3), $4) END
         WHERE account_id = $5 AND holder = $6",
    )
    .bind(due_at)
    .bind(lane.news)
    .bind(millis(*now))
    .bind(i64::MAX)
    .bind(lane.account.as_str())
    .bind(holder.0.as_str())
    .execute(connection)
    .await?;
    Ok(())
}

impl Store {
    /// Makes due again what a clock that was turned back would leave lying: attempts that were put off a little, and
    /// lanes in which something is due. What has a time of its own keeps it.
    pub(crate) async fn bring_forward(&self, kakao_app: &str, now: Timestamp) -> Result<(), StoreError> {
        sqlx::query(self.choose(
            "UPDATE deliveries SET due_at = $1 WHERE due_at > $2 AND state = 'queued'
             AND account_id IN (SELECT account_id FROM lanes WHERE kakao_app = $3)",
            "UPDATE deliveries SET due_at = $1 WHERE seq IN
             (SELECT seq FROM deliveries WHERE due_at > $2 AND state = 'queued'
              AND account_id IN (SELECT account_id FROM lanes WHERE kakao_app = $3)
              ORDER BY seq FOR UPDATE)",
        ))
        .bind(millis(now))
        .bind(millis(now).saturating_add(LONGER_THAN_ANY_PAUSE))
        .bind(kakao_app)
        .execute(&self.writer)
        .await?;
        sqlx::query(self.choose(
            "UPDATE lanes SET due_at = $1, news = news + 1 WHERE kakao_app = $2 AND due_at > $1 AND EXISTS
             (SELECT 1 FROM deliveries d WHERE d.account_id = lanes.account_id AND d.due_at <= $1)",
            "UPDATE lanes SET due_at = $1, news = news + 1 WHERE account_id IN
             (SELECT account_id FROM lanes l WHERE kakao_app = $2 AND due_at > $1 AND EXISTS
              (SELECT 1 FROM deliveries d WHERE d.account_id = l.account_id AND d.due_at <= $1)
              ORDER BY account_id FOR UPDATE)",
        ))
        .bind(millis(now))
        .bind(kakao_app)
        .execute(&self.writer)
        .await?;
        Ok(())
    }

    /// Holds on to these lanes.
    pub(crate) async fn hold_lanes(&self, holder: &Holder, lanes: &[AccountId]) -> Result<(), StoreError> {
        let mut lanes: Vec<&str> = lanes.iter().map(AccountId::as_str).collect();
        lanes.sort_unstable();
        for batch in batches(&lanes) {
            let (clock, places) = (self.engine.clock(), batch.list(2));
            let statement = AssertSqlSafe(match self.engine {
                Engine::Sqlite => format!(
                    "UPDATE lanes SET held_until = {clock} + $1 WHERE holder = $2 AND account_id IN ({places})"
                ),
                Engine::Postgres { .. } => format!(
                    "UPDATE lanes SET held_until = {clock} + $1 WHERE account_id IN
                     (SELECT account_id FROM lanes WHERE holder = $2 AND account_id IN ({places})
                      ORDER BY account_id FOR UPDATE)"
                ),
            });
            let mut query = sqlx::query(statement).bind(LEASE).bind(holder.0.as_str());
            for account in batch.padded() {
                query = query.bind(account.copied());
            }
            query.execute(&self.writer).await?;
        }
        Ok(())
    }

    /// Lets all lanes go that a gateway before this one held: only where no other one can be running.
    pub(crate) async fn free_all_lanes(&self) -> Result<(), StoreError> {
        sqlx::query("UPDATE lanes SET holder = NULL, held_until = NULL WHERE holder IS NOT NULL")
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    /// What is due in a lane and does not have to wait for something before it, in the order of acceptance.
    ///
    /// A delivery waits for every earlier one to the same receiver that is being tried, or whose own time has come. One
    /// that waits for something else holds nobody up: what comes after it will have to wait for the same.
    pub(crate) async fn due_deliveries(
        &self,
        account: &AccountId,
        now: Timestamp,
        consent_within: jiff::SignedDuration,
    ) -> Result<Vec<DueDelivery>, StoreError> {
        // What a dead gateway has begun is looked at, paused or not.
        let statement = AssertSqlSafe(format!(
            "SELECT d.seq, d.message_seq, m.id, d.receiver, d.state, d.code, d.attempts, d.changed_at,
             m.expires_at, m.on_unconfirmed, m.on_quota, m.sealed, d.place, m.on_failure,
             m.created_at, m.send_at, {UNCERTAIN}
             FROM deliveries d JOIN messages m ON m.seq = d.message_seq
             WHERE d.account_id = $1 AND d.due_at <= $2 AND (d.state = 'sending' OR {}) AND NOT EXISTS
             (SELECT 1 FROM deliveries e WHERE e.account_id = d.account_id AND e.receiver = d.receiver
              AND e.seq < d.seq AND e.due_at > d.due_at AND e.state IN ('queued', 'sending'))
             AND (d.due_at > 0 OR NOT EXISTS
             (SELECT 1 FROM deliveries e WHERE e.account_id = d.account_id AND e.receiver = d.receiver
              AND e.seq < d.seq AND e.due_at > 0 AND e.due_at <= $2 AND e.state = 'scheduled' AND {}))
             ORDER BY d.due_at, d.seq LIMIT {BATCH}",
            not_paused("d"),
            not_paused("e")
        ));
        let due_by = sqlx::query(statement).bind(account.as_str()).bind(millis(now));
        let rows = due_by.fetch_all(&self.readers).await?;
        rows.iter().map(|row| due(row, consent_within)).collect()
    }

    /// What is new in a lane, to be asked for before its deliveries are read.
    pub(crate) async fn lane_news(&self, account: &AccountId) -> Result<i64, StoreError> {
        let news = sqlx::query_scalar("SELECT news FROM lanes WHERE account_id = $1");
        Ok(news.bind(account.as_str()).fetch_optional(&self.readers).await?.unwrap_or(0))
    }
}

fn due(row: &AnyRow, consent_within: jiff::SignedDuration) -> Result<DueDelivery, StoreError> {
    let state: String = row.try_get(4)?;
    let on_unconfirmed: String = row.try_get(9)?;
    let on_quota: String = row.try_get(10)?;
    let on_failure: String = row.try_get(13)?;
    Ok(DueDelivery {
        seq: row.try_get(0)?,
        message_seq: row.try_get(1)?,
        message: MessageId(row.try_get(2)?),
        receiver: Receiver::read(row.try_get(3)?),
        delivery: Delivery {
            state: State::parse(&state).ok_or_else(|| unknown("state"))?,
            code: row.try_get(5)?,
            attempts: u32::try_from(row.try_get::<i64, _>(6)?).unwrap_or(u32::MAX),
            may_have_arrived: row.try_get::<i64, _>(16)? > 0,
            expires_at: time(row.try_get(8)?),
            on_unconfirmed: OnUnconfirmed::parse(&on_unconfirmed).ok_or_else(|| unknown("on_unconfirmed"))?,
            on_quota: OnQuota::parse(&on_quota).ok_or_else(|| unknown("on_quota"))?,
            on_failure: OnFailure::parse(&on_failure).ok_or_else(|| unknown("on_failure"))?,
            consent_within,
        },
        changed_at: time(row.try_get(7)?),
        sealed: row.try_get(11)?,
        place: usize::try_from(row.try_get::<i64, _>(12)?).unwrap_or(0),
        wanted_since: row.try_get::<Option<i64>, _>(15)?.is_none().then_some(time(row.try_get(14)?)),
    })
}
