//! Asking the kernel for TCP sockets by netlink (`sock_diag`), in our own network namespace.
//!
//! The tables in `/proc` say the same, but list every socket that only waits out its time: tens of
//! thousands on a busy machine, which makes a single look take longer than a connection lives.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use rustix::net::netlink::{SOCK_DIAG, SocketAddrNetlink};
use rustix::net::{AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType};

use crate::oracle::sockets::Socket;

/// Every TCP socket of this namespace that belongs to somebody.
pub(super) fn tcp_sockets() -> io::Result<Vec<Socket>> {
    let flags = SocketFlags::CLOEXEC;
    let kernel =
        rustix::net::socket_with(AddressFamily::NETLINK, SocketType::RAW, flags, Some(SOCK_DIAG))?;
    let mut sockets = Vec::new();
    let mut reply = vec![0; REPLY_BYTES];
    for family in [AddressFamily::INET, AddressFamily::INET6] {
        let request = request(family);
        let to = SocketAddrNetlink::new(0, 0);
        rustix::net::sendto(&kernel, &request, SendFlags::empty(), &to)?;
        loop {
            let (read, _) = rustix::net::recv(&kernel, &mut reply, RecvFlags::empty())?;
            if take(&reply[..read], &mut sockets)? {
                break;
            }
        }
    }
    Ok(sockets)
}

/// One dump request: a message header and `inet_diag_req_v2` behind it.
fn request(family: AddressFamily) -> [u8; REQUEST_BYTES] {
    let mut request = [0; REQUEST_BYTES];
    let mut put = |at: usize, bytes: &[u8]| request[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, &u32::try_from(REQUEST_BYTES).unwrap_or_default().to_ne_bytes());
    put(4, &SOCK_DIAG_BY_FAMILY.to_ne_bytes());
    put(6, &(REQUEST | DUMP).to_ne_bytes());
    put(HEADER_BYTES, &family.as_raw().to_ne_bytes()[..1]);
    put(HEADER_BYTES + 1, &[TCP]);
    put(HEADER_BYTES + 4, &ALIVE_STATES.to_ne_bytes());
    request
}

/// Takes the sockets out of one datagram; whether it ends the dump.
fn take(mut messages: &[u8], sockets: &mut Vec<Socket>) -> io::Result<bool> {
    while messages.len() >= HEADER_BYTES {
        let length = usize::try_from(word(messages, 0)).unwrap_or_default();
        let kind = u16::from_ne_bytes([messages[4], messages[5]]);
        let whole = messages.get(..length).filter(|m| m.len() >= HEADER_BYTES);
        let Some(message) = whole else { return Err(io::ErrorKind::InvalidData.into()) };
        match kind {
            DONE => return Ok(true),
            ERROR => return Err(io::Error::other("the kernel refuses to list sockets")),
            _ => sockets.extend(parse(&message[HEADER_BYTES..])),
        }
        messages = &messages[length.next_multiple_of(4).min(messages.len())..];
    }
    Ok(false)
}

/// One `inet_diag_msg`.
fn parse(message: &[u8]) -> Option<Socket> {
    if message.len() < MESSAGE_BYTES {
        return None;
    }
    let port = |at: usize| u16::from_be_bytes([message[at], message[at + 1]]);
    let ip = |at: usize| -> Option<IpAddr> {
        if message[0] == 2 {
            let v4: [u8; 4] = message[at..at + 4].try_into().ok()?;
            return Some(Ipv4Addr::from(v4).into());
        }
        let v6: [u8; 16] = message[at..at + 16].try_into().ok()?;
        Some(IpAddr::from(Ipv6Addr::from(v6)).to_canonical())
    };
    Some(Socket {
        local: SocketAddr::new(ip(8)?, port(4)),
        remote: SocketAddr::new(ip(24)?, port(6)),
        listening: message[1] == LISTEN,
        inode: u64::from(word(message, 68)),
    })
}

fn word(bytes: &[u8], at: usize) -> u32 {
    u32::from_ne_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

const HEADER_BYTES: usize = 16;
const REQUEST_BYTES: usize = 72;
const MESSAGE_BYTES: usize = 72;
const REPLY_BYTES: usize = 64 * 1024;
const SOCK_DIAG_BY_FAMILY: u16 = 20;
const REQUEST: u16 = 0x1;
const DUMP: u16 = 0x300;
const ERROR: u16 = 2;
const DONE: u16 = 3;
const TCP: u8 = 6;
const LISTEN: u8 = 10;
/// All states but 6, in which a socket belongs to nobody any more.
const ALIVE_STATES: u32 = !(1 << 6);

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    #[test]
    fn a_listener_and_a_connection_to_it_are_listed() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let at = listener.local_addr().expect("bound");
        let call = std::net::TcpStream::connect(at).expect("connects");
        let Ok(sockets) = tcp_sockets() else { return };
        assert!(sockets.iter().any(|s| s.listening && s.local == at && s.inode != 0));
        let own = call.local_addr().expect("connected");
        assert!(sockets.iter().any(|s| !s.listening && s.local == own && s.remote == at));
    }

    #[test]
    fn a_datagram_that_is_cut_is_an_error_and_no_panic() {
        let mut cut = request(AddressFamily::INET).to_vec();
        cut.truncate(20);
        assert!(take(&cut, &mut Vec::new()).is_err());
        assert!(!take(&[1, 2, 3], &mut Vec::new()).expect("nothing in it"));
    }
}
