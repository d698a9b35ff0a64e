//! `GET /v2/user/me`: what Kakao tells the app about the user who is logged in.

use http::Method;

use super::property_key;
use crate::endpoint::{Auth, Effect, Endpoint, Host, Parameters, Reply, Unreadable, sealed};
use crate::{Profile, PropertyKey, Scope};

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

/// Asks for chosen parts of what [`Me`] asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MeOnly(Vec<PropertyKey>);

impl Me {
    /// Asks for these parts only, and thus has less about a person pass through; the id always comes.
    ///
    /// ```no_run
    /// # async fn example(client: katok_client::Client, token: katok_client::AccessToken) -> Result<(), Box<dyn std::error::Error>> {
    /// use katok_client::{Me, PropertyKey};
    ///
    /// let profile = client.call(&Me.only([PropertyKey::EMAIL, PropertyKey::GENDER]), &token).await?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn only(self, keys: impl IntoIterator<Item = PropertyKey>) -> MeOnly {
        MeOnly(keys.into_iter().collect())
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

impl sealed::Sealed for MeOnly {}

impl Endpoint for MeOnly {
    const METHOD: Method = Me::METHOD;
    const HOST: Host = Me::HOST;
    const PATH: &'static str = Me::PATH;
    const AUTH: Auth = Me::AUTH;
    const SCOPES: &'static [Scope] = Me::SCOPES;
    const EFFECT: Effect = Me::EFFECT;
    type Output = Profile;

    fn encode(&self) -> Parameters {
        Me.encode().with_some("property_keys", property_key::to_json(&self.0))
    }

    fn decode(reply: &Reply) -> Result<Profile, Unreadable> {
        Me::decode(reply)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::Sample;
    use crate::{AgeRange, BirthdayType, Error, Gender, KakaoUserId, Remedy};

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
        assert_eq!(account.age_range, Some(AgeRange::Twenties));
        assert_eq!(account.birthyear.as_deref(), Some("1999"));
        assert_eq!(account.birthday.as_deref(), Some("0715"));
        assert_eq!(account.birthday_type, Some(BirthdayType::Solar));
        assert_eq!(account.gender, Some(Gender::Female));
        assert_eq!(account.phone_number.as_deref(), Some("+82 10-0000-0000"));
        assert_eq!(account.ci.as_deref(), Some("CI_OF_LEE"));
        let picture = account.profile.unwrap().profile_image_url;
        assert_eq!(picture.as_deref(), Some("https://k.example.com/p640.jpg"));
    }

    #[tokio::test]
    async fn an_admin_asks_for_any_user() {
        let profile = Sample::named("user_me/by_admin_key").call_for_user(&Me).await.unwrap();
        assert_eq!(profile.nickname(), Some("Lee"));
    }

    #[tokio::test]
    async fn only_what_was_asked_for_comes() {
        let keys = [PropertyKey::EMAIL, PropertyKey::property("favorite")];
        let profile = Sample::named("user_me/property_keys").call(&Me.only(keys)).await.unwrap();
        assert_eq!(profile.properties["favorite"], "blue");
        let account = profile.kakao_account.unwrap();
        assert_eq!((account.email.as_deref(), account.profile), (Some("lee@example.com"), None));
    }

    #[tokio::test]
    async fn an_app_with_permission_learns_the_uuid() {
        let partner = play("for_partner").await.unwrap().for_partner.unwrap();
        assert_eq!(partner.uuid, Some(crate::FriendUuid::new("m6qcq5qqn6-DsICwjriBsIS3")));
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
