//! The wire: one request out, one whole reply back, or the truth about how far it got.

use std::fmt::Debug;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::{Request, Response};

use crate::Error;

pub(crate) type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Carries one request to Kakao and brings back the whole reply.
pub trait Transport: Send + Sync + Debug {
    /// Sends the request once; it must not follow redirects and must not repeat anything by itself.
    fn send(&self, request: Request<Bytes>) -> PendingReply<'_>;
}

/// A reply that is still on its way.
pub type PendingReply<'a> =
    Pin<Box<dyn Future<Output = Result<Response<Bytes>, TransportError>> + Send + 'a>>;

/// Why there is no reply, and whether Kakao may have seen the request.
#[derive(Debug, thiserror::Error)]
pub enum TransportError {
    /// No connection was made, so nothing left this machine.
    #[error("no connection could be made")]
    NotSent(#[source] BoxError),
    /// The request may have arrived, but the reply did not.
    #[error("the connection ended before the reply did")]
    MaybeSent(#[source] BoxError),
    /// A reply began and was larger than anything Kakao documents.
    #[error("the reply is larger than {limit} bytes")]
    TooLarge {
        /// The most this client reads.
        limit: usize,
    },
}

/// The most this client reads of one reply; Kakao's documented replies stay far below it.
const REPLY_LIMIT: usize = 2 * 1024 * 1024;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Well under what servers usually allow: a request written on a connection the server is just closing
/// would be neither sent nor unsent.
const IDLE_TIMEOUT: Duration = Duration::from_secs(20);

/// The real wire.
#[derive(Debug)]
pub(crate) struct Reqwest(reqwest::Client);

impl Reqwest {
    /// `direct` leaves out the proxies of the environment: none of them leads back to this machine.
    pub(crate) fn new(timeout: Duration, user_agent: &str, direct: bool) -> Result<Self, Error> {
        let builder = || {
            let builder = reqwest::Client::builder();
            let builder = if direct { builder.no_proxy() } else { builder };
            builder
                .user_agent(user_agent)
                .redirect(reqwest::redirect::Policy::none())
                .retry(reqwest::retry::never())
                .connect_timeout(CONNECT_TIMEOUT)
                .pool_idle_timeout(IDLE_TIMEOUT)
                .timeout(timeout)
        };
        // reqwest refuses to build where the system has no certificates (a bare container), even for a
        // client that will only speak http:// to an emulator.
        let client = builder().build().or_else(|no_system_roots| {
            tracing::debug!(error = %no_system_roots, "the system's certificates cannot be used; using Mozilla's");
            let roots = webpki_root_certs::TLS_SERVER_ROOT_CERTS
                .iter()
                .map(|root| reqwest::Certificate::from_der(root))
                .collect::<Result<Vec<_>, _>>()?;
            builder().tls_certs_only(roots).build()
        });
        client
            .map(Self)
            .map_err(|error| Error::configuration(format!("the HTTP client cannot start: {error}")))
    }

    async fn exchange(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let request = reqwest::Request::try_from(request).map_err(transport_error)?;
        let mut reply = self.0.execute(request).await.map_err(transport_error)?;

        let mut body = BytesMut::new();
        while let Some(chunk) = reply.chunk().await.map_err(transport_error)? {
            if body.len() + chunk.len() > REPLY_LIMIT {
                return Err(TransportError::TooLarge { limit: REPLY_LIMIT });
            }
            body.extend_from_slice(&chunk);
        }

        let mut response = Response::new(body.freeze());
        *response.status_mut() = reply.status();
        *response.headers_mut() = std::mem::take(reply.headers_mut());
        Ok(response)
    }
}

impl Transport for Reqwest {
    fn send(&self, request: Request<Bytes>) -> PendingReply<'_> {
        Box::pin(self.exchange(request))
    }
}

fn transport_error(error: reqwest::Error) -> TransportError {
    let not_sent = error.is_connect() || error.is_builder();
    let source = error.without_url().into();
    if not_sent { TransportError::NotSent(source) } else { TransportError::MaybeSent(source) }
}
