//! Keeps tokens fresh: early enough, one refresh at a time, and stored before they are used.

use std::sync::Arc;

use futures_core::Stream;
use jiff::{SignedDuration, Timestamp};
use tracing::Instrument;

use super::refresh::{Refresher, Wanted};
use crate::client::all_pages;
use crate::endpoint::{Effect, Endpoint};
use crate::{AccessToken, Client, Error, Pages, Remedy, TokenError, TokenStore, Tokens};

/// How long to wait with the next refresh if Kakao did not renew the refresh token at this one.
const KEEP_ALIVE_AGAIN: SignedDuration = SignedDuration::from_hours(24);

/// Hands out access tokens that work, for every account in a store; clones share the store.
///
/// It asks Kakao for new tokens some minutes before the old ones end, once for however many callers (in other
/// processes too, if the store's lock reaches there), and not more often than Kakao allows.
pub struct TokenKeeper<S: TokenStore>(Arc<Refresher<S>>);

impl<S: TokenStore> Clone for TokenKeeper<S> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<S: TokenStore> std::fmt::Debug for TokenKeeper<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TokenKeeper").field("client", &self.0.client).finish_non_exhaustive()
    }
}

impl<S: TokenStore> TokenKeeper<S> {
    /// A keeper over this store, which goes by the client's clock.
    pub fn new(client: Client, store: S) -> Self {
        Self(Arc::new(Refresher::new(client, store)))
    }

