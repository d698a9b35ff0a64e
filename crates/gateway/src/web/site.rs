//! Where a request comes from: requests that other sites cause may look, never send or destroy.
//!
//! Three fences stand behind one another. Browsers that say so (`Sec-Fetch-Site`) are believed; else
//! `Origin`, else `Referer` must name this host. And a request that acts must bring the second,
//! `SameSite=Strict` cookie, which no browser sends along on another site's behalf (see `session`).

use axum::http::{HeaderMap, Uri, header};

/// Whether the request is a guess of the browser's: typing in the address bar may fetch a page ahead.
pub(super) fn is_prefetch(headers: &HeaderMap) -> bool {
    let says_so = |name: &str| {
        headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .is_some_and(|value| value.contains("prefetch"))
    };
    says_so("sec-purpose") || says_so("purpose")
}

/// Whether another site caused the request, as far as its headers tell. Programs send none of them.
pub(super) fn is_cross_site(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    if let Some(site) = text("sec-fetch-site") {
        return !matches!(site, "same-origin" | "none");
    }
    let host = text(header::HOST.as_str());
    let elsewhere = |address: &str| {
        let authority = address.parse::<Uri>().ok().and_then(|uri| uri.authority().map(ToString::to_string));
        authority.is_none() || authority.as_deref() != host
    };
    text(header::ORIGIN.as_str()).or_else(|| text(header::REFERER.as_str())).is_some_and(elsewhere)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::{HeaderName, HeaderValue};

    fn cross(headers: &[(&str, &str)]) -> bool {
        let mut map = HeaderMap::new();
        map.insert(header::HOST, HeaderValue::from_static("localhost:4000"));
        for (name, value) in headers {
            map.insert(name.parse::<HeaderName>().unwrap(), value.parse().unwrap());
        }
        is_cross_site(&map)
    }

    #[test]
    fn the_browsers_own_word_decides() {
        assert!(cross(&[("sec-fetch-site", "cross-site")]));
        assert!(cross(&[("sec-fetch-site", "same-site")]));
        assert!(cross(&[("sec-fetch-site", "cross-site"), ("origin", "http://localhost:4000")]));
        assert!(!cross(&[("sec-fetch-site", "same-origin")]));
        assert!(!cross(&[("sec-fetch-site", "none")]));
    }

    #[test]
    fn without_it_origin_and_referer_must_be_this_host() {
        assert!(cross(&[("origin", "http://localhost:4100")]));
        assert!(cross(&[("origin", "null")]));
        assert!(cross(&[("referer", "https://evil.example/page")]));
        assert!(!cross(&[("origin", "http://localhost:4000")]));
        assert!(!cross(&[("referer", "http://localhost:4000/index.html")]));
    }

    #[test]
    fn a_page_fetched_ahead_is_noticed() {
        let headers = |value: &'static str| {
            HeaderMap::from_iter([(HeaderName::from_static("sec-purpose"), HeaderValue::from_static(value))])
        };
        assert!(is_prefetch(&headers("prefetch")) && is_prefetch(&headers("prefetch;prerender")));
        assert!(!is_prefetch(&HeaderMap::new()));
    }

    #[test]
    fn a_program_that_sends_none_of_them_is_no_other_site() {
        assert!(!cross(&[]));
    }
}
