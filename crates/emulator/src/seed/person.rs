//! People: their accounts, their friends, and the apps they are signed up to.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{App, AppKey, PersonKey, Secret};
use crate::digest::Digest;

/// Somebody with a Kakao account.
#[expect(clippy::struct_excessive_bools, reason = "these are the fields of the seed document")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Our handle for them.
    pub key: PersonKey,
    /// The name on their profile.
    pub nickname: String,
    /// The address they sign in with.
    pub email: String,
    /// The password they sign in with.
    pub password: Secret,
    /// Whether Kakao takes the address for theirs: nobody else has claimed it since.
    pub is_email_valid: bool,
    /// Whether they proved that the address is theirs.
    pub is_email_verified: bool,
    /// Whether they use KakaoTalk.
    pub talk: bool,
    /// Whether they refuse messages from apps in KakaoTalk.
    pub refuses_messages: bool,
    /// Whether their device is too old for KakaoTalk messages.
    pub unsupported_device: bool,
    /// Whether they are under 14.
    pub under_14: bool,
    /// Whether Kakao has suspended their account.
    pub suspended: bool,
    /// Whether their account is dormant.
    pub dormant: bool,
    /// Whether Kakao replaced their nickname because it broke a rule.
    pub is_default_nickname: bool,
    /// Their picture; none is Kakao's default picture.
    pub profile_image_url: Option<String>,
    /// The small form of their picture.
    pub thumbnail_image_url: Option<String>,
    /// Their name.
    pub name: Option<String>,
    /// Their gender.
    pub gender: Option<Gender>,
    /// Their age range, such as `20~29`.
    pub age_range: Option<String>,
    /// The year they were born, `YYYY`.
    pub birthyear: Option<String>,
    /// Their birthday, `MMDD`.
    pub birthday: Option<String>,
    /// The calendar of their birthday.
    pub birthday_type: BirthdayType,
    /// Whether their birthday is in a leap month of the lunar calendar.
    pub is_leap_month: bool,
    /// Their number, such as `+82 10-1234-5678`.
    pub phone_number: Option<String>,
    /// Connecting information: who they are, alike in all services of Korea.
    pub ci: Option<String>,
    /// Where parcels reach them.
    pub shipping_addresses: Vec<ShippingAddress>,
    /// How they stand with KakaoTalk channels, by the channel's public id; none with those not named.
    pub channels: BTreeMap<String, ChannelRelation>,
    /// Their id in each app: a person has another one in each.
    pub user_ids: BTreeMap<AppKey, i64>,
}

/// A person's gender, as Kakao names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Gender {
    /// 여성
    Female,
    /// 남성
    Male,
}

/// The calendar of a birthday.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum BirthdayType {
    /// 양력
    #[default]
    Solar,
    /// 음력
    Lunar,
}

/// An address that parcels reach somebody at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShippingAddress {
    /// Kakao's number for it.
    pub id: i64,
    /// Whether it is the one to use when nothing is said.
    #[serde(default)]
    pub is_default: bool,
    /// What the person calls it.
    #[serde(default)]
    pub name: Option<String>,
    /// When it was last changed, in seconds since 1970.
    #[serde(default)]
    pub updated_at: Option<i64>,
    /// By which system it is written.
    #[serde(default, rename = "type")]
    pub kind: AddressKind,
    /// The part that the post office knows.
    #[serde(default)]
    pub base_address: Option<String>,
    /// Floor and door.
    #[serde(default)]
    pub detail_address: Option<String>,
    /// Who receives.
    #[serde(default)]
    pub receiver_name: Option<String>,
    /// A number of the receiver's.
    #[serde(default)]
    pub receiver_phone_number1: Option<String>,
    /// Another number of the receiver's.
    #[serde(default)]
    pub receiver_phone_number2: Option<String>,
    /// The postal code of today, five digits.
    #[serde(default)]
    pub zone_number: Option<String>,
    /// The old postal code, `000-000`.
    #[serde(default)]
    pub zip_code: Option<String>,
}

