//! From the bytes of one frame to what it says.
//!
//! A frame comes as a packet socket gives it: with an Ethernet header, on the loopback interface too.
//! One without (a tunnel's) is read as an IP packet. What cannot be read says nothing.

use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};

use etherparse::{
    Icmpv4Type, Icmpv6Type, LaxNetSlice, LaxSlicedPacket, TcpSlice, TransportSlice, UdpSlice,
};

use super::question;
use super::sighting::{Answer, Sighting};

/// What a frame says of a namespace with these addresses of its own.
pub fn sightings(frame: &[u8], own: &BTreeSet<IpAddr>) -> Vec<Sighting> {
    let Some(packet) = sliced(frame) else { return Vec::new() };
    let Some((from, to)) = ends(&packet) else { return Vec::new() };
    let way = Way { from, to, own };
    match &packet.transport {
        Some(TransportSlice::Tcp(tcp)) => way.tcp(tcp),
        Some(TransportSlice::Udp(udp)) => way.udp(udp),
        Some(TransportSlice::Icmpv4(icmp)) => {
            way.echo(matches!(icmp.icmp_type(), Icmpv4Type::EchoRequest(_)))
        }
        Some(TransportSlice::Icmpv6(icmp)) => {
            way.echo(matches!(icmp.icmp_type(), Icmpv6Type::EchoRequest(_)))
        }
        _ => Vec::new(),
    }
}

fn sliced(frame: &[u8]) -> Option<LaxSlicedPacket<'_>> {
    let framed = LaxSlicedPacket::from_ethernet(frame).ok().filter(|packet| packet.net.is_some());
    framed.or_else(|| LaxSlicedPacket::from_ip(frame).ok())
}

fn ends(packet: &LaxSlicedPacket<'_>) -> Option<(IpAddr, IpAddr)> {
    match packet.net.as_ref()? {
        LaxNetSlice::Ipv4(ip) => {
            let header = ip.header();
            Some((header.source_addr().into(), header.destination_addr().into()))
        }
        LaxNetSlice::Ipv6(ip) => {
            let header = ip.header();
            let ends = (header.source_addr(), header.destination_addr());
            Some((ends.0.to_canonical(), ends.1.to_canonical()))
        }
        LaxNetSlice::Arp(_) => None,
    }
}

/// From where to where, as seen from inside.
struct Way<'a> {
    from: IpAddr,
    to: IpAddr,
    own: &'a BTreeSet<IpAddr>,
}

impl Way<'_> {
    fn is_own(&self, address: IpAddr) -> bool {
        address.is_loopback() || self.own.contains(&address)
    }

    fn leaves(&self) -> bool {
        self.is_own(self.from) && !self.is_own(self.to)
    }

    fn enters(&self) -> bool {
        !self.is_own(self.from) && self.is_own(self.to)
    }

    fn tcp(&self, tcp: &TcpSlice<'_>) -> Vec<Sighting> {
        let from = SocketAddr::new(self.from, tcp.source_port());
        let to = SocketAddr::new(self.to, tcp.destination_port());
        let answer = match (tcp.syn(), tcp.ack(), tcp.rst()) {
            (true, true, _) => Some(Answer::SynAck),
            (_, _, true) => Some(Answer::Reset),
            _ => None,
        };
        let begins = tcp.syn() && !tcp.ack();
        let seen = match (self.leaves(), self.enters(), answer) {
            (true, _, _) if begins => Some(Sighting::Attempt { own: from, to }),
            (_, true, _) if begins => Some(Sighting::Knock { from, own: to }),
            (true, _, Some(how)) => Some(Sighting::Replied { to, own: from, how }),
            (_, true, Some(how)) => Some(Sighting::Answered { own: to, by: from, how }),
            _ => None,
        };
        let mut all: Vec<Sighting> = seen.into_iter().collect();
        if self.leaves() && to.port() == NAME_SERVICE_PORT {
            all.extend(question::over_tcp(tcp.payload()).map(|asked| self.asked(asked)));
        }
        all
    }

    fn udp(&self, udp: &UdpSlice<'_>) -> Vec<Sighting> {
        let to = SocketAddr::new(self.to, udp.destination_port());
        // Docker's own resolver: by the time a packet is on the loopback interface, its port 53 has
        // become another one.
        if self.to == DOCKER_RESOLVER {
            return question::in_datagram(udp.payload())
                .map(|a| self.asked(a))
                .into_iter()
                .collect();
        }
        if self.enters() {
            return mark(udp.payload()).into_iter().collect();
        }
        if !self.leaves() {
            return Vec::new();
        }
        if to.port() != NAME_SERVICE_PORT {
            return vec![Sighting::Datagram { to }];
        }
        let asked = question::in_datagram(udp.payload());
        vec![self.asked(asked.unwrap_or_else(question::unreadable))]
    }

    fn asked(&self, (name, kind): (String, String)) -> Sighting {
        Sighting::Question { server: self.to, name, kind }
    }

    fn echo(&self, request: bool) -> Vec<Sighting> {
        let leaves = request && self.leaves();
        leaves.then_some(Sighting::Echo { to: self.to }).into_iter().collect()
    }
}

/// The number of a judge's mark.
fn mark(payload: &[u8]) -> Option<Sighting> {
    let number = payload.strip_prefix(MARK)?;
    Some(Sighting::Mark { number: std::str::from_utf8(number).ok()?.parse().ok()? })
}

/// Begins the datagram in which a judge sends a mark.
pub const MARK: &[u8] = b"flipcheck mark ";
const NAME_SERVICE_PORT: u16 = 53;
const DOCKER_RESOLVER: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(127, 0, 0, 11));

#[cfg(test)]
mod tests;
