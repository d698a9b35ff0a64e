//! A command for which the emulator is Kakao: its proxy, its files, its variables, its network.

mod child;
mod environment;
mod files;
mod java_trust_store;
#[cfg(target_os = "linux")]
mod private_network;
mod proxy;

use std::ffi::OsString;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use katok_emulator::{Authority, Emulator};
use katok_gateway::Sentence;
use katok_listener::{Listeners, Tls};
use tokio::process::Command;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::failure::Failure;
pub(crate) use child::{Child, Signals, exit_code, signal};
use environment::Ports;
use files::Files;
#[cfg(target_os = "linux")]
pub(crate) use private_network::become_command;
use proxy::Proxy;

/// All that a command finds around it instead of Kakao; it goes when this is dropped.
pub(crate) struct Surroundings {
    emulator: Emulator,
    tls: Tls,
    proxy: Proxy,
    ports: Ports,
    files: Files,
    stop: DropGuard,
}

impl Surroundings {
    /// Adds to a running emulator what programs need that look for Kakao.
    pub(crate) async fn around(
        mut emulator: Emulator,
        authority: &Authority,
        allow_others: bool,
    ) -> io::Result<Self> {
        let tls = authority.tls().map_err(io::Error::other)?;
        let [securing, proxying] = [free_port().await?, free_port().await?];
        let http = emulator.base_url().port().expect("the emulator's address names its port");
        let ports = Ports { http, tls: securing.port(), proxy: proxying.port() };
        emulator.serve(securing.with_tls(tls.clone()));
        let proxy = Proxy { tls_port: ports.tls, allow_others };
        let stop = CancellationToken::new();
        tokio::spawn(proxy.serve(proxying, stop.clone()));
        let files = Files::write(authority, ports.tls, allow_others)?;
        Ok(Self { emulator, tls, proxy, ports, files, stop: stop.drop_guard() })
    }

    /// Starts a command in this machine's network.
    pub(crate) fn start(&self, words: &[OsString]) -> Result<Child, Failure> {
        let mut command = Command::new(&words[0]);
        command.args(&words[1..]).envs(self.variables());
        Child::start(&mut command)
    }

    fn variables(&self) -> Vec<(&'static str, OsString)> {
        environment::variables(&self.files, self.ports, |name| std::env::var_os(name))
    }

    /// Starts a command in a network of its own, or says why that is impossible.
    #[cfg(not(target_os = "linux"))]
    pub(crate) async fn start_in_private(
        &mut self,
        _: &[OsString],
        _: &mut Signals,
    ) -> Result<Child, Sentence> {
        Err(Sentence::new("Linux에만 있습니다", "only Linux has them"))
    }

    /// Starts a command in a network of its own, or says why that is impossible.
    #[cfg(target_os = "linux")]
    pub(crate) async fn start_in_private(
        &mut self,
        words: &[OsString],
        signals: &mut Signals,
    ) -> Result<Child, Sentence> {
        let reason = |error: io::Error| Sentence::new(error.to_string(), error.to_string());
        let taken = [self.ports.http, self.ports.tls, self.ports.proxy, 443];
        let mut ports = private_network::ports_in_use_here().map_err(reason)?;
        ports.extend(taken);
        let mut command = private_network::command(self.files.folder(), &ports, words).map_err(reason)?;
        command.envs(self.variables());
        let (child, sockets) =
            private_network::enter(self.files.folder(), &mut command, signals).await.map_err(reason)?;
        for socket in sockets {
            let stop = self.stop.token().clone();
            match socket {
                (port, socket) if port == self.ports.http => self.emulator.serve(socket.into()),
                (port, socket) if port == self.ports.proxy => {
                    tokio::spawn(self.proxy.serve(socket.into(), stop));
                }
                (port, socket) if taken.contains(&port) => {
                    self.emulator.serve(Listeners::from(socket).with_tls(self.tls.clone()));
                }
                (port, socket) => {
                    tokio::spawn(private_network::relay(socket, port, stop));
                }
            }
        }
        Ok(child)
    }
}

async fn free_port() -> io::Result<Listeners> {
    Listeners::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await
}
