//! OpenID Connect: who signed in, signed by Kakao, and the keys to see that it was Kakao.
//!
//! | type | request | [called with](crate::Auth) | consent | [effect](crate::Effect) |
//! |---|---|---|---|---|
//! | [`GetProviderMetadata`] | `GET /.well-known/openid-configuration` | nobody | | read |
//! | [`GetJwks`] | `GET /.well-known/jwks.json` | nobody | | read |
//! | [`GetIdTokenInfo`] | `POST /oauth/tokeninfo` | nobody | | read |
//! | [`GetUserInfo`] | `GET /v1/oidc/userinfo` | token | | read |

mod discovery;
mod id_token;
mod jwks;
mod key_cache;
mod signed_token;
mod token_info;
mod user_info;

pub use discovery::{GetProviderMetadata, ProviderMetadata};
pub use id_token::{IdTokenClaims, IdTokenError, IdTokenVerifier};
pub use jwks::{GetJwks, Jwk, Jwks};
pub(crate) use key_cache::KeyCache;
pub use signed_token::SignedTokenError;
pub use token_info::{GetIdTokenInfo, IdTokenInfo};
pub use user_info::{GetUserInfo, UserInfo};
