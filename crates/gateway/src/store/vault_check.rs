//! The sealed row by which a wrong vault key is noticed at the start, not at the first message.

use super::{Store, StoreError};

impl Store {
    /// The row that the first start wrote.
    pub(crate) async fn vault_check(&self) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(sqlx::query_scalar("SELECT sealed FROM vault_check WHERE one = 1")
            .fetch_optional(&self.readers)
            .await?)
    }

    /// Writes the row unless another gateway was first, which may have another key.
    pub(crate) async fn write_vault_check(&self, sealed: &[u8]) -> Result<bool, StoreError> {
        let done = sqlx::query("INSERT INTO vault_check (one, sealed) VALUES (1, $1) ON CONFLICT DO NOTHING")
            .bind(sealed)
            .execute(&self.writer)
            .await?;
        Ok(done.rows_affected() == 1)
    }
}
