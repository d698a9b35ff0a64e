//! Sign-ins that a terminal waits for: offered by it, brought by a browser, fetched once.

use jiff::Timestamp;
use sqlx::Row as _;

use super::id::id_type;
use super::{Store, StoreError, millis, time};
use crate::digest::Digest;

id_type! {
    /// What a relayed sign-in is called, `sgn_…`: it stands in the address of its page.
    RelayId, "sgn_"
}

/// A sign-in that a terminal waits for.
pub(crate) struct StoredRelay {
    pub(crate) id: RelayId,
    pub(crate) secret_digest: Digest,
    pub(crate) code_challenge: String,
    pub(crate) scope: String,
    pub(crate) number: String,
    pub(crate) expires_at: Timestamp,
}

/// What there is for a terminal that asks.
pub(crate) enum Fetched {
    /// What the browser brought, which is here no longer.
    Brought(Vec<u8>),
    /// No browser has come back yet.
    Waiting,
    /// No such sign-in: over, fetched already, or somebody else's.
    Nothing,
}

impl Store {
    /// Keeps a new one unless about so many wait already; says whether it did.
    pub(crate) async fn insert_relay(
        &self,
        relay: &StoredRelay,
        most: i64,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let open: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM relayed_sign_ins WHERE expires_at > $1")
            .bind(millis(now))
            .fetch_one(&self.readers)
            .await?;
        if open >= most {
            return Ok(false);
        }
        sqlx::query(
            "INSERT INTO relayed_sign_ins (id, secret_digest, code_challenge, scope, number, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(relay.id.as_str())
        .bind(relay.secret_digest.as_slice())
        .bind(relay.code_challenge.as_str())
        .bind(relay.scope.as_str())
        .bind(relay.number.as_str())
        .bind(millis(relay.expires_at))
        .execute(&self.writer)
        .await?;
        Ok(true)
    }

    /// One that still waits for its browser.
    pub(crate) async fn waiting_relay(
        &self,
        id: &RelayId,
        now: Timestamp,
    ) -> Result<Option<StoredRelay>, StoreError> {
        let row = sqlx::query(
            "SELECT secret_digest, code_challenge, scope, number, expires_at FROM relayed_sign_ins
             WHERE id = $1 AND sealed IS NULL AND expires_at > $2",
        )
        .bind(id.as_str())
        .bind(millis(now))
        .fetch_optional(&self.readers)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let digest: Vec<u8> = row.try_get(0)?;
        Ok(Some(StoredRelay {
            id: id.clone(),
            secret_digest: digest.try_into().unwrap_or_default(),
            code_challenge: row.try_get(1)?,
            scope: row.try_get(2)?,
            number: row.try_get(3)?,
            expires_at: time(row.try_get(4)?),
        }))
    }

    /// Keeps what a browser has brought; only the first counts. Says whether it was.
    pub(crate) async fn bring_to_relay(
        &self,
        id: &RelayId,
        sealed: &[u8],
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let brought = sqlx::query(
            "UPDATE relayed_sign_ins SET sealed = $1 WHERE id = $2 AND sealed IS NULL AND expires_at > $3",
        )
        .bind(sealed)
        .bind(id.as_str())
        .bind(millis(now))
        .execute(&self.writer)
        .await?;
        Ok(brought.rows_affected() == 1)
    }

    /// Hands out what was brought to whoever has the secret, in one statement, so that it is handed out once.
    pub(crate) async fn fetch_from_relay(
        &self,
        id: &RelayId,
        secret_digest: &Digest,
        now: Timestamp,
    ) -> Result<Fetched, StoreError> {
        let brought: Option<Vec<u8>> = sqlx::query_scalar(
            "DELETE FROM relayed_sign_ins
             WHERE id = $1 AND secret_digest = $2 AND sealed IS NOT NULL AND expires_at > $3
             RETURNING sealed",
        )
        .bind(id.as_str())
        .bind(secret_digest.as_slice())
        .bind(millis(now))
        .fetch_optional(&self.writer)
        .await?;
        if let Some(sealed) = brought {
            return Ok(Fetched::Brought(sealed));
        }
        let waits = self.waiting_relay(id, now).await?;
        let is_theirs = waits.is_some_and(|relay| relay.secret_digest == *secret_digest);
        Ok(if is_theirs { Fetched::Waiting } else { Fetched::Nothing })
    }
}
