//! The generator: what looks random in the world, drawn from the seed one digest after another.

use serde::{Deserialize, Serialize};

use super::link::LinkKey;
use crate::digest::Digest;
use crate::seed::{AppKey, PersonKey};

#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Generator {
    seed: Digest,
    drawn: u64,
}

/// What an opaque string is good for, and whom it speaks for.
#[derive(Clone, Copy)]
pub(super) enum Opaque<'a> {
    Code(&'a LinkKey),
    AccessToken(&'a LinkKey),
    RefreshToken(&'a LinkKey),
    Session(&'a PersonKey),
    ClientSecret(&'a AppKey),
}

impl Generator {
    pub(super) fn new(seed: Digest) -> Self {
        Self { seed, drawn: 0 }
    }

    /// A string nobody has seen before, of characters that may stand in a URL.
    ///
    /// A world that begins again draws the same numbers. Services keep tokens for longer than that, and a browser its
    /// cookie: whom a string speaks for goes in as well, so that no old one ever speaks for somebody else.
    pub(super) fn draw(&mut self, opaque: Opaque<'_>) -> String {
        let (kind, app, person) = match opaque {
            Opaque::Code(LinkKey { app, person }) => ("code", app.as_str(), person.as_str()),
            Opaque::AccessToken(LinkKey { app, person }) => ("access_token", app.as_str(), person.as_str()),
            Opaque::RefreshToken(LinkKey { app, person }) => ("refresh_token", app.as_str(), person.as_str()),
            Opaque::Session(person) => ("session", "", person.as_str()),
            Opaque::ClientSecret(app) => ("client_secret", app.as_str(), ""),
        };
        self.drawn += 1;
        let words = [&self.seed.base64url(), &self.drawn.to_string(), kind, app, person];
        Digest::of(&words).base64url()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn worlds_that_begin_alike_never_draw_one_string_for_two_purposes_people_or_apps() {
        let links = [("demo", "ryan"), ("demo", "apeach"), ("shop", "ryan")];
        let links = links.map(|(app, person)| LinkKey::new(&app.parse().unwrap(), &person.parse().unwrap()));
        let first = |opaque| Generator::new(Digest::of(&["seed"])).draw(opaque);
        let mut drawn = BTreeSet::new();
        for link in &links {
            for opaque in [Opaque::Code(link), Opaque::AccessToken(link), Opaque::RefreshToken(link)] {
                assert_eq!(first(opaque), first(opaque));
                assert!(drawn.insert(first(opaque)));
            }
        }
        for link in &links[..2] {
            assert!(drawn.insert(first(Opaque::Session(&link.person))));
        }
    }
}
