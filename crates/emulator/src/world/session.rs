//! Sessions: who is signed in with their Kakao account in which browser.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::generator::Opaque;
use super::{Command, World};
use crate::digest::Digest;
use crate::seed::{Person, PersonKey};

/// Not extended by activity. See [Kakao Docs/Kakao Login: REST API].
const SESSION_LIFETIME: SignedDuration = SignedDuration::from_hours(24);
/// "Keep me signed in"; also how long a browser remembers who has signed in there.
pub(crate) const KEPT_SESSION_LIFETIME: SignedDuration = SignedDuration::from_hours(30 * 24);
/// How many accounts a browser remembers.
const ACCOUNTS_PER_BROWSER: usize = 10;
/// How many people there can be, so that nobody fills the memory.
pub(super) const PEOPLE: usize = 10_000;
/// As in Kakao's sign-up form.
const LONGEST_NICKNAME: usize = 20;

/// A browser in which somebody has signed in.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Browser {
    session: Option<Session>,
    /// Who has signed in here, the latest first.
    accounts: Vec<PersonKey>,
    forgotten_at: Timestamp,
}

impl Browser {
    pub(super) fn is_alive(&self, now: Timestamp) -> bool {
        now < self.forgotten_at
    }
}

#[derive(Clone, Serialize, Deserialize)]
struct Session {
    person: PersonKey,
    since: Timestamp,
    expires_at: Timestamp,
}

/// Who is signed in, and since when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SignedIn {
    pub(crate) person: PersonKey,
    pub(crate) since: Timestamp,
}

/// How somebody proves who they are at the sign-in page.
pub(crate) enum Proof {
    /// One click on a seeded person.
    Click { person: String },
    /// As at Kakao; phone numbers do as well as addresses.
    Password { email: String, password: String },
}

/// Signs somebody in.
pub(crate) struct SignIn {
    pub(crate) proof: Proof,
    pub(crate) browser: BrowserState,
}

/// What a browser brings along when somebody signs in.
#[derive(Default)]
pub(crate) struct BrowserState {
    /// The cookie of an earlier session.
    pub(crate) cookie: Option<String>,
    /// Whether to keep the session for a month.
    pub(crate) keep: bool,
}

/// The name and password do not belong together; which of them is wrong stays unsaid, as at Kakao.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct SignInRefused;

impl Command for SignIn {
    /// The secret for the browser's cookie.
    type Reply = String;
    type Fault = SignInRefused;

    fn run(self, world: &mut World, now: Timestamp) -> Result<String, SignInRefused> {
        let person = match &self.proof {
            Proof::Click { person } => world.person(person),
            Proof::Password { email, password } => world
                .people
                .iter()
                .find(|person| goes_by(person, email.trim()) && person.password.secret() == password),
        };
        let person = person.ok_or(SignInRefused)?.key.clone();
        Ok(world.open_session(person, &self.browser, now))
    }
}

fn goes_by(person: &Person, name: &str) -> bool {
    let digits = |number: &str| number.chars().filter(char::is_ascii_digit).collect::<String>();
    let is_number = !name.contains('@') && !digits(name).is_empty();
    let numbers_match = |number: &String| is_number && digits(number) == digits(name);
    person.email.eq_ignore_ascii_case(name) || person.phone_number.as_ref().is_some_and(numbers_match)
}

/// Makes a Kakao account, and signs its owner in.
pub(crate) struct SignUp {
    pub(crate) nickname: String,
    pub(crate) email: String,
    pub(crate) password: String,
    pub(crate) browser: BrowserState,
}

/// Why nobody signed up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SignUpRefused {
    Incomplete,
    EmailTaken,
    TooMany,
}

impl Command for SignUp {
    /// The secret for the browser's cookie.
    type Reply = String;
    type Fault = SignUpRefused;

