//! Where a request comes from: what our own page or a program asks for is done, nothing else.
//!
//! Two fences stand behind one another. Browsers that say so (`Sec-Fetch-*`) are believed; else `Origin`, else
//! `Referer` must name this host. And a request that acts must bring the second, `SameSite=Strict` cookie,
//! which browsers do not send along on another site's behalf (see `session`). Neither is enough alone: a link
//! tapped in a chat or followed from an address bar has no site behind it, and brings both cookies.

use axum::http::{HeaderMap, Method, Uri, header};

/// Whether to do what a request asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Our own page asked, or a program.
    Ours,
    /// Somebody looks at the answer in a browser and can be asked whether they want this.
    AskFirst,
    /// Another site asked, or nobody did.
    Refused,
}

/// Judges a request by its headers. Programs such as curl send none of those looked at.
pub(super) fn judge(method: &Method, headers: &HeaderMap) -> Verdict {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    let guess_of_the_browser = ["sec-purpose", "purpose"]
        .iter()
        .any(|name| text(name).is_some_and(|value| value.contains("prefetch")));
    if guess_of_the_browser {
        return Verdict::Refused;
    }
    let is_looked_at = match text("sec-fetch-mode") {
        Some(mode) => mode == "navigate",
        None => text(header::ACCEPT.as_str()).is_some_and(|accept| accept.contains("text/html")),
    };
    let not_ours = if method == Method::GET && is_looked_at { Verdict::AskFirst } else { Verdict::Refused };
    if let Some(site) = text("sec-fetch-site") {
        // An image or a frame of our own page is nothing that somebody pressed.
        let is_pressed = matches!(text("sec-fetch-dest"), None | Some("empty" | "document"));
        return if site == "same-origin" && is_pressed { Verdict::Ours } else { not_ours };
    }
    let host = text(header::HOST.as_str());
    let here = |address: &str| {
        let authority = address.parse::<Uri>().ok().and_then(|uri| uri.authority().map(ToString::to_string));
        authority.is_some() && authority.as_deref() == host
    };
    match text(header::ORIGIN.as_str()).or_else(|| text(header::REFERER.as_str())) {
        Some(address) if here(address) => Verdict::Ours,
        Some(_) => not_ours,
        None if is_looked_at => not_ours,
        None => Verdict::Ours,
    }
}

/// Whether a page is looked at because somebody wanted to, as far as their browser says: another site's page can lead
/// anywhere by itself.
pub(super) fn is_asked(headers: &HeaderMap) -> bool {
    let says = |name: &str, value: &str| headers.get(name).is_some_and(|said| said == value);
    !says("sec-fetch-site", "cross-site") || says("sec-fetch-user", "?1")
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::{HeaderName, HeaderValue};

    fn get(headers: &[(&str, &str)]) -> Verdict {
        judge(&Method::GET, &map(headers))
    }

    fn map(headers: &[(&str, &str)]) -> HeaderMap {
        let mut map = HeaderMap::new();
        map.insert(header::HOST, HeaderValue::from_static("localhost:4000"));
        for (name, value) in headers {
            map.insert(name.parse::<HeaderName>().unwrap(), value.parse().unwrap());
        }
        map
    }

    #[test]
    fn the_browsers_own_word_decides() {
        assert_eq!(get(&[("sec-fetch-site", "same-origin"), ("sec-fetch-dest", "empty")]), Verdict::Ours);
        assert_eq!(get(&[("sec-fetch-site", "same-origin"), ("sec-fetch-dest", "document")]), Verdict::Ours);
        for site in ["cross-site", "same-site", "none"] {
            assert_eq!(get(&[("sec-fetch-site", site)]), Verdict::Refused);
            assert_eq!(
                get(&[("sec-fetch-site", site), ("origin", "http://localhost:4000")]),
                Verdict::Refused
            );
        }
        assert_eq!(get(&[("sec-fetch-site", "same-origin"), ("sec-fetch-dest", "image")]), Verdict::Refused);
    }

    #[test]
    fn who_follows_a_link_or_types_an_address_is_asked_first() {
        for site in ["cross-site", "none"] {
            let headers = [("sec-fetch-site", site), ("sec-fetch-mode", "navigate")];
            assert_eq!(get(&headers), Verdict::AskFirst);
            assert_eq!(judge(&Method::POST, &map(&headers)), Verdict::Refused);
        }
        assert_eq!(get(&[("accept", "text/html,*/*")]), Verdict::AskFirst);
        assert_eq!(get(&[("accept", "text/html"), ("referer", "https://evil.example/")]), Verdict::AskFirst);
    }

    #[test]
    fn without_the_browsers_word_origin_and_referer_must_be_this_host() {
        assert_eq!(get(&[("origin", "http://localhost:4100")]), Verdict::Refused);
        assert_eq!(get(&[("origin", "null")]), Verdict::Refused);
        assert_eq!(get(&[("referer", "https://evil.example/page")]), Verdict::Refused);
        assert_eq!(get(&[("origin", "http://localhost:4000")]), Verdict::Ours);
        assert_eq!(
            get(&[("referer", "http://localhost:4000/index.html"), ("accept", "text/html")]),
            Verdict::Ours
        );
    }

    #[test]
    fn a_program_that_sends_none_of_them_is_no_other_site() {
        assert_eq!(get(&[]), Verdict::Ours);
        assert_eq!(get(&[("accept", "*/*")]), Verdict::Ours);
    }

    #[test]
    fn a_page_fetched_ahead_is_nobodys_wish() {
        assert_eq!(
            get(&[("sec-purpose", "prefetch;prerender"), ("sec-fetch-site", "same-origin")]),
            Verdict::Refused
        );
    }
}
