//! Kakao Login: the address a person is sent to, and the tokens the app gets for the code they bring back.
//!
//! [`Client::authorize_url`](crate::Client::authorize_url) makes the address `/oauth/authorize` of an [`Authorize`],
//! and [`Client::account_logout_url`](crate::Client::account_logout_url) makes `/oauth/logout` of an [`AccountLogout`]:
//! browsers go there. [`Client::exchange_code`](crate::Client::exchange_code) makes the first of these calls.
//!
//! | type | request | [called with](crate::Auth) | consent | [effect](crate::Effect) |
//! |---|---|---|---|---|
//! | [`ExchangeCode`] | `POST /oauth/token` | app | | once |
//! | [`Client::refresh`](crate::Client::refresh) | `POST /oauth/token` | app | | once |

mod account_logout;
mod authorization_response;
mod authorize;
mod exchange_code;
mod redirect_uri;
mod refresh_token;

pub use account_logout::AccountLogout;
pub(crate) use account_logout::PATH as ACCOUNT_LOGOUT_PATH;
pub use authorization_response::{AuthorizationError, AuthorizationErrorCode, AuthorizationResponse};
pub(crate) use authorize::PATH as AUTHORIZE_PATH;
pub use authorize::{Authorize, Prompt};
pub use exchange_code::{ExchangeCode, IssuedTokens};
pub use redirect_uri::{RedirectUri, RedirectUriError};
pub(crate) use refresh_token::RefreshTokens;
pub use refresh_token::RefreshedTokens;
