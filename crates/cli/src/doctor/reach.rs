//! The way to Kakao: name, connection, TLS and HTTP, of which the first that fails is told.

use std::time::Duration;

use http::{Request, Response};
use hyper::body::Bytes;
use jiff::Timestamp;
use jiff::fmt::rfc2822;
use katok_client::Transport;
use serde_json::Value;
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;
use url::Url;

use super::{Check, PATIENCE};
use crate::failure::Exit;
use crate::kakao::environment;

/// Longer than a packet lost on the way to anywhere takes to come again.
const CONNECTING: Duration = Duration::from_secs(3);

const AUTH: (&str, &str) = ("카카오 인증 서버", "authorization server");
const API: (&str, &str) = ("카카오 API 서버", "API server");

/// Who was met at an address.
pub(crate) struct Met {
    pub(crate) check: Check,
    /// The time there.
    pub(crate) date: Option<Timestamp>,
}

impl Met {
    pub(crate) fn is_kakao(&self) -> bool {
        self.check.state == super::State::Fine
    }
}

/// Knocks at the authorization server.
pub(crate) async fn auth(wire: &dyn Transport, base: &Url) -> Met {
    let is_kakao = |body: &Value| body["issuer"].is_string();
    knock(wire, "auth_server", "KAKAO_AUTH_BASE_URL", base, "/.well-known/openid-configuration", is_kakao)
        .await
}

/// Knocks at the API server, which refuses a call without a token in its own words.
pub(crate) async fn api(wire: &dyn Transport, base: &Url) -> Met {
    let is_kakao = |body: &Value| body["code"].is_i64();
    knock(wire, "api_server", "KAKAO_API_BASE_URL", base, "/v1/user/access_token_info", is_kakao).await
}

async fn knock(
    wire: &dyn Transport,
    name: &'static str,
    setting: &str,
    base: &Url,
    path: &str,
    is_kakao: impl Fn(&Value) -> bool,
) -> Met {
    let mut url = base.clone();
    url.set_path(&format!("{}{path}", base.path().trim_end_matches('/')));
    let place = base.origin().ascii_serialization();
    let (ko, en) = if name == "auth_server" { AUTH } else { API };
    let Some(answer) = get(wire, &url, None).await else {
        return Met { check: no_answer(name, base).await, date: None };
    };
    let body = serde_json::from_slice(answer.body()).unwrap_or_default();
    let status = answer.status();
    let check = if is_kakao(&body) {
        Check::fine(name, format!("{ko}가 답합니다: {place}."), format!("Kakao's {en} answers: {place}."))
    } else if status.is_server_error() {
        Check::failed(
            name,
            Exit::Trouble,
            format!("{place}: 카카오에 장애가 있거나 점검 중입니다(HTTP {status})."),
            format!("{place}: Kakao has trouble or is under maintenance (HTTP {status})."),
        )
        .remedy(
            "카카오디벨로퍼스의 공지를 보고 잠시 뒤 다시 해 보세요.",
            "Look at the notices of Kakao Developers, and try again in a moment.",
        )
    } else {
        Check::failed(
            name,
            Exit::Usage,
            format!("{place}: 카카오가 아닌 누군가가 답합니다(HTTP {status})."),
            format!("{place}: somebody answers who is not Kakao (HTTP {status})."),
        )
        .remedy(
            format!("{setting} 값과, 중간에 프록시나 로그인 페이지가 있는지 확인하세요."),
            format!("Check {setting}, and whether a proxy or a sign-in page of the network is in between."),
        )
    };
    let date = answer.headers().get(http::header::DATE).and_then(|date| date.to_str().ok());
    Met { check, date: date.and_then(|date| rfc2822::DateTimeParser::new().parse_timestamp(date).ok()) }
}

