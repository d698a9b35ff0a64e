//! Which Kakao a command talks to: the app of the settings, or the emulator on this machine.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use katok_client::{
    AccessToken, AdminClient, AdminKey, Client, Endpoint, Friend, KakaoCode, ListFriends, RedirectUri,
    TokenError, TokenKeeper,
};
use katok_gateway::config::{SettingsFile, set};
use katok_gateway::{KakaoApp, KakaoAt, Sentence};
use serde::Deserialize;
use tokio::sync::{RwLock, RwLockReadGuard};
use url::Url;

use crate::args::Args;
use crate::completion::friend_names;
use crate::failure::{Exit, Failure};
use crate::profile::Profile;
use crate::tokens::{Choice, TokenHome, TokenHomeError};
use crate::{control, data_dir};

/// The user is not, or no longer, linked to the app.
const NOT_LINKED: KakaoCode = KakaoCode::Api(-101);

/// Where `katok login` waits for the browser, unless `KATOK_LOGIN_REDIRECT_URI` or `KAKAO_REDIRECT_URI` says
/// otherwise.
const LOOPBACK_REDIRECT: &str = "http://localhost:4199/callback";

/// Everything a command needs to act for the signed-in person.
pub(crate) struct Kakao {
    pub(crate) at: KakaoAt,
    /// The app with its addresses, for whoever asks Kakao in another way than by the client.
    pub(crate) set_up: KakaoApp,
    pub(crate) client: Client,
    admin_key: Option<AdminKey>,
    keeper: TokenKeeper<TokenHome>,
    pub(crate) tokens: TokenHome,
    /// Names the app, without showing its key.
    pub(crate) app: String,
    pub(crate) profile: Profile,
    /// The data folder.
    pub(crate) data: PathBuf,
    /// The gateway that is named, as it is written.
    pub(crate) gateway: Option<String>,
    /// The account's place among the tokens.
    pub(crate) key: String,
    pub(crate) redirect_uri: RedirectUri,
    /// Where a text leads that names no link.
    pub(crate) link: Url,
    begun: Begun,
}

/// What is not broken off by a signal, because nobody could say how far it came.
#[derive(Debug, Default)]
struct Begun {
    under_way: RwLock<()>,
    is_to_stop: AtomicBool,
}

/// An app with the addresses that fit it.
struct Found {
    app: KakaoApp,
    redirect_uri: RedirectUri,
    link: Url,
}

/// One program environment, as the settings read it.
pub(crate) fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// The settings file: the named one, or `katok.toml` in the data folder if there is one.
pub(crate) fn settings_file(args: &Args, data: &Path, problems: &mut Vec<Sentence>) -> SettingsFile {
    let path = args.config.clone().unwrap_or_else(|| data.join("katok.toml"));
    SettingsFile::read(&path, args.config.is_some(), problems)
}

/// All problems of the settings as one failure.
pub(crate) fn no_problems(problems: &[Sentence]) -> Result<(), Failure> {
    if problems.is_empty() {
        return Ok(());
    }
    let join = |part: fn(&Sentence) -> &str| problems.iter().map(part).collect::<Vec<_>>().join("\n");
    Err(Failure::usage(join(|problem| &problem.ko), join(|problem| &problem.en)))
}

