//! What Kakao tells about a user: the consent items and their values.

use jiff::Timestamp;
use serde::Deserialize;

use crate::KakaoUserId;
use crate::endpoint::null_as_default;

/// A user as this app may see them.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct Profile {
    /// The user's id in this app.
    pub id: KakaoUserId,
    /// `false` for a user who has yet to sign up, in an app that links users by hand.
    pub has_signed_up: Option<bool>,
    /// When the user and the app were linked.
    pub connected_at: Option<Timestamp>,
    /// When the user last logged in by Kakao Sync (Kakao writes it this way).
    pub synched_at: Option<Timestamp>,
    /// What the app has stored about the user.
    #[serde(default, deserialize_with = "null_as_default")]
    pub properties: serde_json::Map<String, serde_json::Value>,
    /// The consent items and their values.
    pub kakao_account: Option<KakaoAccount>,
    /// What apps with permission for the message API see.
    pub for_partner: Option<ForPartner>,
    /// The user's name across a group of apps, in such a group only.
    pub group_user_token: Option<String>,
}

/// What apps with permission for the message API see of a user who consented to `talk_message`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct ForPartner {
    /// The user's uuid in the friend and message APIs.
    pub uuid: Option<crate::FriendUuid>,
}

/// The consent items of a user: a value is there if the user has agreed and the account has one.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
#[non_exhaustive]
#[expect(missing_docs, reason = "each field is Kakao's own; `…_needs_agreement` means: asking would give it")]
pub struct KakaoAccount {
    pub profile_needs_agreement: Option<bool>,
    pub profile_nickname_needs_agreement: Option<bool>,
    pub profile_image_needs_agreement: Option<bool>,
    pub profile: Option<KakaoProfile>,
    pub name_needs_agreement: Option<bool>,
    pub name: Option<String>,
    pub email_needs_agreement: Option<bool>,
    pub is_email_valid: Option<bool>,
    pub is_email_verified: Option<bool>,
    pub email: Option<String>,
    pub age_range_needs_agreement: Option<bool>,
    pub age_range: Option<AgeRange>,
    pub birthyear_needs_agreement: Option<bool>,
    pub birthyear: Option<String>,
    pub birthday_needs_agreement: Option<bool>,
    pub birthday: Option<String>,
    pub birthday_type: Option<BirthdayType>,
    pub is_leap_month: Option<bool>,
    pub gender_needs_agreement: Option<bool>,
    pub gender: Option<Gender>,
    pub phone_number_needs_agreement: Option<bool>,
    pub phone_number: Option<String>,
    pub ci_needs_agreement: Option<bool>,
    pub ci: Option<String>,
    pub ci_authenticated_at: Option<Timestamp>,
    pub legal_name_needs_agreement: Option<bool>,
    pub legal_name: Option<String>,
    pub legal_birth_date_needs_agreement: Option<bool>,
    pub legal_birth_date: Option<String>,
    pub legal_gender_needs_agreement: Option<bool>,
    pub legal_gender: Option<Gender>,
    pub is_korean_needs_agreement: Option<bool>,
    pub is_korean: Option<bool>,
}

/// The age of a user, in years of a range.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub enum AgeRange {
    /// Below 10; Kakao writes `1~9` or `0~9`.
    #[serde(rename = "1~9", alias = "0~9")]
    Under10,
    /// 10 to 14.
    #[serde(rename = "10~14")]
    From10To14,
    /// 15 to 19.
    #[serde(rename = "15~19")]
    From15To19,
    /// 20 to 29.
    #[serde(rename = "20~29")]
    Twenties,
    /// 30 to 39.
    #[serde(rename = "30~39")]
    Thirties,
    /// 40 to 49.
    #[serde(rename = "40~49")]
    Forties,
    /// 50 to 59.
    #[serde(rename = "50~59")]
    Fifties,
    /// 60 to 69.
    #[serde(rename = "60~69")]
    Sixties,
    /// 70 to 79.
    #[serde(rename = "70~79")]
    Seventies,
    /// 80 to 89.
    #[serde(rename = "80~89")]
    Eighties,
    /// 90 and above.
    #[serde(rename = "90~")]
    From90,
    /// A word of Kakao's this crate does not know.
    #[serde(untagged)]
    Other(String),
}

/// The calendar a birthday is counted by.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
#[non_exhaustive]
pub enum BirthdayType {
    /// The solar calendar (양력).
    Solar,
    /// The lunar calendar (음력).
    Lunar,
    /// A word of Kakao's this crate does not know.
    #[serde(untagged)]
    Other(String),
}

/// The gender of a user.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Gender {
    /// Female.
    #[serde(alias = "FEMALE")]
    Female,
    /// Male.
    #[serde(alias = "MALE")]
    Male,
    /// A word of Kakao's this crate does not know.
    #[serde(untagged)]
    Other(String),
}

/// The picture and nickname of a Kakao Account.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct KakaoProfile {
    /// Nickname.
    pub nickname: Option<String>,
    /// Small picture.
    pub thumbnail_image_url: Option<String>,
    /// Large picture.
    pub profile_image_url: Option<String>,
    /// Whether the picture is Kakao's default one.
    pub is_default_image: Option<bool>,
    /// Whether the nickname was replaced by a default one because it broke a rule.
    pub is_default_nickname: Option<bool>,
}

impl Profile {
    /// The nickname, from the account or else from where older answers keep it.
    #[must_use]
    pub fn nickname(&self) -> Option<&str> {
        let profile = self.kakao_account.as_ref().and_then(|account| account.profile.as_ref());
        profile
            .and_then(|profile| profile.nickname.as_deref())
            .or_else(|| self.properties.get("nickname").and_then(|nickname| nickname.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(json: &str) -> KakaoAccount {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn both_spellings_of_the_youngest_are_one() {
        for word in ["0~9", "1~9"] {
            let account = account(&format!(r#"{{"age_range":"{word}"}}"#));
            assert_eq!(account.age_range, Some(AgeRange::Under10));
        }
    }

    #[test]
    fn a_word_nobody_knows_is_kept() {
        let account = account(r#"{"age_range":"100~","birthday_type":"STELLAR","gender":"other"}"#);
        assert_eq!(account.age_range, Some(AgeRange::Other("100~".to_owned())));
        assert_eq!(account.birthday_type, Some(BirthdayType::Other("STELLAR".to_owned())));
        assert_eq!(account.gender, Some(Gender::Other("other".to_owned())));
    }
}