    /// The client that makes the calls.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.0.client
    }

    /// The store the tokens live in, where a login's are put and a deleted account's removed.
    #[must_use]
    pub fn store(&self) -> &S {
        &self.0.store
    }

    /// An access token that lives for some minutes yet.
    pub async fn access_token(&self, key: &S::Key) -> Result<AccessToken, TokenError<S::Error>> {
        Ok(self.tokens(key, Wanted::Living).await?.access_token)
    }

    /// Another access token than the one Kakao has refused (-401).
    pub async fn renew(
        &self,
        key: &S::Key,
        refused: &AccessToken,
    ) -> Result<AccessToken, TokenError<S::Error>> {
        Ok(self.tokens(key, Wanted::OtherThan(refused.clone())).await?.access_token)
    }

    /// Refreshes an account that is seldom used, before its refresh token ends; answers when to come again.
    ///
    /// Called at those times, or daily, it keeps every login alive for as long as the user wants:
    ///
    /// ```
    /// # async fn example<S: katok_client::TokenStore>(keeper: katok_client::TokenKeeper<S>, accounts: Vec<S::Key>) {
    /// for account in &accounts {
    ///     if let Err(error) = keeper.keep_alive(account).await {
    ///         eprintln!("{account:?}: {error}; now: {:?}", error.remedy());
    ///     }
    /// }
    /// # }
    /// ```
    pub async fn keep_alive(&self, key: &S::Key) -> Result<Timestamp, TokenError<S::Error>> {
        let due = self.tokens(key, Wanted::KeptAlive).await?.keep_alive_due();
        let tomorrow = self.0.client.clock().now().checked_add(KEEP_ALIVE_AGAIN).unwrap_or(Timestamp::MAX);
        Ok(due.max(tomorrow))
    }

    /// Calls an endpoint for an account.
    ///
    /// When Kakao refuses the token (-401), the keeper gets a new one and makes the call once more. It does not
    /// repeat a call that sends a message: that fails with [`Remedy::RefreshToken`], its caller decides, and the next
    /// call has the new token. Use [`with_token`](Self::with_token) to decide beforehand.
    pub async fn call<E: Endpoint>(
        &self,
        key: &S::Key,
        endpoint: &E,
    ) -> Result<E::Output, TokenError<S::Error>> {
        let call = |tokens: Tokens| async move { self.0.client.call(endpoint, &tokens.access_token).await };
        self.attempt(key, call, E::EFFECT != Effect::Send).await
    }

    /// Calls an endpoint for an account and hands over Kakao's JSON as it came; see [`call`](Self::call).
    pub async fn call_json<E: Endpoint>(
        &self,
        key: &S::Key,
        endpoint: &E,
    ) -> Result<serde_json::Value, TokenError<S::Error>> {
        let call =
            |tokens: Tokens| async move { self.0.client.call_json(endpoint, &tokens.access_token).await };
        self.attempt(key, call, E::EFFECT != Effect::Send).await
    }

    /// Everything on all pages of a list, page by page as it is asked for, each with a token that works.
    ///
    /// ```
    /// # async fn example<S: katok_client::TokenStore>(
    /// #     keeper: katok_client::TokenKeeper<S>, account: S::Key,
    /// # ) -> Result<(), katok_client::TokenError<S::Error>> {
    /// use futures_util::TryStreamExt;
    /// use katok_client::ListFriends;
    ///
    /// let friends: Vec<_> = keeper.stream(&account, ListFriends::new()).try_collect().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn stream<E: Pages>(
        &self,
        key: &S::Key,
        endpoint: E,
    ) -> impl Stream<Item = Result<E::Item, TokenError<S::Error>>> + Send + use<S, E> {
        let (keeper, key) = (self.clone(), key.clone());
        all_pages(endpoint, move |page| {
            let (keeper, key) = (keeper.clone(), key.clone());
            async move { keeper.call(&key, &page).await }
        })
    }

    /// Makes a call with a token, and once more with another if Kakao refuses the first.
    ///
    /// This is for callers who have decided that a sending call may be made again after -401: Kakao looks
    /// at the token before anything else, so nothing was sent.
    ///
    /// ```
    /// # async fn example<S: katok_client::TokenStore>(
    /// #     keeper: katok_client::TokenKeeper<S>, account: S::Key, message: katok_client::SendToMe,
    /// # ) -> Result<(), katok_client::TokenError<S::Error>> {
    /// let (client, message) = (keeper.client(), &message);
    /// let send = |token| async move { client.call(message, &token).await };
    /// keeper.with_token(&account, send).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn with_token<T, F>(
        &self,
        key: &S::Key,
        call: impl Fn(AccessToken) -> F,
    ) -> Result<T, TokenError<S::Error>>
    where
        F: Future<Output = Result<T, Error>>,
    {
        self.with_tokens(key, |tokens| call(tokens.access_token)).await
    }

    /// As [`with_token`](Self::with_token), for a call that is also to know until when the login lasts.
    pub async fn with_tokens<T, F>(
        &self,
        key: &S::Key,
        call: impl Fn(Tokens) -> F,
    ) -> Result<T, TokenError<S::Error>>
    where
        F: Future<Output = Result<T, Error>>,
    {
        self.attempt(key, call, true).await
    }

    async fn attempt<T, F>(
        &self,
        key: &S::Key,
        call: impl Fn(Tokens) -> F,
        may_repeat: bool,
    ) -> Result<T, TokenError<S::Error>>
    where
        F: Future<Output = Result<T, Error>>,
    {
        let tokens = self.tokens(key, Wanted::Living).await?;
        let used = tokens.access_token.clone();
        match call(tokens).await {
            Err(error) if error.remedy() == Remedy::RefreshToken => {
                let tokens = self.tokens(key, Wanted::OtherThan(used)).await?;
                if may_repeat {
                    call(tokens).await.map_err(TokenError::Kakao)
                } else {
                    Err(TokenError::Kakao(error))
                }
            }
            outcome => outcome.map_err(TokenError::Kakao),
        }
    }

    /// Waits until no refresh is under way, and stores what the store has not taken before.
    ///
    /// A program that ends without it may lose a refresh token that Kakao has just replaced.
    pub async fn settled(&self) {
        drop(self.0.under_way.write().await);
        self.0.store_all_answers().await;
    }

    async fn tokens(&self, key: &S::Key, wanted: Wanted) -> Result<Tokens, TokenError<S::Error>> {
        if let Some(tokens) = self.0.stored(key, &wanted).await? {
            return Ok(tokens);
        }
        // A task of its own, because the caller may stop waiting (a browser goes away) between Kakao's
        // answer and the store, and the refresh token in that answer would be lost.
        let (refresher, key) = (self.0.clone(), key.clone());
        let under_way = self.0.under_way.clone().read_owned().await;
        let refresh = async move {
            let outcome = refresher.refresh(&key, &wanted).await;
            drop(under_way);
            outcome
        };
        tokio::spawn(refresh.in_current_span()).await.unwrap_or_else(|error| match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_program_is_ending) => Err(TokenError::Unfinished),
        })
    }
}
