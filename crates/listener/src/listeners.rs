//! Where to listen: one address, or the two that `localhost` means.

use std::future::poll_fn;
use std::io::{self, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::task::Poll;

use tokio::net::{TcpListener, TcpStream};

use crate::tls::Tls;

/// How often to look for a port that is free in both families before giving up.
const TRIES: usize = 16;

/// Sockets that are served as one.
#[derive(Debug)]
pub struct Listeners {
    sockets: Vec<TcpListener>,
    pub(crate) tls: Option<Tls>,
}

impl Listeners {
    /// Listens on an address; a loopback address means this machine in both families.
    ///
    /// Browsers that are sent to `localhost` try `[::1]` first: if only `127.0.0.1` were taken, whoever holds
    /// the port there would get what is meant for us, cookies and codes included. A machine without IPv6 is
    /// served in one family; a port taken in either is `AddrInUse`. Port 0 takes one that is free in both.
    pub async fn bind(address: SocketAddr) -> io::Result<Self> {
        let other: IpAddr = match address.ip() {
            IpAddr::V4(Ipv4Addr::LOCALHOST) => Ipv6Addr::LOCALHOST.into(),
            IpAddr::V6(Ipv6Addr::LOCALHOST) => Ipv4Addr::LOCALHOST.into(),
            _ => return Ok(TcpListener::bind(address).await?.into()),
        };
        for _ in 0..TRIES {
            let first = TcpListener::bind(address).await?;
            let port = first.local_addr()?.port();
            match TcpListener::bind(SocketAddr::new(other, port)).await {
                Ok(second) => return Ok(vec![first, second].into()),
                Err(error) if error.kind() == ErrorKind::AddrInUse && address.port() == 0 => {}
                Err(error) if error.kind() == ErrorKind::AddrInUse => return Err(error),
                Err(error) => {
                    tracing::debug!(%error, "listening in one address family only");
                    return Ok(first.into());
                }
            }
        }
        Err(ErrorKind::AddrInUse.into())
    }

    /// Speaks TLS, and nothing else, on these sockets.
    #[must_use]
    pub fn with_tls(self, tls: Tls) -> Self {
        Self { tls: Some(tls), ..self }
    }

    /// The port, the same in both families.
    ///
    /// # Panics
    ///
    /// Never: a listening socket has an address.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.sockets[0].local_addr().expect("a listening socket has an address").port()
    }

    pub(crate) async fn accept(&self) -> io::Result<(TcpStream, SocketAddr)> {
        poll_fn(|context| {
            let mut each = self.sockets.iter().map(|listener| listener.poll_accept(context));
            each.find(Poll::is_ready).unwrap_or(Poll::Pending)
        })
        .await
    }
}

impl From<TcpListener> for Listeners {
    fn from(listener: TcpListener) -> Self {
        vec![listener].into()
    }
}

impl From<Vec<TcpListener>> for Listeners {
    /// Takes sockets that listen already; there has to be one at least.
    fn from(sockets: Vec<TcpListener>) -> Self {
        Self { sockets, tls: None }
    }
}
