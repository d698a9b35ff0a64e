//! The client: an app's name, two addresses and a wire, over which endpoints are called.

mod admin;
mod credential;
mod exchange;
mod raw;
mod retries;
mod stream;

use std::sync::Arc;
use std::time::Duration;

use futures_core::Stream;
use serde_json::value::RawValue;
use url::Url;

pub use admin::AdminClient;
use credential::Credential;
pub use raw::RawCall;
pub use retries::Retries;
pub use stream::Pages;
pub(crate) use stream::all_pages;

use crate::endpoint::{Auth, Endpoint, Host, Reply};
use crate::error::Call;
use crate::login::{
    self, AccountLogout, Authorize, ExchangeCode, IssuedTokens, RefreshTokens, RefreshedTokens,
};
use crate::transport::{Reqwest, Transport};
use crate::{AccessToken, AdminKey, ClientSecret, Clock, Error, RefreshToken, RestApiKey, SystemClock};

const AUTH_BASE_URL: &str = "https://kauth.kakao.com";
const API_BASE_URL: &str = "https://kapi.kakao.com";
const TIMEOUT: Duration = Duration::from_secs(15);
const USER_AGENT: &str = concat!("katok-client/", env!("CARGO_PKG_VERSION"));

/// Speaks to Kakao on behalf of one app; clones are cheap and share their connections.
#[derive(Debug, Clone)]
pub struct Client(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    rest_api_key: RestApiKey,
    client_secret: Option<ClientSecret>,
    auth_base_url: Url,
    api_base_url: Url,
    timeout: Duration,
    retries: Retries,
    transport: Arc<dyn Transport>,
    clock: Arc<dyn Clock>,
    #[cfg(feature = "oidc")]
    keys: crate::oidc::KeyCache,
}

/// A client being set up.
#[derive(Clone, Debug)]
#[must_use]
pub struct ClientBuilder {
    rest_api_key: RestApiKey,
    client_secret: Option<ClientSecret>,
    auth_base_url: Option<Url>,
    api_base_url: Option<Url>,
    timeout: Duration,
    retries: Retries,
    user_agent: String,
    transport: Option<Arc<dyn Transport>>,
    clock: Arc<dyn Clock>,
}

impl ClientBuilder {
    /// The client secret, which Kakao wants for every key that has it switched on (KOE010).
    pub fn client_secret(mut self, secret: ClientSecret) -> Self {
        self.client_secret = Some(secret);
        self
    }

    /// Another authorization server than kauth.kakao.com, such as an emulator.
    pub fn auth_base_url(mut self, url: Url) -> Self {
        self.auth_base_url = Some(url);
        self
    }

    /// Another API server than kapi.kakao.com, such as an emulator.
    pub fn api_base_url(mut self, url: Url) -> Self {
        self.api_base_url = Some(url);
        self
    }

    /// How long one attempt may take, from connecting to the last byte; 15 seconds if not said.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// How calls that may be made again are made again; [`Retries::default`] if not said.
    pub fn retries(mut self, retries: Retries) -> Self {
        self.retries = retries;
        self
    }

    /// Who is calling, such as `my-service/1.2`; it is written before this crate's own name.
    pub fn user_agent(mut self, name: &str) -> Self {
        self.user_agent = format!("{name} {USER_AGENT}");
        self
    }

    /// Another wire, such as one that only pretends. Time-out and user agent are its own business.
    pub fn transport(mut self, transport: Arc<dyn Transport>) -> Self {
        self.transport = Some(transport);
        self
    }

