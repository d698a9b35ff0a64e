//! Refuses what another site makes a browser send: it would act for whoever sits in front of it.

use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use url::Url;

use super::control::ControlFault;
use super::host::{self, Side};

/// Lets through what comes from a page of ours, or from no page at all.
///
/// A site that rebinds its own name to this machine looks like a page of ours to the browser. Only the name it asks
/// for gives it away, so nothing is done under a strange one, nor is anything of the emulator's own shown.
pub(super) async fn refuse_foreign_sites(request: Request, next: Next) -> Response {
    let acts = !request.method().is_safe();
    let guarded = acts || Side::of_path(request.uri().path()) == Side::Emulator;
    if guarded && !host::is_our_name(request.headers(), request.uri()) {
        let description = "localhost나 IP 주소로 접속하세요. Use localhost or an IP address.";
        return refuse("foreign_host", description);
    }
    if acts && is_foreign(&request) {
        let description = "다른 사이트에서 온 요청은 받지 않습니다. Requests from other sites are refused.";
        return refuse("foreign_site", description);
    }
    next.run(request).await
}

fn refuse(error: &'static str, description: &str) -> Response {
    let description = description.to_owned();
    ControlFault { status: StatusCode::FORBIDDEN, error, description, code: None }.into_response()
}

/// Browsers say where a request comes from in these two headers; other clients send neither.
fn is_foreign(request: &Request) -> bool {
    let header = |name: &str| request.headers().get(name).map(|value| value.to_str().unwrap_or_default());
    let site_is_foreign = !matches!(header("sec-fetch-site"), None | Some("same-origin" | "none"));
    let origin_is_foreign = header("origin").is_some_and(|origin| {
        let authority = host::authority(request.headers(), request.uri()).unwrap_or_default();
        let scheme = origin.split("://").next().unwrap_or_default();
        // Compared as origins: browsers leave the scheme's own port out, other clients may write it.
        let [named, ours] = [origin, &format!("{scheme}://{authority}")].map(|url| Url::parse(url).ok());
        !named.zip(ours).is_some_and(|(named, ours)| named.origin() == ours.origin())
    });
    site_is_foreign || origin_is_foreign
}
