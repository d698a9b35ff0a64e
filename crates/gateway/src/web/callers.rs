//! Who asks, by which name of ours, and whether too often.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Once;

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Uri, header};
use axum::response::{IntoResponse as _, Response};
use katok_listener::PeerAddr;

use super::envelope;
use super::language::Reader;
use super::pages::{self, Problem};
use super::refusal::Refusal;
use crate::app::App;
use crate::client_address::ClientAddr;
use crate::host_name;
use crate::rates::TooMany;
use crate::sentence::Sentence;
use crate::store::AccountId;

/// Asked by address and often, by machines that watch over this one: neither their name for us nor their pace counts.
const WATCHED: [&str; 3] = ["/healthz", "/readyz", "/metrics"];

/// Notes whose request it is.
pub(super) fn know(app: &App, request: &mut Request) {
    let peer = peer(request);
    let forwarded_for = forwarded_for(request.headers());
    let trusted = &app.settings.network.trusted_proxies;
    if trusted.is_empty() && !forwarded_for.is_empty() {
        // Once: a stranger can send the header too.
        static TOLD: Once = Once::new();
        TOLD.call_once(|| {
            let remedy = "a proxy counts as one client until KATOK_TRUSTED_PROXIES names it";
            tracing::warn!(remedy, "web.forwarded_for_ignored");
        });
    }
    let client = ClientAddr::of(peer, &forwarded_for, trusted);
    request.extensions_mut().insert(client);
}

/// Refuses names that are not ours.
pub(super) fn by_our_name(app: &App, request: &mut Request) -> Result<(), Refusal> {
    if WATCHED.contains(&request.uri().path()) {
        return Ok(());
    }
    let named = names(request.uri(), request.headers()).ok_or_else(Refusal::no_host)?;
    let settings = &app.settings;
    let ours = |name: &HeaderValue| {
        let name = name.to_str().unwrap_or_default();
        host_name::is_ours(name, &settings.public_url, &settings.network.allowed_hosts)
    };
    if !named.iter().all(ours) {
        return Err(Refusal::misdirected());
    }
    // HTTP/2 has it elsewhere, and everybody behind us looks here.
    if let [name] = named.as_slice() {
        request.headers_mut().insert(header::HOST, name.clone());
    }
    Ok(())
}

/// Refuses whom asks too often; sign-ins are counted apart.
pub(super) fn at_their_pace(app: &App, request: &Request) -> Result<(), Response> {
    // Behind a proxy that is not named, strangers could use up the pace of Kakao's webhooks, which prove who they are.
    if WATCHED.contains(&request.uri().path()) || request.uri().path().starts_with("/kakao/") {
        return Ok(());
    }
    let client = request.extensions().get::<ClientAddr>().copied().unwrap_or(ClientAddr(peer(request)));
    let counted = if is_of_a_sign_in(app, request.uri()) {
        app.rates.sign_in(client)
    } else {
        app.rates.address(client)
    };
    let Err(too_many) = counted else { return Ok(()) };
    let refusal = refused(app, too_many);
    if !accepts_pages(request) || envelope::is_v1(request.uri().path()) {
        return Err(refusal.into_response());
    }
    let title = Sentence::new("너무 자주 요청했습니다", "Too many requests");
    let problem = Problem { title, sentence: refusal.sentence, sign_in: None };
    let mut response = pages::problem(app, Reader::of(request.headers()), refusal.status, &problem);
    response.headers_mut().insert(header::RETRY_AFTER, too_many.seconds.into());
    Err(response)
}

/// Whether somebody looks at the answer, in a browser.
pub(super) fn accepts_pages(request: &Request) -> bool {
    let accept = request.headers().get(header::ACCEPT).and_then(|accept| accept.to_str().ok());
    accept.is_some_and(|accept| accept.contains("text/html"))
}

/// Counts what somebody signed in asks for, and notes in the log who it is.
pub(super) fn count(app: &App, account: &AccountId) -> Result<(), Refusal> {
    tracing::Span::current().record("account.id", account.as_str());
    app.rates.account(account).map_err(|too_many| refused(app, too_many))
}

fn refused(app: &App, too_many: TooMany) -> Refusal {
    app.telemetry.rate_limited(too_many.limit);
    Refusal::too_many(too_many.seconds)
}

/// Whether a request begins a sign-in or brings one back.
fn is_of_a_sign_in(app: &App, uri: &Uri) -> bool {
    matches!(uri.path(), "/authorize" | "/v1/sign-ins")
        || uri.path().starts_with("/sign-in/")
        || uri.path().starts_with("/consent/")
        || uri.path() == app.redirect_uri.url().path() && uri.query().is_some()
}

/// The other end of the connection.
pub(super) fn peer(request: &Request) -> IpAddr {
    let peer = request.extensions().get::<PeerAddr>();
    peer.map_or(Ipv4Addr::UNSPECIFIED.into(), |peer| peer.0.ip().to_canonical())
}

/// All `X-Forwarded-For` of a request as one: proxies add to the header, or add another.
fn forwarded_for(headers: &HeaderMap) -> String {
    let all = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
    all.collect::<Vec<_>>().join(",")
}

/// Every name a request calls us by: one `Host`, and what stands in front of the path.
fn names(uri: &Uri, headers: &HeaderMap) -> Option<Vec<HeaderValue>> {
    let authority = uri.authority().and_then(|authority| authority.as_str().parse().ok());
    let hosts: Vec<_> = headers.get_all(header::HOST).iter().cloned().collect();
    if hosts.len() > 1 {
        return None;
    }
    let mut names: Vec<HeaderValue> = authority.into_iter().chain(hosts).collect();
    names.dedup();
    (!names.is_empty()).then_some(names)
}
