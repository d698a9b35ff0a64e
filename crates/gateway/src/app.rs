//! What the rooms of the gateway share: every collaborator in one place.

use std::sync::Arc;

use katok_client::{Chance, Client, Clock, RedirectUri, TokenKeeper, Transport};

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::config::{KakaoApp, Settings};
use crate::kakao_calls::Counted;
use crate::last_use::Noting;
use crate::outbox::Outbox;
use crate::outbox::feed::Feeds;
use crate::outbox::webhook::Poster;
use crate::rates::Rates;
use crate::readiness::LastSeen;
use crate::setup::LastTrouble;
use crate::store::Store;
use crate::telemetry::Telemetry;
use crate::vault::{TokenVault, Vault};

/// The assembled gateway, as a request sees it.
pub(crate) struct App {
    pub(crate) settings: Settings,
    pub(crate) redirect_uri: RedirectUri,
    /// Where Kakao sends a browser back to that was logged out of the Kakao account.
    pub(crate) logout_redirect_uri: RedirectUri,
    /// Tells apart accounts of different Kakao apps and addresses in one database.
    pub(crate) realm: String,
    pub(crate) client: Client,
    pub(crate) keeper: TokenKeeper<TokenVault>,
    pub(crate) tokens: TokenVault,
    pub(crate) store: Store,
    pub(crate) vault: Arc<Vault>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) chance: Arc<dyn Chance>,
    pub(crate) noting: Noting,
    pub(crate) rates: Rates,
    pub(crate) telemetry: Arc<Telemetry>,
    pub(crate) kakao_last_seen: LastSeen,
    /// What Kakao finds wrong with the set-up.
    pub(crate) trouble: Arc<LastTrouble>,
    pub(crate) outbox: Outbox,
    pub(crate) feeds: Feeds,
    pub(crate) poster: Poster,
    /// Cancelled when the gateway is to stop.
    pub(crate) stop: CancellationToken,
    /// Work that goes on when its browser has gone.
    pub(crate) unfinished: TaskTracker,
}

/// What is around a gateway: everything by which two runs of it may differ.
pub(crate) struct World {
    /// The way to Kakao; none for the network.
    pub(crate) wire: Option<Arc<dyn Transport>>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) chance: Arc<dyn Chance>,
}

impl App {
    pub(crate) fn assemble(
        settings: Settings,
        store: Store,
        vault: Vault,
        world: World,
    ) -> Result<Self, katok_client::Error> {
        let World { wire, clock, chance } = world;
        let KakaoApp { keys, auth_base_url, api_base_url, .. } = &settings.kakao;
        let mut builder = Client::builder(keys.rest_api_key.clone())
            .auth_base_url(auth_base_url.clone())
            .api_base_url(api_base_url.clone())
            .timeout(settings.kakao_timeout)
            .retries(settings.kakao_retries)
            .clock(clock.clone());
        if let Some(secret) = &keys.client_secret {
            builder = builder.client_secret(secret.clone());
        }
        let telemetry = Arc::new(Telemetry::new(clock.now()));
        let wire = match wire {
            Some(wire) => wire,
            None => builder.clone().build()?.transport().clone(),
        };
        let trouble = Arc::new(LastTrouble::new(clock.clone()));
        let counted = Counted { wire, telemetry: telemetry.clone(), trouble: trouble.clone() };
        let client = builder.transport(Arc::new(counted)).build()?;
        let ours = |path| {
            let address = settings.public_url.join(path).ok();
            address.and_then(|url| url.as_str().parse().ok()).expect("a web address takes an absolute path")
        };
        let redirect_uri = settings.kakao.redirect_uri.clone().unwrap_or_else(|| ours("/redirect"));
        let logout_redirect_uri =
            settings.kakao.logout_redirect_uri.clone().unwrap_or_else(|| ours("/logged-out"));
        let realm = settings.kakao.fingerprint();
        let vault = Arc::new(vault);
        let tokens = TokenVault::new(store.clone(), vault.clone(), clock.clone());
        let keeper = TokenKeeper::new(client.clone(), tokens.clone());
        Ok(Self {
            rates: Rates::new(settings.rate_limits, &clock),
            telemetry,
            kakao_last_seen: LastSeen::default(),
            trouble,
            outbox: Outbox::new(chance.as_ref(), settings.outbox.side_by_side),
            feeds: Feeds::default(),
            poster: Poster::new(settings.webhook_private_addresses),
            stop: CancellationToken::new(),
            settings,
            redirect_uri,
            logout_redirect_uri,
            realm,
            client,
            keeper,
            tokens,
            store,
            vault,
            clock,
            chance,
            noting: Noting::default(),
            unfinished: TaskTracker::new(),
        })
    }

    /// What a name of our own needs beside the time.
    pub(crate) fn chance_for_an_id(&self) -> [u8; 10] {
        let mut chance = [0; 10];
        self.chance.fill(&mut chance);
        chance
    }

    /// Whether no new work is to be begun.
    pub(crate) fn is_stopping(&self) -> bool {
        self.unfinished.is_closed()
    }
}
