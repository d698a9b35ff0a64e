//! One refresh of one account: noted before Kakao is asked, stored before it is used, never lost.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::RwLock;

use super::issue_log::Asking;
use crate::{
    AccessToken, Client, Error, ErrorKind, LoginEnd, RefreshToken, Remedy, Replaced, TokenError, TokenStore,
    Tokens, Versioned,
};

/// A token that ends sooner than this is renewed before it is used: a call that is under way, and a clock
/// that differs from Kakao's, must both fit in.
const SKEW: SignedDuration = SignedDuration::from_mins(5);

/// How long to wait while somebody else refreshes the same login: twice what a call to Kakao may take.
/// Without an end to it, everybody who waits while Kakao is silent would wait for all who came before.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long to wait before storing is tried again: a busy disk or database often is not for long.
const STORE_PAUSES: [Duration; 3] =
    [Duration::from_millis(50), Duration::from_millis(200), Duration::from_secs(1)];

/// What somebody wants of an account's tokens.
#[derive(Clone)]
pub(super) enum Wanted {
    /// An access token that lives for some minutes yet.
    Living,
    /// Another one than this, which Kakao has refused.
    OtherThan(AccessToken),
    /// A refresh token that need not be renewed yet.
    KeptAlive,
}

impl Wanted {
    pub(super) fn is_met_by(&self, tokens: &Tokens, now: Timestamp) -> bool {
        let lives = now.duration_until(tokens.access_token_expires_at) > SKEW;
        match self {
            Self::Living => lives,
            Self::OtherThan(refused) => lives && *refused != tokens.access_token,
            Self::KeptAlive => now < tokens.keep_alive_due(),
        }
    }
}

/// What Kakao has answered, on its way to the store.
#[derive(Clone, PartialEq)]
struct Answer {
    /// The refresh token it was given for.
    given_for: RefreshToken,
    tokens: Tokens,
}

/// The store, Kakao, and what is between them.
pub(super) struct Refresher<S: TokenStore> {
    pub(super) client: Client,
    pub(super) store: S,
    /// Held for reading by every refresh under way.
    pub(super) under_way: Arc<RwLock<()>>,
    /// Answers that the store has not taken yet: nothing else has these refresh tokens.
    unstored: Mutex<HashMap<S::Key, Answer>>,
}

impl<S: TokenStore> Refresher<S> {
    pub(super) fn new(client: Client, store: S) -> Self {
        Self { client, store, under_way: Arc::default(), unstored: Mutex::default() }
    }

    /// The stored tokens, if they are what is wanted and nothing newer waits to be stored.
    pub(super) async fn stored(
        &self,
        key: &S::Key,
        wanted: &Wanted,
    ) -> Result<Option<Tokens>, TokenError<S::Error>> {
        if self.unstored().contains_key(key) {
            return Ok(None);
        }
        let tokens = self.load(key).await?.value;
        Ok(wanted.is_met_by(&tokens, self.client.clock().now()).then_some(tokens))
    }

