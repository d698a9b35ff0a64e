//! Logins that Kakao has ended: the tokens go, the account stays and says why.

use jiff::Timestamp;
use katok_client::LoginEnd;

use super::recent::Changed;
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
        let _changing = self.changing(Changed::Account(account));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_tokens_that_are_dead_are_deleted() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("katok.db")).await.unwrap();
        let account = AccountId("acc_1".to_owned());
        for row in [
            "INSERT INTO accounts (id, kakao_app, kakao_user_id, created_at) VALUES ('acc_1', 'app', 1, 0)",
            "INSERT INTO tokens (account_id, version, sealed, updated_at) VALUES ('acc_1', 8, x'00', 0)",
        ] {
            sqlx::query(row).execute(&store.writer).await.unwrap();
        }
        // Somebody has signed in since: 7 was dead.
        for (version, end, left) in [(7, None, true), (8, Some(LoginEnd::Revoked), false)] {
            store.end_login(&account, version, LoginEnd::Revoked, Timestamp::UNIX_EPOCH).await.unwrap();
            assert_eq!(store.login_end(&account).await.unwrap(), end);
            assert_eq!(store.tokens(&account).await.unwrap().is_some(), left);
        }
    }
}
