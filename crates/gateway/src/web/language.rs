//! The language a page is read in: chosen once with the switch, else what the browser asks for.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use axum_extra::extract::CookieJar;
use katok_bubble::Language;

const COOKIE: &str = "katok_language";

/// Whoever asks for a page, by the language they read.
#[derive(Clone, Copy)]
pub(super) struct Reader(pub(super) Language);

impl Reader {
    /// Korean for whoever names neither of our languages.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let jar = CookieJar::from_headers(headers);
        let chosen = jar.get(COOKIE).and_then(|cookie| Language::of_code(cookie.value()));
        let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        let mut tags =
            accepted.unwrap_or_default().split(',').map(|tag| tag.trim().get(..2).unwrap_or_default());
        Self(chosen.or_else(|| tags.find_map(Language::of_code)).unwrap_or(Language::Korean))
    }
}

impl<S: Sync> FromRequestParts<S> for Reader {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.headers))
    }
}
