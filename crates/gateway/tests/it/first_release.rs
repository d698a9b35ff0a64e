//! A database as the first release left it: its schema, and what it sealed by its one vault key.

use std::path::Path;

use aws_lc_rs::aead::{AES_256_GCM, Aad, RandomizedNonceKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sqlx::any::{AnyPoolOptions, install_default_drivers};
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{AnyPool, SqlSafeStr as _};

use crate::database::Database;

/// How many people are in it.
pub(crate) const PEOPLE: i64 = 250;

/// Puts such a database in the place of the one that is there; the first account is this person's.
pub(crate) async fn replace(data: &Path, database: &Database, kakao_app: &str, user: i64) {
    let pool = emptied(data, database).await;
    let key = STANDARD.decode(std::fs::read_to_string(data.join("vault.key")).unwrap().trim()).unwrap();
    let seal = |context: &str, plain: &str| {
        let mut body = plain.as_bytes().to_vec();
        let key = RandomizedNonceKey::new(&AES_256_GCM, &key).unwrap();
        let nonce = key.seal_in_place_append_tag(Aad::from(context), &mut body).unwrap();
        [&[1], nonce.as_ref().as_slice(), &body].concat()
    };
    let mut tx = pool.begin().await.unwrap();
    sqlx::query("INSERT INTO vault_check (one, sealed) VALUES (1, $1)")
        .bind(seal("katok/1/check", "katok"))
        .execute(&mut *tx)
        .await
        .unwrap();
    for number in 0..PEOPLE {
        let id = format!("acc_{number:032}");
        sqlx::query("INSERT INTO accounts (id, kakao_app, kakao_user_id, created_at) VALUES ($1, $2, $3, 0)")
            .bind(&id)
            .bind(kakao_app)
            .bind(user + number)
            .execute(&mut *tx)
            .await
            .unwrap();
        let tokens = format!(
            r#"{{"access_token":"access-{number}","access_token_expires_at":"2026-01-01T09:00:00Z",
                "refresh_token":"refresh-{number}","refresh_token_expires_at":"2026-03-02T03:00:00Z","scope":[]}}"#
        );
        sqlx::query("INSERT INTO tokens (account_id, version, sealed, updated_at) VALUES ($1, 3, $2, 0)")
            .bind(&id)
            .bind(seal(&format!("katok/1/tokens/{id}/3"), &tokens))
            .execute(&mut *tx)
            .await
            .unwrap();
    }
    tx.commit().await.unwrap();
    pool.close().await;
}

async fn emptied(data: &Path, database: &Database) -> AnyPool {
    install_default_drivers();
    let pool = AnyPoolOptions::new().max_connections(1);
    let (pool, schema) = if let Some(url) = database.url() {
        database.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public").await;
        (pool.connect(url.as_str()).await, include_str!("../../migrations/postgres/0001_initial.sql"))
    } else {
        std::fs::remove_file(data.join("katok.db")).unwrap();
        let url = format!("sqlite:{}?mode=rwc", data.join("katok.db").display());
        (pool.connect(&url).await, include_str!("../../migrations/sqlite/0001_initial.sql"))
    };
    let pool = pool.unwrap();
    let initial = Migration::new(1, "initial".into(), MigrationType::Simple, schema.into_sql_str(), false);
    Migrator::with_migrations(vec![initial]).run(&pool).await.unwrap();
    pool
}
