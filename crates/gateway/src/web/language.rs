//! The language a page is read in: chosen once with the switch, else what the browser asks for.

use std::convert::Infallible;

use axum::extract::{FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum_extra::extract::CookieJar;
use katok_bubble::Language;
use url::{Url, form_urlencoded};

use super::{callers, cookies, envelope};

/// Whoever asks for a page, by the language they read.
#[derive(Clone, Copy)]
pub(super) struct Reader(pub(super) Language);

impl Reader {
    /// Korean for whoever names neither of our languages.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let jar = CookieJar::from_headers(headers);
        let chosen = jar.get(cookies::LANGUAGE).and_then(|cookie| Language::of_code(cookie.value()));
        let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        Self(chosen.or_else(|| Language::accepted(accepted?)).unwrap_or(Language::Korean))
    }
}

impl<S: Sync> FromRequestParts<S> for Reader {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.headers))
    }
}

/// Remembers `?lang=en`, the switch on every page, and shows the page under its own address again.
pub(super) fn remember_choice(public_url: &Url, request: &Request) -> Option<Response> {
    let uri = request.uri();
    if request.method() != Method::GET || !callers::accepts_pages(request) || envelope::is_v1(uri.path()) {
        return None;
    }
    let (chosen, address) = choice(uri.path(), uri.query()?)?;
    let jar = CookieJar::new().add(cookies::language(chosen, public_url));
    Some((StatusCode::SEE_OTHER, jar, [(header::LOCATION, address)]).into_response())
}

/// The language that a query chooses, and the address without it.
fn choice(path: &str, query: &str) -> Option<(Language, String)> {
    let (chosen, rest): (Vec<_>, Vec<_>) =
        form_urlencoded::parse(query.as_bytes()).partition(|(name, _)| name == "lang");
    let language = chosen.first().and_then(|(_, code)| Language::of_code(code))?;
    let rest = form_urlencoded::Serializer::new(String::new()).extend_pairs(rest).finish();
    let question_mark = if rest.is_empty() { "" } else { "?" };
    // Two slashes at the beginning would name another host.
    Some((language, format!("/{}{question_mark}{rest}", path.trim_start_matches('/'))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::{HeaderName, HeaderValue};

    fn language(headers: &[(HeaderName, &'static str)]) -> Language {
        let headers = headers.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value)));
        Reader::of(&headers.collect()).0
    }

    #[test]
    fn browser_says_the_language_unless_somebody_chose() {
        let english = (header::ACCEPT_LANGUAGE, "en-US,en;q=0.9,ko;q=0.8");
        assert_eq!(language(&[]), Language::Korean);
        assert_eq!(language(&[(header::ACCEPT_LANGUAGE, "fr")]), Language::Korean);
        assert_eq!(language(std::slice::from_ref(&english)), Language::English);
        let chosen = |code| (header::COOKIE, code);
        assert_eq!(language(&[english.clone(), chosen("katok_language=ko")]), Language::Korean);
        assert_eq!(language(&[chosen("katok_language=en")]), Language::English);
        assert_eq!(language(&[english, chosen("katok_language=<b>")]), Language::English);
    }

    #[test]
    fn switch_keeps_the_rest_of_the_address_and_this_host() {
        let chosen = |path, query| choice(path, query).map(|(language, address)| (language.code(), address));
        assert_eq!(
            chosen("/history", "state=a%26b&lang=en&me=1"),
            Some(("en", "/history?state=a%26b&me=1".into()))
        );
        assert_eq!(chosen("/", "lang=ko"), Some(("ko", "/".into())));
        assert_eq!(chosen("//evil.example/", "lang=ko"), Some(("ko", "/evil.example/".into())));
        assert_eq!(chosen("/", "lang=fr"), None);
        assert_eq!(chosen("/", "language=ko"), None);
    }
}
