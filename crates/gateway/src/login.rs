//! Signing in with Kakao: an attempt begins at `/authorize` and is used up, once, at `/redirect`.

mod attempt;
mod identity;
mod next_page;
pub(crate) mod relay;

use jiff::SignedDuration;
use katok_client::{
    AuthorizationError, AuthorizationErrorCode, AuthorizationResponse, Authorize, Chance, ExchangeCode,
    IdTokenError, Me, Prompt, Scope, ScopeSet, State, TokenStore as _, Tokens,
};
use url::Url;

pub(crate) use self::attempt::Errand;
pub(crate) use self::identity::{explain as explain_id_token, is_unanswered};
pub(crate) use self::next_page::NextPage;

use self::attempt::Attempt;
use crate::app::App;
use crate::config::Oidc;
use crate::digest::sha256;
use crate::seal::DoesNotOpen;
use crate::session::{BrowserSecret, SessionSecrets};
use crate::store::{AccountId, Arrival, MessageId, SessionId, StoreError, StoredAttempt};
use crate::vault::TokenVaultError;

/// How long a person may take at Kakao's pages.
pub(crate) const ATTEMPT_LIFETIME: SignedDuration = SignedDuration::from_mins(10);

/// A sign-in that was begun: where the browser goes, and what it must bring back.
pub(crate) struct Begun {
    pub(crate) kakao: Url,
    pub(crate) browser: BrowserSecret,
}

/// What a browser asks Kakao for.
#[derive(Default)]
pub(crate) struct Ask<'a> {
    /// Consent to ask for; none leaves it to Kakao.
    pub(crate) scopes: ScopeSet,
    pub(crate) prompt: Option<Prompt>,
    /// Who is signed in in this browser, or is expected to be.
    pub(crate) person: Option<&'a AccountId>,
    /// Whether somebody pressed something, or typed the address.
    pub(crate) is_asked: bool,
    /// The message that waits for this consent.
    pub(crate) waiting: Option<MessageId>,
    /// The page to lead back to.
    pub(crate) next: Option<NextPage>,
}

/// Somebody is signed in.
pub(crate) struct Completed {
    pub(crate) account: AccountId,
    pub(crate) secrets: SessionSecrets,
    pub(crate) errand: Errand,
    pub(crate) next: Option<NextPage>,
}

/// How a sign-in ended well.
pub(crate) enum Ended {
    SignedIn(Completed),
    /// A terminal has what it waited for; nobody is signed in here.
    Relayed,
}

