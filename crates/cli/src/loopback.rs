//! Waits on this machine for the browser that comes back from Kakao, once.

use std::convert::Infallible;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use http::{Request, Response, StatusCode, header};
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use katok_client::RedirectUri;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::failure::Failure;

const DONE: &str = include_str!("loopback_done.html");

/// A listener on the redirect address.
pub(crate) struct Loopback {
    listeners: Vec<TcpListener>,
    redirect_uri: Url,
}

impl Loopback {
    /// Binds the port of the redirect address, on both loopback addresses where there are two.
    pub(crate) async fn bind(redirect_uri: &RedirectUri) -> Result<Self, Failure> {
        let elsewhere = || {
            Failure::usage(
                format!("redirect 주소 {redirect_uri}가 이 컴퓨터의 주소가 아니라서 여기서 기다릴 수 없습니다."),
                format!("The redirect address {redirect_uri} is not on this machine, so nothing here can wait for it."),
            )
            .hint("katok login --no-browser")
        };
        let url = redirect_uri.url();
        let port = url.port_or_known_default().ok_or_else(elsewhere)?;
        let addresses = match url.host_str() {
            Some("localhost") => vec![
                SocketAddr::from((Ipv4Addr::LOCALHOST, port)),
                SocketAddr::from((Ipv6Addr::LOCALHOST, port)),
            ],
            Some("127.0.0.1") => vec![SocketAddr::from((Ipv4Addr::LOCALHOST, port))],
            Some("[::1]") => vec![SocketAddr::from((Ipv6Addr::LOCALHOST, port))],
            _ => return Err(elsewhere()),
        };
        if url.scheme() != "http" {
            return Err(elsewhere());
        }
        let mut listeners = Vec::new();
        for (place, address) in addresses.into_iter().enumerate() {
            match TcpListener::bind(address).await {
                Ok(listener) => listeners.push(listener),
                // A machine without IPv6 is served by the first address alone.
                Err(_) if place > 0 => {}
                Err(error) => {
                    return Err(Failure::usage(
                        format!("로그인을 기다릴 포트 {port}를 쓸 수 없습니다({error}). 그 포트의 프로그램을 멈추거나 --no-browser를 쓰세요."),
                        format!("Port {port}, where the sign-in comes back, cannot be used ({error}). Stop the program on it, or use --no-browser."),
                    )
                    .hint("katok login --no-browser"));
                }
            }
        }
        Ok(Self { listeners, redirect_uri: url.clone() })
    }

    /// The address, with its query, that the browser came back to.
    pub(crate) async fn wait(self) -> Option<Url> {
        let (arrived, arrival) = oneshot::channel();
        let arrived = Arc::new(Mutex::new(Some(arrived)));
        let stop = CancellationToken::new();
        let redirect_uri = self.redirect_uri.clone();
        let service = tower::service_fn(move |request: Request<Incoming>| {
            let answer = answer(&request, &redirect_uri, &arrived);
            async move { Ok::<_, Infallible>(answer) }
        });
        let serving: Vec<_> = self
            .listeners
            .into_iter()
            .map(|listener| {
                let limits = katok_listener::Limits::default();
                tokio::spawn(katok_listener::serve(listener, service.clone(), limits, stop.clone()))
            })
            .collect();
        let address = arrival.await.ok();
        // Draining lets the browser have its page before the program ends.
        stop.cancel();
        for serving in serving {
            let _ = serving.await;
        }
        address
    }
}

type Arrived = Arc<Mutex<Option<oneshot::Sender<Url>>>>;

fn answer(request: &Request<Incoming>, redirect_uri: &Url, arrived: &Arrived) -> Response<Full<Bytes>> {
    let mut address = redirect_uri.clone();
    address.set_query(request.uri().query());
    // Browsers also ask for icons; only the redirect itself counts, and only the first.
    let is_callback = request.uri().path() == redirect_uri.path() && request.uri().query().is_some();
    let sender = is_callback.then(|| arrived.lock().unwrap_or_else(PoisonError::into_inner).take()).flatten();
    let (status, body) = match sender {
        Some(sender) => {
            let _ = sender.send(address);
            (StatusCode::OK, DONE)
        }
        None => (StatusCode::NOT_FOUND, ""),
    };
    let mut response = Response::new(Full::new(Bytes::from_static(body.as_bytes())));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, http::HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(header::CONTENT_SECURITY_POLICY, http::HeaderValue::from_static("default-src 'none'"));
    headers.insert(header::REFERRER_POLICY, http::HeaderValue::from_static("no-referrer"));
    headers.insert(header::CONNECTION, http::HeaderValue::from_static("close"));
    response
}
