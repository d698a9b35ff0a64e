//! Kakao's JavaScript SDK, which the sample's page lets in when a JavaScript key is set; no other page does.

use axum::http::{HeaderMap, HeaderValue, header};

use super::security_headers::{OPENER_POLICY, content_security_policy};
use crate::app::App;

/// What the page's own script tells the SDK.
pub(super) struct Sdk {
    /// Kakao's word for it is key, but it is no secret: it stands in every page that uses it.
    pub(super) key: String,
    pub(super) redirect_uri: String,
    /// Where shared messages lead.
    pub(super) home: String,
}

impl Sdk {
    pub(super) const ADDRESS: &'static str = "https://t1.kakaocdn.net/kakao_js_sdk/2.8.3/kakao.min.js";
    /// A file of Kakao's that is not this very one is not run.
    pub(super) const INTEGRITY: &'static str =
        "sha384-oroumrnFVE0xtgqyDZJARgERibXg2C28380uaUZz2kHDS5CR7tu20eGiOU6GkTpy";
    /// The state of the SDK's sign-ins. It proves nothing and need not: what comes back with it is led to a sign-in of
    /// ours, as by any link, and its code is not used.
    ///
    /// Kakao gives tokens for a code only to the key that asked for it, and those of a JavaScript key live two hours.
    /// So once the SDK has signed somebody in at Kakao, the gateway fetches a code of its own, which Kakao gives without
    /// asking again.
    pub(super) const STATE: &'static str = "javascript-sdk";

    pub(super) fn of(app: &App) -> Option<Self> {
        Some(Self {
            key: app.settings.kakao.keys.javascript_key.clone()?,
            redirect_uri: app.redirect_uri.url().to_string(),
            home: app.settings.public_url.to_string(),
        })
    }
}

/// What this page is allowed beyond others: the SDK's file, its calls to Kakao, and the window it opens to share.
pub(super) fn headers(app: &App) -> HeaderMap {
    let policy = content_security_policy(&app.settings.kakao)
        .replace("script-src 'self'", "script-src 'self' https://t1.kakaocdn.net")
        .replace("connect-src 'self'", "connect-src 'self' https://kapi.kakao.com");
    let policy = HeaderValue::from_str(&policy).expect("an origin is printable");
    HeaderMap::from_iter([
        (header::CONTENT_SECURITY_POLICY, policy),
        (OPENER_POLICY, HeaderValue::from_static("same-origin-allow-popups")),
    ])
}
