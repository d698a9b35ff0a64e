//! What the caller shows of itself, in the place where Kakao looks for it.

use http::header::HeaderValue;

use crate::endpoint::Parameters;
use crate::{AccessToken, AdminKey, ClientSecret, Error, KakaoUserId, RestApiKey};

#[derive(Clone, Copy)]
pub(super) enum Credential<'a> {
    Nobody,
    Client(&'a RestApiKey, Option<&'a ClientSecret>),
    AppKey(&'a RestApiKey),
    AccessToken(&'a AccessToken),
    AdminKey(&'a AdminKey, Option<KakaoUserId>),
}

impl<'a> Credential<'a> {
    /// Kakao reads the app's key and secret, and the user an admin key acts for, among the parameters.
    pub(super) fn among(self, parameters: Parameters) -> Parameters {
        match self {
            Self::Client(key, secret) => {
                let parameters = parameters.with_secret("client_id", key.secret());
                match secret {
                    Some(secret) => parameters.with_secret("client_secret", secret.secret()),
                    None => parameters,
                }
            }
            Self::AdminKey(_, Some(user)) => {
                parameters.with("target_id_type", "user_id").with("target_id", user.to_string())
            }
            _ => parameters,
        }
    }

    /// The `Authorization` header, if there is one.
    pub(super) fn header(self) -> Result<Option<HeaderValue>, Error> {
        let Some(secret) = self.header_secret() else { return Ok(None) };
        let scheme = if matches!(self, Self::AccessToken(_)) { "Bearer" } else { "KakaoAK" };
        let mut header = HeaderValue::try_from(format!("{scheme} {secret}")).map_err(|_| {
            Error::configuration("the token or key holds characters none of Kakao's can hold")
        })?;
        header.set_sensitive(true);
        Ok(Some(header))
    }

    pub(super) fn header_secret(self) -> Option<&'a str> {
        match self {
            Self::Nobody | Self::Client(..) => None,
            Self::AppKey(key) => Some(key.secret()),
            Self::AccessToken(token) => Some(token.secret()),
            Self::AdminKey(key, _) => Some(key.secret()),
        }
    }

    pub(super) fn is_access_token(self) -> bool {
        matches!(self, Self::AccessToken(_))
    }
}
