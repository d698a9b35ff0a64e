//! The HTTP proxy that leads to the emulator whoever asks for Kakao, and refuses everybody else's hosts.

use std::convert::Infallible;
use std::error::Error;
use std::io;
use std::net::{IpAddr, Ipv4Addr};

use http::uri::Authority;
use http::{HeaderValue, Method, Request, Response, StatusCode, Uri, header};
use http_body_util::{Either, Full};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1;
use hyper::ext::ReasonPhrase;
use hyper_util::rt::TokioIo;
use katok_emulator::KAKAO_HOSTS;
use katok_listener::{Limits, Listeners};
use tokio::io::copy_bidirectional;
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;
use tower::service_fn;

type Body = Either<Full<Bytes>, Incoming>;

/// Where the proxy leads.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Proxy {
    /// The port on which the emulator answers as Kakao, over TLS.
    pub(crate) tls_port: u16,
    /// Whether hosts are reached that are neither Kakao's nor this machine.
    pub(crate) allow_others: bool,
}

/// What a request leads to.
#[derive(Debug, PartialEq, Eq)]
enum Way {
    To { host: String, port: u16 },
    OnlyByHttps,
    Refused,
}

impl Proxy {
    /// Serves on these sockets until `stop` is cancelled.
    pub(crate) async fn serve(self, listeners: Listeners, stop: CancellationToken) {
        let service =
            service_fn(move |request| async move { Ok::<_, Infallible>(self.answer(request).await) });
        katok_listener::serve(listeners, service, Limits::default(), stop).await;
    }

    async fn answer(self, request: Request<Incoming>) -> Response<Body> {
        let Some(authority) = request.uri().authority().cloned() else {
            return refusal(
                StatusCode::BAD_REQUEST,
                "katok: this is a proxy",
                "여기는 HTTP 프록시입니다.\nThis is an HTTP proxy.\n".to_owned(),
            );
        };
        let is_tunnel = request.method() == Method::CONNECT;
        let (host, port) = match self.way(&authority, is_tunnel) {
            Way::To { host, port } => (host, port),
            Way::OnlyByHttps => {
                return refusal(
                    StatusCode::FORBIDDEN,
                    "katok: Kakao answers HTTPS only",
                    format!(
                        "카카오는 HTTPS로만 응답합니다: {authority}\nKakao answers HTTPS only: {authority}\n"
                    ),
                );
            }
            Way::Refused => {
                // Of an answer to CONNECT most clients show the number only.
                tracing::warn!("refused {authority}: only Kakao's hosts are reached without --allow-others");
                return refusal(
                    StatusCode::FORBIDDEN,
                    "katok: other hosts need --allow-others",
                    format!(
                        "katok emulator exec는 카카오의 호스트로만 연결합니다: {authority}. 다른 호스트도 쓰려면 --allow-others를 붙이세요.\n\
                         katok emulator exec only connects to Kakao's hosts: {authority}. Add --allow-others to reach others too.\n"
                    ),
                );
            }
        };
        let led = match TcpStream::connect((host.as_str(), port)).await {
            Ok(stream) if is_tunnel => Ok(tunnel(request, stream)),
            Ok(stream) => forward(request, &authority, stream).await,
            Err(error) => Err(error.into()),
        };
        led.unwrap_or_else(|error| {
            refusal(
                StatusCode::BAD_GATEWAY,
                "katok: no answer",
                format!(
                    "연결할 수 없습니다: {authority} ({error})\nCannot connect to {authority} ({error})\n"
                ),
            )
        })
    }

    fn way(self, authority: &Authority, is_tunnel: bool) -> Way {
        let host = authority.host().trim_start_matches('[').trim_end_matches(']').to_ascii_lowercase();
        let port = authority.port_u16().unwrap_or(if is_tunnel { 443 } else { 80 });
        if KAKAO_HOSTS.contains(&host.as_str()) {
            if is_tunnel && port == 443 {
                return Way::To { host: Ipv4Addr::LOCALHOST.to_string(), port: self.tls_port };
            }
            return Way::OnlyByHttps;
        }
        if self.allow_others || is_this_machine(&host) { Way::To { host, port } } else { Way::Refused }
    }
}

fn is_this_machine(host: &str) -> bool {
    host == "localhost"
        || host.ends_with(".localhost")
        || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Passes bytes on in both directions, once the client has heard that it may speak.
fn tunnel(request: Request<Incoming>, mut there: TcpStream) -> Response<Body> {
    tokio::spawn(async move {
        let here = hyper::upgrade::on(request).await.map_err(io::Error::other)?;
        copy_bidirectional(&mut TokioIo::new(here), &mut there).await
    });
    Response::new(Either::Left(Full::default()))
}

/// Asks a server that is reached without TLS.
async fn forward(
    mut request: Request<Incoming>,
    authority: &Authority,
    stream: TcpStream,
) -> Result<Response<Body>, Box<dyn Error + Send + Sync>> {
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    *request.uri_mut() = Uri::try_from(path)?;
    let headers = request.headers_mut();
    headers.insert(header::HOST, HeaderValue::from_str(authority.as_str())?);
    // They are about the connection to us.
    for name in ["connection", "keep-alive", "proxy-connection", "proxy-authorization", "upgrade"] {
        headers.remove(name);
    }
    let mut answer = sender.send_request(request).await?;
    answer.headers_mut().remove(header::CONNECTION);
    Ok(answer.map(Either::Right))
}

/// The phrase is what clients show that do not show the text.
fn refusal(status: StatusCode, phrase: &'static str, text: String) -> Response<Body> {
    let mut response = Response::new(Either::Left(Full::from(text)));
    *response.status_mut() = status;
    response.extensions_mut().insert(ReasonPhrase::from_static(phrase.as_bytes()));
    let plain = HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, plain);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn way(authority: &'static str, is_tunnel: bool, allow_others: bool) -> Way {
        Proxy { tls_port: 4143, allow_others }.way(&Authority::from_static(authority), is_tunnel)
    }

    fn to(host: &str, port: u16) -> Way {
        Way::To { host: host.to_owned(), port }
    }

    #[test]
    fn kakao_is_the_emulator_by_https_only() {
        for host in ["kapi.kakao.com:443", "KAUTH.kakao.com:443"] {
            assert_eq!(way(host, true, false), to("127.0.0.1", 4143));
        }
        assert_eq!(way("kapi.kakao.com", false, true), Way::OnlyByHttps);
        assert_eq!(way("kapi.kakao.com:80", true, true), Way::OnlyByHttps);
    }

    #[test]
    fn this_machine_is_always_reached_and_others_when_allowed() {
        for (authority, host) in [
            ("localhost:4000", "localhost"),
            ("shop.localhost:4000", "shop.localhost"),
            ("127.0.0.2:4000", "127.0.0.2"),
            ("[::1]:4000", "::1"),
        ] {
            assert_eq!(way(authority, false, false), to(host, 4000));
        }
        for host in ["example.com:443", "192.0.2.1:443", "kakao.com:443", "kapi.kakao.com.example:443"] {
            assert_eq!(way(host, true, false), Way::Refused);
        }
        assert_eq!(way("example.com:443", true, true), to("example.com", 443));
        assert_eq!(way("example.com", false, true), to("example.com", 80));
    }
}
