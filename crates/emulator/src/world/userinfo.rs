//! Userinfo: what OpenID Connect clients may know of a user.
//!
//! See [Kakao Docs/Kakao Login: REST API, OIDC user info].

use jiff::Timestamp;

use super::credentials::Credentials;
use super::id_token::thumbnail;
use super::{Command, World};
use crate::fault::ApiFault;
use crate::seed::{Gender, Person};

/// Asks who the user is, in the words of OpenID Connect.
pub(crate) struct UserInfo {
    pub(crate) credentials: Credentials,
}

/// What the app may know of a user: a value stands here only if they agreed to give it.
pub(crate) struct OidcProfile {
    pub(crate) user_id: i64,
    pub(crate) name: Option<String>,
    pub(crate) nickname: Option<String>,
    pub(crate) picture: Option<String>,
    pub(crate) email: Option<ProvenEmail>,
    pub(crate) gender: Option<Gender>,
    pub(crate) birthdate: Option<String>,
    pub(crate) phone_number: Option<String>,
}

pub(crate) struct ProvenEmail {
    pub(crate) email: String,
    pub(crate) verified: bool,
}

impl Command for UserInfo {
    type Reply = OidcProfile;
    type Fault = ApiFault;
    const CHANGES_THE_WORLD: bool = false;

    fn run(self, world: &mut World, now: Timestamp) -> Result<OidcProfile, ApiFault> {
        let caller = world.caller_by_token(&self.credentials, now)?;
        if !caller.app.oidc {
            return Err(ApiFault::OpenIdConnectSwitchedOff);
        }
        let person = caller.person;
        let agreed = |items: &[&str]| items.iter().any(|item| caller.may_know(item));
        let email = || ProvenEmail { email: person.email.clone(), verified: person.has_proven_email() };
        Ok(OidcProfile {
            user_id: caller.user_id(),
            name: person.name.clone().filter(|_| agreed(&["name"])),
            nickname: agreed(&["profile_nickname", "profile"]).then(|| person.nickname.clone()),
            picture: agreed(&["profile_image", "profile"]).then(|| thumbnail(person)),
            email: agreed(&["account_email"]).then(email),
            gender: person.gender.filter(|_| agreed(&["gender"])),
            birthdate: birthdate(person, agreed(&["birthyear"]), agreed(&["birthday"])),
            phone_number: person.phone_number.clone().filter(|_| agreed(&["phone_number"])),
        })
    }
}

/// `YYYY-MM-DD`, with what is not to be said left out.
fn birthdate(person: &Person, with_year: bool, with_day: bool) -> Option<String> {
    let year = person.birthyear.as_deref().filter(|_| with_year);
    let day = person.birthday.as_deref().filter(|_| with_day).and_then(|day| day.split_at_checked(2));
    match (year, day) {
        (year, Some((month, day))) => Some(format!("{}-{month}-{day}", year.unwrap_or("0000"))),
        (Some(year), None) => Some(year.to_owned()),
        (None, None) => None,
    }
}