    fn run(self, world: &mut World, now: Timestamp) -> Result<String, SignUpRefused> {
        let (nickname, email) = (self.nickname.trim(), self.email.trim());
        let complete = (1..=LONGEST_NICKNAME).contains(&nickname.chars().count())
            && email.split_once('@').is_some_and(|(name, host)| !name.is_empty() && !host.is_empty())
            && !self.password.is_empty();
        if !complete {
            return Err(SignUpRefused::Incomplete);
        }
        if world.people.iter().any(|person| person.email.eq_ignore_ascii_case(email)) {
            return Err(SignUpRefused::EmailTaken);
        }
        if world.people.len() >= PEOPLE {
            return Err(SignUpRefused::TooMany);
        }
        let person = Person::signed_up(nickname, email, self.password, &world.people, &world.apps);
        let key = person.key.clone();
        world.people.push(person);
        Ok(world.open_session(key, &self.browser, now))
    }
}

/// Ends the session of a browser, which still remembers the account.
pub(crate) struct SignOut {
    pub(crate) cookie: String,
}

impl Command for SignOut {
    type Reply = ();
    type Fault = std::convert::Infallible;

    fn run(self, world: &mut World, _now: Timestamp) -> Result<(), Self::Fault> {
        if let Some(browser) = world.browsers.get_mut(&Digest::of_bytes(self.cookie.as_bytes())) {
            browser.session = None;
        }
        Ok(())
    }
}

/// Ends somebody's sessions in every browser, as on the pages of their Kakao account.
pub(crate) struct SignOutEverywhere {
    pub(crate) person: PersonKey,
}

impl Command for SignOutEverywhere {
    type Reply = ();
    type Fault = std::convert::Infallible;

    fn run(self, world: &mut World, _now: Timestamp) -> Result<(), Self::Fault> {
        for browser in world.browsers.values_mut() {
            browser.session.take_if(|session| session.person == self.person);
        }
        Ok(())
    }
}

/// That somebody is signed in somewhere.
pub(crate) struct LivingSession {
    pub(crate) since: Timestamp,
    pub(crate) expires_at: Timestamp,
}

impl World {
    /// In which browsers somebody is signed in.
    pub(crate) fn sessions_of(&self, person: &PersonKey, now: Timestamp) -> Vec<LivingSession> {
        let sessions = self.browsers.values().filter_map(|browser| browser.session.as_ref());
        sessions
            .filter(|session| session.person == *person && now < session.expires_at)
            .map(|session| LivingSession { since: session.since, expires_at: session.expires_at })
            .collect()
    }

    /// Under a new secret: whoever knew the old one must not gain from the sign-in.
    fn open_session(&mut self, person: PersonKey, browser: &BrowserState, now: Timestamp) -> String {
        let before = browser
            .cookie
            .as_ref()
            .and_then(|cookie| self.browsers.remove(&Digest::of_bytes(cookie.as_bytes())));
        let mut accounts = before.map(|before| before.accounts).unwrap_or_default();
        accounts.retain(|account| *account != person);
        accounts.insert(0, person.clone());
        accounts.truncate(ACCOUNTS_PER_BROWSER);
        let secret = self.generator.draw(Opaque::Session(&person));
        let lifetime = if browser.keep { KEPT_SESSION_LIFETIME } else { SESSION_LIFETIME };
        let session = Some(Session { person, since: now, expires_at: now + lifetime });
        let forgotten_at = now + KEPT_SESSION_LIFETIME;
        self.browsers
            .insert(Digest::of_bytes(secret.as_bytes()), Browser { session, accounts, forgotten_at });
        secret
    }

    fn browser(&self, cookie: &str, now: Timestamp) -> Option<&Browser> {
        self.browsers.get(&Digest::of_bytes(cookie.as_bytes())).filter(|browser| browser.is_alive(now))
    }

    /// Who is signed in with this cookie.
    pub(crate) fn signed_in(&self, cookie: &str, now: Timestamp) -> Option<SignedIn> {
        let session =
            self.browser(cookie, now)?.session.as_ref().filter(|session| now < session.expires_at)?;
        Some(SignedIn { person: session.person.clone(), since: session.since })
    }

    /// Who signed in last in the browser with this cookie, whether they still are or not.
    pub(super) fn last_signed_in(&self, cookie: &str) -> Option<&PersonKey> {
        self.browsers.get(&Digest::of_bytes(cookie.as_bytes()))?.accounts.first()
    }

    /// Who has signed in in the browser with this cookie, the latest first.
    pub(super) fn accounts(&self, cookie: &str, now: Timestamp) -> Vec<PersonKey> {
        self.browser(cookie, now).map(|browser| browser.accounts.clone()).unwrap_or_default()
    }
}
