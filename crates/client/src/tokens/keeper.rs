//! Keeps tokens fresh: early enough, one refresh at a time, and stored before they are used.

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use tokio::sync::RwLock;
use tracing::Instrument;

use crate::endpoint::{Effect, Endpoint};
use crate::{
    AccessToken, Client, Clock, Error, RefreshToken, Remedy, Replaced, TokenStore, Tokens, Versioned,
};

/// A token that ends sooner than this is renewed before it is used: a call that is under way, and a clock
/// that differs from Kakao's, must both fit in.
const SKEW: SignedDuration = SignedDuration::from_mins(5);

/// How long to wait while somebody else refreshes the same login: twice what a call to Kakao may take.
/// Without an end to it, everybody who waits while Kakao is silent would wait for all who came before.
const PATIENCE: Duration = Duration::from_secs(30);

/// Hands out access tokens that work, for every account in a store; clones share the store.
pub struct TokenKeeper<S>(Arc<Inner<S>>);

struct Inner<S> {
    client: Client,
    store: S,
    clock: Arc<dyn Clock>,
    /// Held for reading by every refresh under way.
    refreshing: Arc<RwLock<()>>,
}

impl<S> Clone for TokenKeeper<S> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<S> std::fmt::Debug for TokenKeeper<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TokenKeeper").field("client", &self.0.client).finish_non_exhaustive()
    }
}

/// Why there is no token, or no answer to a call made with one.
#[derive(Debug, thiserror::Error)]
pub enum TokenError<E: std::error::Error + 'static> {
    /// The store has no tokens for this account.
    #[error("nobody is signed in to this account: sign in first")]
    NotSignedIn,
    /// The login has ended: its refresh token is expired, replaced or revoked.
    #[error("this login has ended: sign in again")]
    SignInAgain {
        /// Kakao's refusal.
        source: Error,
    },
    /// Kakao refused, or could not be reached.
    #[error(transparent)]
    Kakao(Error),
    /// The store failed.
    #[error("the token store failed")]
    Store(#[source] E),
    /// Another refresh of this login takes too long, or the program is ending.
    #[error("the login could not be refreshed in time: try again")]
    Unfinished,
}

impl<E: std::error::Error + 'static> TokenError<E> {
    /// What to do next.
    #[must_use]
    pub fn remedy(&self) -> Remedy {
        match self {
            Self::NotSignedIn | Self::SignInAgain { .. } => Remedy::SignInAgain,
            Self::Kakao(error) => error.remedy(),
            Self::Store(_) => Remedy::TellOperator,
            Self::Unfinished => Remedy::Retry { after: None },
        }
    }
}

impl<S: TokenStore> TokenKeeper<S> {
    /// A keeper over this store.
    pub fn new(client: Client, store: S, clock: Arc<dyn Clock>) -> Self {
        Self(Arc::new(Inner { client, store, clock, refreshing: Arc::default() }))
    }

    /// The store the tokens live in.
    #[must_use]
    pub fn store(&self) -> &S {
        &self.0.store
    }

    /// An access token that lives for some minutes yet.
    pub async fn access_token(&self, key: &S::Key) -> Result<AccessToken, TokenError<S::Error>> {
        self.usable_token(key, None).await
    }

    /// Another access token than the one Kakao has refused (-401).
    pub async fn renew(
        &self,
        key: &S::Key,
        refused: &AccessToken,
    ) -> Result<AccessToken, TokenError<S::Error>> {
        self.usable_token(key, Some(refused)).await
    }

    /// Calls an endpoint for an account.
    ///
    /// When Kakao refuses the token, the call is made once more with a new one; a call that sends a message
    /// is not: its caller sees the error and decides, or uses [`with_token`](Self::with_token).
    pub async fn call<E: Endpoint>(
        &self,
        key: &S::Key,
        endpoint: &E,
    ) -> Result<E::Output, TokenError<S::Error>> {
        let call = |token| async move { self.0.client.call(endpoint, &token).await };
        self.attempt(key, call, E::EFFECT != Effect::Send).await
    }

    /// Calls an endpoint for an account and hands over Kakao's JSON as it came; see [`call`](Self::call).
    pub async fn call_json<E: Endpoint>(
        &self,
        key: &S::Key,
        endpoint: &E,
    ) -> Result<serde_json::Value, TokenError<S::Error>> {
        let call = |token| async move { self.0.client.call_json(endpoint, &token).await };
        self.attempt(key, call, E::EFFECT != Effect::Send).await
    }

