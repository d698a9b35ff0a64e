//! Consent items (동의 항목): what a user has allowed the app to see and do.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

/// The id of one consent item, such as `talk_message`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Scope(Cow<'static, str>);

impl Scope {
    /// Nickname and profile image together, in apps made before 2021-06-25.
    pub const PROFILE: Self = Self(Cow::Borrowed("profile"));
    /// Nickname.
    pub const PROFILE_NICKNAME: Self = Self(Cow::Borrowed("profile_nickname"));
    /// Profile image.
    pub const PROFILE_IMAGE: Self = Self(Cow::Borrowed("profile_image"));
    /// E-mail address of the Kakao Account.
    pub const ACCOUNT_EMAIL: Self = Self(Cow::Borrowed("account_email"));
    /// The name of the person.
    pub const NAME: Self = Self(Cow::Borrowed("name"));
    /// Gender.
    pub const GENDER: Self = Self(Cow::Borrowed("gender"));
    /// Age range.
    pub const AGE_RANGE: Self = Self(Cow::Borrowed("age_range"));
    /// Month and day of birth.
    pub const BIRTHDAY: Self = Self(Cow::Borrowed("birthday"));
    /// Year of birth.
    pub const BIRTHYEAR: Self = Self(Cow::Borrowed("birthyear"));
    /// Phone number.
    pub const PHONE_NUMBER: Self = Self(Cow::Borrowed("phone_number"));
    /// Connecting information (CI, 연계정보), which names one person across services.
    pub const ACCOUNT_CI: Self = Self(Cow::Borrowed("account_ci"));
    /// Shipping addresses.
    pub const SHIPPING_ADDRESS: Self = Self(Cow::Borrowed("shipping_address"));
    /// Friends who use the same service.
    pub const FRIENDS: Self = Self(Cow::Borrowed("friends"));
    /// Sending messages in KakaoTalk.
    pub const TALK_MESSAGE: Self = Self(Cow::Borrowed("talk_message"));
    /// Which channels of the service the user has added.
    pub const PLUSFRIENDS: Self = Self(Cow::Borrowed("plusfriends"));
    /// The calendars of Talk Calendar.
    pub const TALK_CALENDAR: Self = Self(Cow::Borrowed("talk_calendar"));
    /// The list of chats, for Kakao's partners.
    pub const TALK_CHATS: Self = Self(Cow::Borrowed("talk_chats"));
    /// Asks for an ID token; needed whenever an app with OpenID Connect asks for further consent.
    pub const OPENID: Self = Self(Cow::Borrowed("openid"));

    /// Any consent item by its id.
    #[must_use]
    pub fn new(id: impl Into<String>) -> Self {
        Self(Cow::Owned(id.into()))
    }

    /// The id as Kakao writes it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A set of consent items.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ScopeSet(BTreeSet<Scope>);

impl ScopeSet {
    /// No consent items.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads a list separated by commas, as the documents write it, or by spaces, as tokens carry it.
    #[must_use]
    pub fn parse(list: &str) -> Self {
        list.split([',', ' ', '\t', '\r', '\n']).filter(|id| !id.is_empty()).map(Scope::new).collect()
    }

    /// Whether the item is in the set.
    #[must_use]
    pub fn contains(&self, scope: &Scope) -> bool {
        self.0.contains(scope)
    }

    /// The items of this set that `granted` lacks: what the user must still be asked for.
    #[must_use]
    pub fn missing_from(&self, granted: &Self) -> Self {
        Self(self.0.difference(&granted.0).cloned().collect())
    }

    /// The items in alphabetical order.
    pub fn iter(&self) -> impl Iterator<Item = &Scope> {
        self.0.iter()
    }

    /// Whether the set holds nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<Scope> for ScopeSet {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        Self(scopes.into_iter().collect())
    }
}

impl<const N: usize> From<[Scope; N]> for ScopeSet {
    fn from(scopes: [Scope; N]) -> Self {
        scopes.into_iter().collect()
    }
}

/// The items separated by commas, as [`parse`](ScopeSet::parse) reads them.
impl fmt::Display for ScopeSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, scope) in self.0.iter().enumerate() {
            if position > 0 {
                f.write_str(",")?;
            }
            scope.fmt(f)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commas_and_spaces_separate_alike() {
        let set = ScopeSet::parse("talk_message,friends");
        assert_eq!(ScopeSet::parse(" friends  talk_message\n"), set);
        assert_eq!(set.to_string(), "friends,talk_message");
        assert!(set.contains(&Scope::FRIENDS));
        assert!(ScopeSet::parse(" , ").is_empty());
    }

    #[test]
    fn what_is_missing_is_what_was_not_granted() {
        let needed = ScopeSet::parse("friends,talk_message");
        let granted = ScopeSet::parse("profile_nickname,friends");
        assert_eq!(needed.missing_from(&granted), ScopeSet::parse("talk_message"));
        assert!(needed.missing_from(&needed).is_empty());
    }

    #[test]
    fn on_the_wire_a_set_is_an_array() {
        assert_eq!(serde_json::to_string(&ScopeSet::parse("b,a")).unwrap(), r#"["a","b"]"#);
    }
}
