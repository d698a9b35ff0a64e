//! The process that leaves the machine's network, prepares its own, and becomes the command.

use std::convert::Infallible;
use std::fs;
use std::io::{self, IoSlice, Read as _, Write as _};
use std::mem::MaybeUninit;
use std::net::{Ipv4Addr, Ipv6Addr, TcpListener};
use std::os::fd::AsFd as _;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::Command;

use katok_emulator::KAKAO_HOSTS;
use nix::sched::{CloneFlags, unshare};
use rustix::mount::{MountPropagationFlags, mount_bind, mount_change};
use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags, sendmsg};
use rustix::process::{getgid, getuid};

use super::netlink::bring_loopback_up;
use super::{DONE, FAILED, MEETING_POINT, SOCKET};
use crate::args::emulator::ExecInside;
use crate::exec::child::not_started;
use crate::exec::files::{self, BUNDLE};
use crate::failure::Failure;

const HOSTS_FILE: &str = "/etc/hosts";

/// Where systems keep the certificates to trust: Debian and others, Fedora, SUSE, Alpine and the BSDs.
const SYSTEM_BUNDLES: [&str; 5] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
];

/// Becomes the command, in a network of its own; comes back only if that fails.
///
/// No network is no failure of this process's: whoever waits at the meeting point has heard why.
pub(crate) fn become_command(inside: &ExecInside) -> Result<Infallible, Option<Failure>> {
    enter(inside).map_err(|_| None)?;
    let error = Command::new(&inside.command[0]).args(&inside.command[1..]).exec();
    Err(Some(not_started(&inside.command[0], &error)))
}

fn enter(inside: &ExecInside) -> io::Result<()> {
    let mut outside = UnixStream::connect(inside.folder.join(MEETING_POINT))?;
    let prepared = prepare(inside, &outside);
    if let Err(reason) = prepared {
        outside.write_all(&[&[FAILED], reason.to_string().as_bytes()].concat())?;
        return Err(reason);
    }
    outside.write_all(&[DONE])?;
    outside.read_exact(&mut [0])
}

fn prepare(inside: &ExecInside, outside: &UnixStream) -> io::Result<()> {
    leave_the_network()?;
    bring_loopback_up()?;
    mount_change("/", MountPropagationFlags::REC | MountPropagationFlags::PRIVATE)?;
    mount_hosts_file(&inside.folder)?;
    mount_certificates(&inside.folder)?;
    for port in &inside.ports {
        send(outside, &TcpListener::bind((Ipv4Addr::LOCALHOST, *port))?)?;
        // A machine without IPv6 has no ::1 either.
        if let Ok(socket) = TcpListener::bind((Ipv6Addr::LOCALHOST, *port)) {
            send(outside, &socket)?;
        }
    }
    Ok(())
}

/// Root needs no namespace of users, and keeps its rights over everybody's files without one.
fn leave_the_network() -> io::Result<()> {
    let spaces = CloneFlags::CLONE_NEWNET | CloneFlags::CLONE_NEWNS;
    if unshare(spaces).is_ok() {
        return Ok(());
    }
    let (user, group) = (getuid(), getgid());
    unshare(spaces | CloneFlags::CLONE_NEWUSER)?;
    // Everybody stays who they are, so that files made inside belong to the person outside.
    fs::write("/proc/self/setgroups", "deny")?;
    fs::write("/proc/self/uid_map", format!("{user} {user} 1"))?;
    fs::write("/proc/self/gid_map", format!("{group} {group} 1"))
}

fn mount_hosts_file(folder: &Path) -> io::Result<()> {
    let mut hosts = fs::read_to_string(HOSTS_FILE)?;
    // Before the machine's own lines: the first answer counts.
    let names = KAKAO_HOSTS.join(" ");
    hosts.insert_str(0, &format!("{} {names}\n{} {names}\n", Ipv4Addr::LOCALHOST, Ipv6Addr::LOCALHOST));
    mount(folder, "hosts", &hosts, Path::new(HOSTS_FILE))
}

fn mount_certificates(folder: &Path) -> io::Result<()> {
    let ours = fs::read_to_string(folder.join(BUNDLE))?;
    // Several of the names may lead to one file.
    let mut bundles: Vec<_> = SYSTEM_BUNDLES.iter().filter_map(|path| fs::canonicalize(path).ok()).collect();
    bundles.sort();
    bundles.dedup();
    for (index, bundle) in bundles.iter().enumerate() {
        let certificates = fs::read_to_string(bundle)? + "\n" + &ours;
        mount(folder, &format!("system-bundle-{index}.pem"), &certificates, bundle)?;
    }
    Ok(())
}

fn mount(folder: &Path, name: &str, content: &str, over: &Path) -> io::Result<()> {
    let file = folder.join(name);
    files::write(&file, content)?;
    Ok(mount_bind(file, over)?)
}

fn send(outside: &UnixStream, socket: &TcpListener) -> io::Result<()> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    let sockets = [socket.as_fd()];
    control.push(SendAncillaryMessage::ScmRights(&sockets));
    sendmsg(outside, &[IoSlice::new(&[SOCKET])], &mut control, SendFlags::empty())?;
    Ok(())
}
