//! What one of Kakao's endpoints is: where it lives, what it needs, how to ask and how to read the reply.

mod parameters;
mod reply;

use http::Method;

use crate::Scope;
pub use parameters::Parameters;
pub(crate) use parameters::{File, comma_separated, json_strings};
pub(crate) use reply::null_as_default;
pub use reply::{Reply, Unreadable};

/// One of Kakao's endpoints, filled in and ready to be called.
///
/// Encoding and decoding are pure; [`Client`](crate::Client) does the sending. The trait is sealed: the
/// endpoints are those of this crate.
pub trait Endpoint: sealed::Sealed + Sync {
    /// The HTTP method.
    const METHOD: Method;
    /// The host that answers.
    const HOST: Host;
    /// The path on that host.
    const PATH: &'static str;
    /// What the caller shows of itself.
    const AUTH: Auth;
    /// The consent items the user must have agreed to, known before the call.
    const SCOPES: &'static [Scope];
    /// What the call does to the world.
    const EFFECT: Effect;
    /// What comes back.
    type Output;

    /// The parameters, which travel in the query of a GET and in the form of a POST.
    fn encode(&self) -> Parameters;
    /// Reads the reply of a call that succeeded.
    fn decode(reply: &Reply) -> Result<Self::Output, Unreadable>;
}

pub(crate) mod sealed {
    pub trait Sealed {}
}

/// One of Kakao's two hosts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Host {
    /// The authorization server, kauth.kakao.com.
    Auth,
    /// The API server, kapi.kakao.com.
    Api,
}

/// What the caller shows of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Auth {
    /// Nothing: everybody may ask.
    Nobody,
    /// The app's key and client secret, among the form fields.
    Client,
    /// A user's access token.
    AccessToken,
    /// A user's access token, or the app's admin key and the user's id.
    AccessTokenOrAdminKey,
    /// A user's access token, or the app's key in the `Authorization` header.
    AccessTokenOrAppKey,
    /// The app's admin key.
    AdminKey,
}

impl Auth {
    pub(crate) const fn takes_access_token(self) -> bool {
        matches!(self, Self::AccessToken | Self::AccessTokenOrAdminKey | Self::AccessTokenOrAppKey)
    }
}

/// What a call does to the world, which decides whether it may be made twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Nothing: it may be made again.
    Read,
    /// It changes something, and made twice it ends in the same state and with the same answer.
    Change,
    /// It changes something, and made twice it ends otherwise or is refused, as a code is good once. The client
    /// makes it again only if nothing had left this machine.
    Once,
    /// It puts a message before a person. The client never makes it again.
    Send,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{login, talk, user, webhook};

    /// What the documentation of a module says of an endpoint in it.
    fn row<E: Endpoint>() -> String {
        let name = std::any::type_name::<E>().rsplit("::").next().unwrap();
        let name = match name {
            name if name.starts_with("RefreshTokens") => {
                "[`Client::refresh`](crate::Client::refresh)".to_owned()
            }
            name => format!("[`{name}`]"),
        };
        let scopes: Vec<_> = E::SCOPES.iter().map(Scope::as_str).collect();
        let (scopes, method, path) = (scopes.join(", "), E::METHOD, E::PATH);
        let called_with = match E::AUTH {
            Auth::Nobody => "nobody",
            Auth::Client => "app",
            Auth::AccessToken => "token",
            Auth::AccessTokenOrAdminKey => "token or admin key",
            Auth::AccessTokenOrAppKey => "token or app",
            Auth::AdminKey => "admin key",
        };
        let effect = format!("{:?}", E::EFFECT).to_lowercase();
        format!("//! | {name} | `{method} {path}` | {called_with} | {scopes} | {effect} |\n")
            .replace("|  |", "| |")
    }

    macro_rules! listed {
        ($file:literal: $($endpoint:ty),+ $(,)?) => {
            $(assert!(include_str!($file).contains(&row::<$endpoint>()), "{} lacks {}", $file, row::<$endpoint>());)+
        };
    }

    #[test]
    fn the_tables_of_endpoints_say_what_the_endpoints_say() {
        listed!("login.rs": login::ExchangeCode, login::RefreshTokens<'_>);
        listed!("talk.rs":
            talk::GetTalkProfile, talk::ListFriends, talk::SendToMe, talk::SendScrapToMe, talk::SendCustomToMe,
            talk::SendToFriends, talk::SendScrapToFriends, talk::SendCustomToFriends, talk::UploadImage,
            talk::ScrapeImage, talk::DeleteImage, talk::ListChannels, talk::ListChannelsOfUsers,
        );
        listed!("user.rs":
            user::Me, user::MeOnly, user::UpdateProfile, user::GetAccessTokenInfo, user::Logout, user::Unlink,
            user::SignUp, user::ListScopes, user::RevokeScopes, user::ListServiceTerms, user::UpgradeServiceTerms,
            user::RevokeServiceTerms, user::ListShippingAddresses, user::ListUserIds, user::ListUsers,
        );
        listed!("webhook.rs": webhook::GetEventsConfiguration);
    }

    #[cfg(feature = "oidc")]
    #[test]
    fn the_table_of_open_id_connect_says_what_its_endpoints_say() {
        use crate::oidc;
        listed!("oidc.rs":
            oidc::GetProviderMetadata, oidc::GetJwks, oidc::GetIdTokenInfo, oidc::GetUserInfo,
        );
    }
}
