//! HTTP/2, bounded: few streams, small headers, and no connection that nobody uses.

use std::error::Error;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use hyper::body::{Body, Incoming};
use hyper::server::conn::http2;
use hyper::service::{Service, service_fn};
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::{Limits, NoAnswer};

/// As many requests at once as browsers expect to be allowed.
const STREAMS: u32 = 100;

/// Far more than any client of Kakao's sends.
const HEADERS: u32 = 64 * 1024;

/// Serves a connection until it ends, idles for `limits.header`, or `stop` is cancelled.
///
/// hyper waits for ever for the first frame and for the next request; HTTP/1.1 has `header_read_timeout` for that.
pub(crate) async fn serve<I, S, B>(
    stream: I,
    service: S,
    limits: Limits,
    stop: CancellationToken,
) -> hyper::Result<()>
where
    I: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    S: Service<Request<Incoming>, Response = Response<B>, Error = NoAnswer>,
    S::Future: Send + 'static,
    B: Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    let begun = Arc::new(AtomicUsize::new(0));
    let ended = Arc::new(AtomicUsize::new(0));
    let counted = service_fn(|request| {
        begun.fetch_add(1, Ordering::Relaxed);
        let (answer, ended) = (service.call(request), ended.clone());
        async move {
            let answer = answer.await;
            ended.fetch_add(1, Ordering::Relaxed);
            answer
        }
    });
    let idle = async {
        let mut before = usize::MAX;
        loop {
            let now = begun.load(Ordering::Relaxed);
            if now == before && now == ended.load(Ordering::Relaxed) {
                return;
            }
            before = now;
            sleep(limits.header).await;
        }
    };
    let http = http2::Builder::new(TokioExecutor::new())
        .timer(TokioTimer::new())
        .max_concurrent_streams(STREAMS)
        .max_header_list_size(HEADERS)
        // Notices a client that has gone without a word while an answer is on its way to it.
        .keep_alive_interval(limits.header)
        .serve_connection(TokioIo::new(stream), counted);
    let mut http = pin!(http);
    tokio::select! {
        served = http.as_mut() => return served,
        () = idle => {}
        () = stop.cancelled() => {}
    }
    if begun.load(Ordering::Relaxed) == 0 {
        // Perhaps not even the first frame has come, and hyper would wait for that before it says farewell.
        return Ok(());
    }
    // No further request is taken, and answers that are still being written are written to their end.
    http.as_mut().graceful_shutdown();
    http.await
}
