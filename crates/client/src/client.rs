//! The client: an app's name, two addresses and a wire, over which endpoints are called.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use http::{Method, Request, Response};
use serde::de::DeserializeOwned;
use tracing::Instrument;
use url::Url;

use crate::endpoint::{Auth, Endpoint, Host, Parameters, Reply, Unreadable};
use crate::error::Call;
use crate::login::{self, Authorize, ExchangeCode, IssuedTokens, RefreshTokens, RefreshedTokens};
use crate::transport::{Reqwest, Transport};
use crate::{AccessToken, ApiError, ClientSecret, Error, OAuthError, RefreshToken, RestApiKey};

const AUTH_BASE_URL: &str = "https://kauth.kakao.com";
const API_BASE_URL: &str = "https://kapi.kakao.com";
const TIMEOUT: Duration = Duration::from_secs(15);

/// Speaks to Kakao on behalf of one app; clones are cheap and share their connections.
#[derive(Debug, Clone)]
pub struct Client(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    rest_api_key: RestApiKey,
    client_secret: Option<ClientSecret>,
    auth_base_url: Url,
    api_base_url: Url,
    transport: Arc<dyn Transport>,
}

/// A client being set up.
#[derive(Debug)]
#[must_use]
pub struct ClientBuilder {
    rest_api_key: RestApiKey,
    client_secret: Option<ClientSecret>,
    auth_base_url: Option<Url>,
    api_base_url: Option<Url>,
    timeout: Duration,
    transport: Option<Arc<dyn Transport>>,
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

    /// How long a whole call may take, from connecting to the last byte; 15 seconds if not said.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Another wire, such as one that only pretends; [`timeout`](Self::timeout) does not apply to it.
    pub fn transport(mut self, transport: Arc<dyn Transport>) -> Self {
        self.transport = Some(transport);
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
            transport: match self.transport {
                Some(transport) => transport,
                None => Arc::new(Reqwest::new(self.timeout, direct)?),
            },
        })))
    }
}

