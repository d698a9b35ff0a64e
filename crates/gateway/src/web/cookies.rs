//! The three cookies: who one is, that one may act, and which browser began a sign-in.

use axum_extra::extract::CookieJar;
use cookie::{Cookie, SameSite};
use url::Url;

use crate::login::ATTEMPT_LIFETIME;
use crate::session::{BrowserSecret, LIFETIME, SessionSecrets};

/// One of our cookies.
#[derive(Clone, Copy)]
pub(super) enum Name {
    /// Shows who one is.
    Session,
    /// Lets one send and destroy; never sent along on another site's behalf.
    Write,
    /// Binds a sign-in to the browser that began it.
    Login,
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
        }
    }
}

/// What the browser brought, if it has the shape of something we made.
pub(super) fn read(jar: &CookieJar, name: Name, public_url: &Url) -> Option<BrowserSecret> {
    let value = jar.get(name.text(public_url))?.value();
    (value.len() == 43).then(|| BrowserSecret::presented(value))
}

fn cookie(name: Name, value: &str, lifetime: jiff::SignedDuration, public_url: &Url) -> Cookie<'static> {
    let same_site = match name {
        Name::Session | Name::Login => SameSite::Lax,
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

/// Signs the browser in.
pub(super) fn set_session(jar: CookieJar, secrets: &SessionSecrets, public_url: &Url) -> CookieJar {
    jar.add(cookie(Name::Session, secrets.id.as_str(), LIFETIME, public_url)).add(cookie(
        Name::Write,
        secrets.write.as_str(),
        LIFETIME,
        public_url,
    ))
}

/// Signs the browser out.
pub(super) fn clear_session(jar: CookieJar, public_url: &Url) -> CookieJar {
    let gone = |name| cookie(name, "", jiff::SignedDuration::ZERO, public_url);
    jar.add(gone(Name::Session)).add(gone(Name::Write))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn on_https_cookies_are_secure_and_bound_to_their_host() {
        let https = Url::parse("https://katok.example").unwrap();
        for name in [Name::Session, Name::Write, Name::Login] {
            let baked = cookie(name, "value", LIFETIME, &https);
            assert!(baked.name().starts_with("__Host-"), "{baked}");
            assert_eq!(
                (baked.secure(), baked.http_only(), baked.path()),
                (Some(true), Some(true), Some("/"))
            );
            assert!(baked.domain().is_none());
        }
    }
}
