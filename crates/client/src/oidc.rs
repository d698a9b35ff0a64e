//! OpenID Connect: who signed in, signed by Kakao, and the keys to see that it was Kakao.

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