fn base_url(given: Option<Url>, default: &str) -> Result<Url, Error> {
    let url = given.map_or_else(|| Url::parse(default), Ok);
    url.ok().filter(|url| matches!(url.scheme(), "http" | "https")).ok_or_else(|| {
        Error::configuration("the address of Kakao's host must begin with https:// or http://")
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
            transport: None,
        }
    }

    /// The address to send a person's browser to.
    #[must_use]
    pub fn authorize_url(&self, authorize: &Authorize) -> Url {
        let mut url = self.address(Host::Auth, login::AUTHORIZE_PATH);
        authorize.write_query(&self.0.rest_api_key, &mut url);
        url
    }

    /// Turns an authorization code into tokens; it works once for each code.
    pub async fn exchange_code(&self, exchange: &ExchangeCode) -> Result<IssuedTokens, Error> {
        self.request(exchange, None, ExchangeCode::decode).await
    }

    /// Gets the next access token. A refresh token that comes with it replaces the old one, which is dead:
    /// [`TokenKeeper`](crate::TokenKeeper) takes care of that.
    pub async fn refresh(&self, refresh_token: &RefreshToken) -> Result<RefreshedTokens, Error> {
        self.request(&RefreshTokens(refresh_token), None, RefreshTokens::decode).await
    }

    /// Calls an endpoint in the name of the user whose token this is.
    pub async fn call<E: Endpoint>(&self, endpoint: &E, token: &AccessToken) -> Result<E::Output, Error> {
        const { assert!(matches!(E::AUTH, Auth::AccessToken), "this endpoint is not called with an access token") }
        self.request(endpoint, Some(token), E::decode).await
    }

    /// Calls an endpoint and hands over Kakao's JSON as it came, once it has proved to be an answer.
    pub async fn call_json<E: Endpoint>(
        &self,
        endpoint: &E,
        token: &AccessToken,
    ) -> Result<serde_json::Value, Error> {
        const { assert!(matches!(E::AUTH, Auth::AccessToken), "this endpoint is not called with an access token") }
        let decode = |reply: &Reply| E::decode(reply).and_then(|_| reply.json());
        self.request(endpoint, Some(token), decode).await
    }

    async fn request<E: Endpoint, T>(
        &self,
        endpoint: &E,
        token: Option<&AccessToken>,
        decode: impl FnOnce(&Reply) -> Result<T, Unreadable>,
    ) -> Result<T, Error> {
        let call = Call::of::<E>();
        let parameters = match E::AUTH {
            Auth::Client => self.with_client(endpoint.encode()),
            Auth::AccessToken => endpoint.encode(),
        };
        let request = self.http_request::<E>(&parameters, token)?;

        let span = tracing::debug_span!("kakao.request", kakao.endpoint = E::PATH);
        let response = self.0.transport.send(request).instrument(span).await;
        let response = response.map_err(|error| Error::transport(error, call))?;

        let status = response.status();
        if !status.is_success() {
            let secrets = parameters.secrets().chain(token.map(AccessToken::secret));
            return Err(refusal(E::HOST, &response, secrets, call));
        }
        decode(&Reply { body: response.into_body() })
            .map_err(|what| Error::unreadable(what, status.as_u16(), call))
    }

    /// Kakao reads the app's key and secret among the form fields and nowhere else.
    fn with_client(&self, parameters: Parameters) -> Parameters {
        let parameters = parameters.with_secret("client_id", self.0.rest_api_key.secret());
        match &self.0.client_secret {
            Some(secret) => parameters.with_secret("client_secret", secret.secret()),
            None => parameters,
        }
    }

    fn http_request<E: Endpoint>(
        &self,
        parameters: &Parameters,
        token: Option<&AccessToken>,
    ) -> Result<Request<Bytes>, Error> {
        let mut url = self.address(E::HOST, E::PATH);
        let form = parameters.to_form();
        let in_query = E::METHOD == Method::GET;
        if in_query {
            url.set_query(Some(&form));
        }

        let mut request = Request::builder()
            .method(E::METHOD)
            .uri(url.as_str())
            .header(ACCEPT, HeaderValue::from_static("application/json"));
        if let Some(token) = token {
            let mut bearer = HeaderValue::try_from(format!("Bearer {}", token.secret()))
                .map_err(|_| Error::configuration("the access token holds characters no token can hold"))?;
            bearer.set_sensitive(true);
            request = request.header(AUTHORIZATION, bearer);
        }
        let body = if in_query {
            Bytes::new()
        } else {
            let form_type = HeaderValue::from_static("application/x-www-form-urlencoded;charset=utf-8");
            request = request.header(CONTENT_TYPE, form_type);
            Bytes::from(form)
        };
        request.body(body).map_err(|_| Error::configuration("the address of Kakao's host cannot be used"))
    }

    fn address(&self, host: Host, path: &str) -> Url {
        let base = match host {
            Host::Auth => &self.0.auth_base_url,
            Host::Api => &self.0.api_base_url,
        };
        let mut url = base.clone();
        url.set_path(&format!("{}{path}", base.path().trim_end_matches('/')));
        url
    }
}

/// Reads a reply that is no success in the words of the host it comes from.
fn refusal<'a>(
    host: Host,
    response: &Response<Bytes>,
    secrets: impl Iterator<Item = &'a str>,
    call: Call,
) -> Error {
    let status = response.status().as_u16();
    let error = match host {
        Host::Auth => {
            read(response).map(|error: OAuthError| Error::login(error.redacted(secrets), status, call))
        }
        Host::Api => read(response).map(|error: ApiError| Error::api(error.redacted(secrets), status, call)),
    };
    let retry_after =
        response.headers().get(RETRY_AFTER).and_then(|seconds| seconds.to_str().ok()?.parse().ok());
    error
        .unwrap_or_else(|what| Error::unreadable(what, status, call))
        .with_retry_after(retry_after.map(Duration::from_secs))
}

fn read<T: DeserializeOwned>(response: &Response<Bytes>) -> Result<T, Unreadable> {
    Reply { body: response.body().clone() }.json()
}
