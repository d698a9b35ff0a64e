//! Kakao Login: the address a person is sent to, and the tokens the app gets for the code they bring back.

mod authorize;
mod exchange_code;
mod redirect_uri;
mod refresh_token;

pub(crate) use authorize::PATH as AUTHORIZE_PATH;
pub use authorize::{Authorize, Prompt};
pub use exchange_code::{ExchangeCode, IssuedTokens};
pub use redirect_uri::{RedirectUri, RedirectUriError};
pub(crate) use refresh_token::RefreshTokens;
pub use refresh_token::RefreshedTokens;
