//! Web addresses of links and pictures: who can open them.

use url::{Host, Origin, Url};

/// The address of a page or a picture, if it is one.
pub(super) fn parse(address: &str) -> Option<Url> {
    Url::parse(address).ok().filter(|url| matches!(url.scheme(), "http" | "https"))
}

/// Whether the address is on one of the domains registered for the app.
pub(super) fn is_registered(url: &Url, web_domains: &[Origin]) -> bool {
    web_domains.contains(&url.origin())
}

/// Whether Kakao can fetch it, as far as the address says: not from this machine or an internal network.
pub(super) fn is_public(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name.contains('.') && !name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => {
            !(address.is_loopback()
                || address.is_private()
                || address.is_link_local()
                || address.is_unspecified())
        }
        Some(Host::Ipv6(address)) => {
            !(address.is_loopback() || address.is_unique_local() || address.is_unspecified())
        }
        None => false,
    }
}
