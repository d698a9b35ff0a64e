//! Property keys: which parts of a user's information are asked for.

use std::borrow::Cow;

use crate::endpoint::json_strings;

/// The name of one part of a user's information; asked for, its whole set comes, flags included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PropertyKey(Cow<'static, str>);

impl PropertyKey {
    /// Nickname and pictures.
    pub const PROFILE: Self = Self(Cow::Borrowed("kakao_account.profile"));
    /// The name of the person.
    pub const NAME: Self = Self(Cow::Borrowed("kakao_account.name"));
    /// E-mail address.
    pub const EMAIL: Self = Self(Cow::Borrowed("kakao_account.email"));
    /// Age range.
    pub const AGE_RANGE: Self = Self(Cow::Borrowed("kakao_account.age_range"));
    /// Year of birth.
    pub const BIRTHYEAR: Self = Self(Cow::Borrowed("kakao_account.birthyear"));
    /// Month and day of birth.
    pub const BIRTHDAY: Self = Self(Cow::Borrowed("kakao_account.birthday"));
    /// Gender.
    pub const GENDER: Self = Self(Cow::Borrowed("kakao_account.gender"));
    /// Phone number.
    pub const PHONE_NUMBER: Self = Self(Cow::Borrowed("kakao_account.phone_number"));
    /// Everything of the Kakao Account.
    pub const KAKAO_ACCOUNT: Self = Self(Cow::Borrowed("kakao_account."));
    /// Everything the app has stored about the user.
    pub const PROPERTIES: Self = Self(Cow::Borrowed("properties."));
    /// Whether the user has signed up, in an app that links users by hand.
    pub const HAS_SIGNED_UP: Self = Self(Cow::Borrowed("has_signed_up"));

    /// Any part by its name.
    #[must_use]
    pub fn new(key: impl Into<String>) -> Self {
        Self(Cow::Owned(key.into()))
    }

    /// One thing the app has stored about the user.
    #[must_use]
    pub fn property(name: &str) -> Self {
        Self(Cow::Owned(format!("properties.{name}")))
    }
}

/// The parameter `property_keys`; none asks for whatever comes unasked.
pub(super) fn to_json(keys: &[PropertyKey]) -> Option<String> {
    (!keys.is_empty()).then(|| json_strings(keys.iter().map(|key| &*key.0)))
}
