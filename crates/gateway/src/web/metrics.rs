//! `/metrics`: what is counted, for Prometheus.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};

use super::callers;
use super::language::Reader;
use super::pages;
use super::refusal::Refusal;
use crate::app::App;
use crate::config::MetricsFor;
use crate::outbox;

/// What a proxy writes into a request that it passes on.
const PASSED_ON: [&str; 5] = ["x-forwarded-for", "forwarded", "via", "x-real-ip", "x-forwarded-host"];

/// `GET /metrics`
pub(super) async fn metrics(State(app): State<Arc<App>>, request: Request) -> Response {
    let is_passed_on = PASSED_ON.iter().any(|name| request.headers().contains_key(*name));
    match app.settings.network.metrics {
        MetricsFor::Off => {
            return pages::not_found(State(app), Reader::of(request.headers()), request.uri().clone()).await;
        }
        MetricsFor::Local if is_passed_on || !is_near(callers::peer(&request)) => {
            return Refusal::metrics_are_local().into_response();
        }
        MetricsFor::Local | MetricsFor::Open => {}
    }
    outbox::depth::measure(&app).await;
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    ([(header::CONTENT_TYPE, kind)], app.telemetry.in_openmetrics()).into_response()
}

/// This machine, or a network that the internet does not lead to.
fn is_near(peer: IpAddr) -> bool {
    match peer {
        IpAddr::V4(address) => address.is_loopback() || address.is_private() || address.is_link_local(),
        IpAddr::V6(address) => {
            address.is_loopback() || address.is_unique_local() || address.is_unicast_link_local()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_internet_is_not_near() {
        for near in ["127.0.0.1", "10.1.2.3", "172.17.0.1", "192.168.0.5", "::1", "fd00::1", "fe80::1"] {
            assert!(is_near(near.parse().unwrap()), "{near}");
        }
        for far in ["203.0.113.9", "2001:db8::1", "100.64.0.1", "0.0.0.0"] {
            assert!(!is_near(far.parse().unwrap()), "{far}");
        }
    }
}
