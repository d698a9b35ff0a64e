//! A gateway on a temporary data folder, an emulator behind it, and a proxy between that can misbehave.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use katok_client::{ManualClock, SystemChance};
use katok_emulator::{Decision, Emulator, Options};
use katok_gateway::config::{SessionSettings, SignIn, VaultKeyText};
use katok_gateway::{DataFolder, Gateway, KakaoApp, Settings, StartError};
use sqlx::Connection as _;
use tempfile::TempDir;
use tokio::net::TcpListener;
use url::Url;

use crate::browser::Browser;
use crate::database::Database;
use crate::kakao_proxy::KakaoProxy;

/// When every test begins: noon in Korea, far from any day's end.
pub(crate) const START: Timestamp = Timestamp::constant(1_767_236_400, 0);

/// Everything that runs in one test.
pub(crate) struct House {
    pub(crate) emulator: Emulator,
    pub(crate) kakao: KakaoProxy,
    pub(crate) gateway: Running,
    pub(crate) url: Url,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) data: TempDir,
    pub(crate) database: Database,
    settings: Settings,
}

pub(crate) async fn listener() -> (TcpListener, Url) {
    let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    (listener, Url::parse(&format!("http://localhost:{port}")).unwrap())
}

pub(crate) async fn emulator() -> Emulator {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let clock = katok_emulator::Clock::stopped_at(START);
    Emulator::start(Options { address, clock: Some(clock), ..Options::default() }).await.unwrap()
}

/// The settings of a gateway at `url` whose Kakao is at `kakao`, with the keys of the emulator's app.
pub(crate) fn settings(emulator: &Emulator, kakao: &Url, url: &Url, database: &Database) -> Settings {
    let world = emulator.world();
    let app = &world.apps[0];
    emulator.register_redirect_uri(app.key.as_str(), &url.join("/redirect").unwrap()).unwrap();
    emulator.register_logout_redirect_uri(app.key.as_str(), &url.join("/logged-out").unwrap()).unwrap();
    let client_secret = app.client_secret.as_ref().map(katok_emulator::seed::Secret::secret);
    let kakao = KakaoApp::at_emulator(kakao.clone(), &app.rest_api_key, client_secret)
        .with_admin_key(app.admin_key.secret());
    // A proxy may stand between, as before a real Kakao: ID tokens go by the name of who signs them.
    let issuer = emulator.base_url().as_str().trim_end_matches('/').to_owned();
    Settings {
        sign_in: SignIn { issuer: Some(issuer), ..SignIn::default() },
        database: database.setting(),
        kakao_timeout: Duration::from_secs(2),
        // Tests turn the clock by weeks; those about sessions have the usual idle time.
        sessions: SessionSettings { idle: SessionSettings::default().lifetime, ..Default::default() },
        ..Settings::new(url.clone(), kakao)
    }
}

/// A gateway together with the folder it runs on.
pub(crate) struct Running {
    gateway: Gateway,
    _data: DataFolder,
}

impl Running {
    pub(crate) async fn do_what_is_due(&self) {
        self.gateway.do_what_is_due().await;
    }

    pub(crate) async fn stop(self) {
        self.gateway.stop().await;
    }
}

pub(crate) async fn start(
    settings: Settings,
    data: &Path,
    listener: TcpListener,
    clock: &Arc<ManualClock>,
) -> Result<Running, StartError> {
    let data = DataFolder::take(data).unwrap();
    let gateway =
        Gateway::start(settings, &data, listener.into(), clock.clone(), Arc::new(SystemChance)).await?;
    Ok(Running { gateway, _data: data })
}

impl House {
    pub(crate) async fn open() -> Self {
        Self::open_on(Database::new().await).await
    }

    pub(crate) async fn open_on(database: Database) -> Self {
        Self::open_with(database, |_, _| {}).await
    }

    /// With other settings than the usual ones.
    pub(crate) async fn open_with(database: Database, change: impl FnOnce(&mut Settings, &Emulator)) -> Self {
        let emulator = emulator().await;
        let kakao = KakaoProxy::before(emulator.base_url()).await;
        let (listener, url) = listener().await;
        let data = tempfile::tempdir().unwrap();
        let mut settings = settings(&emulator, &kakao.url, &url, &database);
        change(&mut settings, &emulator);
        let clock = Arc::new(ManualClock::new(START));
        let gateway = start(settings.clone(), data.path(), listener, &clock).await.unwrap();
        Self { emulator, kakao, gateway, url, clock, data, database, settings }
    }

