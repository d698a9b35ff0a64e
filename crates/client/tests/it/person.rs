//! A person who is signed in at the emulated Kakao, with one time for both sides.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use katok_client::{
    AccessToken, Client, ClientSecret, IssueLog, ManualClock, RefreshToken, RestApiKey, ScopeSet, Tokens,
};
use katok_emulator::{Clock, Emulator, Exchange, Options, Seed};
use url::Url;

use crate::service::{CLIENT_SECRET, REST_API_KEY};

/// Where the tests' time begins.
pub(crate) fn noon() -> Timestamp {
    "2026-01-02T12:00:00Z".parse().unwrap()
}

/// A client of the built-in app, by a clock of the test's.
pub(crate) fn demo_client(base_url: &Url, clock: Arc<ManualClock>) -> Client {
    Client::builder(RestApiKey::new(REST_API_KEY))
        .client_secret(ClientSecret::new(CLIENT_SECRET))
        .auth_base_url(base_url.clone())
        .api_base_url(base_url.clone())
        .clock(clock)
        .build()
        .unwrap()
}

/// Ryan, who has just signed in to the demo app.
pub(crate) struct Ryan {
    pub(crate) emulator: Emulator,
    pub(crate) client: Client,
    pub(crate) tokens: Tokens,
    clock: Arc<ManualClock>,
}

impl Ryan {
    pub(crate) async fn new() -> Self {
        let mut seed = Seed::built_in();
        // Signing an ID token at each refresh would take most of the two years.
        seed.apps[0].oidc = false;
        let options = Options { seed, clock: Some(Clock::stopped_at(noon())), ..Options::default() };
        let emulator = Emulator::start(options).await.unwrap();
        let clock = Arc::new(ManualClock::new(noon()));
        let client = demo_client(&emulator.base_url(), clock.clone());
        let tokens = sign_in(&emulator, noon()).await;
        Self { emulator, client, tokens, clock }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.client.clock().now()
    }

    /// Turns both clocks.
    pub(crate) fn wait(&self, time: SignedDuration) {
        self.clock.advance(time);
        self.emulator.advance(time).unwrap();
    }

    /// The tokens of another sign-in.
    pub(crate) async fn sign_in(&self) -> Tokens {
        sign_in(&self.emulator, self.now()).await
    }

    /// What was asked of `/oauth/token`.
    pub(crate) fn refreshes(&self) -> Vec<Exchange> {
        self.emulator.journal(0).into_iter().filter(is_refresh).collect()
    }
}

pub(crate) fn is_refresh(exchange: &Exchange) -> bool {
    exchange.path == "/oauth/token"
}

async fn sign_in(emulator: &Emulator, now: Timestamp) -> Tokens {
    let tokens = emulator.sign_in("demo", "ryan", &[]).await.unwrap();
    Tokens {
        access_token: AccessToken::new(tokens.access_token),
        access_token_expires_at: now + SignedDuration::from_secs(tokens.expires_in),
        refresh_token: RefreshToken::new(tokens.refresh_token),
        refresh_token_expires_at: now + SignedDuration::from_secs(tokens.refresh_token_expires_in),
        scopes: ScopeSet::new(),
        issue_log: IssueLog::of_login(now),
    }
}