    /// Another clock than the machine's, by which tokens, keys and Kakao's dates are judged.
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// The finished client.
    pub fn build(self) -> Result<Client, Error> {
        let auth_base_url = base_url(self.auth_base_url, AUTH_BASE_URL)?;
        let api_base_url = base_url(self.api_base_url, API_BASE_URL)?;
        let direct = is_loopback(&auth_base_url) && is_loopback(&api_base_url);
        Ok(Client(Arc::new(Inner {
            rest_api_key: self.rest_api_key,
            client_secret: self.client_secret,
            auth_base_url,
            api_base_url,
            timeout: self.timeout,
            retries: self.retries,
            clock: self.clock,
            #[cfg(feature = "oidc")]
            keys: crate::oidc::KeyCache::default(),
            transport: match self.transport {
                Some(transport) => transport,
                None => Arc::new(Reqwest::new(self.timeout, &self.user_agent, direct)?),
            },
        })))
    }
}

fn base_url(given: Option<Url>, default: &str) -> Result<Url, Error> {
    let url = given.map_or_else(|| Url::parse(default), Ok);
    let is_plain = |url: &Url| {
        matches!(url.scheme(), "http" | "https")
            && (url.username(), url.password(), url.query(), url.fragment()) == ("", None, None, None)
    };
    url.ok().filter(is_plain).ok_or_else(|| {
        Error::configuration(
            "the address of Kakao's host must begin with https:// or http://, hold no password and end with its path",
        )
    })
}

/// Whether an address is on this machine, as an emulator's is.
fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

impl Client {
    /// Starts to set up a client for the app with this key.
    pub fn builder(rest_api_key: RestApiKey) -> ClientBuilder {
        ClientBuilder {
            rest_api_key,
            client_secret: None,
            auth_base_url: None,
            api_base_url: None,
            timeout: TIMEOUT,
            retries: Retries::default(),
            user_agent: USER_AGENT.to_owned(),
            transport: None,
            clock: Arc::new(SystemClock),
        }
    }

    /// The address to send a person's browser to.
    #[must_use]
    pub fn authorize_url(&self, authorize: &Authorize) -> Url {
        let mut url = self.address(Host::Auth, login::AUTHORIZE_PATH);
        authorize.write_query(&self.0.rest_api_key, &mut url);
        url
    }

    /// The address to send a person's browser to who wants to log out of their Kakao Account as well.
    #[must_use]
    pub fn account_logout_url(&self, logout: &AccountLogout) -> Url {
        let mut url = self.address(Host::Auth, login::ACCOUNT_LOGOUT_PATH);
        logout.write_query(&self.0.rest_api_key, &mut url);
        url
    }

    /// Turns an authorization code into tokens; it works once for each code.
    pub async fn exchange_code(&self, exchange: &ExchangeCode) -> Result<IssuedTokens, Error> {
        self.call_as_app(exchange).await
    }

    /// Gets the next access token. A refresh token that comes with it replaces the old one, which is dead:
    /// [`TokenKeeper`](crate::TokenKeeper) takes care of that.
    pub async fn refresh(&self, refresh_token: &RefreshToken) -> Result<RefreshedTokens, Error> {
        self.call_as_app(&RefreshTokens(refresh_token)).await
    }

    /// Calls an endpoint in the name of the user whose token this is.
    ///
    /// A call that only reads, or may be made twice, is made again when Kakao is not there for a moment; see
    /// [`Retries`]. A call that sends a message never is.
    pub async fn call<E: Endpoint>(&self, endpoint: &E, token: &AccessToken) -> Result<E::Output, Error> {
        const { assert!(E::AUTH.takes_access_token(), "this endpoint is not called with an access token") }
        self.request(&Call::of::<E>(), endpoint.encode(), Credential::AccessToken(token), E::decode).await
    }

    /// Calls an endpoint and hands over Kakao's JSON as it came, once it has proved to be an answer.
    pub async fn call_json<E: Endpoint>(
        &self,
        endpoint: &E,
        token: &AccessToken,
    ) -> Result<serde_json::Value, Error> {
        const { assert!(E::AUTH.takes_access_token(), "this endpoint is not called with an access token") }
        let decode = |reply: &Reply| E::decode(reply).and_then(|_| reply.json_or_null());
        self.request(&Call::of::<E>(), endpoint.encode(), Credential::AccessToken(token), decode).await
    }

