//! Logins that Kakao has ended: the tokens go, the account stays and says why.

use jiff::Timestamp;
use katok_client::LoginEnd;

use super::{AccountId, Store, StoreError, millis};

const ENDS: [(LoginEnd, &str); 3] =
    [(LoginEnd::Expired, "expired"), (LoginEnd::AnswerLost, "answer_lost"), (LoginEnd::Revoked, "revoked")];

impl Store {
    /// Deletes the tokens of this version and marks the account; other tokens are those of a new login.
    pub(crate) async fn end_login(
        &self,
        account: &AccountId,
        version: i64,
        ended: LoginEnd,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let word = ENDS.iter().find(|(end, _)| *end == ended).map_or("revoked", |(_, word)| word);
        let mut tx = self.begin().await?;
        // The account first, as a sign-in does: two that wait for one another would wait for ever.
        sqlx::query("UPDATE accounts SET login_ended = $1, login_ended_at = $2 WHERE id = $3")
            .bind(word)
            .bind(millis(now))
            .bind(account.as_str())
            .execute(&mut *tx)
            .await?;
        let deleted = sqlx::query("DELETE FROM tokens WHERE account_id = $1 AND version = $2")
            .bind(account.as_str())
            .bind(version)
            .execute(&mut *tx)
            .await?;
        if deleted.rows_affected() == 1 {
            tx.commit().await?;
        }
        Ok(())
    }

    /// How the login of an account ended, if it did since the last sign-in.
    pub(crate) async fn login_end(&self, account: &AccountId) -> Result<Option<LoginEnd>, StoreError> {
        let word: Option<Option<String>> =
            sqlx::query_scalar("SELECT login_ended FROM accounts WHERE id = $1")
                .bind(account.as_str())
                .fetch_optional(&self.readers)
                .await?;
        let end = |word: String| ENDS.iter().find(|(_, known)| *known == word).map(|(end, _)| *end);
        Ok(word.flatten().and_then(end))
    }
}