/// Why nobody was signed in.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LoginFailure {
    /// No such attempt of this browser: wrong, missing, used or too old.
    #[error("the callback belongs to no sign-in that this browser began")]
    NotOurs,
    /// The person pressed cancel.
    #[error("the person declined")]
    Declined(Errand),
    /// Kakao sent the browser back with another error.
    #[error("Kakao sent the browser back with an error")]
    Refused {
        /// OAuth's word for why.
        error: AuthorizationErrorCode,
    },
    #[error(transparent)]
    Kakao(#[from] katok_client::Error),
    /// The ID token is missing, or says nothing about this sign-in.
    #[error(transparent)]
    IdToken(#[from] IdTokenError),
    /// ID token and access token are of two people.
    #[error("the ID token and the access token belong to two people")]
    TwoPeople,
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
            Self::Declined(_) => "declined",
            Self::Refused { .. } => "refused",
            Self::Kakao(_) => "kakao_failed",
            Self::IdToken(_) | Self::TwoPeople => "id_token_refused",
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
    ask: Ask<'_>,
) -> Result<Begun, LoginFailure> {
    let now = app.clock.now();
    let chance: &dyn Chance = app.chance.as_ref();
    let mut scopes = ask.scopes;
    let errand = match (ask.waiting, ask.person) {
        (Some(message), _) => Errand::Waiting(message),
        (None, Some(_)) if !scopes.is_empty() => Errand::MoreConsent,
        _ if !ask.is_asked => Errand::OnlySignIn,
        _ => Errand::SignIn,
    };
    if errand == Errand::SignIn && app.settings.sign_in.send_after.is_some() {
        scopes = scopes.iter().cloned().chain([Scope::TALK_MESSAGE]).collect();
    }
    let browser = held.unwrap_or_else(|| BrowserSecret::generate(chance));
    let state = State::generate(chance);
    let attempt = Attempt::new(chance, errand, ask.next);
    app.store
        .insert_login_attempt(&StoredAttempt {
            state_digest: sha256(state.secret().as_bytes()),
            browser_digest: browser.digest(),
            sealed: attempt.seal(&app.vault),
            expires_at: now + ATTEMPT_LIFETIME,
        })
        .await?;
    let mut authorize = Authorize::new(&app.redirect_uri)
        .state(&state)
        .nonce(&attempt.nonce)
        .code_challenge(attempt.verifier.challenge())
        .scopes(&scopes);
    if !asks_for_openid(app, ask.person).await? {
        authorize = authorize.without_openid();
    }
    if let Some(prompt) = ask.prompt {
        authorize = authorize.prompt(prompt);
    }
    Ok(Begun { kakao: app.client.authorize_url(&authorize), browser })
}

/// Whether to name `openid` beside other consent. Without it Kakao gives no ID token for that consent, and an
/// app without OpenID Connect is refused with it (KOE205): what the person's tokens say of the app decides.
async fn asks_for_openid(app: &App, person: Option<&AccountId>) -> Result<bool, StoreError> {
    if app.settings.sign_in.oidc == Oidc::Required {
        return Ok(true);
    }
    let Some(account) = person else { return Ok(false) };
    match app.tokens.load(account).await {
        Ok(held) => Ok(held.is_some_and(|held| held.value.scopes.contains(&Scope::OPENID))),
        Err(TokenVaultError::Store(error)) => Err(error),
        // The sign-in that is about to begin brings tokens that open.
        Err(TokenVaultError::DoesNotOpen(_)) => Ok(false),
    }
}

/// Ends a sign-in: uses up the attempt, exchanges the code, sees who it is, and writes account, tokens and a
/// new session.
pub(crate) async fn complete(
    app: &App,
    callback: AuthorizationResponse,
    browser: Option<&BrowserSecret>,
    old_session: Option<&BrowserSecret>,
    user_agent: String,
) -> Result<Ended, LoginFailure> {
    let browser = browser.ok_or(LoginFailure::NotOurs)?;
    let state = callback.state().clone();
    let state_digest = sha256(state.secret().as_bytes());
    let sealed = app
        .store
        .consume_login_attempt(&state_digest, &browser.digest(), app.clock.now())
        .await?
        .ok_or(LoginFailure::NotOurs)?;
    let Attempt { verifier, nonce, errand, next } = Attempt::open(&app.vault, &sealed)?;
    // The attempt was found by this state, so it is the one to expect.
    let outcome = callback.code(&state);
    if let Errand::Relay(id) = &errand {
        relay::bring(app, id, &outcome).await?;
    }
    let code = match outcome {
        Err(AuthorizationError::Refused { error: AuthorizationErrorCode::AccessDenied, .. }) => {
            return Err(LoginFailure::Declined(errand));
        }
        code => code?,
    };
    if let Errand::Relay(_) = errand {
        return Ok(Ended::Relayed);
    }

    let exchange =
        ExchangeCode { redirect_uri: app.redirect_uri.clone(), code, code_verifier: Some(verifier) };
    let issued = app.client.exchange_code(&exchange).await?;
    let signed = identity::signed_user(app, &issued, &nonce).await?;
    let profile = app.client.call(&Me, &issued.access_token).await?;
    if signed.is_some_and(|user| user != profile.id) {
        return Err(LoginFailure::TwoPeople);
    }

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
    Ok(Ended::SignedIn(Completed { account, secrets, errand, next }))
}

impl From<AuthorizationError> for LoginFailure {
    fn from(error: AuthorizationError) -> Self {
        match error {
            AuthorizationError::Refused { error, .. } => Self::Refused { error },
            _ => Self::NotOurs,
        }
    }
}
