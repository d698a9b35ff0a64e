//! The language of the emulator's own pages: what the browser asks for, unless somebody chose on the page.

use std::convert::Infallible;

use axum::extract::{FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use axum_extra::extract::CookieJar;
use jiff::SignedDuration;
use url::form_urlencoded;

use super::words::{ENGLISH, KOREAN, Words};

const COOKIE: &str = "katok_emulator_language";

/// A language the pages are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::http) enum Language {
    Korean,
    English,
}

impl Language {
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Korean => "ko",
            Self::English => "en",
        }
    }

    pub(super) fn words(self) -> &'static Words {
        match self {
            Self::Korean => &KOREAN,
            Self::English => &ENGLISH,
        }
    }

    /// For the words a bubble has of its own.
    pub(super) fn of_bubbles(self) -> katok_bubble::Language {
        match self {
            Self::Korean => katok_bubble::Language::Korean,
            Self::English => katok_bubble::Language::English,
        }
    }

    /// How long something lasts, in its two largest units.
    pub(super) fn duration(self, duration: SignedDuration) -> String {
        let minutes = duration.as_mins().max(0);
        let units = match self {
            Self::Korean => ["일", "시간", "분"],
            Self::English => [" d", " h", " min"],
        };
        let parts = [minutes / (24 * 60), minutes / 60 % 24, minutes % 60];
        let first = parts.iter().position(|part| *part > 0).unwrap_or(2);
        let said = parts.iter().zip(units).skip(first).take(2).filter(|(part, _)| first == 2 || **part > 0);
        said.map(|(part, unit)| format!("{part}{unit}")).collect::<Vec<_>>().join(" ")
    }

    fn of_code(code: &str) -> Option<Self> {
        [Self::Korean, Self::English].into_iter().find(|language| language.code() == code)
    }

    /// Chosen once on a page, else the first of ours that the browser names; Korean for whoever names neither.
    fn of(headers: &HeaderMap) -> Self {
        let chosen =
            CookieJar::from_headers(headers).get(COOKIE).and_then(|cookie| Self::of_code(cookie.value()));
        let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        let accepted = accepted.and_then(katok_bubble::Language::accepted).map(Self::from);
        chosen.or(accepted).unwrap_or(Self::Korean)
    }
}

impl From<katok_bubble::Language> for Language {
    fn from(language: katok_bubble::Language) -> Self {
        language.choose(Self::Korean, Self::English)
    }
}

impl<S: Sync> FromRequestParts<S> for Language {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.headers))
    }
}

/// Remembers `?lang=en`, the switch on every page, and shows the page under its own address again.
pub(super) async fn remember_choice(request: Request, next: Next) -> Response {
    let query = form_urlencoded::parse(request.uri().query().unwrap_or_default().as_bytes());
    let (chosen, rest): (Vec<_>, Vec<_>) = query.partition(|(name, _)| name == "lang");
    let chosen = chosen.first().and_then(|(_, code)| Language::of_code(code));
    let Some(language) = chosen.filter(|_| request.method() == Method::GET) else {
        return next.run(request).await;
    };
    let rest = form_urlencoded::Serializer::new(String::new()).extend_pairs(rest).finish();
    let question_mark = if rest.is_empty() { "" } else { "?" };
    let address = format!("{}{question_mark}{rest}", request.uri().path());
    let cookie = format!("{COOKIE}={}; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax", language.code());
    let headers = [(header::LOCATION, address), (header::SET_COOKIE, cookie)]
        .map(|(name, value)| (name, HeaderValue::from_str(&value).expect("paths and cookies are ASCII")));
    (StatusCode::SEE_OTHER, headers).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn language(name: &'static str, value: &'static str) -> Language {
        Language::of(&HeaderMap::from_iter([(name.parse().unwrap(), HeaderValue::from_static(value))]))
    }

    #[test]
    fn browser_says_the_language_unless_somebody_chose() {
        for (accepted, expected) in [
            ("en-US,en;q=0.9,ko;q=0.8", Language::English),
            ("ko-KR,ko;q=0.9,en;q=0.8", Language::Korean),
            ("fr-FR, en;q=0.5", Language::English),
            ("fr", Language::Korean),
            ("한", Language::Korean),
            ("", Language::Korean),
        ] {
            let headers = [(header::ACCEPT_LANGUAGE, HeaderValue::from_str(accepted).unwrap())];
            assert_eq!(Language::of(&HeaderMap::from_iter(headers)), expected, "{accepted}");
        }
        assert_eq!(language("cookie", "katok_emulator_language=en"), Language::English);
        assert_eq!(language("cookie", "katok_emulator_language=<b>"), Language::Korean);
    }

    #[test]
    fn durations_are_said_in_their_two_largest_units() {
        let said = |seconds| {
            [Language::Korean, Language::English].map(|l| l.duration(SignedDuration::from_secs(seconds)))
        };
        assert_eq!(said(6 * 3600 - 1), ["5시간 59분", "5 h 59 min"]);
        assert_eq!(said(60 * 86_400), ["60일", "60 d"]);
        assert_eq!(said(30), ["0분", "0 min"]);
        assert_eq!(said(-30), ["0분", "0 min"]);
    }
}
