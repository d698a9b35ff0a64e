//! Kakao for an example: the emulator, with people to sign in, and a client of its built-in app.
//!
//! On Kakao itself all of this falls away but the client, which then has no addresses to be given.
#![expect(clippy::print_stdout, reason = "an example shows what happens")]
#![allow(dead_code, reason = "each example uses its part of this")]

use std::error::Error;

use katok_client::{AccessToken, Authorize, Client, ClientSecret, RestApiKey};
use katok_emulator::{Decision, Emulator, Options, Seed};
use url::Url;

pub(crate) struct Kakao {
    pub(crate) emulator: Emulator,
    pub(crate) client: Client,
}

pub(crate) async fn start() -> Result<Kakao, Box<dyn Error>> {
    start_in(Seed::built_in()).await
}

/// In a world that is not the built-in one.
pub(crate) async fn start_in(seed: Seed) -> Result<Kakao, Box<dyn Error>> {
    let emulator = Emulator::start(Options { seed, ..Options::default() }).await?;
    let client = Client::builder(RestApiKey::new("de300de300de300de300de300de30001"))
        .client_secret(ClientSecret::new("de305ec7de305ec7de305ec7de305ec7"))
        .auth_base_url(emulator.base_url())
        .api_base_url(emulator.base_url())
        .build()?;
    Ok(Kakao { emulator, client })
}

impl Kakao {
    /// Ryan's access token; your program gets one by a login, and keeps it fresh with a `TokenKeeper`.
    pub(crate) async fn token_of_ryan(&self) -> Result<AccessToken, Box<dyn Error>> {
        Ok(AccessToken::new(self.emulator.sign_in("demo", "ryan", &[]).await?.access_token))
    }

    /// What Ryan does in the browser: he signs in, agrees, and is sent back to this address.
    pub(crate) fn ryan_agrees(&self, login: &Authorize) -> Result<Url, Box<dyn Error>> {
        self.ryan_agrees_at(&self.client.authorize_url(login))
    }

    pub(crate) fn ryan_agrees_at(&self, authorize_url: &Url) -> Result<Url, Box<dyn Error>> {
        Ok(self.emulator.approve(authorize_url, "ryan", &Decision::Allow)?)
    }

    /// Shows a person's chat rooms.
    pub(crate) fn show_messages(&self, person: &str) {
        for message in self.emulator.messages(person) {
            let template = &message.template_object;
            let words = [&template["text"], &template["header_title"], &template["content"]["title"]];
            let words = words.iter().find_map(|words| words.as_str()).unwrap_or_default();
            println!("{person} sees: {words}");
        }
    }
}