    /// Makes a call with a token, and once more with another if Kakao refuses the first.
    ///
    /// This is for callers who have decided that a sending call may be made again after -401: Kakao looks
    /// at the token before anything else, so nothing was sent.
    pub async fn with_token<T, F>(
        &self,
        key: &S::Key,
        call: impl Fn(AccessToken) -> F,
    ) -> Result<T, TokenError<S::Error>>
    where
        F: Future<Output = Result<T, Error>>,
    {
        self.attempt(key, call, true).await
    }

    async fn attempt<T, F>(
        &self,
        key: &S::Key,
        call: impl Fn(AccessToken) -> F,
        may_repeat: bool,
    ) -> Result<T, TokenError<S::Error>>
    where
        F: Future<Output = Result<T, Error>>,
    {
        let token = self.access_token(key).await?;
        match call(token.clone()).await {
            Err(error) if may_repeat && error.remedy() == Remedy::RefreshToken => {
                let token = self.renew(key, &token).await?;
                call(token).await.map_err(TokenError::Kakao)
            }
            outcome => outcome.map_err(TokenError::Kakao),
        }
    }

    /// Waits until no refresh is under way: a program that ends earlier may lose a refresh token that Kakao
    /// has just replaced.
    pub async fn settled(&self) {
        drop(self.0.refreshing.write().await);
    }

    async fn usable_token(
        &self,
        key: &S::Key,
        refused: Option<&AccessToken>,
    ) -> Result<AccessToken, TokenError<S::Error>> {
        let stored = self.0.load(key).await?;
        if self.0.is_usable(&stored.value, refused) {
            return Ok(stored.value.access_token);
        }
        // A task of its own, because the caller may stop waiting (a browser goes away) between Kakao's
        // answer and the store, and the refresh token in that answer would be lost.
        let (keeper, key, refused) = (self.clone(), key.clone(), refused.cloned());
        let under_way = self.0.refreshing.clone().read_owned().await;
        let refresh = async move {
            let outcome = keeper.0.refresh(&key, refused.as_ref()).await;
            drop(under_way);
            outcome
        };
        tokio::spawn(refresh.in_current_span()).await.unwrap_or_else(|error| match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_program_is_ending) => Err(TokenError::Unfinished),
        })
    }
}

impl<S: TokenStore> Inner<S> {
    /// Refreshes an account unless somebody else has done so meanwhile.
    async fn refresh(
        &self,
        key: &S::Key,
        refused: Option<&AccessToken>,
    ) -> Result<AccessToken, TokenError<S::Error>> {
        let lock = tokio::time::timeout(PATIENCE, self.store.lock(key)).await;
        let _guard = lock.map_err(|_| TokenError::Unfinished)?.map_err(TokenError::Store)?;
        let mut dead: Option<(RefreshToken, Error)> = None;
        loop {
            let Versioned { version, value: tokens } = self.load(key).await?;
            if self.is_usable(&tokens, refused) {
                return Ok(tokens.access_token);
            }
            // Kakao calls a refresh token dead that somebody has just replaced, by a new login or past a
            // lock that failed: only if the store knows no other has the login ended.
            if let Some((token, source)) = dead
                && token == tokens.refresh_token
            {
                return Err(TokenError::SignInAgain { source });
            }

            let now = self.clock.now();
            match self.client.refresh(&tokens.refresh_token).await {
                Ok(refreshed) => {
                    let tokens = tokens.refreshed(refreshed, now);
                    match self.store.replace(key, version, &tokens).await.map_err(TokenError::Store)? {
                        Replaced::Done(_) => return Ok(tokens.access_token),
                        Replaced::Lost => dead = None,
                    }
                }
                Err(error) if error.remedy() == Remedy::SignInAgain => {
                    dead = Some((tokens.refresh_token, error));
                }
                Err(error) => return Err(TokenError::Kakao(error)),
            }
        }
    }

    async fn load(&self, key: &S::Key) -> Result<Versioned<Tokens>, TokenError<S::Error>> {
        self.store.load(key).await.map_err(TokenError::Store)?.ok_or(TokenError::NotSignedIn)
    }

    fn is_usable(&self, tokens: &Tokens, refused: Option<&AccessToken>) -> bool {
        refused != Some(&tokens.access_token)
            && self.clock.now().duration_until(tokens.access_token_expires_at) > SKEW
    }
}
