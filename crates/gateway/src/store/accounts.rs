//! Accounts: one person of one Kakao app.

use std::fmt;

use jiff::Timestamp;
use katok_client::KakaoUserId;

use super::{Engine, NewSession, SealedTokens, Store, StoreError, millis};
use crate::seal::{DoesNotOpen, KeyId, SealedDataKey};

/// Our own name for an account, `acc_…`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct AccountId(pub(super) String);

impl AccountId {
    const PREFIX: &'static str = "acc_";

    /// A time-ordered id (UUID version 7) from the program's clock and chance.
    pub(crate) fn new(now: Timestamp, chance: [u8; 10]) -> Self {
        let millis = u64::try_from(now.as_millisecond()).unwrap_or(0);
        let id = uuid::Builder::from_unix_timestamp_millis(millis, &chance).into_uuid();
        Self(format!("{}{}", Self::PREFIX, id.simple()))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Somebody came back from Kakao with tokens: all that one sign-in writes.
pub(crate) struct Arrival<'a> {
    pub(crate) kakao_app: &'a str,
    pub(crate) user: KakaoUserId,
    /// Used only if the account is new.
    pub(crate) new_id: AccountId,
    /// The session this browser had before; its id must not live on.
    pub(crate) replaces: Option<crate::digest::Digest>,
    pub(crate) session: NewSession,
    pub(crate) now: Timestamp,
}

impl Store {
    /// Signs somebody in: account, sealed tokens and a new session, together or not at all.
    ///
    /// `make_key` seals a new data key with a vault key; `seal` gets the id and the version that the seal is
    /// bound to, and the account's data key.
    pub(crate) async fn record_arrival(
        &self,
        arrival: Arrival<'_>,
        make_key: impl FnOnce(&AccountId, KeyId) -> Result<SealedDataKey, DoesNotOpen>,
        seal: impl FnOnce(&AccountId, i64, &SealedDataKey) -> Result<SealedTokens, DoesNotOpen>,
    ) -> Result<AccountId, StoreError> {
        let now = millis(arrival.now);
        let mut tx = self.begin().await?;
        let id: String = sqlx::query_scalar(
            "INSERT INTO accounts (id, kakao_app, kakao_user_id, created_at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (kakao_app, kakao_user_id) DO UPDATE SET kakao_app = excluded.kakao_app
             RETURNING id",
        )
        .bind(arrival.new_id.as_str())
        .bind(arrival.kakao_app)
        .bind(arrival.user.get())
        .bind(now)
        .fetch_one(&mut *tx)
        .await?;
        let id = AccountId(id);
        let data_key = self.data_key_or_new(&mut tx, &id, make_key).await?.ok_or(sqlx::Error::RowNotFound)?;
        // Taken out, not looked at: a refresh on another gateway must not write between here and the end.
        let held: Option<i64> =
            sqlx::query_scalar("DELETE FROM tokens WHERE account_id = $1 RETURNING version")
                .bind(id.as_str())
                .fetch_optional(&mut *tx)
                .await?;
        // A refresh still under way for tokens that were dropped must not meet its version again.
        let version = held.map_or(now, |held| held + 1);
        sqlx::query("INSERT INTO tokens (account_id, version, sealed, updated_at) VALUES ($1, $2, $3, $4)")
            .bind(id.as_str())
            .bind(version)
            .bind(seal(&id, version, &data_key)?.0)
            .bind(now)
            .execute(&mut *tx)
            .await?;
        sqlx::query("DELETE FROM sessions WHERE id_digest = $1")
            .bind(arrival.replaces.unwrap_or_default().as_slice())
            .execute(&mut *tx)
            .await?;
        sqlx::query(
            "INSERT INTO sessions (id_digest, write_digest, account_id, created_at, expires_at)
             VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(arrival.session.id_digest.as_slice())
        .bind(arrival.session.write_digest.as_slice())
        .bind(id.as_str())
        .bind(now)
        .bind(millis(arrival.session.expires_at))
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(id)
    }

    /// Forgets tokens and sessions: the person is signed out everywhere, the account stays.
    pub(crate) async fn sign_out(&self, account: &AccountId) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        if let Engine::Postgres { .. } = self.engine {
            // A sign-in at the same moment comes before or after, as in SQLite, not half and half.
            sqlx::query("SELECT id FROM accounts WHERE id = $1 FOR NO KEY UPDATE")
                .bind(account.as_str())
                .execute(&mut *tx)
                .await?;
        }
        sqlx::query("DELETE FROM tokens WHERE account_id = $1")
            .bind(account.as_str())
            .execute(&mut *tx)
            .await?;
        sqlx::query("DELETE FROM sessions WHERE account_id = $1")
            .bind(account.as_str())
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(())
    }

    /// Ends every session of the account; the tokens stay.
    pub(crate) async fn end_sessions(&self, account: &AccountId) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM sessions WHERE account_id = $1")
            .bind(account.as_str())
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    /// Forgets the account with all that hangs on it; answers whose it was, unless it was gone already.
    pub(crate) async fn delete_account(
        &self,
        account: &AccountId,
    ) -> Result<Option<KakaoUserId>, StoreError> {
        let user: Option<i64> =
            sqlx::query_scalar("DELETE FROM accounts WHERE id = $1 RETURNING kakao_user_id")
                .bind(account.as_str())
                .fetch_optional(&self.writer)
                .await?;
        Ok(user.map(KakaoUserId::new))
    }
}
