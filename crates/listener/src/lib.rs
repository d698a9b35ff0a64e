//! The door: accepts connections, bounds what a stranger may hold open, and closes without cutting answers short.
//!
//! `axum::serve` waits for ever for a header that never ends, accepts without limit, and on shutdown waits for
//! the slowest client. Everything here exists to bound those three.

mod certificate_files;
mod http2;
mod listeners;
mod request_line;
mod tls;

use std::convert::Infallible;
use std::error::Error;
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;

use hyper::body::{Body, Incoming};
use hyper::server::conn::http1;
use hyper::service::{HttpService, service_fn};
use hyper::{Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::task::{JoinError, JoinSet};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tower::{Service, ServiceExt};

pub use certificate_files::CertificateError;
pub use listeners::Listeners;
use request_line::LooseRequestLine;
pub use tls::Tls;

/// How long to leave an accept alone that failed for lack of something, such as file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(200);

/// What a connection may cost us before we close it.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// How long a new connection may stay silent.
    pub first_byte: Duration,
    /// How long a TLS handshake may take.
    pub handshake: Duration,
    /// How long the head of a request may take; also how long a connection may idle between two requests.
    pub header: Duration,
    /// How many connections are open at once; the next one waits in the kernel's queue.
    pub connections: usize,
    /// How long requests may go on after the stop before they are cut.
    pub drain: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            first_byte: Duration::from_secs(10),
            handshake: Duration::from_secs(10),
            header: Duration::from_secs(30),
            // Half of the 1,024 open files a process usually has.
            connections: 512,
            // A container usually gets ten seconds between SIGTERM and SIGKILL.
            drain: Duration::from_secs(5),
        }
    }
}

/// The other end of the connection a request came by, found in the request's extensions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PeerAddr(pub SocketAddr);

/// Put into a response's extensions, it closes the connection instead of the answer: not a byte is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoAnswer;

impl fmt::Display for NoAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("closed without an answer, as the handler asked")
    }
}

impl Error for NoAnswer {}

/// Serves until `stop` is cancelled, then lets running requests finish for at most `limits.drain`.
///
/// HTTP/1.1, and with TLS also HTTP/2, as client and server agree. Nothing of a connection outlives this function,
/// except one that a handler upgraded: what has not finished by then is dropped.
pub async fn serve<S, B>(listeners: impl Into<Listeners>, app: S, limits: Limits, stop: CancellationToken)
where
    S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible> + Clone + Send + Sync + 'static,
    S::Future: Send + 'static,
    B: Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    let listeners = listeners.into();
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            () = stop.cancelled() => break,
            Some(ended) = connections.join_next() => report(ended),
            (stream, peer) = accept(&listeners), if connections.len() < limits.connections => {
                let tls = listeners.tls.clone();
                connections.spawn(connection(stream, peer, tls, app.clone(), limits, stop.clone()));
            }
        }
    }
    // From here on a new connection is refused rather than accepted and left waiting.
    drop(listeners);
    let drained = timeout(limits.drain, async {
        while let Some(ended) = connections.join_next().await {
            report(ended);
        }
    });
    if drained.await.is_err() {
        tracing::warn!(
            connections = connections.len(),
            "requests still running at the end of the drain were cut"
        );
        connections.shutdown().await;
    }
}

/// The next connection, however often the kernel says no.
async fn accept(listeners: &Listeners) -> (TcpStream, SocketAddr) {
    loop {
        match listeners.accept().await {
            Ok(accepted) => return accepted,
            // The peer gave up while it stood in the queue: that concerns nobody else.
            Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
            // Out of file descriptors or memory. The connection stays in the queue, so asking again at once
            // would spin. When a connection of ours ends, `serve` drops this pause and asks again.
            Err(error) => {
                tracing::warn!(%error, "cannot accept connections at the moment");
                sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

async fn connection<S, B>(
    stream: TcpStream,
    peer: SocketAddr,
    tls: Option<Tls>,
    app: S,
    limits: Limits,
    stop: CancellationToken,
) where
    S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send + 'static,
    B: Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    // Answers are written whole; holding back their last packet would only delay them.
    let _ = stream.set_nodelay(true);
    // Peeked, not read: hyper must see this byte too.
    let mut byte = [0];
    let spoke = tokio::select! {
        () = stop.cancelled() => false,
        peeked = timeout(limits.first_byte, stream.peek(&mut byte)) => matches!(peeked, Ok(Ok(1))),
    };
    if !spoke {
        return;
    }

    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(PeerAddr(peer));
        let answer = app.clone().oneshot(request);
        async move {
            let Ok(response) = answer.await;
            // hyper closes the connection of a service that fails.
            if response.extensions().get::<NoAnswer>().is_some() { Err(NoAnswer) } else { Ok(response) }
        }
    });
    let served = match tls {
        None => serve_http1(stream, service, limits, stop).await,
        Some(tls) => {
            let secured = tokio::select! {
                () = stop.cancelled() => return,
                secured = timeout(limits.handshake, tls.accept(stream)) => secured,
            };
            match secured {
                Ok(Ok(stream)) if tls::is_http2(&stream) => http2::serve(stream, service, limits, stop).await,
                Ok(Ok(stream)) => serve_http1(stream, service, limits, stop).await,
                // Most often a client that does not trust the certificate: whoever looks for the reason wants to know.
                Ok(Err(error)) => return tracing::info!(%peer, %error, "TLS handshake failed"),
                Err(_) => return tracing::debug!(%peer, "TLS handshake took too long"),
            }
        }
    };
    if let Err(error) = served {
        tracing::debug!(%peer, %error, "connection ended early");
    }
}

async fn serve_http1<I, S, B>(
    stream: I,
    service: S,
    limits: Limits,
    stop: CancellationToken,
) -> hyper::Result<()>
where
    I: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    S: HttpService<Incoming, ResBody = B, Error = NoAnswer>,
    B: Body + 'static,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    let http = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.header)
        .serve_connection(TokioIo::new(LooseRequestLine::new(stream)), service)
        .with_upgrades();
    let mut http = pin!(http);
    tokio::select! {
        served = http.as_mut() => served,
        () = stop.cancelled() => {
            http.as_mut().graceful_shutdown();
            http.await
        }
    }
}

fn report(ended: Result<(), JoinError>) {
    if let Err(error) = ended {
        tracing::error!(%error, "a request panicked; its connection is closed");
    }
}
