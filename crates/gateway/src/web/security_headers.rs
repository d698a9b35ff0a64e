//! What every answer tells browsers, whoever wrote the answer.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::Response;
use url::{Host, Url};

use crate::app::App;
use crate::config::KakaoApp;

/// Names that the `http` crate does not have.
pub(super) const OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");

/// The headers of one gateway, made once.
pub(super) fn of(app: &App) -> HeaderMap {
    let fixed = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::CACHE_CONTROL, "no-store"),
        (OPENER_POLICY, "same-origin"),
        (RESOURCE_POLICY, "same-origin"),
        // Our pages need none of them, nor may anything that found its way into one.
        (PERMISSIONS_POLICY, "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    ];
    let mut headers: HeaderMap =
        fixed.into_iter().map(|(name, value)| (name, HeaderValue::from_static(value))).collect();
    let policy = content_security_policy(&app.settings.kakao);
    let policy = HeaderValue::from_str(&policy);
    headers.insert(header::CONTENT_SECURITY_POLICY, policy.expect("an origin is printable"));
    if is_https_for_others(&app.settings.public_url) {
        let year = HeaderValue::from_static("max-age=31536000");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, year);
    }
    headers
}

/// Adds them; what a handler has set itself stays, such as how long an asset may be kept.
pub(super) fn add(headers: &HeaderMap, response: &mut Response) {
    response.headers_mut().reserve(headers.len());
    for (name, value) in headers {
        response.headers_mut().entry(name).or_insert_with(|| value.clone());
    }
}

/// Nothing but our own files; pictures also from where Kakao keeps profile images. A browser that posts the form for
/// logging out of the Kakao account is led on to Kakao, and from there within it.
pub(super) fn content_security_policy(kakao: &KakaoApp) -> String {
    let api = kakao.api_base_url.origin().ascii_serialization();
    let auth = kakao.auth_base_url.origin().ascii_serialization();
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
         img-src 'self' https: {api}; form-action 'self' {auth} https://*.kakao.com; base-uri 'none'; \
         frame-ancestors 'none'"
    )
}

/// Browsers would keep every other program of this machine to https too, had `localhost` promised it.
fn is_https_for_others(public_url: &Url) -> bool {
    public_url.scheme() == "https" && public_url.host() != Some(Host::Domain("localhost"))
}
