//! Sessions: who is signed in with their Kakao account in which browser.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::generator::Opaque;
use super::{Command, World};
use crate::digest::Digest;
use crate::seed::PersonKey;

/// Not extended by activity. See [Kakao Docs/Kakao Login: REST API].
pub(crate) const SESSION_LIFETIME: SignedDuration = SignedDuration::from_hours(24);

/// A browser in which somebody is signed in.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Session {
    pub(super) person: PersonKey,
    expires_at: Timestamp,
}

impl Session {
    pub(super) fn is_alive(&self, now: Timestamp) -> bool {
        now < self.expires_at
    }
}

/// How somebody proves who they are at the sign-in page.
pub(crate) enum SignIn {
    /// One click on a seeded person.
    Click { person: String },
    /// As at Kakao.
    Password { email: String, password: String },
}

/// The name and password do not belong together; which of them is wrong stays unsaid, as at Kakao.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct SignInRefused;

impl Command for SignIn {
    /// The secret for the browser's cookie.
    type Reply = String;
    type Fault = SignInRefused;

    fn run(self, world: &mut World, now: Timestamp) -> Result<String, SignInRefused> {
        let person = match &self {
            Self::Click { person } => world.person(person),
            Self::Password { email, password } => world.people.iter().find(|person| {
                person.email.eq_ignore_ascii_case(email.trim()) && person.password.secret() == password
            }),
        };
        let person = person.ok_or(SignInRefused)?.key.clone();
        let secret = world.generator.draw(Opaque::Session(&person));
        let session = Session { person, expires_at: now + SESSION_LIFETIME };
        world.sessions.insert(Digest::of_bytes(secret.as_bytes()), session);
        Ok(secret)
    }
}

impl World {
    /// Who is signed in with this cookie.
    pub(crate) fn signed_in(&self, secret: &str, now: Timestamp) -> Option<&PersonKey> {
        let session = self.sessions.get(&Digest::of_bytes(secret.as_bytes()))?;
        session.is_alive(now).then_some(&session.person)
    }
}
