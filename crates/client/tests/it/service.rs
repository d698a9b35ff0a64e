//! A service at work: the emulator in Kakao's place, and a client that knows the service's app.

use jiff::SignedDuration;
use katok_client::{
    AccessToken, AdminClient, AdminKey, Client, ClientBuilder, ClientSecret, RestApiKey, Retries,
};
use katok_emulator::{Emulator, Options, Seed};

/// The keys of the emulator's built-in app.
pub(crate) const REST_API_KEY: &str = "de300de300de300de300de300de30001";
pub(crate) const CLIENT_SECRET: &str = "de305ec7de305ec7de305ec7de305ec7";
pub(crate) const ADMIN_KEY: &str = "de30ad31de30ad31de30ad31de30ad31";

pub(crate) struct Service {
    pub(crate) kakao: Emulator,
    pub(crate) client: Client,
}

impl Service {
    /// The service of the built-in app.
    pub(crate) async fn start() -> Self {
        Self::start_but(|_| {}).await
    }

    /// The service of the built-in app, in a world that differs.
    pub(crate) async fn start_but(change: impl FnOnce(&mut Seed)) -> Self {
        let mut seed = Seed::built_in();
        change(&mut seed);
        let kakao = Emulator::start(Options { seed, ..Options::default() }).await.unwrap();
        let client = builder(&kakao).build().unwrap();
        Self { kakao, client }
    }

    /// The access token of somebody who has just signed in and agreed to these items too.
    pub(crate) async fn sign_in(&self, person: &str, scopes: &[&str]) -> AccessToken {
        let tokens = self.kakao.sign_in("demo", person, scopes).await.unwrap();
        AccessToken::new(tokens.access_token)
    }

    pub(crate) fn admin(&self) -> AdminClient {
        self.client.admin(AdminKey::new(ADMIN_KEY))
    }

    /// Lets Kakao forget what it remembers for some minutes, such as friend lists.
    pub(crate) fn let_caches_run_out(&self) {
        self.kakao.advance(SignedDuration::from_mins(11)).unwrap();
    }
}

/// A client of the built-in app; it asks once, so that a test counts what it causes.
pub(crate) fn builder(kakao: &Emulator) -> ClientBuilder {
    Client::builder(RestApiKey::new(REST_API_KEY))
        .client_secret(ClientSecret::new(CLIENT_SECRET))
        .auth_base_url(kakao.base_url())
        .api_base_url(kakao.base_url())
        .retries(Retries::NONE)
}
