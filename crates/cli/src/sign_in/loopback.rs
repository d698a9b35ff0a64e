//! Waits on this machine for the browser that comes back from Kakao, once.

use std::convert::Infallible;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use http::{Method, Request, Response, StatusCode, header};
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use katok_client::{AuthorizationResponse, RedirectUri, State};
use katok_listener::{Limits, Listeners};
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::failure::Failure;

const DONE: &str = include_str!("loopback_done.html");

/// A listener on the redirect address.
pub(crate) struct Loopback {
    listeners: Listeners,
    redirect_uri: Url,
    state: State,
}

impl Loopback {
    /// Binds the port of the redirect address, for the browser that brings this state.
    pub(crate) async fn bind(redirect_uri: &RedirectUri, state: State) -> Result<Self, Failure> {
        let elsewhere = || {
            Failure::usage(
                format!("redirect 주소가 이 컴퓨터의 주소가 아니라서 여기서 기다릴 수 없습니다: {redirect_uri}"),
                format!("The redirect address is not on this machine, so nothing here can wait for it: {redirect_uri}"),
            )
            .hint("katok login --no-browser")
        };
        let url = redirect_uri.url();
        let port = url.port_or_known_default().ok_or_else(elsewhere)?;
        let address = match (url.scheme(), url.host_str()) {
            ("http", Some("localhost" | "127.0.0.1")) => SocketAddr::from((Ipv4Addr::LOCALHOST, port)),
            ("http", Some("[::1]")) => SocketAddr::from((Ipv6Addr::LOCALHOST, port)),
            _ => return Err(elsewhere()),
        };
        let listeners = Listeners::bind(address).await.map_err(|error| {
            Failure::usage(
                format!("로그인을 기다릴 포트 {port}번을 쓸 수 없습니다({error}). 그 포트의 프로그램을 멈추거나 --no-browser를 쓰세요."),
                format!("Port {port}, where the sign-in comes back, cannot be used ({error}). Stop the program on it, or use --no-browser."),
            )
            .hint("katok login --no-browser")
        })?;
        Ok(Self { listeners, redirect_uri: url.clone(), state })
    }

    /// What the browser came back with.
    pub(crate) async fn wait(self) -> Option<AuthorizationResponse> {
        let Self { listeners, redirect_uri, state } = self;
        let (arrived, arrival) = oneshot::channel();
        let arrived = Arc::new(Mutex::new(Some(arrived)));
        let stop = CancellationToken::new();
        let service = tower::service_fn(move |request: Request<Incoming>| {
            let returned = returned(&request, &redirect_uri, &state);
            let answer = answer(returned.map(|response| {
                // Only the first counts.
                if let Some(arrived) = arrived.lock().unwrap_or_else(PoisonError::into_inner).take() {
                    let _ = arrived.send(response);
                }
            }));
            async move { Ok::<_, Infallible>(answer) }
        });
        let serving =
            tokio::spawn(katok_listener::serve(listeners, service, Limits::default(), stop.clone()));
        let response = arrival.await.ok();
        // Draining lets the browser have its page before the program ends.
        stop.cancel();
        let _ = serving.await;
        response
    }
}

/// What a browser brings that brings the state of this sign-in: any page can send browsers here.
fn returned<B>(
    request: &Request<B>,
    redirect_uri: &Url,
    state: &State,
) -> Result<AuthorizationResponse, StatusCode> {
    if request.uri().path() != redirect_uri.path() {
        return Err(StatusCode::NOT_FOUND);
    }
    if request.method() != Method::GET {
        return Err(StatusCode::METHOD_NOT_ALLOWED);
    }
    AuthorizationResponse::parse(request.uri().query().unwrap_or_default())
        .ok()
        .filter(|response| response.state() == state)
        .ok_or(StatusCode::BAD_REQUEST)
}

fn answer(returned: Result<(), StatusCode>) -> Response<Full<Bytes>> {
    let (status, body) = match returned {
        Ok(()) => (StatusCode::OK, DONE),
        Err(status) => (status, ""),
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
