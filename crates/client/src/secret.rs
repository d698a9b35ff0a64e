//! Secrets: values that show themselves only to who asks by name, and never in a log.

use std::fmt;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::Chance;

macro_rules! secrets {
    ($($(#[$attribute:meta])* $name:ident;)*) => {$(
        $(#[$attribute])*
        #[derive(Zeroize, ZeroizeOnDrop)]
        pub struct $name(String);

        impl $name {
            /// Takes the value as it came.
            #[must_use]
            pub fn new(value: impl Into<String>) -> Self {
                Self(value.into())
            }

            /// The value itself, for the line that must send, seal or compare it.
            #[must_use]
            pub fn secret(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "([redacted])"))
            }
        }

        /// Takes the same time wherever two values of one length differ.
        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                self.0.as_bytes().ct_eq(other.0.as_bytes()).into()
            }
        }

        impl Eq for $name {}
    )*};
}

secrets! {
    /// The app's REST API key (REST API 키), which Kakao Login calls `client_id`.
    #[derive(Clone)]
    RestApiKey;

    /// The client secret (클라이언트 시크릿) of a REST API key.
    #[derive(Clone)]
    ClientSecret;

    /// The admin key (어드민 키): it acts for every user of the app, so it stays on the server.
    #[derive(Clone)]
    AdminKey;

    /// A user's access token (액세스 토큰), good for some hours.
    #[derive(Clone)]
    AccessToken;

    /// A user's refresh token (리프레시 토큰), good for some weeks.
    #[derive(Clone)]
    RefreshToken;

    /// A user's ID token, when the app has OpenID Connect switched on.
    #[derive(Clone)]
    IdToken;

    /// The authorization code (인가 코드) Kakao sends to the redirect URI; good once.
    #[derive(Clone)]
    AuthorizationCode;

    /// The `state` of one login, which Kakao only echoes: whoever made it must compare it.
    #[derive(Clone)]
    State;

    /// The `nonce` of one login, which comes back inside the ID token.
    #[derive(Clone)]
    Nonce;

    /// The PKCE code verifier of one login; not `Clone`, because it is good for one exchange.
    CodeVerifier;
}

impl State {
    /// A new state of 256 random bits.
    #[must_use]
    pub fn generate(chance: &dyn Chance) -> Self {
        Self(random_token(chance))
    }
}

impl Nonce {
    /// A new nonce of 256 random bits.
    #[must_use]
    pub fn generate(chance: &dyn Chance) -> Self {
        Self(random_token(chance))
    }
}

impl CodeVerifier {
    /// A new verifier of 256 random bits, 43 characters long as RFC 7636 recommends.
    #[must_use]
    pub fn generate(chance: &dyn Chance) -> Self {
        Self(random_token(chance))
    }

    /// The S256 challenge that goes into the authorize address while the verifier stays at home.
    #[must_use]
    pub fn challenge(&self) -> CodeChallenge {
        CodeChallenge(URL_SAFE_NO_PAD.encode(digest(&SHA256, self.0.as_bytes())))
    }
}

/// The PKCE code challenge: the hash of a [`CodeVerifier`], meant to be seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeChallenge(String);

impl CodeChallenge {
    /// A challenge that another program made and sent here, if it has the form of one.
    #[must_use]
    pub fn presented(text: &str) -> Option<Self> {
        let is_a_hash = URL_SAFE_NO_PAD.decode(text).is_ok_and(|hash| hash.len() == 32);
        is_a_hash.then(|| Self(text.to_owned()))
    }

    /// The challenge as it stands in the authorize address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn random_token(chance: &dyn Chance) -> String {
    let mut bytes = [0; 32];
    chance.fill(&mut bytes);
    let token = URL_SAFE_NO_PAD.encode(bytes);
    bytes.zeroize();
    token
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SystemChance;

    #[test]
    fn debug_output_hides_the_value() {
        assert_eq!(format!("{:?}", AccessToken::new("abc")), "AccessToken([redacted])");
        assert_eq!(format!("{:?}", CodeVerifier::new("abc")), "CodeVerifier([redacted])");
    }

    #[test]
    fn only_the_same_value_is_equal() {
        assert_eq!(State::new("abc"), State::new("abc"));
        assert_ne!(State::new("abc"), State::new("abd"));
        assert_ne!(State::new("abc"), State::new("ab"));
    }

    #[test]
    fn what_is_generated_is_long_url_safe_and_never_the_same() {
        let [first, second] = [(); 2].map(|()| CodeVerifier::generate(&SystemChance));
        assert_ne!(first, second);
        assert_eq!(first.secret().len(), 43);
        assert!(
            first.secret().bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
        );
    }

    #[test]
    fn the_challenge_is_the_one_of_rfc_7636() {
        let verifier = CodeVerifier::new("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
        assert_eq!(verifier.challenge().as_str(), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }

    #[test]
    fn only_what_has_the_form_of_a_challenge_is_taken_for_one() {
        let challenge = CodeVerifier::generate(&SystemChance).challenge();
        assert_eq!(CodeChallenge::presented(challenge.as_str()), Some(challenge));
        for text in ["", "abc", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw&cM", &"A".repeat(44)] {
            assert_eq!(CodeChallenge::presented(text), None, "{text}");
        }
    }
}
