//! `GET /v1/api/talk/profile`: how the user appears in KakaoTalk.

use http::Method;
use serde::Deserialize;

use crate::endpoint::{Auth, Effect, Endpoint, Host, Parameters, Reply, Unreadable, sealed};
use crate::{KakaoUserId, Scope};

/// Asks for the user's KakaoTalk profile; image addresses come as https.
///
/// A user without KakaoTalk is refused with -501. See [Kakao Docs/Kakao Talk Social REST API, Retrieve
/// profile].
///
/// ```no_run
/// # async fn example(client: katok_client::Client, token: katok_client::AccessToken) -> Result<(), Box<dyn std::error::Error>> {
/// let profile = client.call(&katok_client::GetTalkProfile, &token).await?;
/// println!("{}", profile.nickname.unwrap_or_default());
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy)]
pub struct GetTalkProfile;

/// How a user appears in KakaoTalk; what they have not consented to is absent or empty.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct TalkProfile {
    /// The user's id in this app; answers before 2026 lack it.
    pub id: Option<KakaoUserId>,
    /// The nickname.
    #[serde(rename = "nickName")]
    pub nickname: Option<String>,
    /// The picture, 640 pixels wide.
    #[serde(rename = "profileImageURL")]
    pub profile_image_url: Option<String>,
    /// The picture, 110 pixels wide.
    #[serde(rename = "thumbnailURL")]
    pub thumbnail_url: Option<String>,
    /// The country; Kakao no longer documents it.
    #[serde(rename = "countryISO")]
    pub country_iso: Option<String>,
}

impl sealed::Sealed for GetTalkProfile {}

impl Endpoint for GetTalkProfile {
    const METHOD: Method = Method::GET;
    const HOST: Host = Host::Api;
    const PATH: &'static str = "/v1/api/talk/profile";
    const AUTH: Auth = Auth::AccessToken;
    const SCOPES: &'static [Scope] = &[Scope::PROFILE_NICKNAME, Scope::PROFILE_IMAGE];
    const EFFECT: Effect = Effect::Read;
    type Output = TalkProfile;

    fn encode(&self) -> Parameters {
        Parameters::new()
    }

    fn decode(reply: &Reply) -> Result<TalkProfile, Unreadable> {
        reply.json()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Remedy;
    use crate::contract::Sample;

    #[tokio::test]
    async fn the_profile_is_read_under_kakaos_own_names() {
        let profile = Sample::named("talk_profile/profile").call(&GetTalkProfile).await.unwrap();
        assert_eq!(profile.nickname.as_deref(), Some("홍길동"));
        assert_eq!(profile.profile_image_url.as_deref(), Some("https://k.example.com/p640.jpg"));
        assert_eq!(profile.thumbnail_url.as_deref(), Some("https://k.example.com/p110.jpg"));
        assert_eq!(profile.id, Some(KakaoUserId::new(1_234_567)));
    }

    #[tokio::test]
    async fn an_expired_token_is_renewed() {
        let error = Sample::named("talk_profile/expired_token").call(&GetTalkProfile).await.unwrap_err();
        assert_eq!(error.remedy(), Remedy::RefreshToken);
    }
}
