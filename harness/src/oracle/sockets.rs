//! Reading socket tables of `/proc/<pid>/net`, and judging where a trust's sockets lead (network 1).

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use serde::{Deserialize, Serialize};

/// One TCP socket as the kernel lists it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Socket {
    /// Own end.
    pub local: SocketAddr,
    /// Other end; port 0 on a listening socket.
    pub remote: SocketAddr,
    /// Whether it takes connections.
    pub listening: bool,
    /// What its owner's file descriptors are called by.
    pub inode: u64,
}

/// The sockets of one table, `tcp` or `tcp6`, that belong to somebody; lines that are no socket are
/// left out. A busy machine lists tens of thousands that only wait out their time.
pub fn parse_table(text: &str) -> Vec<Socket> {
    text.lines().skip(1).filter(|line| !line.contains(TIME_WAIT)).filter_map(parse_line).collect()
}

fn parse_line(line: &str) -> Option<Socket> {
    let mut words = line.split_whitespace().skip(1);
    let (local, remote, state) = (words.next()?, words.next()?, words.next()?);
    let inode = words.nth(5)?.parse().ok()?;
    Some(Socket {
        local: parse_address(local)?,
        remote: parse_address(remote)?,
        listening: state == LISTEN,
        inode,
    })
}

/// `0100007F:1F90`: each group of eight digits is a word in the machine's byte order.
fn parse_address(text: &str) -> Option<SocketAddr> {
    let (address, port) = text.split_once(':')?;
    let port = u16::from_str_radix(port, 16).ok()?;
    let mut bytes = Vec::new();
    for at in (0..address.len()).step_by(8) {
        let word = u32::from_str_radix(address.get(at..at + 8)?, 16).ok()?;
        bytes.extend(word.to_ne_bytes());
    }
    let ip = match <[u8; 4]>::try_from(bytes.as_slice()) {
        Ok(v4) => IpAddr::V4(Ipv4Addr::from(v4)),
        Err(_) => IpAddr::V6(Ipv6Addr::from(<[u8; 16]>::try_from(bytes.as_slice()).ok()?)),
    };
    Some(SocketAddr::new(ip.to_canonical(), port))
}

/// The inode behind the target of a file descriptor's link, if that is a socket.
pub fn socket_inode(link: &str) -> Option<u64> {
    link.strip_prefix("socket:[")?.strip_suffix(']')?.parse().ok()
}

/// What was seen of one trust's sockets over a stretch of time.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sightings {
    /// Own ends that took connections.
    pub listening: BTreeSet<SocketAddr>,
    /// Other ends of connections it began, with the number of looks each was there.
    pub contacted: BTreeMap<SocketAddr, u32>,
    /// How often was looked.
    pub looks: u32,
}

impl Sightings {
    /// Takes in one look.
    pub fn add(&mut self, sockets: &[Socket]) {
        self.looks += 1;
        self.listening.extend(sockets.iter().filter(|s| s.listening).map(|s| s.local));
        for socket in sockets.iter().filter(|socket| !socket.listening && socket.remote.port() != 0)
        {
            // What came in by a listening port was begun by the other side.
            if !self.listening.iter().any(|own| own.port() == socket.local.port()) {
                *self.contacted.entry(socket.remote).or_default() += 1;
            }
        }
    }

    /// Contacted addresses that are neither allowed nor inside the site.
    pub fn strangers(&self, known: &BTreeSet<SocketAddr>) -> Vec<SocketAddr> {
        self.contacted.keys().filter(|peer| !known.contains(peer)).copied().collect()
    }

    /// Listening ports other than the one that may be.
    pub fn surplus_ports(&self, allowed: Option<u16>) -> Vec<SocketAddr> {
        self.listening.iter().filter(|own| Some(own.port()) != allowed).copied().collect()
    }

    /// One line a socket, for evidence.
    pub fn lines(&self) -> Vec<String> {
        let listening = self.listening.iter().map(|own| format!("listens on {own}"));
        let contacted =
            self.contacted.iter().map(|(peer, looks)| format!("contacted {peer} ({looks} looks)"));
        listening.chain(contacted).collect()
    }
}

const LISTEN: &str = "0A";
/// No other column is two digits wide.
const TIME_WAIT: &str = " 06 ";

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "\
  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 41 1 0
   1: 0100007F:C350 0100007F:1FA4 01 00000000:00000000 00:00000000 00000000     0        0 42 1 0
   2: 0100007F:1F90 0100007F:D431 01 00000000:00000000 00:00000000 00000000     0        0 43 1 0
   3: 0100007F:C351 0100007F:1FA5 06 00000000:00000000 03:00000F9C 00000000     0        0 0 3 0
";

    fn at(port: u16) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], port))
    }

    #[test]
    fn a_table_is_read_with_addresses_states_and_inodes() {
        let sockets = parse_table(TABLE);
        assert_eq!(sockets.len(), 3);
        assert_eq!(
            (sockets[0].local, sockets[0].listening, sockets[0].inode),
            (at(8080), true, 41)
        );
        assert_eq!((sockets[1].remote, sockets[1].listening), (at(8100), false));
        let mapped = "0000000000000000FFFF00000100007F:1F90";
        assert_eq!(parse_address(mapped), Some(at(8080)));
        assert_eq!(parse_address("nonsense"), None);
    }

    #[test]
    fn only_sockets_have_an_inode_of_ours() {
        assert_eq!(socket_inode("socket:[4711]"), Some(4711));
        assert_eq!(socket_inode("pipe:[4711]"), None);
    }

    #[test]
    fn strangers_and_surplus_ports_are_what_is_left_over() {
        let mut seen = Sightings::default();
        seen.add(&parse_table(TABLE));
        assert_eq!(seen.contacted.len(), 1, "an incoming connection is not the trust's doing");
        assert!(seen.strangers(&BTreeSet::from([at(8100)])).is_empty());
        assert_eq!(seen.strangers(&BTreeSet::new()), [at(8100)]);
        assert!(seen.surplus_ports(Some(8080)).is_empty());
        assert_eq!(seen.surplus_ports(Some(8081)), [at(8080)]);
    }
}
