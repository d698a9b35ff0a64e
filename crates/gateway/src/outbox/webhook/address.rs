//! Which addresses a webhook may lead to: the public ones, unless others are allowed.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::LazyLock;

use ipnet::IpNet;
use url::{Host, Url};

use crate::config::PrivateAddresses;

/// What is not for everybody among IPv4 addresses, and among those of IPv6 that are handed out at all (`2000::/3`), by
/// IANA's registries of special-purpose addresses.
static SPECIAL: LazyLock<Vec<IpNet>> = LazyLock::new(|| {
    const NETWORKS: [&str; 19] = [
        "0.0.0.0/8",
        "10.0.0.0/8",
        // Behind the carrier's address translation; some clouds keep their metadata there.
        "100.64.0.0/10",
        "127.0.0.0/8",
        // Clouds keep their metadata there.
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        // Multicast, what is reserved, and broadcast.
        "224.0.0.0/3",
        // Looks public, and is Azure's own inside Azure.
        "168.63.129.16/32",
        // Teredo, ORCHID and others.
        "2001::/23",
        "2001:db8::/32",
        // 6to4, which may lead to any IPv4 address.
        "2002::/16",
        "3fff::/20",
    ];
    NETWORKS.iter().map(|network| network.parse().expect("each of these is a network")).collect()
});

/// `64:ff9b::/96`: an IPv4 address as networks with NAT64 write it.
const NAT64: [u16; 6] = [0x64, 0xff9b, 0, 0, 0, 0];

/// How far posts go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    Public,
    /// Where the wire itself is nobody else's.
    Private,
    Anywhere,
}

impl Reach {
    /// How far posts to an address go, by its scheme; `None` if they go nowhere.
    pub(super) fn of(url: &Url, private: PrivateAddresses) -> Option<Self> {
        match (url.scheme(), private) {
            ("https", PrivateAddresses::Deny) => Some(Self::Public),
            ("https", PrivateAddresses::Allow) => Some(Self::Anywhere),
            ("http", PrivateAddresses::Allow) => Some(Self::Private),
            _ => None,
        }
    }

    pub(super) fn includes(self, address: IpAddr) -> bool {
        match self {
            Self::Public => is_public(address),
            Self::Private => !is_public(address),
            Self::Anywhere => true,
        }
    }

    /// Whether the address written in a URL, if it is one and no name, is included.
    pub(super) fn may_include(self, url: &Url) -> bool {
        match url.host() {
            Some(Host::Ipv4(address)) => self.includes(address.into()),
            Some(Host::Ipv6(address)) => self.includes(address.into()),
            Some(Host::Domain(_)) => true,
            None => false,
        }
    }
}

/// Whether an address is one of the internet's, for everybody.
fn is_public(address: IpAddr) -> bool {
    let address = match address {
        IpAddr::V6(address) => v4_within(address).map_or(IpAddr::V6(address), IpAddr::V4),
        v4 @ IpAddr::V4(_) => v4,
    };
    let is_handed_out = match address {
        IpAddr::V4(_) => true,
        IpAddr::V6(address) => address.segments()[0] & 0xe000 == 0x2000,
    };
    is_handed_out && !SPECIAL.iter().any(|network| network.contains(&address))
}

/// The IPv4 address that a connection to this one would really lead to.
fn v4_within(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let is_nat64 = address.segments().starts_with(&NAT64);
    let [.., a, b, c, d] = address.octets();
    address.to_ipv4_mapped().or_else(|| is_nat64.then(|| Ipv4Addr::new(a, b, c, d)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_are_not_for_everybody_are_known_in_every_form() {
        for address in [
            "0.0.0.0",
            "0.1.2.3",
            "10.1.2.3",
            "100.64.0.1",
            "100.100.100.200",
            "127.0.0.1",
            "127.255.255.254",
            "168.63.129.16",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.192",
            "192.168.1.1",
            "198.18.0.1",
            "203.0.113.7",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::127.0.0.1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::ffff:169.254.169.254",
            "64:ff9b::7f00:1",
            "64:ff9b::a9fe:a9fe",
            "64:ff9b:1::808:808",
            "100::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "2002:a00:1::1",
            "3fff::1",
            "5f00::1",
            "fc00::1",
            "fd00:ec2::254",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(!is_public(address.parse().unwrap()), "{address}");
        }
    }

    #[test]
    fn addresses_of_the_internet_are_public() {
        for address in [
            "1.1.1.1",
            "8.8.8.8",
            "100.63.255.255",
            "100.128.0.1",
            "172.15.255.255",
            "172.32.0.1",
            "223.255.255.255",
            "::ffff:8.8.8.8",
            "64:ff9b::808:808",
            "2001:4860:4860::8888",
            "2606:4700::1111",
        ] {
            assert!(is_public(address.parse().unwrap()), "{address}");
        }
    }

    #[test]
    fn an_address_is_known_however_a_url_writes_it() {
        let deny = PrivateAddresses::Deny;
        for host in
            ["127.1", "2130706433", "0x7f.1", "0177.0.0.1", "127.0.0.1.", "[::ffff:7f00:1]", "１２７.0.0.1"]
        {
            let url = Url::parse(&format!("https://{host}/")).unwrap();
            assert!(!Reach::of(&url, deny).unwrap().may_include(&url), "{host}");
        }
    }
}