impl Kakao {
    /// Finds the app and opens the token file.
    pub(crate) async fn find(args: &Args) -> Result<Self, Failure> {
        let data = data_dir::of(args)?;
        let mut problems = Vec::new();
        let file = settings_file(args, &data, &mut problems);
        let app = KakaoApp::read(&environment, &file, &mut problems);
        let (_, api) = KakaoApp::base_urls(&environment, &file, &mut Vec::new());
        no_problems(&problems)?;
        let mut found = match app {
            Some(app) => configured(app),
            None => local_emulator(&data, api).await?,
        };
        if let Some(text) = environment("KATOK_LOGIN_REDIRECT_URI").filter(|text| !text.is_empty()) {
            found.redirect_uri = text.parse().map_err(|_| {
                Failure::usage(
                    "KATOK_LOGIN_REDIRECT_URI 값이 웹 주소가 아닙니다. 카카오 콘솔에 등록한 주소를 그대로 넣으세요.",
                    "KATOK_LOGIN_REDIRECT_URI is not a web address. Give it exactly as it is registered in Kakao's console.",
                )
            })?;
        }
        let mut builder = Client::builder(found.app.keys.rest_api_key.clone())
            .auth_base_url(found.app.auth_base_url.clone())
            .api_base_url(found.app.api_base_url.clone());
        if let Some(secret) = &found.app.keys.client_secret {
            builder = builder.client_secret(secret.clone());
        }
        let client = builder.build()?;
        let tokens = TokenHome::new(&data, token_choice()?);
        let profile = args.profile.clone().unwrap_or_default();
        let fingerprint = found.app.fingerprint();
        Ok(Self {
            at: found.app.at,
            keeper: TokenKeeper::new(client.clone(), tokens.clone()),
            key: profile.key(&fingerprint),
            app: fingerprint,
            profile,
            admin_key: found.app.keys.admin_key.clone(),
            set_up: found.app,
            redirect_uri: found.redirect_uri,
            link: found.link,
            begun: Begun::default(),
            client,
            tokens,
            data,
            gateway: set(&environment, "KATOK_GATEWAY_URL").or(file.remote.gateway_url),
        })
    }

    /// Makes a call for the signed-in person, also one that sends, and once more after a refused token
    /// (-401): Kakao looks at the token before anything else, so nothing was sent.
    pub(crate) async fn call<E: Endpoint>(
        &self,
        endpoint: &E,
    ) -> Result<E::Output, TokenError<TokenHomeError>> {
        let call = |token| async move { self.client.call(endpoint, &token).await };
        self.keeper.with_token(&self.key, call).await
    }

    /// The same, with Kakao's JSON as it came.
    pub(crate) async fn call_json<E: Endpoint>(
        &self,
        endpoint: &E,
    ) -> Result<serde_json::Value, TokenError<TokenHomeError>> {
        let call = |token| async move { self.client.call_json(endpoint, &token).await };
        self.keeper.with_token(&self.key, call).await
    }

    /// Gets new tokens, though the old ones may live.
    pub(crate) async fn refresh(&self, old: &AccessToken) -> Result<(), TokenError<TokenHomeError>> {
        self.keeper.renew(&self.key, old).await.map(drop)
    }

    /// Every page of the friends list.
    pub(crate) async fn friends(&self) -> Result<Vec<Friend>, TokenError<TokenHomeError>> {
        const PAGE: u32 = 100;
        let mut friends = Vec::new();
        loop {
            let offset = u32::try_from(friends.len()).unwrap_or(u32::MAX);
            let page = self.call(&ListFriends::new().offset(offset).limit(PAGE)).await?;
            let is_last = page.after_url.is_none() || page.elements.is_empty();
            friends.extend(page.elements);
            if is_last {
                friend_names::keep(&self.data, &friends);
                return Ok(friends);
            }
        }
    }

    /// A client that acts for every user of the app.
    pub(crate) fn admin(&self) -> Result<AdminClient, Failure> {
        let key = self.admin_key.clone().ok_or_else(|| {
            Failure::usage(
                "KAKAO_ADMIN_KEY가 없습니다. 카카오디벨로퍼스 콘솔의 앱 > 앱 키에서 어드민 키를 찾아 설정하세요.",
                "KAKAO_ADMIN_KEY is not set. Kakao Developers shows the app's admin key among its app keys.",
            )
        })?;
        Ok(self.client.admin(key))
    }

    /// While this is held, a signal does not break off what is done.
    pub(crate) async fn finishing(&self) -> RwLockReadGuard<'_, ()> {
        self.begun.under_way.read().await
    }

    /// Whether something is done that a signal does not break off.
    pub(crate) fn is_under_way(&self) -> bool {
        self.begun.under_way.try_write().is_err()
    }

    /// Whether somebody has asked to stop, so that nothing more is to be begun.
    pub(crate) fn is_to_stop(&self) -> bool {
        self.begun.is_to_stop.load(Ordering::Relaxed)
    }

    /// Asks to begin nothing more.
    pub(crate) fn ask_to_stop(&self) {
        self.begun.is_to_stop.store(true, Ordering::Relaxed);
    }

    /// Waits until nothing is under way that is to be finished.
    pub(crate) async fn finished(&self) {
        drop(self.begun.under_way.write().await);
    }

    /// Waits until no refresh is under way, whose new refresh token would otherwise be lost.
    pub(crate) async fn settled(&self) {
        self.keeper.settled().await;
    }
}

