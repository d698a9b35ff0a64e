//! A sign-in under way: what must be known of it when the browser comes back from Kakao.

use katok_client::{Chance, CodeVerifier, Nonce};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::next_page::NextPage;
use crate::seal::{DoesNotOpen, Purpose};
use crate::store::{MessageId, RelayId};
use crate::vault::Vault;

/// What a browser went to Kakao for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Errand {
    /// To sign in.
    SignIn,
    /// To sign in and nothing else: a page of another site led here without anybody's pressing.
    OnlySignIn,
    /// To agree to more, somebody being signed in already.
    MoreConsent,
    /// To agree to what this message waits for.
    Waiting(MessageId),
    /// To bring a terminal the code it waits for.
    Relay(RelayId),
}

/// A sign-in as it is sealed between leaving and coming back.
pub(super) struct Attempt {
    pub(super) verifier: CodeVerifier,
    pub(super) nonce: Nonce,
    pub(super) errand: Errand,
    pub(super) next: Option<NextPage>,
}

#[derive(Serialize, Deserialize)]
struct Written<'a> {
    verifier: &'a str,
    nonce: &'a str,
    errand: Errand,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    next: Option<NextPage>,
}

impl Attempt {
    pub(super) fn new(chance: &dyn Chance, errand: Errand, next: Option<NextPage>) -> Self {
        Self { verifier: CodeVerifier::generate(chance), nonce: Nonce::generate(chance), errand, next }
    }

    pub(super) fn seal(&self, vault: &Vault) -> Vec<u8> {
        let Self { verifier, nonce, errand, next } = self;
        let written = Written {
            verifier: verifier.secret(),
            nonce: nonce.secret(),
            errand: errand.clone(),
            next: next.clone(),
        };
        let plain = Zeroizing::new(serde_json::to_vec(&written).expect("texts can be written"));
        vault.seal(Purpose::LoginAttempt, &plain)
    }

    pub(super) fn open(vault: &Vault, sealed: &[u8]) -> Result<Self, DoesNotOpen> {
        let plain = vault.open(Purpose::LoginAttempt, sealed)?;
        let Written { verifier, nonce, errand, next } =
            serde_json::from_slice(&plain).map_err(|_| DoesNotOpen::Damaged)?;
        Ok(Self { verifier: CodeVerifier::new(verifier), nonce: Nonce::new(nonce), errand, next })
    }
}
