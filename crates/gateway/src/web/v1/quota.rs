//! `/v1/quota`: what is left of Kakao's quotas today, and whether what is still to be sent fits in.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;

use crate::app::App;
use crate::day::Day;
use crate::outbox::quota::Forecast;
use crate::web::refusal::Refusal;
use crate::web::signed_in::{Allowed, ToRead};

/// `GET /v1/quota`
pub(super) async fn quota(
    State(app): State<Arc<App>>,
    asker: Allowed<ToRead>,
) -> Result<Json<Forecast>, Refusal> {
    let (account, day) = (&asker.account, Day::of(app.clock.now()));
    let coming = app.store.coming(account, day.refilled_at()).await?;
    let mut friends = app.store.friends_sent_to(&app.realm, day, account).await?;
    friends.extend(coming.to_friends.keys().cloned());
    let messages = friends.iter().map(|friend| (account, Some(friend))).chain([(account, None)]);
    let ledger = app.store.look_at_ledger(&app.realm, day, messages).await?;
    Ok(Json(Forecast::new(&ledger, &app.settings.quotas, account, friends, &coming)))
}
