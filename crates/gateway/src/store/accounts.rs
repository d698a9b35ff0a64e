//! Accounts: one person of one Kakao app.

use std::fmt;

use jiff::Timestamp;
use katok_client::KakaoUserId;
use serde::Serialize;
use sqlx::{Any, Transaction};

use super::recent::Changed;
use super::{Engine, NewSession, SealedTokens, Store, StoreError, StoredTokens, id, millis};
use crate::seal::{DoesNotOpen, KeyId, SealedDataKey};

/// Our own name for an account, `acc_…`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub(crate) struct AccountId(pub(super) String);

impl AccountId {
    /// A time-ordered id (UUID version 7) from the program's clock and chance.
    pub(crate) fn new(now: Timestamp, chance: [u8; 10]) -> Self {
        Self(id::time_ordered("acc_", now, chance))
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
    /// When the tokens must be refreshed although nobody uses them.
    pub(crate) keep_alive_at: Timestamp,
    pub(crate) now: Timestamp,
}

impl Store {
    /// Signs somebody in: account, sealed tokens and a new session, together or not at all.
    ///
    /// `make_key` seals a new data key with a vault key; `seal` gets the id and the version that the seal is
    /// bound to, the account's data key, and the former tokens. What the last login left behind ends: the mark
    /// that it has ended, and an unlink that Kakao has yet to be asked for.
    pub(crate) async fn record_arrival(
        &self,
        arrival: Arrival<'_>,
        make_key: impl FnOnce(&AccountId, KeyId) -> Result<SealedDataKey, DoesNotOpen>,
        seal: impl FnOnce(
            &AccountId,
            i64,
            &SealedDataKey,
            Option<&StoredTokens>,
        ) -> Result<SealedTokens, DoesNotOpen>,
    ) -> Result<AccountId, StoreError> {
        let now = millis(arrival.now);
        // Also whoever this browser was before.
        let changing = self.changing(Changed::Anyone);
        let mut tx = self.begin().await?;
        let id: String = sqlx::query_scalar(
            "INSERT INTO accounts (id, kakao_app, kakao_user_id, created_at, signed_in_at)
             VALUES ($1, $2, $3, $4, $4)
             ON CONFLICT (kakao_app, kakao_user_id)
             DO UPDATE SET signed_in_at = excluded.signed_in_at, login_ended = NULL, login_ended_at = NULL
             RETURNING id",
        )
        .bind(arrival.new_id.as_str())
        .bind(arrival.kakao_app)
        .bind(arrival.user.get())
        .bind(now)
        .fetch_one(&mut *tx)
        .await?;
        let id = AccountId(id);
        let data_key = self.data_key_or_new(&mut tx, &id, make_key, &changing).await?;
        let data_key = data_key.ok_or(sqlx::Error::RowNotFound)?;
        // Taken out, not looked at: a refresh on another gateway must not write between here and the end.
        let former: Option<(i64, Vec<u8>)> =
            sqlx::query_as("DELETE FROM tokens WHERE account_id = $1 RETURNING version, sealed")
                .bind(id.as_str())
                .fetch_optional(&mut *tx)
                .await?;
        // A refresh still under way for tokens that were dropped must not meet its version again.
        let version = former.as_ref().map_or(now, |(version, _)| version + 1);
        let former = former.map(|(version, sealed)| StoredTokens {
            version,
            sealed: SealedTokens(sealed),
            data_key: Some(data_key.clone()),
        });
        sqlx::query(
            "INSERT INTO tokens (account_id, kakao_app, version, sealed, updated_at, keep_alive_at)
             VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(id.as_str())
        .bind(arrival.kakao_app)
        .bind(version)
        .bind(seal(&id, version, &data_key, former.as_ref())?.0)
        .bind(now)
        .bind(millis(arrival.keep_alive_at))
        .execute(&mut *tx)
        .await?;
        sqlx::query(
            "UPDATE unlinks SET state = 'cancelled', retry_at = NULL
             WHERE account_id = $1 AND state = 'pending'",
        )
        .bind(id.as_str())
        .execute(&mut *tx)
        .await?;
        sqlx::query("DELETE FROM sessions WHERE id_digest = $1")
            .bind(arrival.replaces.unwrap_or_default().as_slice())
            .execute(&mut *tx)
            .await?;
        sqlx::query(
            "INSERT INTO sessions
             (id_digest, write_digest, id, account_id, created_at, last_seen_at, expires_at, user_agent)
             VALUES ($1, $2, $3, $4, $5, $5, $6, $7)",
        )
        .bind(arrival.session.id_digest.as_slice())
        .bind(arrival.session.write_digest.as_slice())
        .bind(arrival.session.id.0)
        .bind(id.as_str())
        .bind(now)
        .bind(millis(arrival.session.expires_at))
        .bind(arrival.session.user_agent)
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(id)
    }

    /// Forgets tokens and sessions: the person is signed out everywhere, the account stays.
    pub(crate) async fn sign_out(&self, account: &AccountId) -> Result<(), StoreError> {
        let _changing = self.changing(Changed::Account(account));
        let mut tx = self.begin().await?;
        // A sign-in at the same moment comes before or after, as in SQLite, not half and half.
        self.hold_account(&mut tx, account).await?;
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

    /// Makes others who change what hangs on an account wait; SQLite has one writer at a time anyway.
    ///
    /// Whoever deletes several of its rows takes this first: two that wait for one another would wait for ever.
    pub(super) async fn hold_account(
        &self,
        tx: &mut Transaction<'static, Any>,
        account: &AccountId,
    ) -> Result<(), StoreError> {
        if let Engine::Postgres { .. } = self.engine {
            sqlx::query("SELECT id FROM accounts WHERE id = $1 FOR NO KEY UPDATE")
                .bind(account.as_str())
                .execute(&mut **tx)
                .await?;
        }
        Ok(())
    }
}
