//! Who asks: the address of a client, also behind proxies that are believed.

use std::net::IpAddr;

use ipnet::IpNet;

/// The address a request comes from, found in its extensions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ClientAddr(pub(crate) IpAddr);

impl ClientAddr {
    /// Reads `X-Forwarded-For` from the right, as far as proxies that are believed have written it.
    ///
    /// Anybody can send the header; only what a believed proxy has added at its right end is true.
    pub(crate) fn of(peer: IpAddr, forwarded_for: &str, trusted: &[IpNet]) -> Self {
        let mut client = peer.to_canonical();
        for name in forwarded_for.rsplit(',') {
            let is_believed = trusted.iter().any(|network| network.contains(&client));
            let Some(next) = address(name.trim()).filter(|_| is_believed) else { break };
            client = next;
        }
        Self(client)
    }

    /// What is counted as one: an IPv6 network of 64 bits belongs to one household or machine.
    pub(crate) fn household(self) -> IpAddr {
        match self.0 {
            IpAddr::V4(address) => address.into(),
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                IpAddr::from([a, b, c, d, 0, 0, 0, 0])
            }
        }
    }
}

/// An address as proxies write it: some add the port.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text.trim_start_matches('[').trim_end_matches(']');
    let address =
        bare.parse().or_else(|_| text.parse().map(|with_port: std::net::SocketAddr| with_port.ip()));
    address.ok().map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(peer: &str, forwarded_for: &str) -> String {
        let trusted = ["127.0.0.1/32".parse().unwrap(), "10.0.0.0/8".parse().unwrap()];
        ClientAddr::of(peer.parse().unwrap(), forwarded_for, &trusted).0.to_string()
    }

    #[test]
    fn only_a_trusted_peer_is_believed() {
        assert_eq!(client("198.51.100.7", "203.0.113.9"), "198.51.100.7");
        assert_eq!(client("127.0.0.1", "203.0.113.9"), "203.0.113.9");
        assert_eq!(client("::ffff:127.0.0.1", "203.0.113.9"), "203.0.113.9");
        assert_eq!(client("127.0.0.1", ""), "127.0.0.1");
    }

    #[test]
    fn what_the_client_itself_wrote_is_not_believed() {
        assert_eq!(client("127.0.0.1", "1.1.1.1, 203.0.113.9, 10.2.3.4"), "203.0.113.9");
        assert_eq!(client("10.0.0.1", "1.1.1.1, nonsense, 10.2.3.4"), "10.2.3.4");
        assert_eq!(client("10.0.0.1", "10.9.9.9, 10.2.3.4"), "10.9.9.9");
    }

    #[test]
    fn ports_and_brackets_are_no_part_of_an_address() {
        assert_eq!(client("127.0.0.1", "203.0.113.9:5123"), "203.0.113.9");
        assert_eq!(client("127.0.0.1", "[2001:db8::7]:5123"), "2001:db8::7");
        assert_eq!(client("127.0.0.1", "[2001:db8::7]"), "2001:db8::7");
    }

    #[test]
    fn addresses_of_one_ipv6_network_are_one_household() {
        let household = |address: &str| ClientAddr(address.parse().unwrap()).household().to_string();
        assert_eq!(household("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(household("2001:db8:1:2:ffff::"), "2001:db8:1:2::");
        assert_eq!(household("203.0.113.9"), "203.0.113.9");
    }
}
