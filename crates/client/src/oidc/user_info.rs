//! `GET /v1/oidc/userinfo`: who the user is, in the words of OpenID Connect.

use http::Method;
use serde::{Deserialize, Deserializer};

use crate::endpoint::{Auth, Effect, Endpoint, Host, Parameters, Reply, Unreadable, sealed};
use crate::{KakaoUserId, Scope};

/// Asks who the user is; the app must have OpenID Connect switched on.
///
/// [`Me`](crate::Me) knows more, and under other names. See [Kakao Docs/Kakao Login REST API, OIDC: Get user
/// information].
///
/// ```no_run
/// # async fn example(client: katok_client::Client, token: katok_client::AccessToken) -> Result<(), katok_client::Error> {
/// use katok_client::GetUserInfo;
///
/// let user = client.call(&GetUserInfo, &token).await?;
/// println!("{} {:?}", user.sub, user.nickname);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GetUserInfo;

/// A user in the words of OpenID Connect; what the user did not agree to is absent.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct UserInfo {
    /// The user.
    pub sub: KakaoUserId,
    /// Name.
    pub name: Option<String>,
    /// Nickname in the service; at first the account's when the user signed up.
    pub nickname: Option<String>,
    /// Address of a picture of 110×110 pixels, as it was when the user signed up.
    pub picture: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// Whether the address is the user's and in use.
    pub email_verified: Option<bool>,
    /// `female` or `male`; in small letters, though Kakao's sample has capitals.
    #[serde(default, deserialize_with = "in_small_letters")]
    pub gender: Option<String>,
    /// `YYYY-MM-DD`, or as much as the user agreed to: `0000-MM-DD` or `YYYY`.
    pub birthdate: Option<String>,
    /// Phone number, such as `+82 10-0000-0000`.
    pub phone_number: Option<String>,
    /// Whether the phone number is the user's; `true` whenever there is one.
    pub phone_number_verified: Option<bool>,
}

fn in_small_letters<'de, D: Deserializer<'de>>(text: D) -> Result<Option<String>, D::Error> {
    Ok(Option::<String>::deserialize(text)?.map(|text| text.to_ascii_lowercase()))
}

impl sealed::Sealed for GetUserInfo {}

impl Endpoint for GetUserInfo {
    const METHOD: Method = Method::GET;
    const HOST: Host = Host::Api;
    const PATH: &'static str = "/v1/oidc/userinfo";
    const AUTH: Auth = Auth::AccessToken;
    const SCOPES: &'static [Scope] = &[];
    const EFFECT: Effect = Effect::Read;
    type Output = UserInfo;

    fn encode(&self) -> Parameters {
        Parameters::new()
    }

    fn decode(reply: &Reply) -> Result<UserInfo, Unreadable> {
        reply.json()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::Sample;
    use crate::{KakaoCode, Remedy};

    #[tokio::test]
    async fn what_the_user_agreed_to_is_read() {
        let user = Sample::named("oidc_userinfo/agreed").call(&GetUserInfo).await.unwrap();
        assert_eq!(user.sub, KakaoUserId::new(4_820_000_001));
        assert_eq!(user.nickname.as_deref(), Some("Lee"));
        assert_eq!(user.picture.as_deref(), Some("https://k.example.com/t.jpg"));
        assert_eq!((user.email.as_deref(), user.email_verified), (Some("lee@example.com"), Some(true)));
        assert_eq!((user.name, user.gender, user.birthdate, user.phone_number), (None, None, None, None));
    }

    #[test]
    fn capitals_mean_the_same_gender() {
        for gender in ["MALE", "male"] {
            let body = format!(r#"{{"sub":"1","gender":"{gender}"}}"#).into();
            let user = GetUserInfo::decode(&Reply { body }).unwrap();
            assert_eq!(user.gender.as_deref(), Some("male"));
        }
    }

    #[tokio::test]
    async fn an_app_without_openid_connect_is_told_so() {
        let error = Sample::named("oidc_userinfo/switched_off").call(&GetUserInfo).await.unwrap_err();
        assert_eq!(error.kakao_code(), Some(KakaoCode::Api(-3)));
        assert_eq!(error.remedy(), Remedy::TellOperator);
    }
}
