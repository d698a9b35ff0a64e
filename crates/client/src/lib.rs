//! Talks to Kakao Login and KakaoTalk: typed calls, errors that say what to do, and tokens that stay fresh.
//!
//! A login goes out with [`Client::authorize_url`] and comes back as an [`AuthorizationResponse`], whose code
//! [`Client::exchange_code`] turns into tokens; after that a [`TokenKeeper`] hands out access tokens that work.
//!
//! ```no_run
//! # async fn example(code: katok_client::AuthorizationCode) -> Result<(), Box<dyn std::error::Error>> {
//! use katok_client::{
//!     Client, ClientSecret, ExchangeCode, Link, MemoryTokenStore, RestApiKey, SendToMe, Text,
//!     TokenKeeper, Tokens,
//! };
//!
//! let client = Client::builder(RestApiKey::new("your REST API key"))
//!     .client_secret(ClientSecret::new("its client secret"))
//!     .build()?;
//!
//! let redirect_uri = "https://svc.example/kakao/callback".parse()?;
//! let exchange = ExchangeCode { redirect_uri, code, code_verifier: None };
//! let issued = client.exchange_code(&exchange).await?;
//!
//! let store = MemoryTokenStore::new();
//! store.put("mina", Tokens::issued(issued, client.clock().now()));
//! let keeper = TokenKeeper::new(client, store);
//!
//! let link = Link::web(&"https://svc.example/orders/7".parse()?);
//! let message = SendToMe::new(Text::new("주문이 도착했어요", link)?);
//! if let Err(error) = keeper.call(&"mina", &message).await {
//!     eprintln!("{error}; now: {:?}", error.remedy());
//! }
//! # Ok(())
//! # }
//! ```
//!
//! A message is never sent twice by this crate: a send whose answer got lost is
//! [`Remedy::Unconfirmed`], and its sender decides.
//!
//! # Where to find what
//!
//! Each of Kakao's endpoints is a type. The tables in these modules name it for the path in Kakao's documents, with
//! what it is called with, which consent it needs and whether it may be made twice:
//!
//! | about | module |
//! |---|---|
//! | sign in, log out with the Kakao Account | [`login`] |
//! | ID tokens and their keys | `oidc` |
//! | who the user is, consent, service terms, addresses, log out, unlink; ids of all users | [`user`] |
//! | friends, messages, pictures for messages, channels | [`talk`] |
//! | what a message looks like, and what KakaoTalk would not show of it | [`template`] |
//! | what Kakao tells a service by itself | [`webhook`] |
//! | what a code means, in Korean and English | [`codes`] |
//!
//! An endpoint is called
//!
//! | by | with |
//! |---|---|
//! | [`TokenKeeper::call`], [`TokenKeeper::stream`] | a user's access token, which it keeps fresh in a [`TokenStore`] |
//! | [`Client::call`], [`Client::stream`] | an access token that you have |
//! | [`AdminClient::call_for`] | the admin key and the id of a user |
//! | [`AdminClient::call`], [`AdminClient::stream`] | the admin key |
//! | [`Client::call_as_app`] | nothing but the app |
//!
//! What an endpoint is not called with does not compile. A failed call is an [`Error`], or a [`TokenError`] from a
//! keeper. Both have a [`Remedy`]: what to do now.
//!
//! # Manners
//!
//! - An attempt may take 15 seconds ([`ClientBuilder::timeout`]), a connection 5 seconds, an answer 2 MiB.
//! - Calls that may be made again are ([`Effect`], [`Retries`]), with back-off, jitter and `Retry-After`;
//!   redirects are not followed.
//! - TLS is rustls with the system's roots, or Mozilla's where the system has none. The proxies of the environment
//!   are used, but not for this machine.
//! - `tracing` spans `kakao.request` name endpoint, attempt, status and Kakao's code. No key, code or token stands
//!   in a span, in an error or in `Debug` output, and no text of a message in a span.
//! - [`ClientBuilder::transport`] takes another wire and [`ClientBuilder::clock`] another clock;
//!   [`RawCall`] reaches what has no type here.
//!
//! # Features
//!
//! - `oidc`, on by default: ID tokens, the keys that sign them, and the account-status webhook. Without it none of
//!   that is compiled.
//! - `file-store`, on by default: `FileTokenStore`, for command-line programs and small services.

