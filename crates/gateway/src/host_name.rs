//! Which names the gateway answers to.
//!
//! Any name can be made to lead to this machine; a page under such a name would be of the same origin as what it
//! fetches here (DNS rebinding). Names of the machine itself cannot be taken by others: nobody asks a name server
//! for them. Ports are not compared: they change on the way through containers and proxies, and a page cannot
//! choose the one it is fetched by.

use std::net::IpAddr;

use url::Url;

/// Whether a `Host` or `:authority` names this gateway.
pub(crate) fn is_ours(authority: &str, public_url: &Url, allowed: &[String]) -> bool {
    if authority == public_url.authority() {
        return true;
    }
    // The userinfo of an authority has no place here.
    let Some(url) = Url::parse(&format!("http://{authority}/"))
        .ok()
        .filter(|_| !authority.contains(['@', '/', '?', '#', '\\']))
    else {
        return false;
    };
    let Some(host) = url.host_str() else { return false };
    let is_loopback = match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => IpAddr::V6(address).to_canonical().is_loopback(),
        None => false,
    };
    is_loopback || public_url.host_str() == Some(host) || allowed.iter().any(|name| name == host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_public_name_this_machine_and_allowed_names_are_ours() {
        let public_url = Url::parse("https://katok.example").unwrap();
        let is_ours = |name: &str| is_ours(name, &public_url, &["katok.internal".to_owned()]);
        for name in [
            "katok.example",
            "KATOK.example:8443",
            "localhost:4000",
            "127.0.0.1",
            "[::1]:4000",
            "katok.internal:80",
        ] {
            assert!(is_ours(name), "{name}");
        }
        for name in [
            "evil.example",
            "katok.example.evil.example",
            "localhost.evil.example",
            "192.168.0.5:4000",
            "",
            "evil.example@localhost",
            "localhost@evil.example",
            "localhost/evil",
            "katok.example:port",
        ] {
            assert!(!is_ours(name), "{name}");
        }
    }
}