/// Where a sign-in is to put its tokens.
fn token_choice() -> Result<Choice, Failure> {
    let text = environment("KATOK_TOKENS").unwrap_or_default();
    Choice::parse(&text).ok_or_else(|| {
        Failure::usage(
            "KATOK_TOKENS 값은 auto, file, keyring 가운데 하나여야 합니다.",
            "KATOK_TOKENS has to be auto, file or keyring.",
        )
    })
}

/// Whether Kakao says that there is nothing more to sign out of or to unlink.
pub(crate) fn has_ended(error: &TokenError<TokenHomeError>) -> bool {
    match error {
        TokenError::SignInAgain { .. } | TokenError::Store(TokenHomeError::NoRefreshToken) => true,
        TokenError::Kakao(error) => error.kakao_code() == Some(NOT_LINKED),
        _ => false,
    }
}

fn address(text: &'static str) -> Url {
    Url::parse(text).expect("a constant address parses")
}

fn loopback_redirect() -> RedirectUri {
    LOOPBACK_REDIRECT.parse().expect("a constant address parses")
}

fn configured(app: KakaoApp) -> Found {
    let redirect_uri = app.redirect_uri.clone().unwrap_or_else(loopback_redirect);
    // People register the domain of their redirect address also as the domain of their links.
    let link = app.redirect_uri.as_ref().and_then(|uri| uri.url().join("/").ok());
    Found { redirect_uri, link: link.unwrap_or_else(|| address("https://developers.kakao.com")), app }
}

/// What the emulator says of its apps, as far as a command needs it.
#[derive(Deserialize)]
struct World {
    apps: Vec<WorldApp>,
}

#[derive(Deserialize)]
struct WorldApp {
    rest_api_key: String,
    client_secret: Option<String>,
    admin_key: String,
    #[serde(default)]
    redirect_uris: Vec<String>,
    #[serde(default)]
    web_domains: Vec<Url>,
}

/// Asks the emulator of `KAKAO_API_BASE_URL`, else the one started last, else the usual port.
async fn local_emulator(data: &Path, named: Option<Url>) -> Result<Found, Failure> {
    for emulator in control::candidates(named.as_ref(), data) {
        if let Some(world) = ask(&emulator).await {
            return choose(&emulator, world);
        }
    }
    Err(Failure::usage(
        "KAKAO_REST_API_KEY가 없고, 이 컴퓨터에서 실행 중인 에뮬레이터도 없습니다.",
        "KAKAO_REST_API_KEY is not set, and no emulator runs on this machine.",
    )
    .hint("katok up"))
}

async fn ask(emulator: &Url) -> Option<World> {
    let client = reqwest::Client::builder()
        .timeout(Duration::from_secs(3))
        .no_proxy()
        .tls_certs_only([])
        .build()
        .ok()?;
    let answer = client.get(emulator.join("/_emulator/v1/world").ok()?).send().await.ok()?;
    answer.error_for_status().ok()?.json().await.ok()
}

fn choose(emulator: &Url, world: World) -> Result<Found, Failure> {
    let app = world.apps.into_iter().next().ok_or_else(|| {
        Failure::new(Exit::Usage, "에뮬레이터에 앱이 없습니다.", "The emulator has no app.")
    })?;
    let loopback =
        |uri: &&RedirectUri| matches!(uri.url().host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    let wanted = loopback_redirect();
    let registered: Vec<RedirectUri> = app.redirect_uris.iter().filter_map(|uri| uri.parse().ok()).collect();
    let redirect_uri = registered
        .iter()
        .find(|uri| **uri == wanted)
        .or_else(|| registered.iter().find(loopback))
        .or(registered.first())
        .cloned()
        .unwrap_or(wanted);
    Ok(Found {
        link: app.web_domains.into_iter().next().unwrap_or_else(|| emulator.clone()),
        redirect_uri,
        app: KakaoApp::at_emulator(emulator.clone(), &app.rest_api_key, app.client_secret.as_deref())
            .with_admin_key(&app.admin_key),
    })
}
