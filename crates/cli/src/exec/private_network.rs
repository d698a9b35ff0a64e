//! A network of the command's own (Linux), in which Kakao's names and the system's certificates are ours.
//!
//! This program starts itself again as `exec-inside`, which leaves the machine's network, listens inside, hands its
//! sockets out over a Unix socket, and becomes the command. A socket stays in the network in which it was made, so
//! this program, outside, answers whoever connects inside.

mod inside;
mod netlink;

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs::{self, Permissions};
use std::io::{self, IoSliceMut, Read as _, Write as _};
use std::mem::MaybeUninit;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener as StdListener};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixStream as StdStream;
use std::path::Path;
use std::time::Duration;

use rustix::net::{RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, recvmsg};
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream, UnixListener};
use tokio::process::Command;
use tokio_util::sync::CancellationToken;

use super::{Child, Signals};
pub(crate) use inside::become_command;

/// How long to leave an accept alone that failed for lack of something, such as file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(200);

/// In the folder of the command's files: where the sockets are handed out.
const MEETING_POINT: &str = "sockets";

/// What comes with a socket.
const SOCKET: u8 = b's';
/// Said inside after the last socket, and outside when all of them are there: the command may begin.
const DONE: u8 = b'd';
/// Followed by the reason.
const FAILED: u8 = b'f';

/// The command line that leads inside and on to the command.
pub(super) fn command(folder: &Path, ports: &BTreeSet<u16>, words: &[OsString]) -> io::Result<Command> {
    let ports: Vec<_> = ports.iter().map(u16::to_string).collect();
    let mut command = Command::new(std::env::current_exe()?);
    command.args(["emulator", "exec-inside", "--ports", &ports.join(","), "--folder"]);
    command.arg(folder).arg("--").args(words);
    Ok(command)
}

/// Goes inside; answers with what becomes the command now, and the sockets that listen there on which port.
///
/// An error means that there is no command, and will be none.
pub(super) async fn enter(
    folder: &Path,
    command: &mut Command,
    signals: &mut Signals,
) -> io::Result<(Child, Vec<(u16, TcpListener)>)> {
    let path = folder.join(MEETING_POINT);
    let meeting_point = UnixListener::bind(&path)?;
    fs::set_permissions(path, Permissions::from_mode(0o600))?;
    let mut child = Child::start(command).map_err(|failure| io::Error::other(failure.sentence.en))?;
    let stream = tokio::select! {
        accepted = meeting_point.accept() => accepted?.0.into_std()?,
        _ = child.wait(signals) => return Err(io::ErrorKind::UnexpectedEof.into()),
    };
    stream.set_nonblocking(false)?;
    let received = tokio::task::spawn_blocking(|| receive(stream)).await.map_err(io::Error::other)?;
    match received.and_then(|(sockets, go)| Ok((listeners(sockets)?, go))) {
        Ok((listeners, mut go)) => {
            go.write_all(&[DONE])?;
            Ok((child, listeners))
        }
        Err(error) => {
            child.wait(signals).await?;
            Err(error)
        }
    }
}

fn listeners(sockets: Vec<StdListener>) -> io::Result<Vec<(u16, TcpListener)>> {
    let listener = |socket: StdListener| {
        socket.set_nonblocking(true)?;
        Ok((socket.local_addr()?.port(), TcpListener::from_std(socket)?))
    };
    sockets.into_iter().map(listener).collect()
}

fn receive(mut stream: StdStream) -> io::Result<(Vec<StdListener>, StdStream)> {
    let mut sockets = Vec::new();
    loop {
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
        let mut control = RecvAncillaryBuffer::new(&mut space);
        let mut byte = [0];
        let flags = RecvFlags::CMSG_CLOEXEC;
        let received = recvmsg(&stream, &mut [IoSliceMut::new(&mut byte)], &mut control, flags)?;
        match byte[0] {
            _ if received.bytes == 0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            SOCKET => {
                for message in control.drain() {
                    if let RecvAncillaryMessage::ScmRights(descriptors) = message {
                        sockets.extend(descriptors.map(StdListener::from));
                    }
                }
            }
            DONE => return Ok((sockets, stream)),
            _ => {
                let mut reason = String::new();
                stream.read_to_string(&mut reason)?;
                return Err(io::Error::other(reason));
            }
        }
    }
}

/// Leads whoever connects inside to the same port of this machine, until `stop` is cancelled.
pub(super) async fn relay(inside: TcpListener, port: u16, stop: CancellationToken) {
    let outside =
        [SocketAddr::from((Ipv4Addr::LOCALHOST, port)), SocketAddr::from((Ipv6Addr::LOCALHOST, port))];
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => return,
            accepted = inside.accept() => accepted,
        };
        match accepted {
            Ok((mut here, _)) => {
                tokio::spawn(async move {
                    let mut there = TcpStream::connect(&outside[..]).await?;
                    copy_bidirectional(&mut here, &mut there).await
                });
            }
            // Out of file descriptors, perhaps: the next connection may have more luck.
            Err(error) => {
                tracing::warn!(%error, "cannot accept connections at the moment");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

/// The ports on which something of this machine listens for this machine.
pub(super) fn ports_in_use_here() -> io::Result<BTreeSet<u16>> {
    let mut table = fs::read_to_string("/proc/net/tcp")?;
    // Absent without IPv6.
    table.push_str(&fs::read_to_string("/proc/net/tcp6").unwrap_or_default());
    Ok(table.lines().filter_map(listening).collect())
}

/// The port of a line of the kernel's table, if the socket listens where `localhost` leads.
fn listening(line: &str) -> Option<u16> {
    const LISTEN: &str = "0A";
    let mut words = line.split_ascii_whitespace().skip(1);
    let (address, port) = words.next()?.split_once(':')?;
    let is_listening = words.nth(1)? == LISTEN;
    // Words of four bytes, each written as the machine reads a number.
    let words = address.as_bytes().chunks(8).map(|word| {
        let word = u32::from_str_radix(std::str::from_utf8(word).ok()?, 16).ok()?;
        Some(word.to_ne_bytes())
    });
    let bytes = words.collect::<Option<Vec<_>>>()?.concat();
    let address: IpAddr = match <[u8; 4]>::try_from(bytes.as_slice()) {
        Ok(address) => address.into(),
        Err(_) => <[u8; 16]>::try_from(bytes.as_slice()).ok()?.into(),
    };
    let address = address.to_canonical();
    let is_localhost =
        address.is_unspecified() || address == Ipv4Addr::LOCALHOST || address == Ipv6Addr::LOCALHOST;
    (is_listening && is_localhost).then(|| u16::from_str_radix(port, 16).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(target_endian = "little")]
    fn kernels_table_is_read_as_far_as_localhost_leads() {
        let line = |address: &str, state: &str| {
            listening(&format!("   0: {address}:1F90 00000000:0000 {state} 00000000:00000000 00:00000000"))
        };
        for address in [
            "0100007F",
            "00000000",
            "00000000000000000000000000000000",
            "00000000000000000000000001000000",
            "0000000000000000FFFF00000100007F",
        ] {
            assert_eq!(line(address, "0A"), Some(8080), "{address}");
        }
        assert_eq!(line("0100007F", "01"), None);
        assert_eq!(line("3500007F", "0A"), None);
        assert_eq!(listening("  sl  local_address rem_address   st tx_queue"), None);
    }
}
