//! `/oauth/logout`: out of a service, and out of the Kakao account as well if the person likes.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::response::Response;
use axum_extra::extract::CookieJar;

use super::pages::{FaultPage, LogoutPage};
use super::session_cookie;
use crate::fault::LoginFault;
use crate::http::found;
use crate::http::parameters::FilledIn;
use crate::live::LiveWorld;
use crate::world::logout::{AccountLogout, LogoutRequest, WayOut};
use crate::world::session::SignOut;

/// Asks how far to log out; whoever is signed in nowhere is sent back at once.
pub(super) async fn open(
    State(live): State<Arc<LiveWorld>>,
    RawQuery(query): RawQuery,
    cookies: CookieJar,
) -> Result<Response, FaultPage> {
    let query = query.unwrap_or_default();
    let WayOut { asker, address } =
        live.apply(AccountLogout { request: LogoutRequest::from_query(&query) })?;
    let cookie = session_cookie(&cookies).unwrap_or_default();
    let signed_in = live.read(|world, now| world.signed_in(&cookie, now));
    Ok(match signed_in {
        Some(signed_in) => LogoutPage::new(&live, asker, &signed_in.person, query).show(),
        None => found(&address),
    })
}

/// Takes what the person pressed.
pub(super) async fn log_out(
    State(live): State<Arc<LiveWorld>>,
    RawQuery(query): RawQuery,
    cookies: CookieJar,
    FilledIn(form): FilledIn,
) -> Result<Response, FaultPage> {
    let request = LogoutRequest::from_query(&query.unwrap_or_default());
    let WayOut { address, .. } = live.apply(AccountLogout { request })?;
    match form.get("decision") {
        Some("account") => {
            let cookie = session_cookie(&cookies).unwrap_or_default();
            let Ok(()): Result<(), Infallible> = live.apply(SignOut { cookie });
        }
        Some("service") => {}
        _ => return Err(LoginFault::MalformedRequest.into()),
    }
    Ok(found(&address))
}
