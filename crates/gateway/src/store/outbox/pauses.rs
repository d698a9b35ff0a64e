//! Pauses: whose deliveries are not to be begun for now.

use jiff::Timestamp;
use sqlx::AssertSqlSafe;

use crate::store::{AccountId, ApiKeyId, Store, StoreError, millis};

/// The scope of a pause of everything.
const ALL: &str = "all";

/// A condition on deliveries of this name in a statement that may be begun, as far as pauses are concerned.
pub(super) fn not_paused(delivery: &str) -> String {
    format!(
        "NOT EXISTS (SELECT 1 FROM outbox_pauses p WHERE p.scope IN ('all', {delivery}.account_id,
         (SELECT w.api_key_id FROM messages w WHERE w.seq = {delivery}.message_seq)))"
    )
}

/// Whose deliveries are not begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Paused {
    Account(AccountId),
    Key(AccountId, ApiKeyId),
}

impl Paused {
    fn scope(&self) -> &str {
        match self {
            Self::Account(account) => account.as_str(),
            Self::Key(_, key) => &key.0,
        }
    }

    fn account(&self) -> &AccountId {
        match self {
            Self::Account(account) | Self::Key(account, _) => account,
        }
    }
}

/// What an operator pauses.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Scope<'a> {
    All,
    /// The id of an account.
    Account(&'a str),
    /// The id of an API key.
    Key(&'a str),
}

/// What of an account is paused.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Pauses {
    /// By whom everything is: `person` or `operator`.
    pub(crate) by: Option<&'static str>,
    /// The names of its keys whose messages are.
    pub(crate) keys: Vec<String>,
}

impl Store {
    /// Begins nothing of these deliveries any more; says nothing about those that are under way.
    pub(crate) async fn pause(&self, paused: &Paused, now: Timestamp) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO outbox_pauses (scope, paused_by, paused_at) VALUES ($1, 'person', $2)
             ON CONFLICT DO NOTHING",
        )
        .bind(paused.scope())
        .bind(millis(now))
        .execute(&self.writer)
        .await?;
        Ok(())
    }

    /// Goes on with what its person paused.
    pub(crate) async fn resume(&self, paused: &Paused, now: Timestamp) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        sqlx::query("DELETE FROM outbox_pauses WHERE scope = $1 AND paused_by = 'person'")
            .bind(paused.scope())
            .execute(&mut *tx)
            .await?;
        // A lane in which only paused deliveries were due has gone to rest.
        sqlx::query(
            "UPDATE lanes SET news = news + 1, due_at = CASE WHEN $1 < due_at THEN $1 ELSE due_at END
             WHERE account_id = $2",
        )
        .bind(millis(now))
        .bind(paused.account().as_str())
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(())
    }

    /// Begins nothing of this any more until an operator says so; `false` when there is no such account or key.
    pub(crate) async fn pause_by_operator(
        &self,
        scope: &Scope<'_>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let (name, known) = match *scope {
            Scope::All => (ALL, "SELECT 1"),
            Scope::Account(account) => (account, "SELECT 1 FROM accounts WHERE id = $1"),
            Scope::Key(key) => (key, "SELECT 1 FROM api_keys WHERE id = $1"),
        };
        let mut known = sqlx::query(known);
        if !matches!(scope, Scope::All) {
            known = known.bind(name);
        }
        if known.fetch_optional(&self.readers).await?.is_none() {
            return Ok(false);
        }
        sqlx::query(
            "INSERT INTO outbox_pauses (scope, paused_by, paused_at) VALUES ($1, 'operator', $2)
             ON CONFLICT DO NOTHING",
        )
        .bind(name)
        .bind(millis(now))
        .execute(&self.writer)
        .await?;
        Ok(true)
    }

    /// Goes on with what a person or an operator paused; `false` when neither had.
    pub(crate) async fn resume_by_operator(
        &self,
        scope: &Scope<'_>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let (name, lanes) = match *scope {
            Scope::All => (ALL, "CAST($2 AS TEXT) IS NOT NULL"),
            Scope::Account(account) => (account, "account_id = $2"),
            Scope::Key(key) => (key, "account_id IN (SELECT account_id FROM api_keys WHERE id = $2)"),
        };
        let mut tx = self.begin().await?;
        let ended = sqlx::query("DELETE FROM outbox_pauses WHERE scope = $1 AND paused_by <> 'revocation'")
            .bind(name)
            .execute(&mut *tx)
            .await?;
        // In the order of their accounts, as everybody does it: nobody waits for one another.
        let lock = self.choose("", " FOR UPDATE");
        let statement = AssertSqlSafe(format!(
            "UPDATE lanes SET news = news + 1, due_at = CASE WHEN $1 < due_at THEN $1 ELSE due_at END
             WHERE account_id IN (SELECT account_id FROM lanes WHERE {lanes} ORDER BY account_id{lock})"
        ));
        sqlx::query(statement).bind(millis(now)).bind(name).execute(&mut *tx).await?;
        tx.commit().await?;
        Ok(ended.rows_affected() > 0)
    }

    /// What is paused of an account.
    pub(crate) async fn pauses(&self, account: &AccountId) -> Result<Pauses, StoreError> {
        let rows: Vec<(String, String)> = sqlx::query_as(
            "SELECT scope, paused_by FROM outbox_pauses WHERE scope = $1 OR scope = $2
             OR scope IN (SELECT id FROM api_keys WHERE account_id = $2) ORDER BY scope, paused_by",
        )
        .bind(ALL)
        .bind(account.as_str())
        .fetch_all(&self.readers)
        .await?;
        let is_wide = |scope: &str| scope == ALL || scope == account.as_str();
        let whole = |by: &str| rows.iter().any(|(scope, paused_by)| is_wide(scope) && paused_by == by);
        let by = ["operator", "person"].into_iter().find(|by| whole(by));
        let mut keys: Vec<String> =
            rows.iter().map(|(scope, _)| scope.clone()).filter(|scope| !is_wide(scope)).collect();
        keys.dedup();
        Ok(Pauses { by, keys })
    }

    /// The keys that were revoked and may have something left to cancel.
    pub(crate) async fn revoked_keys(&self) -> Result<Vec<ApiKeyId>, StoreError> {
        let keys = sqlx::query_scalar("SELECT scope FROM outbox_pauses WHERE paused_by = 'revocation'");
        Ok(keys.fetch_all(&self.readers).await?.into_iter().map(ApiKeyId).collect())
    }

    /// Forgets the revocation of keys that have long had nothing left to send.
    pub(crate) async fn forget_revocation(
        &self,
        key: &ApiKeyId,
        revoked_before: Timestamp,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "DELETE FROM outbox_pauses WHERE scope = $1 AND (paused_by <> 'revocation' OR paused_at <= $2)",
        )
        .bind(key.0.as_str())
        .bind(millis(revoked_before))
        .execute(&self.writer)
        .await?;
        Ok(())
    }
}
