//! `GET /v2/user/me`: what Kakao tells the app about the user who is logged in.

use http::Method;
use jiff::Timestamp;
use serde::Deserialize;

use crate::endpoint::{Auth, Effect, Endpoint, Host, Parameters, Reply, Unreadable, null_as_default, sealed};
use crate::{KakaoUserId, Scope};

/// Asks who the user is; image addresses come as https.
///
/// An item the user has not consented to is absent from the answer; it does not make the call fail.
/// See [Kakao Docs/Kakao Login REST API, Retrieve user information].
///
/// ```no_run
/// # async fn example(client: katok_client::Client, token: katok_client::AccessToken) -> Result<(), Box<dyn std::error::Error>> {
/// let profile = client.call(&katok_client::Me, &token).await?;
/// println!("{}: {}", profile.id, profile.nickname().unwrap_or("no nickname"));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Me;

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
    /// What partners see.
    pub for_partner: Option<ForPartner>,
}

/// What partners see of a user.
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
    pub age_range: Option<String>,
    pub birthyear_needs_agreement: Option<bool>,
    pub birthyear: Option<String>,
    pub birthday_needs_agreement: Option<bool>,
    pub birthday: Option<String>,
    pub birthday_type: Option<String>,
    pub is_leap_month: Option<bool>,
    pub gender_needs_agreement: Option<bool>,
    pub gender: Option<String>,
    pub phone_number_needs_agreement: Option<bool>,
    pub phone_number: Option<String>,
    pub ci_needs_agreement: Option<bool>,
    pub ci: Option<String>,
    pub ci_authenticated_at: Option<Timestamp>,
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

impl sealed::Sealed for Me {}

impl Endpoint for Me {
    const METHOD: Method = Method::GET;
    const HOST: Host = Host::Api;
    const PATH: &'static str = "/v2/user/me";
    const AUTH: Auth = Auth::AccessTokenOrAdminKey;
    const SCOPES: &'static [Scope] = &[];
    const EFFECT: Effect = Effect::Read;
    type Output = Profile;

    fn encode(&self) -> Parameters {
        Parameters::new().with("secure_resource", "true")
    }

    fn decode(reply: &Reply) -> Result<Profile, Unreadable> {
        reply.json()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::Sample;
    use crate::{Error, Remedy};

    async fn play(sample: &str) -> Result<Profile, Error> {
        Sample::named(&format!("user_me/{sample}")).call(&Me).await
    }

    #[tokio::test]
    async fn everything_kakao_documents_is_read() {
        let profile = play("everything").await.unwrap();
        assert_eq!(profile.id, KakaoUserId::new(4_820_000_001));
        assert_eq!(profile.connected_at, Some("2026-01-02T03:04:05Z".parse().unwrap()));
        assert_eq!(profile.nickname(), Some("Lee"));
        assert_eq!(profile.properties["favorite"], "blue");
        let account = profile.kakao_account.unwrap();
        assert_eq!(account.name.as_deref(), Some("이수진"));
        assert_eq!(account.email.as_deref(), Some("lee@example.com"));
        assert_eq!(account.age_range.as_deref(), Some("20~29"));
        assert_eq!(account.birthyear.as_deref(), Some("1999"));
        assert_eq!(account.birthday.as_deref(), Some("0715"));
        assert_eq!(account.gender.as_deref(), Some("female"));
        assert_eq!(account.phone_number.as_deref(), Some("+82 10-0000-0000"));
        assert_eq!(account.ci.as_deref(), Some("CI_OF_LEE"));
        let picture = account.profile.unwrap().profile_image_url;
        assert_eq!(picture.as_deref(), Some("https://k.example.com/p640.jpg"));
    }

    #[tokio::test]
    async fn an_item_the_user_has_not_agreed_to_is_absent() {
        let account = play("items_not_agreed").await.unwrap().kakao_account.unwrap();
        assert_eq!((account.email_needs_agreement, account.email), (Some(true), None));
        assert_eq!((account.gender_needs_agreement, account.gender), (None, None));
    }

    #[tokio::test]
    async fn an_old_nickname_is_found_too() {
        assert_eq!(play("nickname_in_properties").await.unwrap().nickname(), Some("Lee"));
    }

    #[tokio::test]
    async fn a_preregistered_user_has_not_signed_up() {
        assert_eq!(play("preregistered").await.unwrap().has_signed_up, Some(false));
    }

    #[tokio::test]
    async fn a_long_id_keeps_its_digits() {
        let profile = play("id_of_19_digits").await.unwrap();
        assert_eq!(profile.id.to_string(), "1376016924426111111");
        assert_eq!(profile.nickname(), None);
    }

    #[tokio::test]
    async fn a_refused_token_is_renewed_unless_the_caller_is_refused() {
        for sample in ["unknown_token", "expired_token"] {
            assert_eq!(play(sample).await.unwrap_err().remedy(), Remedy::RefreshToken, "{sample}");
        }
        let nameless = Sample::named("user_me/no_authentication_key").answer(&Me).await.unwrap_err();
        assert_eq!(nameless.remedy(), Remedy::RefreshToken);
        assert_eq!(play("ip_mismatched").await.unwrap_err().remedy(), Remedy::TellOperator);
        assert_eq!(
            play("token_too_long").await.unwrap_err().remedy(),
            Remedy::FixRequest { parameter: None }
        );
    }
}