/// By which system an address is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AddressKind {
    /// 지번 주소
    Old,
    /// 도로명 주소
    #[default]
    New,
}

/// How somebody stands with a KakaoTalk channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ChannelRelation {
    /// They added it.
    Added,
    /// They blocked it.
    Blocked,
}

/// That somebody has a friend in KakaoTalk.
#[expect(clippy::struct_excessive_bools, reason = "these are the fields of the seed document")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Friendship {
    /// Whose friend list it is.
    pub of: PersonKey,
    /// Who stands in it.
    pub with: PersonKey,
    /// `of` marked them as a favourite.
    #[serde(default)]
    pub favorite: bool,
    /// `of` hid them.
    #[serde(default)]
    pub hidden: bool,
    /// `of` blocked them.
    #[serde(default)]
    pub blocked: bool,
    /// `with` does not have `of` as a friend.
    #[serde(default)]
    pub one_way: bool,
}

/// That somebody has signed up to an app.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// The app.
    pub app: AppKey,
    /// Who signed up.
    pub person: PersonKey,
    /// What they agreed to.
    pub scopes: BTreeSet<String>,
    /// The tags of the service terms they agreed to.
    pub service_terms: BTreeSet<String>,
    /// What the service stored about them, by property key.
    pub properties: BTreeMap<String, String>,
    /// Whether they are signed up; if not they are preregistered, in an app without automatic linking.
    pub registered: bool,
}

impl Person {
    /// Somebody who signs up at Kakao themselves, with an own key and own ids among the others.
    pub(crate) fn signed_up(
        nickname: &str,
        email: &str,
        password: String,
        others: &[Self],
        apps: &[App],
    ) -> Self {
        let fits = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        let name: String =
            email.split('@').next().unwrap_or_default().chars().filter(fits).take(32).collect();
        let name = if name.is_empty() { "person".to_owned() } else { name };
        let numbered = (2..).map(|number| format!("{name}-{number}"));
        let free = |key: &String| others.iter().all(|other| other.key.as_str() != key);
        let key = std::iter::once(name.clone()).chain(numbered).find(free);
        let key = key.and_then(|key| key.parse().ok()).expect("some number is free, and the letters fit");
        let mut person = Self {
            key,
            nickname: nickname.to_owned(),
            email: email.to_owned(),
            password: Secret::new(password),
            is_email_valid: true,
            is_email_verified: true,
            talk: true,
            refuses_messages: false,
            unsupported_device: false,
            under_14: false,
            suspended: false,
            dormant: false,
            is_default_nickname: false,
            profile_image_url: None,
            thumbnail_image_url: None,
            name: None,
            gender: None,
            age_range: None,
            birthyear: None,
            birthday: None,
            birthday_type: BirthdayType::default(),
            is_leap_month: false,
            phone_number: None,
            ci: None,
            shipping_addresses: Vec::new(),
            channels: BTreeMap::new(),
            user_ids: BTreeMap::new(),
        };
        for app in apps {
            let mut taken = others.iter().filter_map(|other| other.user_ids.get(&app.key).copied()).collect();
            person.fill_user_id(&app.key, &mut taken);
        }
        person
    }

    /// Whether the address is known to be theirs, then and now.
    pub(crate) fn has_proven_email(&self) -> bool {
        self.is_email_valid && self.is_email_verified
    }

    /// An id left out depends on the two keys alone, so that adding somebody changes nobody else's.
    pub(super) fn fill_user_id(&mut self, app: &AppKey, taken: &mut BTreeSet<i64>) {
        self.user_ids.entry(app.clone()).or_insert_with(|| {
            let hash = Digest::of(&["user_id", app.as_str(), self.key.as_str()]).number();
            let mut id = 4_820_000_000 + i64::from(hash % 100_000_000);
            while !taken.insert(id) {
                id += 1;
            }
            id
        });
    }
}