mod chance;
mod client;
mod clock;
pub mod codes;
#[cfg(test)]
mod contract;
pub mod endpoint;
mod error;
mod id;
pub mod login;
#[cfg(feature = "oidc")]
pub mod oidc;
mod scope;
mod secret;
pub mod talk;
pub mod template;
mod tokens;
mod transport;
pub mod user;
pub mod webhook;

pub use chance::{Chance, SystemChance};
pub use client::{AdminClient, Client, ClientBuilder, Pages, RawCall, Retries};
pub use clock::{Clock, ManualClock, SystemClock};
pub use endpoint::{Auth, Effect, Endpoint, Host};
pub use error::{ApiError, Error, ErrorKind, KakaoCode, OAuthError, Quota, Remedy};
pub use id::{FriendUuid, KakaoUserId, ShippingAddressId, TemplateId};
pub use login::{
    AccountLogout, AuthorizationError, AuthorizationErrorCode, AuthorizationResponse, Authorize,
    ExchangeCode, IssuedTokens, Prompt, RedirectUri, RefreshedTokens,
};
#[cfg(feature = "oidc")]
pub use oidc::{
    GetIdTokenInfo, GetJwks, GetProviderMetadata, GetUserInfo, IdTokenClaims, IdTokenError, IdTokenInfo,
    IdTokenVerifier, Jwk, Jwks, ProviderMetadata, SignedTokenError, UserInfo,
};
pub use scope::{Scope, ScopeSet};
pub use secret::{
    AccessToken, AdminKey, AuthorizationCode, ClientSecret, CodeChallenge, CodeVerifier, IdToken, Nonce,
    RefreshToken, RestApiKey, State,
};
pub use talk::{
    Channel, ChannelRelation, ChannelRelations, CustomTemplate, DeleteImage, Friend, FriendPage, FriendSort,
    GetTalkProfile, ListChannels, ListChannelsOfUsers, ListFriends, MessageImage, Order, Receivers,
    ReceiversError, Refusal, Scrap, ScrapeImage, SendCustomToFriends, SendCustomToMe, SendReport,
    SendScrapToFriends, SendScrapToMe, SendToFriends, SendToMe, TalkProfile, UploadImage,
};
pub use template::{Link, MessageTemplate, Text};
#[cfg(feature = "file-store")]
pub use tokens::{FileTokenStore, FileTokenStoreError};
pub use tokens::{
    IssueLog, LoginEnd, MemoryTokenStore, Replaced, TokenError, TokenKeeper, TokenStore, Tokens,
    UnreadableTokens, Version, Versioned,
};
pub use transport::{PendingReply, Transport, TransportError};
pub use user::{
    AccessTokenInfo, AgeRange, AgreedBy, AgreedServiceTerm, AgreedServiceTerms, BirthdayType, ConsentItem,
    ConsentType, ForPartner, Gender, GetAccessTokenInfo, KakaoAccount, KakaoProfile, ListScopes,
    ListServiceTerms, ListShippingAddresses, ListUserIds, ListUsers, ListUsersError, Logout, Me, MeOnly,
    Profile, PropertyKey, RevokeScopes, RevokeServiceTerms, RevokedServiceTerm, RevokedServiceTerms,
    ServiceTerm, ShippingAddress, ShippingAddressPage, ShippingAddressType, SignUp, Unlink, UpdateProfile,
    UpgradeServiceTerms, UserIdPage, UserReceipt, UserScopes, UserServiceTerms,
};
#[cfg(feature = "oidc")]
pub use webhook::{AccountEvent, AccountEventKind, AccountStatusError, AccountStatusWebhook, SecurityEvent};
pub use webhook::{
    EventsConfiguration, GetEventsConfiguration, UnlinkNotice, UnlinkReason, UnlinkWebhook,
    UnlinkWebhookError,
};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
