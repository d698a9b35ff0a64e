//! What Kakao signs (JWS): ID tokens and security events, believed only with one of Kakao's keys.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};

use super::KeyCache;
use crate::endpoint::{Reply, Unreadable};
use crate::{Client, Error};

/// Kakao's are about one kilobyte long.
const LONGEST: usize = 16 * 1024;

/// Why a signed token is not believed. No text of it quotes the token.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum SignedTokenError {
    /// It is longer than 16 KiB.
    #[error("the token is longer than any of Kakao's: refuse it")]
    TooLong,
    /// It does not have three parts in base64url, or its first is no header this crate understands.
    #[error("this is no signed token: see that nothing is cut off, and that it is not an access token")]
    Malformed,
    /// Its header says `none`, a shared secret, or another algorithm than `RS256`. No key was looked at.
    #[error("the token is not signed with RS256, as Kakao's are: refuse it")]
    Algorithm,
    /// It is signed by Kakao's rules but is another kind of token, such as a security event in place of an ID token.
    #[error("the token is of another kind than expected here: refuse it")]
    Type,
    /// Kakao publishes no key of the name it gives, or did not a minute ago.
    #[error(
        "the token names a key that Kakao does not publish: refuse it, or try again in a minute if Kakao has just changed its keys"
    )]
    UnknownKey,
    /// There was no getting the keys: nothing is known of the token.
    #[error("Kakao's keys could not be fetched, so nothing is known of the token: try again")]
    KeysUnavailable(#[source] Arc<Error>),
    /// Not Kakao's key made the signature, or not for this text.
    #[error("the signature does not fit: the token was altered or is not Kakao's, refuse it")]
    Signature,
    /// Kakao signed it, but a claim is missing or of another type than documented.
    #[error("the token is signed by Kakao, but {0} of its claims: see whether a newer katok-client reads it")]
    Claims(Unreadable),
}

/// What must be known before any key is looked at.
///
/// A token may also bring a key, or say where one is (`jwk`, `jku`, `x5u`, `x5c`): whoever forges the token
/// forges these too, so they are not even read.
#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    typ: Option<String>,
    crit: Option<IgnoredAny>,
}

/// A token in its parts, believed by nobody yet.
struct Parts<'a> {
    header: Header,
    claims: Vec<u8>,
    signed: &'a [u8],
    signature: Vec<u8>,
}

impl<'a> Parts<'a> {
    fn of(token: &'a str) -> Result<Self, SignedTokenError> {
        if token.len() > LONGEST {
            return Err(SignedTokenError::TooLong);
        }
        let decoded = |part: &str| URL_SAFE_NO_PAD.decode(part).ok();
        let parts = || {
            let (signed, signature) = token.rsplit_once('.')?;
            let (header, claims) = signed.split_once('.')?;
            let header = serde_json::from_slice(&decoded(header)?).ok()?;
            Some(Self {
                header,
                claims: decoded(claims)?,
                signed: signed.as_bytes(),
                signature: decoded(signature)?,
            })
        };
        let parts = parts().ok_or(SignedTokenError::Malformed)?;
        if parts.header.alg != "RS256" {
            return Err(SignedTokenError::Algorithm);
        }
        // An extension that must be understood, and is not (RFC 7515 4.1.11).
        if parts.header.crit.is_some() {
            return Err(SignedTokenError::Malformed);
        }
        Ok(parts)
    }

    fn is_signed_with(&self, key: &DecodingKey) -> bool {
        // jsonwebtoken::decode would ask for the process's one provider, and panic if another crate switches a
        // second one on; it would also go by the system's clock.
        let provider = &jsonwebtoken::crypto::aws_lc::DEFAULT_PROVIDER;
        let verifier = (provider.verifier_factory)(&Algorithm::RS256, key);
        verifier.is_ok_and(|verifier| verifier.verify(self.signed, &self.signature).is_ok())
    }
}

impl Client {
    /// The claims of a token that Kakao signed; whom it is for and how long it lives is the caller's to check.
    pub(crate) async fn signed_claims<T: DeserializeOwned>(
        &self,
        token: &str,
        is_type: impl Fn(Option<&str>) -> bool,
    ) -> Result<T, SignedTokenError> {
        let parts = Parts::of(token)?;
        if !is_type(parts.header.typ.as_deref()) {
            return Err(SignedTokenError::Type);
        }
        let kid = parts.header.kid.as_deref().ok_or(SignedTokenError::UnknownKey)?;
        let key = KeyCache::key(self, kid).await?;
        if !parts.is_signed_with(&key) {
            return Err(SignedTokenError::Signature);
        }
        Reply { body: parts.claims.into() }.json().map_err(SignedTokenError::Claims)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn token(header: &str) -> String {
        format!("{}.{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode("{}"), "AA")
    }

    fn refusal(token: &str) -> SignedTokenError {
        Parts::of(token).err().unwrap()
    }

    #[test]
    fn only_one_algorithm_is_known() {
        assert!(Parts::of(&token(r#"{"alg":"RS256","kid":"a"}"#)).is_ok());
        for alg in ["none", "None", "HS256", "RS384", "PS256", "ES256", "rs256", ""] {
            let error = refusal(&token(&format!(r#"{{"alg":"{alg}","kid":"a"}}"#)));
            assert!(matches!(error, SignedTokenError::Algorithm), "{alg}: {error}");
        }
    }

    #[test]
    fn what_is_no_token_is_called_so() {
        let extended = token(r#"{"alg":"RS256","kid":"a","crit":["b64"]}"#);
        let twice = token(r#"{"alg":"none","alg":"RS256"}"#);
        for text in [
            "",
            ".",
            "..",
            "...",
            "a.b",
            "a.b.c",
            "opaque-access-token",
            &token("[]"),
            &token("{}"),
            &extended,
            &twice,
        ] {
            assert!(matches!(refusal(text), SignedTokenError::Malformed), "{text}");
        }
        let four = format!("{}.AA", token(r#"{"alg":"RS256"}"#));
        assert!(matches!(refusal(&four), SignedTokenError::Malformed));
        assert!(matches!(refusal(&"a".repeat(LONGEST + 1)), SignedTokenError::TooLong));
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "\\PC*", parts in proptest::collection::vec("[A-Za-z0-9_-]{0,40}", 0..5)) {
            let _ = Parts::of(&text);
            let _ = Parts::of(&parts.join("."));
            let _ = Parts::of(&token(&text));
        }
    }
}
