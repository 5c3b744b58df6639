//! What the kernel's own tables say of a namespace: its addresses, and the ports that take what comes.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use super::sighting::Sighting;
use crate::oracle::sockets::parse_table;

/// A namespace's own addresses, from the texts of `/proc/net/fib_trie` and `/proc/net/if_inet6`.
pub fn own_addresses(fib_trie: &str, if_inet6: &str) -> BTreeSet<IpAddr> {
    let mut own = BTreeSet::new();
    let mut leaf = None;
    for line in fib_trie.lines().map(str::trim) {
        if let Some(address) = line.strip_prefix("|-- ") {
            leaf = address.parse().ok().map(IpAddr::V4);
        } else if line.ends_with("host LOCAL") {
            own.extend(leaf);
        }
    }
    let words = if_inet6.lines().filter_map(|line| line.split_whitespace().next());
    let numbers = words.filter_map(|word| u128::from_str_radix(word, 16).ok());
    own.extend(numbers.map(|number| IpAddr::V6(Ipv6Addr::from(number))));
    own
}

/// The ports that take what comes, from the texts of `/proc/net/tcp`, `tcp6`, `udp` and `udp6`.
pub fn listening(tcp: &str, udp: &str) -> Sighting {
    let tcp = parse_table(tcp).into_iter().filter(|socket| socket.listening);
    // A UDP socket that has no other end takes datagrams from everybody.
    let udp = parse_table(udp).into_iter().filter(|socket| socket.remote.port() == 0);
    Sighting::Listening {
        tcp: tcp.map(|socket| socket.local).collect(),
        udp: udp.map(|socket| socket.local).collect(),
    }
}

/// Whether a port at this address can be reached from outside the namespace.
pub fn is_reachable(own: SocketAddr) -> bool {
    !own.ip().is_loopback()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRIE: &str = "\
Main:
  +-- 0.0.0.0/0 3 0 5
     |-- 0.0.0.0
        /0 universe UNICAST
     +-- 172.18.0.0/30 2 0 2
        |-- 172.18.0.2
           /32 host LOCAL
     |-- 172.18.255.255
        /32 link BROADCAST
";
    const SIX: &str = "fe80000000000000004200fffe120002 09 40 20 80 eth0\n";

    #[test]
    fn own_addresses_are_those_the_kernel_keeps_for_itself() {
        let own = own_addresses(TRIE, SIX);
        let told: Vec<String> = own.iter().map(IpAddr::to_string).collect();
        assert_eq!(told, ["172.18.0.2", "fe80::42:ff:fe12:2"]);
        assert!(own_addresses("nonsense", "\n-\n").is_empty());
    }

    #[test]
    fn ports_that_take_what_comes_are_told_from_those_in_use() {
        let tcp = "\
  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000:1F40 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 41 1 0
   1: 0B00007F:A2F1 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 43 1 0
   2: 020012AC:C350 010012AC:01BB 01 00000000:00000000 00:00000000 00000000     0        0 42 1 0
";
        let udp = "\
   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
  9: 00000000:14E9 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 44 2 0
  9: 020012AC:14EA 010012AC:0035 01 00000000:00000000 00:00000000 00000000     0        0 45 2 0
";
        let Sighting::Listening { tcp, udp } = listening(tcp, udp) else { panic!("tables") };
        assert_eq!(tcp.iter().filter(|own| is_reachable(**own)).count(), 1);
        assert_eq!((tcp.len(), udp.len()), (2, 1));
    }
}
