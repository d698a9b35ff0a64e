//! API keys in requests: `Authorization: Bearer ktk_…`, and nowhere else.

use std::sync::Arc;

use axum::http::{HeaderMap, header};

use super::refusal::Refusal;
use crate::api_key::ApiKey;
use crate::app::App;
use crate::last_use;
use crate::store::StoredApiKey;

/// What a request shows after `Bearer`; another scheme is the business of a proxy before us.
pub(super) fn shown(headers: &HeaderMap) -> Option<&[u8]> {
    headers.get_all(header::AUTHORIZATION).iter().find_map(|value| {
        let (scheme, key) = value.as_bytes().split_at_checked(6)?;
        (scheme.eq_ignore_ascii_case(b"bearer") && key.first().is_none_or(|byte| *byte == b' '))
            .then(|| key.trim_ascii())
    })
}

/// The living key that a request shows, if it shows one at all. A wrong one is never passed over for a cookie.
pub(super) async fn key(app: &Arc<App>, headers: &HeaderMap) -> Result<Option<Arc<StoredApiKey>>, Refusal> {
    let Some(shown) = shown(headers) else { return Ok(None) };
    let presented = std::str::from_utf8(shown).ok().and_then(ApiKey::presented);
    let presented = presented.ok_or_else(Refusal::mistyped_key)?;
    let now = app.clock.now();
    let found = app.store.api_key(&presented.digest(), &app.realm).await?;
    let key = found.filter(|key| key.is_living(now)).ok_or_else(Refusal::dead_key)?;
    if key.is_worth_noting(now) {
        let (store, id) = (app.store.clone(), key.id.clone());
        last_use::note(app, key.id.as_str().to_owned(), async move { store.api_key_used(&id, now).await });
    }
    Ok(Some(key))
}
