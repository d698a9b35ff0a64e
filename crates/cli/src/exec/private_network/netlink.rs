//! Two things asked of the kernel about the loopback interface of a new network.

use std::io;
use std::net::Ipv4Addr;
use std::os::fd::OwnedFd;

use rustix::net::{AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, recv, send, socket_with};

/// In each network the first interface.
const LOOPBACK: u32 = 1;

/// An address reserved for documentation, so nobody has it.
const ADDRESS: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 1);

/// Switches the loopback interface on, and gives it an address beside 127.0.0.1.
///
/// Without the address, resolvers that are asked with `AI_ADDRCONFIG` see a machine without IPv4 and find nothing.
pub(super) fn bring_loopback_up() -> io::Result<()> {
    const NEW_LINK: u16 = 16;
    const NEW_ADDRESS: u16 = 20;
    const CREATE: u16 = 0x400;
    const UP: u32 = 1;
    const IPV4: u8 = 2;
    // Without a protocol's name it is that of routes, addresses and interfaces.
    let socket = socket_with(AddressFamily::NETLINK, SocketType::RAW, SocketFlags::CLOEXEC, None)?;

    // struct ifinfomsg: family, padding, type, index, flags, which of the flags to change.
    let link = [[0; 4], LOOPBACK.to_ne_bytes(), UP.to_ne_bytes(), UP.to_ne_bytes()].concat();
    ask(&socket, NEW_LINK, 0, &link)?;

    // struct ifaddrmsg: family, prefix length, flags, scope, index; then attributes: length, type, value.
    let mut address = [[IPV4, 32, 0, 0], LOOPBACK.to_ne_bytes()].concat();
    for attribute in [1_u16, 2] {
        address.extend(8_u16.to_ne_bytes());
        address.extend(attribute.to_ne_bytes());
        address.extend(ADDRESS.octets());
    }
    ask(&socket, NEW_ADDRESS, CREATE, &address)
}

fn ask(socket: &OwnedFd, kind: u16, flags: u16, content: &[u8]) -> io::Result<()> {
    const REQUEST_WITH_ANSWER: u16 = 1 | 4;
    const HEADER: usize = 16;
    // struct nlmsghdr: length, type, flags, sequence number, port.
    let length = u32::try_from(HEADER + content.len()).expect("two short messages");
    let mut message = length.to_ne_bytes().to_vec();
    message.extend(kind.to_ne_bytes());
    message.extend((REQUEST_WITH_ANSWER | flags).to_ne_bytes());
    message.extend([0; 8]);
    message.extend(content);
    send(socket, &message, SendFlags::empty())?;

    let mut answer = [0; 256];
    recv(socket, &mut answer, RecvFlags::empty())?;
    let code =
        i32::from_ne_bytes([answer[HEADER], answer[HEADER + 1], answer[HEADER + 2], answer[HEADER + 3]]);
    if code == 0 { Ok(()) } else { Err(io::Error::from_raw_os_error(-code)) }
}
