//! HTML pages, with the headers that keep them to themselves.

use askama::Template;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse as _, Response};

/// What a page may do beyond showing itself.
#[derive(Clone, Copy)]
pub(super) enum Powers {
    /// Nothing but post forms to the emulator.
    Plain,
    /// Post a form whose answer leads to the service. Chromium holds `form-action` against every redirect that
    /// follows, and only the service knows where its own ones lead: any web address must do.
    LeadsAway,
    /// The same for an app on a phone, whose address has a scheme of its own: any address at all must do.
    LeadsToNativeApp,
    /// Run our script, which asks for the page again.
    ReloadsItself,
}

impl Powers {
    fn policy(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Plain => {
                "default-src 'none'; style-src 'self'; img-src 'self' data: https: http:; form-action 'self'; \
                 base-uri 'none'; frame-ancestors 'none'"
            }
            Self::LeadsAway => {
                "default-src 'none'; style-src 'self'; img-src 'self' data: https: http:; \
                 form-action 'self' https: http:; base-uri 'none'; frame-ancestors 'none'"
            }
            Self::LeadsToNativeApp => {
                "default-src 'none'; style-src 'self'; img-src 'self' data: https: http:; base-uri 'none'; \
                 frame-ancestors 'none'"
            }
            Self::ReloadsItself => {
                "default-src 'none'; style-src 'self'; img-src 'self' data: https: http:; script-src 'self'; \
                 connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
            }
        })
    }
}

pub(super) fn page(status: StatusCode, template: &impl Template, powers: Powers) -> Response {
    let html = template.render().expect("writing into a String does not fail");
    let mut response = (status, Html(html)).into_response();
    let headers: [(HeaderName, HeaderValue); 4] = [
        (header::CONTENT_SECURITY_POLICY, powers.policy()),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        // Not `no-referrer`: browsers would then post our own forms with `Origin: null`.
        (header::REFERRER_POLICY, HeaderValue::from_static("same-origin")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    response.headers_mut().extend(headers);
    response
}
