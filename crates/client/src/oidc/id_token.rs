//! ID tokens: what Kakao says of a login, believed after every check.

use jiff::fmt::serde::timestamp::second;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Deserializer};

use super::signed_token::SignedTokenError;
use crate::endpoint::Host;
use crate::{Client, IdToken, IssuedTokens, KakaoUserId, Nonce, Remedy, RestApiKey};

/// How far Kakao's clock and ours may be apart.
const LEEWAY: SignedDuration = SignedDuration::from_mins(1);

/// Finds out whether an ID token is Kakao's, for this app, alive, and of this login.
///
/// It is cheap to make: the keys are the client's, fetched when first needed, kept for a day, and looked for
/// again (at most once a minute) when a token names a new one. They always come from the client's own
/// authorization server: neither the token nor the discovery document can lead to another.
/// See [Kakao Docs/Kakao Login, OpenID Connect] and OpenID Connect Core 3.1.3.7.
///
/// ```no_run
/// # async fn example(client: katok_client::Client, exchange: katok_client::ExchangeCode, nonce: katok_client::Nonce) -> Result<(), Box<dyn std::error::Error>> {
/// use katok_client::IdTokenVerifier;
///
/// // The nonce went out with `Authorize::nonce` and was kept in this browser's session.
/// let issued = client.exchange_code(&exchange).await?;
/// let claims = IdTokenVerifier::new(&client).verify_login(&issued, Some(&nonce)).await?;
/// println!("{} signed in", claims.sub);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct IdTokenVerifier {
    client: Client,
    issuer: String,
    audiences: Vec<RestApiKey>,
}

impl IdTokenVerifier {
    /// For tokens that this client's authorization server issues to this client's app key.
    pub fn new(client: &Client) -> Self {
        Self {
            issuer: client.base_url(Host::Auth).as_str().trim_end_matches('/').to_owned(),
            audiences: vec![client.rest_api_key().clone()],
            client: client.clone(),
        }
    }

    /// Another issuer than the address of the authorization server, such as Kakao's name behind a proxy.
    pub fn issuer(mut self, issuer: impl Into<String>) -> Self {
        self.issuer = issuer.into();
        self
    }

    /// Takes tokens of this key of the app too, such as the native app key or the JavaScript key under which
    /// Kakao's SDKs sign people in on a phone or in a page.
    pub fn also_for(mut self, app_key: impl Into<String>) -> Self {
        self.audiences.push(RestApiKey::new(app_key));
        self
    }

    /// Checks the ID token that came with a login; see [`verify`](Self::verify).
    pub async fn verify_login(
        &self,
        issued: &IssuedTokens,
        nonce: Option<&Nonce>,
    ) -> Result<IdTokenClaims, IdTokenError> {
        let token = issued.id_token.as_ref().ok_or(IdTokenError::Absent)?;
        self.verify(token, nonce).await
    }

    /// Checks an ID token: signature, issuer, app key, times, and that it belongs to the login with this nonce.
    ///
    /// `None` says that this login had no nonce, as after a refresh; an ID token that somebody took elsewhere
    /// then passes too, so give logins one.
    pub async fn verify(
        &self,
        token: &IdToken,
        nonce: Option<&Nonce>,
    ) -> Result<IdTokenClaims, IdTokenError> {
        let is_type = |typ: Option<&str>| typ.is_none_or(|typ| typ.eq_ignore_ascii_case("JWT"));
        let claims: IdTokenClaims = self.client.signed_claims(token.secret(), is_type).await?;
        self.check(&claims, nonce, self.client.clock().now())?;
        Ok(claims)
    }

    fn check(
        &self,
        claims: &IdTokenClaims,
        nonce: Option<&Nonce>,
        now: Timestamp,
    ) -> Result<(), IdTokenError> {
        if claims.iss != self.issuer {
            return Err(IdTokenError::Issuer { expected: self.issuer.clone() });
        }
        if !self.audiences.iter().any(|key| key.secret() == claims.aud) {
            return Err(IdTokenError::Audience);
        }
        if claims.iat.duration_since(now) > LEEWAY {
            return Err(IdTokenError::IssuedInFuture);
        }
        if now.duration_since(claims.exp) >= LEEWAY {
            return Err(IdTokenError::Expired);
        }
        if nonce.is_some() && claims.nonce.as_ref() != nonce {
            return Err(IdTokenError::Nonce);
        }
        Ok(())
    }
}

/// What an ID token says of a login.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct IdTokenClaims {
    /// Who issued it.
    pub iss: String,
    /// The app key it was issued to. Kakao gives one, never a list; a list is not read.
    pub aud: String,
    /// The user.
    pub sub: KakaoUserId,
    /// When it was issued or renewed.
    #[serde(deserialize_with = "second::required::deserialize")]
    pub iat: Timestamp,
    /// When it ends.
    #[serde(deserialize_with = "second::required::deserialize")]
    pub exp: Timestamp,
    /// When the user signed in to the Kakao Account.
    #[serde(default, deserialize_with = "second::optional::deserialize")]
    pub auth_time: Option<Timestamp>,
    /// The nonce of the login, if it had one.
    #[serde(default, deserialize_with = "nonce")]
    pub nonce: Option<Nonce>,
    /// Nickname, if the user agreed.
    pub nickname: Option<String>,
    /// Address of a small picture, if the user agreed.
    pub picture: Option<String>,
    /// E-mail address, if the user agreed and Kakao has verified it.
    pub email: Option<String>,
}