    /// Stops the gateway and starts it again on the same data and port.
    pub(crate) async fn restart(self) -> Self {
        Box::pin(self.begin_anew(async |_, _| {}, |_| {})).await
    }

    /// The same, with other settings.
    pub(crate) async fn restart_with(self, change: impl FnOnce(&mut Settings)) -> Self {
        Box::pin(self.begin_anew(async |_, _| {}, change)).await
    }

    /// The same, doing something to data folder and database in between.
    pub(crate) async fn restart_after(self, between: impl AsyncFnOnce(&Path, &Database)) -> Self {
        Box::pin(self.begin_anew(between, |_| {})).await
    }

    async fn begin_anew(
        self,
        between: impl AsyncFnOnce(&Path, &Database),
        change: impl FnOnce(&mut Settings),
    ) -> Self {
        let Self { emulator, kakao, gateway, url, clock, data, database, mut settings } = self;
        change(&mut settings);
        gateway.stop().await;
        between(data.path(), &database).await;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, url.port().unwrap()));
        let listener = TcpListener::bind(address).await.unwrap();

        let gateway = start(settings.clone(), data.path(), listener, &clock).await.unwrap();
        Self { emulator, kakao, gateway, url, clock, data, database, settings }
    }

    /// A second gateway on the same PostgreSQL, with a data folder of its own.
    pub(crate) async fn another_gateway(&self) -> ((Running, TempDir), Url) {
        let (listener, url) = listener().await;
        let data = tempfile::tempdir().unwrap();
        let gateway = start(self.settings_of_another(), data.path(), listener, &self.clock).await.unwrap();
        ((gateway, data), url)
    }

    /// The settings of a gateway beside this one: the same public address, and the key it made.
    pub(crate) fn settings_of_another(&self) -> Settings {
        let key = std::fs::read_to_string(self.data.path().join("vault.key")).unwrap();
        Settings { vault_key: Some(VaultKeyText::new(key)), ..self.settings() }
    }

    /// Turns the clocks of the gateway and of Kakao together.
    pub(crate) fn advance(&self, duration: jiff::SignedDuration) {
        self.clock.advance(duration);
        self.emulator.advance(duration).unwrap();
    }

    /// A number out of the database, whatever its engine.
    pub(crate) async fn number(&self, sql: &'static str) -> i64 {
        sqlx::any::install_default_drivers();
        let sqlite = || format!("sqlite:{}", self.data.path().join("katok.db").display());
        let url = self.database.url().map_or_else(sqlite, Into::into);
        let mut database = sqlx::AnyConnection::connect(&url).await.unwrap();
        sqlx::query_scalar(sql).fetch_one(&mut database).await.unwrap()
    }

    /// A browser in which nobody is signed in.
    pub(crate) fn visitor(&self) -> Browser {
        Browser::new(&self.url)
    }

    /// A browser in which a person has signed in, having agreed to everything that was asked.
    pub(crate) async fn signed_in(&self, person: &str) -> Browser {
        let browser = self.visitor();
        browser.sign_in(&self.emulator, person, "/authorize").await;
        browser
    }

    /// A browser whose person agreed to the required items only.
    pub(crate) async fn signed_in_with(&self, person: &str, scopes: &[&str]) -> Browser {
        let browser = self.visitor();
        let authorize = browser.get("/authorize").await.location();
        let back = self.emulator.approve(
            &authorize,
            person,
            &Decision::AllowOnly(scopes.iter().map(|scope| (*scope).to_owned()).collect()),
        );
        browser.get_url(&back.unwrap()).await.found("/index.html?login=success");
        browser
    }

    /// The uuid of a friend, by nickname.
    pub(crate) async fn friend(&self, browser: &Browser, nickname: &str) -> String {
        let friends = browser.get("/friends").await.json();
        let friend = friends["elements"]
            .as_array()
            .unwrap()
            .iter()
            .find(|friend| friend["profile_nickname"] == nickname);
        friend.unwrap_or_else(|| panic!("no friend {nickname} in {friends}"))["uuid"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    /// The texts in a person's chat rooms, oldest first.
    pub(crate) fn texts(&self, person: &str) -> Vec<String> {
        let messages = serde_json::to_value(self.emulator.messages(person)).unwrap();
        let text = |message: &serde_json::Value| {
            message["template_object"]["text"].as_str().unwrap_or_default().to_owned()
        };
        messages.as_array().unwrap().iter().map(text).collect()
    }

    pub(crate) fn settings(&self) -> Settings {
        self.settings.clone()
    }
}

/// A vault key that is not the one a gateway made for itself.
pub(crate) fn another_vault_key() -> VaultKeyText {
    VaultKeyText::new("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")
}
