//! Saved templates: sealed, each with its times.

use jiff::Timestamp;
use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::id::id_type;
use super::{AccountId, Store, StoreError, millis, time};
use crate::seal::SealedDataKey;

id_type! {
    /// What a saved template is called, `tpl_…`.
    SavedTemplateId, "tpl_"
}

/// A saved template as it is kept.
pub(crate) struct StoredTemplate {
    pub(crate) id: SavedTemplateId,
    pub(crate) sealed: Vec<u8>,
    pub(crate) created_at: Timestamp,
    pub(crate) changed_at: Timestamp,
}

/// What is sealed of a saved template, with the key that opens it.
pub(crate) struct SealedTemplate {
    pub(crate) id: SavedTemplateId,
    pub(crate) account: AccountId,
    pub(crate) data_key: Option<SealedDataKey>,
    pub(crate) sealed: Vec<u8>,
}

fn read(row: &AnyRow) -> Result<StoredTemplate, StoreError> {
    Ok(StoredTemplate {
        id: SavedTemplateId(row.try_get(0)?),
        sealed: row.try_get(1)?,
        created_at: time(row.try_get(2)?),
        changed_at: time(row.try_get(3)?),
    })
}

impl Store {
    /// Keeps a new template unless the account has `most` already; says whether it did.
    pub(crate) async fn insert_template(
        &self,
        account: &AccountId,
        template: &StoredTemplate,
        most: i64,
    ) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        // Of two that come at once, the second counts the first.
        self.hold_account(&mut tx, account).await?;
        let held: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM saved_templates WHERE account_id = $1")
            .bind(account.as_str())
            .fetch_one(&mut *tx)
            .await?;
        if held >= most {
            return Ok(false);
        }
        sqlx::query(
            "INSERT INTO saved_templates (id, account_id, sealed, created_at, changed_at)
             VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(template.id.as_str())
        .bind(account.as_str())
        .bind(template.sealed.as_slice())
        .bind(millis(template.created_at))
        .bind(millis(template.changed_at))
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(true)
    }

    /// The saved templates of an account, the newest first.
    pub(crate) async fn templates(&self, account: &AccountId) -> Result<Vec<StoredTemplate>, StoreError> {
        let rows = sqlx::query(
            "SELECT id, sealed, created_at, changed_at FROM saved_templates
             WHERE account_id = $1 ORDER BY id DESC",
        )
        .bind(account.as_str())
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(read).collect()
    }

    /// A saved template of the account.
    pub(crate) async fn template(
        &self,
        account: &AccountId,
        id: &SavedTemplateId,
    ) -> Result<Option<StoredTemplate>, StoreError> {
        let row = sqlx::query(
            "SELECT id, sealed, created_at, changed_at FROM saved_templates
             WHERE id = $1 AND account_id = $2",
        )
        .bind(id.as_str())
        .bind(account.as_str())
        .fetch_optional(&self.readers)
        .await?;
        row.as_ref().map(read).transpose()
    }

    /// Puts something else in the place of a template; says whether it is there.
    pub(crate) async fn replace_template(
        &self,
        account: &AccountId,
        id: &SavedTemplateId,
        sealed: &[u8],
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "UPDATE saved_templates SET sealed = $1, changed_at = $2 WHERE id = $3 AND account_id = $4",
        )
        .bind(sealed)
        .bind(millis(now))
        .bind(id.as_str())
        .bind(account.as_str())
        .execute(&self.writer)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Deletes a template; says whether it was there.
    pub(crate) async fn delete_template(
        &self,
        account: &AccountId,
        id: &SavedTemplateId,
    ) -> Result<bool, StoreError> {
        let done = sqlx::query("DELETE FROM saved_templates WHERE id = $1 AND account_id = $2")
            .bind(id.as_str())
            .bind(account.as_str())
            .execute(&self.writer)
            .await?;
        Ok(done.rows_affected() == 1)
    }

    /// The next saved templates after one, in the order of their ids, each with the key that opens it.
    pub(crate) async fn sealed_templates(
        &self,
        after: &str,
        limit: i64,
    ) -> Result<Vec<SealedTemplate>, StoreError> {
        type Row = (String, String, Option<Vec<u8>>, Vec<u8>);
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT t.id, t.account_id, a.data_key, t.sealed
             FROM saved_templates t JOIN accounts a ON a.id = t.account_id
             WHERE t.id > $1 ORDER BY t.id LIMIT $2",
        )
        .bind(after)
        .bind(limit)
        .fetch_all(&self.readers)
        .await?;
        let template = |(id, account, data_key, sealed): Row| SealedTemplate {
            id: SavedTemplateId(id),
            account: AccountId(account),
            data_key: data_key.map(SealedDataKey),
            sealed,
        };
        Ok(rows.into_iter().map(template).collect())
    }
}
