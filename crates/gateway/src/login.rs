//! Signing in with Kakao: an attempt begins at `/authorize` and is used up, once, at `/redirect`.

use jiff::SignedDuration;
use katok_client::{
    AuthorizationError, AuthorizationErrorCode, AuthorizationResponse, Authorize, Chance, CodeVerifier,
    ExchangeCode, Me, Prompt, ScopeSet, State, Tokens,
};
use url::Url;

use crate::app::App;
use crate::digest::sha256;
use crate::seal::{DoesNotOpen, Purpose};
use crate::session::{BrowserSecret, SessionSecrets};
use crate::store::{AccountId, Arrival, SessionId, StoreError, StoredAttempt};

/// How long a person may take at Kakao's pages.
pub(crate) const ATTEMPT_LIFETIME: SignedDuration = SignedDuration::from_mins(10);

/// A sign-in that was begun: where the browser goes, and what it must bring back.
pub(crate) struct Begun {
    pub(crate) kakao: Url,
    pub(crate) browser: BrowserSecret,
}

/// Why nobody was signed in.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LoginFailure {
    /// No such attempt of this browser: wrong, missing, used or too old.
    #[error("the callback belongs to no sign-in that this browser began")]
    NotOurs,
    /// The person pressed cancel.
    #[error("the person declined")]
    Declined,
    /// Kakao sent the browser back with another error.
    #[error("Kakao sent the browser back with an error")]
    Refused {
        /// OAuth's word for why.
        error: AuthorizationErrorCode,
    },
    #[error(transparent)]
    Kakao(#[from] katok_client::Error),
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The attempt was sealed with a vault key that is not here.
    #[error(transparent)]
    Vault(#[from] DoesNotOpen),
}

impl LoginFailure {
    /// The word it is counted under.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::NotOurs => "not_ours",
            Self::Declined => "declined",
            Self::Refused { .. } => "refused",
            Self::Kakao(_) => "kakao_failed",
            Self::Store(_) | Self::Vault(_) => "storage_failed",
        }
    }
}

/// Begins a sign-in, or asks for more consent when scopes are named.
///
/// A browser that already holds a secret keeps it, so that two tabs can sign in side by side.
pub(crate) async fn begin(
    app: &App,
    held: Option<BrowserSecret>,
    scopes: &ScopeSet,
    prompt: Option<Prompt>,
) -> Result<Begun, StoreError> {
    let now = app.clock.now();
    let chance: &dyn Chance = app.chance.as_ref();
    let browser = held.unwrap_or_else(|| BrowserSecret::generate(chance));
    let state = State::generate(chance);
    let verifier = CodeVerifier::generate(chance);
    let attempt = StoredAttempt {
        state_digest: sha256(state.secret().as_bytes()),
        browser_digest: browser.digest(),
        sealed: app.vault.seal(Purpose::LoginAttempt, verifier.secret().as_bytes()),
        expires_at: now + ATTEMPT_LIFETIME,
    };
    app.store.insert_login_attempt(&attempt).await?;
    let authorize =
        Authorize::new(&app.redirect_uri).state(&state).code_challenge(verifier.challenge()).scopes(scopes);
    let authorize = match prompt {
        Some(prompt) => authorize.prompt(prompt),
        None => authorize,
    };
    Ok(Begun { kakao: app.client.authorize_url(&authorize), browser })
}

/// Ends a sign-in: uses up the attempt, exchanges the code, and writes account, tokens and a new session.
pub(crate) async fn complete(
    app: &App,
    callback: AuthorizationResponse,
    browser: Option<&BrowserSecret>,
    old_session: Option<&BrowserSecret>,
    user_agent: String,
) -> Result<(AccountId, SessionSecrets), LoginFailure> {
    let browser = browser.ok_or(LoginFailure::NotOurs)?;
    let state = callback.state().clone();
    let state_digest = sha256(state.secret().as_bytes());
    let sealed = app
        .store
        .consume_login_attempt(&state_digest, &browser.digest(), app.clock.now())
        .await?
        .ok_or(LoginFailure::NotOurs)?;
    // The attempt was found by this state, so it is the one to expect.
    let code = callback.code(&state)?;
    let verifier = app.vault.open(Purpose::LoginAttempt, &sealed)?;
    let verifier = CodeVerifier::new(String::from_utf8_lossy(&verifier).into_owned());

    let exchange =
        ExchangeCode { redirect_uri: app.redirect_uri.clone(), code, code_verifier: Some(verifier) };
    let issued = app.client.exchange_code(&exchange).await?;
    let profile = app.client.call(&Me, &issued.access_token).await?;

    let now = app.clock.now();
    let tokens = Tokens::issued(issued, now);
    let secrets = SessionSecrets::generate(app.chance.as_ref());
    let arrival = Arrival {
        kakao_app: &app.realm,
        user: profile.id,
        new_id: AccountId::new(now, app.chance_for_an_id()),
        replaces: old_session.map(BrowserSecret::digest),
        session: secrets.to_store(
            SessionId::new(now, app.chance_for_an_id()),
            user_agent,
            &app.settings.sessions,
            now,
        ),
        keep_alive_at: tokens.keep_alive_due(),
        now,
    };
    let account = app
        .store
        .record_arrival(
            arrival,
            |id, writing| app.tokens.make_data_key(id, writing),
            |id, version, data_key, former| app.tokens.seal_login(id, version, data_key, tokens, former),
        )
        .await?;
    Ok((account, secrets))
}

impl From<AuthorizationError> for LoginFailure {
    fn from(error: AuthorizationError) -> Self {
        match error {
            AuthorizationError::Refused { error: AuthorizationErrorCode::AccessDenied, .. } => Self::Declined,
            AuthorizationError::Refused { error, .. } => Self::Refused { error },
            _ => Self::NotOurs,
        }
    }
}
