//! Lets the pages of services call Kakao's API, as Kakao's JavaScript SDK does.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method};
use axum::middleware::Next;
use axum::response::Response;
use tower::{Layer as _, ServiceExt as _};
use tower_http::cors::{AllowHeaders, AllowOrigin, CorsLayer};
use url::{Host, Url};

use super::host::Side;
use crate::live::LiveWorld;
use crate::world::template::is_registered;

/// Stands before the journal and the scripted faults: a page gets to read a scripted refusal, and the browser's
/// question whether it may call uses none up.
pub(super) async fn let_pages_call(
    State(live): State<Arc<LiveWorld>>,
    request: Request,
    next: Next,
) -> Response {
    if !is_for_pages(request.uri().path()) {
        return next.run(request).await;
    }
    let cors = CorsLayer::new()
        .allow_origin(AllowOrigin::predicate(move |origin, _| is_a_services(&live, origin)))
        .allow_methods([Method::GET, Method::POST, Method::DELETE])
        // The wildcard would not stand for `Authorization`.
        .allow_headers(AllowHeaders::mirror_request());
    let answered: Result<Response, Infallible> = cors.layer(next).oneshot(request).await;
    let Ok(response) = answered;
    response
}

/// Sign-in, consent and the emulator's own calls are for nobody else's pages.
fn is_for_pages(path: &str) -> bool {
    Side::of_path(path) == Side::Api || path == "/oauth/token"
}

/// Pages of this machine, and of the domains that an app has registered. The keys of the built-in app are known to
/// everybody: a page of any other site must not read with them what stands in this world.
fn is_a_services(live: &LiveWorld, origin: &HeaderValue) -> bool {
    let Some(url) = origin.to_str().ok().and_then(|origin| Url::parse(origin).ok()) else { return false };
    let is_here = match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    is_here
        || live.read(|world, _| {
            let mut lists = world.apps().iter().flat_map(|app| [&app.web_domains, &app.javascript_domains]);
            lists.any(|domains| is_registered(url.as_str(), domains))
        })
}
