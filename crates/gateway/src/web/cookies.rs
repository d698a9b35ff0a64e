//! The cookies: who one is, that one may act, and which browser began a sign-in or went to log out at Kakao.

use axum::http::{HeaderMap, header};
use axum_extra::extract::CookieJar;
use cookie::{Cookie, SameSite};
use katok_bubble::Language;
use url::Url;

use crate::config::Settings;
use crate::login::ATTEMPT_LIFETIME;
use crate::session::{BrowserSecret, SessionSecrets};

/// One of our cookies.
#[derive(Clone, Copy)]
pub(super) enum Name {
    /// Shows who one is.
    Session,
    /// Lets one send and destroy; never sent along on another site's behalf.
    Write,
    /// Binds a sign-in to the browser that began it.
    Login,
    /// Binds the way back from Kakao's log-out to the browser that went there.
    Logout,
}

impl Name {
    /// On https the `__Host-` prefix keeps neighbouring hosts from planting one of their own.
    fn text(self, public_url: &Url) -> &'static str {
        match (self, public_url.scheme() == "https") {
            (Self::Session, false) => "katok_session",
            (Self::Session, true) => "__Host-katok_session",
            (Self::Write, false) => "katok_write",
            (Self::Write, true) => "__Host-katok_write",
            (Self::Login, false) => "katok_login",
            (Self::Login, true) => "__Host-katok_login",
            (Self::Logout, false) => "katok_logout",
            (Self::Logout, true) => "__Host-katok_logout",
        }
    }
}

/// What the browser brought, if it has the shape of something we made.
pub(super) fn read(headers: &HeaderMap, name: Name, public_url: &Url) -> Option<BrowserSecret> {
    let name = name.text(public_url);
    let all = headers.get_all(header::COOKIE).iter().filter_map(|cookies| cookies.to_str().ok());
    let pairs = all.flat_map(|cookies| cookies.split(';')).filter_map(|cookie| cookie.trim().split_once('='));
    let (_, value) = pairs.rev().find(|(given, _)| *given == name)?;
    (value.len() == 43).then(|| BrowserSecret::presented(value))
}

/// The language somebody chose: no secret, and scripts need not read it.
pub(super) const LANGUAGE: &str = "katok_language";

/// Remembers for a year in which language somebody reads.
pub(super) fn language(language: Language, public_url: &Url) -> Cookie<'static> {
    let mut baked = Cookie::new(LANGUAGE, language.code());
    baked.set_path("/");
    baked.set_http_only(true);
    baked.set_same_site(SameSite::Lax);
    baked.set_secure(public_url.scheme() == "https");
    baked.set_max_age(cookie::time::Duration::days(365));
    baked
}

fn cookie(name: Name, value: &str, lifetime: jiff::SignedDuration, public_url: &Url) -> Cookie<'static> {
    let same_site = match name {
        Name::Session | Name::Login | Name::Logout => SameSite::Lax,
        Name::Write => SameSite::Strict,
    };
    let mut baked = Cookie::new(name.text(public_url), value.to_owned());
    baked.set_path("/");
    baked.set_http_only(true);
    baked.set_same_site(same_site);
    baked.set_secure(public_url.scheme() == "https");
    baked.set_max_age(cookie::time::Duration::seconds(lifetime.as_secs()));
    baked
}

/// Remembers which browser began a sign-in.
pub(super) fn set_login(jar: CookieJar, browser: &BrowserSecret, public_url: &Url) -> CookieJar {
    jar.add(cookie(Name::Login, browser.as_str(), ATTEMPT_LIFETIME, public_url))
}

/// Remembers which browser went to Kakao to log out.
pub(super) fn set_logout(jar: CookieJar, browser: &BrowserSecret, public_url: &Url) -> CookieJar {
    jar.add(cookie(Name::Logout, browser.as_str(), ATTEMPT_LIFETIME, public_url))
}

/// Signs the browser in, for as long as the session can last.
pub(super) fn set_session(jar: CookieJar, secrets: &SessionSecrets, settings: &Settings) -> CookieJar {
    let baked = |name, secret: &BrowserSecret| {
        cookie(name, secret.as_str(), settings.sessions.lifetime, &settings.public_url)
    };
    jar.add(baked(Name::Session, &secrets.id)).add(baked(Name::Write, &secrets.write))
}

/// Signs the browser out.
pub(super) fn clear_session(jar: CookieJar, public_url: &Url) -> CookieJar {
    jar.add(gone(Name::Session, public_url)).add(gone(Name::Write, public_url))
}

/// Forgets that the browser went to Kakao to log out.
pub(super) fn clear_logout(jar: CookieJar, public_url: &Url) -> CookieJar {
    jar.add(gone(Name::Logout, public_url))
}

fn gone(name: Name, public_url: &Url) -> Cookie<'static> {
    cookie(name, "", jiff::SignedDuration::ZERO, public_url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn on_https_cookies_are_secure_and_bound_to_their_host() {
        let https = Url::parse("https://katok.example").unwrap();
        for name in [Name::Session, Name::Write, Name::Login, Name::Logout] {
            let baked = cookie(name, "value", ATTEMPT_LIFETIME, &https);
            assert!(baked.name().starts_with("__Host-"), "{baked}");
            assert_eq!(
                (baked.secure(), baked.http_only(), baked.path()),
                (Some(true), Some(true), Some("/"))
            );
            assert!(baked.domain().is_none());
        }
    }
}
