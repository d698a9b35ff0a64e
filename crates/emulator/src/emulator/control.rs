//! What tests in Rust do to a running emulator; other languages have the control API for it.

use jiff::{SignedDuration, Timestamp};

use super::Emulator;
use crate::http::{self, Door};
use crate::journal::Exchange;
use crate::scenario::{Fault, FaultError, Scenario, ScriptedFault};
use crate::sign_in::{SignInError, Tokens, sign_in};
use crate::webhook::Delivery;
use crate::world::aging::{AgeRefreshToken, ExpireAccessToken, NoSuchToken};
use crate::world::message::SendUncalled;

impl Emulator {
    /// Signs somebody in without a browser: they agree to all that the app asks at its first login, and to `scopes`.
    ///
    /// Neither scripted faults nor the journal see it.
    pub async fn sign_in(&self, app: &str, person: &str, scopes: &[&str]) -> Result<Tokens, SignInError> {
        let scopes = scopes.iter().map(|scope| (*scope).to_owned()).collect();
        let issuer = self.base_url.as_str().trim_end_matches('/');
        sign_in(&self.live, issuer, app, person, &scopes).await
    }

    /// Sends a text from one person to others, or to themselves when nobody is named, as an app would: without a call,
    /// a token or consents, so that many days of sending take no time.
    ///
    /// Answers the codes with which Kakao refuses the call, or some of its receivers; all of them got it when there is
    /// none. Neither scripted faults nor the journal see it.
    #[must_use]
    pub fn send_text(&self, app: &str, sender: &str, receivers: &[&str], text: &str) -> Vec<i32> {
        let owned = |key: &&str| (*key).to_owned();
        let receivers = receivers.iter().map(owned).collect();
        let (app, sender, text) = (app.to_owned(), sender.to_owned(), text.to_owned());
        match self.live.apply(SendUncalled { app, sender, receivers, text }) {
            Ok(sent) => sent.failures.iter().map(|failure| failure.fault.code()).collect(),
            Err(fault) => vec![fault.code()],
        }
    }

    /// A way to it without a socket: what is asked there takes no time on a network, and comes in the order it is asked.
    #[must_use]
    pub fn door(&self) -> Door {
        Door::new(http::router(self.live.clone()))
    }

    /// The webhooks that were sent after the one of this number, oldest first.
    #[must_use]
    pub fn webhooks(&self, since: u64) -> Vec<Delivery> {
        self.live.deliveries().since(since)
    }

    /// Scripts something that goes wrong from now on.
    pub fn fault(&self, fault: Fault) -> Result<ScriptedFault, FaultError> {
        self.live.add_fault(fault)
    }

    /// The scripted faults and how far each has come.
    #[must_use]
    pub fn faults(&self) -> Vec<ScriptedFault> {
        self.live.scenario(|scenario| scenario.list())
    }

    /// Takes all scripted faults back.
    pub fn clear_faults(&self) {
        self.live.scenario(Scenario::clear);
    }

    /// The exchanges with Kakao after the one of this number, newest last; after 0, all that are kept.
    #[must_use]
    pub fn journal(&self, since: u64) -> Vec<Exchange> {
        self.live.journal().read(since)
    }

    /// Ends an access token: it is expired from now on, not unknown.
    pub fn expire_access_token(&self, access_token: &str) -> Result<(), NoSuchToken> {
        self.live.apply(ExpireAccessToken { access_token: access_token.to_owned() }).map(drop)
    }

    /// Leaves a refresh token this much of its life; answers when it ends now.
    pub fn age_refresh_token(
        &self,
        refresh_token: &str,
        remaining: SignedDuration,
    ) -> Result<Timestamp, NoSuchToken> {
        let refresh_token = refresh_token.to_owned();
        self.live.apply(AgeRefreshToken { refresh_token, remaining }).map(|aged| aged.expires_at)
    }
}