/// An answer, whatever it says.
pub(super) async fn get(wire: &dyn Transport, url: &Url, bearer: Option<&str>) -> Option<Response<Bytes>> {
    let mut request = Request::get(url.as_str());
    if let Some(key) = bearer {
        request = request.header(http::header::AUTHORIZATION, format!("Bearer {key}"));
    }
    let request = request.body(Bytes::new()).ok()?;
    timeout(PATIENCE, wire.send(request)).await.ok()?.ok()
}

/// How far one gets who gets no answer.
pub(super) async fn no_answer(name: &'static str, url: &Url) -> Check {
    let place = url.origin().ascii_serialization();
    let failed = |ko: String, en: String| Check::failed(name, Exit::Trouble, ko, en);
    if let Some(proxy) = proxy_for(url) {
        return failed(
            format!("{place}: {proxy}의 프록시를 거쳐서는 답이 오지 않습니다."),
            format!("{place}: no answer comes through the proxy of {proxy}."),
        )
        .remedy(
            format!("{proxy} 값을 고치거나 지우세요. 이 호스트만 빼려면 NO_PROXY에 넣으세요."),
            format!("Correct {proxy} or take it away; NO_PROXY leaves out this host alone."),
        );
    }
    let (host, port) = (url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or_default());
    let host = host.trim_matches(['[', ']']);
    let Ok(Ok(addresses)) = timeout(PATIENCE, lookup_host((host, port))).await else {
        return failed(
            format!("{place}: DNS에서 {host} 이름을 찾지 못했습니다."),
            format!("{place}: DNS does not know the name {host}."),
        )
        .remedy(
            "주소를 잘못 적지 않았는지, 이 컴퓨터의 네트워크와 DNS가 되는지 확인하세요.",
            "Check the address for a typing error, and this machine's network and DNS.",
        );
    };
    let mut refused = "timeout".to_owned();
    for address in addresses {
        match timeout(CONNECTING, TcpStream::connect(address)).await {
            Ok(Ok(_)) => return after_connecting(failed, url, &place),
            Ok(Err(error)) => refused = error.to_string(),
            Err(_) => {}
        }
    }
    failed(
        format!("{place}: TCP 연결이 되지 않습니다({refused})."),
        format!("{place}: no TCP connection ({refused})."),
    )
    .remedy(
        "방화벽이 나가는 연결을 막는지, 그 주소에서 실행 중인지 확인하세요.",
        "Check whether a firewall stops outgoing connections, and whether anything runs there.",
    )
}

fn after_connecting(failed: impl Fn(String, String) -> Check, url: &Url, place: &str) -> Check {
    if url.scheme() == "https" {
        return failed(
            format!("{place}: TLS 연결이 되지 않습니다. 인증서를 믿을 수 없거나, HTTPS가 아닙니다."),
            format!("{place}: no TLS connection: its certificate is not trusted, or it is not HTTPS."),
        )
        .remedy(
            "이 컴퓨터의 시계와 인증서 저장소를 확인하고, 회사 프록시가 TLS를 여는 곳이라면 SSL_CERT_FILE에 그 인증서를 넣으세요.",
            "Check this machine's clock and certificates; where a company's proxy opens TLS, name its certificate in SSL_CERT_FILE.",
        );
    }
    failed(
        format!("{place}: 연결은 되지만 HTTP 답이 오지 않습니다."),
        format!("{place}: it can be connected to, and no HTTP answer comes."),
    )
    .remedy(
        "그 포트에서 다른 프로그램이 실행 중이거나 https여야 하는지 확인하세요.",
        "Check whether another program runs on that port, or the address must begin with https.",
    )
}

/// The variable that names a proxy for this address; none leads back to this machine.
fn proxy_for(url: &Url) -> Option<&'static str> {
    let is_here = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    let names: &[&str] = match url.scheme() {
        "https" => &["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"],
        _ => &["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"],
    };
    let is_set = |name: &&&str| environment(name).is_some_and(|value| !value.is_empty());
    if is_here { None } else { names.iter().find(is_set).copied() }
}
