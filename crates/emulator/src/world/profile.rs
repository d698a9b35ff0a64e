//! Profiles: what an app may know of its users.
//!
//! See [Kakao Docs/Kakao Login: REST API].

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::credentials::{Caller, Credentials};
use super::link::Link;
use super::{Command, World};
use crate::fault::ApiFault;
use crate::seed::{App, BirthdayType, Gender, Person};

/// Asks who the user is.
pub(crate) struct Me {
    pub(crate) credentials: Credentials,
}

/// What the app may know of a user: a value stands here only if they agreed to give it and have one.
pub(crate) struct Profile {
    pub(crate) user_id: i64,
    /// None where every login signs people up by itself.
    pub(crate) has_signed_up: Option<bool>,
    pub(crate) connected_at: Timestamp,
    /// When they last agreed to service terms on Kakao's page.
    pub(crate) synched_at: Option<Timestamp>,
    /// What the service stored about them.
    pub(crate) properties: BTreeMap<String, String>,
    /// The items the app asks for, and whether the user agreed to each.
    pub(crate) consents: BTreeMap<String, bool>,
    /// Which values there are, agreed to or not.
    pub(crate) owned: Owned,
    pub(crate) nickname: Option<Nickname>,
    pub(crate) picture: Option<Picture>,
    pub(crate) name: Option<String>,
    pub(crate) email: Option<Email>,
    pub(crate) age_range: Option<String>,
    pub(crate) birthyear: Option<String>,
    pub(crate) birthday: Option<Birthday>,
    pub(crate) gender: Option<Gender>,
    pub(crate) phone_number: Option<String>,
    pub(crate) ci: Option<String>,
    /// What calls about friends name the user by.
    pub(crate) uuid: Option<String>,
}

/// Which values an account has, agreed to or not.
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the answer")]
pub(crate) struct Owned {
    pub(crate) age_range: bool,
    pub(crate) birthyear: bool,
    pub(crate) birthday: bool,
    pub(crate) gender: bool,
    pub(crate) phone_number: bool,
    pub(crate) ci: bool,
}

/// A name on a profile.
pub(crate) struct Nickname {
    pub(crate) nickname: String,
    /// Kakao replaced what they had chosen.
    pub(crate) is_default: bool,
}

/// A picture in two sizes.
pub(crate) enum Picture {
    /// Kakao's own, for people who chose none.
    Default,
    Chosen {
        profile_image_url: String,
        thumbnail_image_url: String,
    },
}

/// An address of an account.
pub(crate) struct Email {
    pub(crate) address: String,
    pub(crate) is_valid: bool,
    pub(crate) is_verified: bool,
}

/// A birthday without its year.
pub(crate) struct Birthday {
    /// `MMDD`
    pub(crate) day: String,
    pub(crate) calendar: BirthdayType,
    pub(crate) is_leap_month: bool,
}

impl Command for Me {
    type Reply = Profile;
    type Fault = ApiFault;
    const CHANGES_THE_WORLD: bool = false;

    fn run(self, world: &mut World, now: Timestamp) -> Result<Profile, ApiFault> {
        let caller = world.caller(&self.credentials, now)?;
        let Caller { app, person, link, .. } = caller;
        Ok(Profile::new(app, person, link, |item| caller.may_know(item)))
    }
}

impl Profile {
    pub(super) fn new(app: &App, person: &Person, link: &Link, may_know: impl Fn(&str) -> bool) -> Self {
        let items = app.consent_items.iter();
        let consents: BTreeMap<String, bool> =
            items.map(|item| (item.id.clone(), may_know(&item.id))).collect();
        let agreed = |items: &[&str]| items.iter().any(|item| consents.get(*item) == Some(&true));
        let picture = match (&person.profile_image_url, &person.thumbnail_image_url) {
            (Some(profile), Some(thumbnail)) => {
                Picture::Chosen { profile_image_url: profile.clone(), thumbnail_image_url: thumbnail.clone() }
            }
            _ => Picture::Default,
        };
        let nickname =
            || Nickname { nickname: person.nickname.clone(), is_default: person.is_default_nickname };
        let email = || Email {
            address: person.email.clone(),
            is_valid: person.is_email_valid,
            is_verified: person.is_email_verified,
        };
        let birthday = person.birthday.clone().map(|day| Birthday {
            day,
            calendar: person.birthday_type,
            is_leap_month: person.is_leap_month,
        });
        // Whoever may write to friends, or list them, learns what the calls about friends name this one by.
        let uuid = !app.permissions.is_empty() && agreed(&["talk_message"]);
        Self {
            user_id: person.user_ids[&app.key],
            has_signed_up: (!app.automatic_linking).then_some(link.registered_at.is_some()),
            connected_at: link.connected_at,
            synched_at: link.synched_at,
            properties: link.properties.clone(),
            owned: Owned {
                age_range: person.age_range.is_some(),
                birthyear: person.birthyear.is_some(),
                birthday: person.birthday.is_some(),
                gender: person.gender.is_some(),
                phone_number: person.phone_number.is_some(),
                ci: person.ci.is_some(),
            },
            nickname: agreed(&["profile_nickname", "profile"]).then(nickname),
            picture: agreed(&["profile_image", "profile"]).then_some(picture),
            name: person.name.clone().filter(|_| agreed(&["name"])),
            email: agreed(&["account_email"]).then(email),
            age_range: person.age_range.clone().filter(|_| agreed(&["age_range"])),
            birthyear: person.birthyear.clone().filter(|_| agreed(&["birthyear"])),
            birthday: birthday.filter(|_| agreed(&["birthday"])),
            gender: person.gender.filter(|_| agreed(&["gender"])),
            phone_number: person.phone_number.clone().filter(|_| agreed(&["phone_number"])),
            ci: person.ci.clone().filter(|_| agreed(&["account_ci"])),
            uuid: uuid.then(|| link.uuid.clone()),
            consents,
        }
    }
}