    /// Calls an endpoint and hands over the answer together with Kakao's JSON letter by letter, to be passed on.
    ///
    /// Where Kakao answers without a word, the JSON is `null`.
    pub async fn call_verbatim<E: Endpoint>(
        &self,
        endpoint: &E,
        token: &AccessToken,
    ) -> Result<(E::Output, Box<RawValue>), Error> {
        const { assert!(E::AUTH.takes_access_token(), "this endpoint is not called with an access token") }
        let decode = |reply: &Reply| Ok((E::decode(reply)?, reply.verbatim()?));
        self.request(&Call::of::<E>(), endpoint.encode(), Credential::AccessToken(token), decode).await
    }

    /// Calls an endpoint that wants the app itself, or nobody in particular.
    pub async fn call_as_app<E: Endpoint>(&self, endpoint: &E) -> Result<E::Output, Error> {
        const {
            assert!(
                matches!(E::AUTH, Auth::Nobody | Auth::Client | Auth::AccessTokenOrAppKey),
                "this endpoint is called in the name of a user or with the admin key"
            );
        }
        let credential = match E::AUTH {
            Auth::Client => Credential::Client(&self.0.rest_api_key, self.0.client_secret.as_ref()),
            Auth::AccessTokenOrAppKey => Credential::AppKey(&self.0.rest_api_key),
            _ => Credential::Nobody,
        };
        self.request(&Call::of::<E>(), endpoint.encode(), credential, E::decode).await
    }

    /// Calls an endpoint this crate has no type for, in the name of a user.
    pub async fn call_raw(&self, call: &RawCall, token: &AccessToken) -> Result<serde_json::Value, Error> {
        self.request(&call.call(), call.parameters(), Credential::AccessToken(token), Reply::json_or_null)
            .await
    }

    /// Everything on all pages of a list, page by page as it is asked for.
    ///
    /// ```no_run
    /// # async fn example(client: katok_client::Client, token: katok_client::AccessToken) -> Result<(), katok_client::Error> {
    /// use futures_util::TryStreamExt;
    /// use katok_client::ListFriends;
    ///
    /// let friends: Vec<_> = client.stream(ListFriends::new(), &token).try_collect().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn stream<E: Pages>(
        &self,
        endpoint: E,
        token: &AccessToken,
    ) -> impl Stream<Item = Result<E::Item, Error>> + Send + use<E> {
        let (client, token) = (self.clone(), token.clone());
        all_pages(endpoint, move |endpoint| {
            let (client, token) = (client.clone(), token.clone());
            async move { client.call(&endpoint, &token).await }
        })
    }

    /// This client with the app's admin key, for calls that concern any user of the app.
    #[must_use]
    pub fn admin(&self, key: AdminKey) -> AdminClient {
        AdminClient::new(self.clone(), key)
    }

    /// The wire this client sends by, such as to wrap it in one that counts.
    #[must_use]
    pub fn transport(&self) -> &Arc<dyn Transport> {
        &self.0.transport
    }

    /// The clock this client goes by.
    #[must_use]
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.0.clock
    }

    #[cfg(feature = "oidc")]
    pub(crate) fn keys(&self) -> &crate::oidc::KeyCache {
        &self.0.keys
    }

    #[cfg(feature = "oidc")]
    pub(crate) fn rest_api_key(&self) -> &RestApiKey {
        &self.0.rest_api_key
    }

    /// An address a browser is sent to.
    fn address(&self, host: Host, path: &str) -> Url {
        let base = self.base_url(host);
        let mut url = base.clone();
        url.set_path(&format!("{}{path}", base.path().trim_end_matches('/')));
        url
    }

    pub(crate) fn base_url(&self, host: Host) -> &Url {
        match host {
            Host::Auth => &self.0.auth_base_url,
            Host::Api => &self.0.api_base_url,
        }
    }
}
