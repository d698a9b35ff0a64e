//! Hosts: one port stands for kauth.kakao.com and kapi.kakao.com.

use axum::http::{HeaderMap, Uri, header};
use url::{Host, Url};

/// Who is asked.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// kauth.kakao.com
    Login,
    /// kapi.kakao.com
    Api,
    /// The emulator's own control and pages.
    Emulator,
}

impl Side {
    /// The paths of Kakao's two hosts do not overlap.
    pub(super) fn of_path(path: &str) -> Self {
        if path.starts_with("/oauth/") || path.starts_with("/.well-known/") {
            Self::Login
        } else if path == "/" || path == "/_emulator" || path.starts_with("/_emulator/") {
            Self::Emulator
        } else {
            Self::Api
        }
    }
}

/// The name the request was sent to, with its port.
pub(super) fn authority<'a>(headers: &'a HeaderMap, uri: &'a Uri) -> Option<&'a str> {
    let header = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    header.or_else(|| uri.authority().map(axum::http::uri::Authority::as_str))
}

/// Which Kakao host the request was sent to, if to one at all.
pub(super) fn kakao_side(headers: &HeaderMap, uri: &Uri) -> Option<Side> {
    let authority = authority(headers, uri)?;
    let name = authority.rsplit_once(':').map_or(authority, |(name, _)| name);
    match name.to_ascii_lowercase().as_str() {
        "kauth.kakao.com" => Some(Side::Login),
        "kapi.kakao.com" => Some(Side::Api),
        _ => None,
    }
}

/// Whether the request was sent to a name that nobody else can point at this machine.
pub(super) fn is_our_name(headers: &HeaderMap, uri: &Uri) -> bool {
    let url = authority(headers, uri).and_then(|authority| Url::parse(&format!("http://{authority}")).ok());
    match url.as_ref().and_then(Url::host) {
        // A name without a dot, or under a suffix kept for private networks (as containers see one another),
        // is not for sale.
        Some(Host::Domain(name)) => {
            !name.contains('.')
                || [".localhost", ".internal", ".test"].iter().any(|suffix| name.ends_with(suffix))
                || kakao_side(headers, uri).is_some()
        }
        Some(Host::Ipv4(_) | Host::Ipv6(_)) => true,
        None => false,
    }
}

/// What an absolute address at kauth begins with for whoever sent this request; also who issues its ID tokens.
pub(super) fn login_base(headers: &HeaderMap, uri: &Uri) -> String {
    base("https://kauth.kakao.com", headers, uri)
}

/// What an absolute address at kapi begins with for whoever sent this request.
pub(super) fn api_base(headers: &HeaderMap, uri: &Uri) -> String {
    base("https://kapi.kakao.com", headers, uri)
}

/// Kakao's own address for whoever asks under Kakao's names, and for the rest the one they asked at.
fn base(kakao: &str, headers: &HeaderMap, uri: &Uri) -> String {
    match (kakao_side(headers, uri), authority(headers, uri)) {
        (Some(_), _) | (None, None) => kakao.to_owned(),
        (None, Some(authority)) => format!("http://{authority}"),
    }
}
