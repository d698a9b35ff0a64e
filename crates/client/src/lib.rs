//! Talks to Kakao Login and KakaoTalk: typed calls, errors that say what to do, and tokens that stay fresh.

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
mod scope;
mod secret;
pub mod talk;
pub mod template;
mod tokens;
mod transport;
pub mod user;

pub use chance::{Chance, SystemChance};
pub use client::{Client, ClientBuilder};
pub use clock::{Clock, ManualClock, SystemClock};
pub use endpoint::{Auth, Effect, Endpoint, Host};
pub use error::{ApiError, Error, ErrorKind, KakaoCode, OAuthError, Remedy};
pub use id::{FriendUuid, KakaoUserId};
pub use login::{Authorize, ExchangeCode, IssuedTokens, Prompt, RefreshedTokens};
pub use scope::{Scope, ScopeSet};
pub use secret::{
    AccessToken, AdminKey, AuthorizationCode, ClientSecret, CodeChallenge, CodeVerifier, IdToken, Nonce,
    RefreshToken, RestApiKey, State,
};
pub use talk::{
    Friend, FriendPage, ListFriends, Receivers, ReceiversError, Refusal, SendReport, SendToFriends, SendToMe,
};
pub use template::{Link, MessageTemplate, Text};
pub use tokens::{
    MemoryTokenStore, Replaced, TokenError, TokenKeeper, TokenStore, Tokens, UnreadableTokens, Version,
    Versioned,
};
pub use transport::{PendingReply, Transport, TransportError};
pub use user::{Logout, Me, Profile, Unlink, UserReceipt};