    /// Refreshes an account unless somebody else has done so meanwhile.
    pub(super) async fn refresh(
        &self,
        key: &S::Key,
        wanted: &Wanted,
    ) -> Result<Tokens, TokenError<S::Error>> {
        let lock = tokio::time::timeout(PATIENCE, self.store.lock(key)).await;
        let _guard = lock.map_err(|_| TokenError::Unfinished)?.map_err(TokenError::Store)?;
        self.store_answer(key, &[]).await?;
        let mut dead: Option<(RefreshToken, Error)> = None;
        let mut answer_was_lost = false;
        loop {
            let Versioned { version, value: tokens } = self.load(key).await?;
            let now = self.client.clock().now();
            if wanted.is_met_by(&tokens, now) {
                return Ok(tokens);
            }
            // Kakao calls a refresh token dead that somebody has just replaced, by a new login or past a
            // lock that failed: only if the store knows no other has the login ended.
            if let Some((_, source)) = dead.take().filter(|(token, _)| *token == tokens.refresh_token) {
                let ended = how_it_ended(&tokens, now);
                if let Err(error) = self.store.end(key, version, ended).await {
                    // The next use asks Kakao again, and hears the same.
                    tracing::warn!(%error, "tokens.end_not_noted");
                }
                return Err(TokenError::SignInAgain { ended, source });
            }
            let asking = Asking {
                rotates: tokens.may_rotate(now),
                after_refusal: matches!(wanted, Wanted::OtherThan(_)),
            };
            if let Some(until) = tokens.issue_log.wait_until(asking, now) {
                return Err(TokenError::TooManyTokens { until });
            }

            // Noted before Kakao is asked: it counts even if this program is killed, and a store that cannot
            // be written shows before Kakao replaces the refresh token.
            let noted = tokens.asking(now);
            let replaced = self.store.replace(key, version, &noted).await.map_err(TokenError::Store)?;
            let Replaced::Done(version) = replaced else { continue };
            let error = match self.client.refresh(&tokens.refresh_token).await {
                Ok(refreshed) => {
                    let answer =
                        Answer { given_for: tokens.refresh_token, tokens: noted.refreshed(refreshed, now) };
                    self.unstored().insert(key.clone(), answer);
                    match self.store_answer(key, &STORE_PAUSES).await? {
                        Some(tokens) => return Ok(tokens),
                        None => continue,
                    }
                }
                Err(error) => error,
            };
            if issued_nothing(&error) {
                // Should it fail, the refresh counts although it brought nothing.
                let _ = self.store.replace(key, version, &tokens).await;
            }
            if error.remedy() == Remedy::SignInAgain {
                dead = Some((tokens.refresh_token, error));
            } else if error.kind() == ErrorKind::Unanswered && !answer_was_lost {
                // Kakao may have done nothing, and keeps a refresh token for most of its life: once more.
                answer_was_lost = true;
            } else {
                return Err(TokenError::Kakao(error));
            }
        }
    }

    /// Stores what the store has not taken before, as far as it goes.
    pub(super) async fn store_all_answers(&self) {
        let keys: Vec<_> = self.unstored().keys().cloned().collect();
        for key in keys {
            if let Err(error) = self.store_answer(&key, &[]).await {
                tracing::error!(%error, "tokens.not_stored");
            }
        }
    }

    /// Stores what Kakao has answered for an account, if there is such an answer and the login is still the same.
    async fn store_answer(
        &self,
        key: &S::Key,
        pauses: &[Duration],
    ) -> Result<Option<Tokens>, TokenError<S::Error>> {
        let mut pauses = pauses.iter();
        loop {
            let Some(answer) = self.unstored().get(key).cloned() else { return Ok(None) };
            match self.try_to_store(key, &answer).await {
                Ok(stored) => {
                    let mut unstored = self.unstored();
                    // While the store was slow, the next answer may have come in its place.
                    if unstored.get(key) == Some(&answer) {
                        unstored.remove(key);
                    }
                    return Ok(stored.then_some(answer.tokens));
                }
                Err(error) => match pauses.next() {
                    Some(pause) => tokio::time::sleep(*pause).await,
                    None => return Err(TokenError::NotStored(error)),
                },
            }
        }
    }

    /// Answers whether it was stored, because the login is still the one that was refreshed.
    async fn try_to_store(&self, key: &S::Key, answer: &Answer) -> Result<bool, S::Error> {
        while let Some(stored) = self.store.load(key).await?
            && stored.value.refresh_token == answer.given_for
        {
            if let Replaced::Done(_) = self.store.replace(key, stored.version, &answer.tokens).await? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    async fn load(&self, key: &S::Key) -> Result<Versioned<Tokens>, TokenError<S::Error>> {
        self.store.load(key).await.map_err(TokenError::Store)?.ok_or(TokenError::NotSignedIn)
    }

    fn unstored(&self) -> MutexGuard<'_, HashMap<S::Key, Answer>> {
        self.unstored.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How a login ended whose refresh token Kakao has refused.
fn how_it_ended(tokens: &Tokens, now: Timestamp) -> LoginEnd {
    if now >= tokens.refresh_token_expires_at {
        LoginEnd::Expired
    } else if tokens.issue_log.lacks_an_answer() {
        LoginEnd::AnswerLost
    } else {
        LoginEnd::Revoked
    }
}

/// Whether Kakao has surely issued no token: it said so, or was not asked.
fn issued_nothing(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Login | ErrorKind::NotSent | ErrorKind::Configuration)
}
