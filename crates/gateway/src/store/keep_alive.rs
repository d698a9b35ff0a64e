//! Logins that must be refreshed soon although nobody uses them.

use jiff::Timestamp;

use super::{AccountId, Store, StoreError, millis, time};

const DUE: &str = "SELECT account_id, keep_alive_at, keep_alive_attempts FROM tokens
     WHERE kakao_app = $1 AND keep_alive_at <= $2 ORDER BY keep_alive_at LIMIT $3";

/// A login that is to be kept alive, as it was found.
pub(crate) struct DueLogin {
    pub(crate) account: AccountId,
    /// When it was due; a claim changes it, so of two claims one fails.
    pub(crate) due_at: Timestamp,
    /// How often it was tried in vain.
    pub(crate) attempts: i64,
}

impl Store {
    /// The logins of this Kakao app that are due, the longest due first.
    pub(crate) async fn due_logins(
        &self,
        kakao_app: &str,
        now: Timestamp,
        most: i64,
    ) -> Result<Vec<DueLogin>, StoreError> {
        let rows: Vec<(String, i64, i64)> =
            sqlx::query_as(DUE).bind(kakao_app).bind(millis(now)).bind(most).fetch_all(&self.readers).await?;
        let due = |(account, due_at, attempts)| DueLogin {
            account: AccountId(account),
            due_at: time(due_at),
            attempts,
        };
        Ok(rows.into_iter().map(due).collect())
    }

    /// Takes a login on: until then nobody else does, and should it fail, nobody tries again.
    pub(crate) async fn claim_due_login(&self, due: &DueLogin, until: Timestamp) -> Result<bool, StoreError> {
        // When it is kept alive is not remembered.
        let done = sqlx::query(
            "UPDATE tokens SET keep_alive_at = $1, keep_alive_attempts = keep_alive_attempts + 1
             WHERE account_id = $2 AND keep_alive_at = $3",
        )
        .bind(millis(until))
        .bind(due.account.as_str())
        .bind(millis(due.due_at))
        .execute(&self.writer)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Notes when a claimed login is due again, unless the refresh itself has noted it.
    pub(crate) async fn settle_due_login(
        &self,
        account: &AccountId,
        claimed_until: Timestamp,
        due_at: Timestamp,
    ) -> Result<(), StoreError> {
        // When it is kept alive is not remembered.
        sqlx::query(
            "UPDATE tokens SET keep_alive_at = $1, keep_alive_attempts = 0
             WHERE account_id = $2 AND keep_alive_at = $3",
        )
        .bind(millis(due_at))
        .bind(account.as_str())
        .bind(millis(claimed_until))
        .execute(&self.writer)
        .await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use sqlx::AssertSqlSafe;

    use super::*;

    #[tokio::test]
    async fn what_is_not_due_is_not_read() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("katok.db")).await.unwrap();
        let plan: Vec<(i64, i64, i64, String)> =
            sqlx::query_as(AssertSqlSafe(format!("EXPLAIN QUERY PLAN {DUE}")))
                .bind("app")
                .bind(0)
                .bind(1)
                .fetch_all(&store.readers)
                .await
                .unwrap();
        let plan: Vec<&str> = plan.iter().map(|(.., step)| step.as_str()).collect();
        assert_eq!(
            plan,
            ["SEARCH tokens USING INDEX tokens_by_keep_alive (kakao_app=? AND keep_alive_at<?)"]
        );
    }
}
