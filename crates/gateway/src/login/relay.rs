//! A sign-in for a terminal that no browser can come back to: a browser anywhere brings the code here, and the terminal
//! that asked for it fetches it, once, and exchanges it itself.
//!
//! The code is bound to the terminal three times: by the secret it fetches it with, by PKCE, whose verifier never comes
//! here, and by the attempt and cookie that any sign-in has.

use jiff::SignedDuration;
use katok_client::{AuthorizationCode, AuthorizationError, Authorize, CodeChallenge, ScopeSet, State};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::attempt::Attempt;
use super::{ATTEMPT_LIFETIME, Begun, Errand, LoginFailure};
use crate::app::App;
use crate::digest::{Digest, sha256};
use crate::seal::Purpose;
use crate::session::BrowserSecret;
use crate::store::{Fetched, RelayId, StoreError, StoredAttempt, StoredRelay};

/// How long a terminal waits.
const LIFETIME: SignedDuration = ATTEMPT_LIFETIME;

/// About so many may wait at once: nobody who asks is known.
const MOST: i64 = 100;

/// What a browser brought.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Brought {
    /// Kakao's code.
    Code(String),
    /// OAuth's word for why there is none.
    Refused(String),
}

/// Opens a sign-in for a terminal; none when too many wait already.
pub(crate) async fn offer(
    app: &App,
    secret_digest: Digest,
    code_challenge: &CodeChallenge,
    scopes: &ScopeSet,
) -> Result<Option<StoredRelay>, StoreError> {
    let now = app.clock.now();
    let mut number = [0; 4];
    app.chance.fill(&mut number);
    let number = u32::from_be_bytes(number) % 1_000_000;
    let relay = StoredRelay {
        id: RelayId::new(now, app.chance_for_an_id()),
        secret_digest,
        code_challenge: code_challenge.as_str().to_owned(),
        scope: scopes.to_string(),
        number: format!("{:03} {:03}", number / 1000, number % 1000),
        expires_at: now + LIFETIME,
    };
    let is_open = app.store.insert_relay(&relay, MOST, now).await?;
    Ok(is_open.then_some(relay))
}

/// Leads a browser on to Kakao, which sends it back with the code.
pub(crate) async fn lead_on(
    app: &App,
    held: Option<BrowserSecret>,
    relay: StoredRelay,
) -> Result<Begun, LoginFailure> {
    let chance = app.chance.as_ref();
    let browser = held.unwrap_or_else(|| BrowserSecret::generate(chance));
    let state = State::generate(chance);
    let attempt = Attempt::new(chance, Errand::Relay(relay.id), None);
    app.store
        .insert_login_attempt(&StoredAttempt {
            state_digest: sha256(state.secret().as_bytes()),
            browser_digest: browser.digest(),
            sealed: attempt.seal(&app.vault),
            expires_at: relay.expires_at,
        })
        .await?;
    let challenge = CodeChallenge::presented(&relay.code_challenge).ok_or(LoginFailure::NotOurs)?;
    let authorize = Authorize::new(&app.redirect_uri)
        .state(&state)
        .code_challenge(challenge)
        .scopes(&ScopeSet::parse(&relay.scope));
    Ok(Begun { kakao: app.client.authorize_url(&authorize), browser })
}

/// Keeps what the browser came back with for the terminal.
pub(super) async fn bring(
    app: &App,
    id: &RelayId,
    outcome: &Result<AuthorizationCode, AuthorizationError>,
) -> Result<(), LoginFailure> {
    let brought = match outcome {
        Ok(code) => Brought::Code(code.secret().to_owned()),
        Err(AuthorizationError::Refused { error, .. }) => Brought::Refused(error.as_str().to_owned()),
        Err(_) => return Ok(()),
    };
    let plain = Zeroizing::new(serde_json::to_vec(&brought).expect("texts can be written"));
    let sealed = app.vault.seal(Purpose::RelayedCode { id: id.as_str() }, &plain);
    let is_kept = app.store.bring_to_relay(id, &sealed, app.clock.now()).await?;
    if is_kept { Ok(()) } else { Err(LoginFailure::NotOurs) }
}

/// What a terminal gets that asks.
pub(crate) enum Answer {
    Brought(Brought),
    Waiting,
    Nothing,
}

/// Hands what was brought to the terminal that has the secret.
pub(crate) async fn fetch(app: &App, id: &RelayId, secret: &str) -> Result<Answer, StoreError> {
    let digest = sha256(secret.as_bytes());
    Ok(match app.store.fetch_from_relay(id, &digest, app.clock.now()).await? {
        Fetched::Brought(sealed) => {
            let plain = app.vault.open(Purpose::RelayedCode { id: id.as_str() }, &sealed).ok();
            let brought = plain.and_then(|plain| serde_json::from_slice(&plain).ok());
            brought.map_or(Answer::Nothing, Answer::Brought)
        }
        Fetched::Waiting => Answer::Waiting,
        Fetched::Nothing => Answer::Nothing,
    })
}