fn nonce<'de, D: Deserializer<'de>>(claim: D) -> Result<Option<Nonce>, D::Error> {
    Ok(Option::<String>::deserialize(claim)?.map(Nonce::new))
}

/// Why an ID token says nothing about this login. No text of it quotes the token.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum IdTokenError {
    /// None came with the login.
    #[error(
        "there is no ID token: switch OpenID Connect on in Kakao's console, and name the scope openid when asking for further consent"
    )]
    Absent,
    /// Kakao did not sign it, as far as we can know.
    #[error(transparent)]
    Untrusted(#[from] SignedTokenError),
    /// Another server issued it.
    #[error(
        "the ID token is not issued by {expected}: if that is not the issuer's own name, set it with IdTokenVerifier::issuer"
    )]
    Issuer {
        /// Who should have.
        expected: String,
    },
    /// It was issued to another app, or to another key of this one.
    #[error(
        "the ID token is for another app key: refuse it, or name that key of your app with IdTokenVerifier::also_for"
    )]
    Audience,
    /// Its time is over.
    #[error("the ID token has expired: sign in again, or if it is new, set this machine's clock")]
    Expired,
    /// It comes from the future.
    #[error("the ID token is issued in the future: set this machine's clock")]
    IssuedInFuture,
    /// Its nonce is another one, or missing.
    #[error("the ID token belongs to another login, as its nonce shows: refuse it and begin the login again")]
    Nonce,
}

impl IdTokenError {
    /// What to do next.
    #[must_use]
    pub fn remedy(&self) -> Remedy {
        match self {
            Self::Untrusted(SignedTokenError::KeysUnavailable(error)) => error.remedy(),
            Self::Untrusted(_) | Self::Expired | Self::Nonce => Remedy::SignInAgain,
            Self::Absent | Self::Issuer { .. } | Self::Audience | Self::IssuedInFuture => {
                Remedy::TellOperator
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOW: i64 = 1_767_225_600;

    fn verifier() -> IdTokenVerifier {
        IdTokenVerifier::new(&Client::builder(RestApiKey::new("KEY")).build().unwrap())
    }

    fn claims() -> IdTokenClaims {
        let json = serde_json::json!({"iss": "https://kauth.kakao.com", "aud": "KEY", "sub": "4820000001", "iat": NOW, "exp": NOW + 21_600,
            "auth_time": NOW, "nonce": "n-1", "nickname": null, "something_new": [1]});
        serde_json::from_value(json).unwrap()
    }

    fn check_after(seconds: i64) -> Result<(), IdTokenError> {
        verifier().check(&claims(), None, Timestamp::from_second(NOW + seconds).unwrap())
    }

    #[test]
    fn kakaos_issuer_is_its_address() {
        assert_eq!(verifier().issuer, "https://kauth.kakao.com");
        check_after(0).unwrap();
    }

    #[test]
    fn a_token_lives_from_its_issue_to_its_end_give_or_take_a_minute() {
        assert!(matches!(check_after(-61), Err(IdTokenError::IssuedInFuture)));
        for alive in [-60, 0, 21_600, 21_659] {
            check_after(alive).unwrap();
        }
        assert!(matches!(check_after(21_660), Err(IdTokenError::Expired)));
    }

    #[test]
    fn a_nonce_that_was_asked_for_must_be_there_and_be_the_same() {
        let now = Timestamp::from_second(NOW).unwrap();
        let check = |claims: &IdTokenClaims, nonce| verifier().check(claims, Some(&Nonce::new(nonce)), now);
        check(&claims(), "n-1").unwrap();
        assert!(matches!(check(&claims(), "n-2"), Err(IdTokenError::Nonce)));
        let without = IdTokenClaims { nonce: None, ..claims() };
        assert!(matches!(check(&without, "n-1"), Err(IdTokenError::Nonce)));
    }

    #[test]
    fn a_key_of_the_app_that_is_allowed_is_an_audience_and_no_other() {
        let now = Timestamp::from_second(NOW).unwrap();
        let of_the_phone = IdTokenClaims { aud: "NATIVE".to_owned(), ..claims() };
        assert!(matches!(verifier().check(&of_the_phone, None, now), Err(IdTokenError::Audience)));
        verifier().also_for("NATIVE").check(&of_the_phone, None, now).unwrap();
    }

    proptest! {
        #[test]
        fn no_times_make_it_panic(iat: i64, exp: i64, seconds in -1_000_000_000_i64..200_000_000_000) {
            let mut json = serde_json::json!({"iss": "https://kauth.kakao.com", "aud": "KEY", "sub": "1"});
            for (name, time) in [("iat", iat), ("exp", exp), ("auth_time", iat)] {
                json[name] = time.into();
            }
            if let Ok(claims) = serde_json::from_value(json) {
                let _ = verifier().check(&claims, None, Timestamp::from_second(seconds).unwrap());
            }
        }
    }

    #[test]
    fn the_nonce_is_not_shown() {
        assert!(!format!("{:?}", claims()).contains("n-1"));
    }
}
