use etherparse::PacketBuilder;
use proptest::prelude::*;
use simple_dns::{CLASS, Name, Packet, QCLASS, QTYPE, Question, TYPE};

use super::*;

const OWN: [u8; 4] = [172, 18, 0, 2];
const HUB: [u8; 4] = [172, 18, 0, 1];

fn own() -> BTreeSet<IpAddr> {
    BTreeSet::from([IpAddr::from(OWN), "fd00::2".parse().expect("an address")])
}

fn at(ip: [u8; 4], port: u16) -> SocketAddr {
    SocketAddr::from((ip, port))
}

fn tcp(from: SocketAddr, to: SocketAddr, flags: &str, payload: &[u8]) -> Vec<u8> {
    let builder = PacketBuilder::ethernet2([0; 6], [0; 6]);
    let builder = match (from.ip(), to.ip()) {
        (IpAddr::V4(a), IpAddr::V4(b)) => builder.ipv4(a.octets(), b.octets(), 64),
        (IpAddr::V6(a), IpAddr::V6(b)) => builder.ipv6(a.octets(), b.octets(), 64),
        _ => panic!("one family"),
    };
    let mut step = builder.tcp(from.port(), to.port(), 1, 1000);
    for flag in flags.chars() {
        step = match flag {
            'S' => step.syn(),
            'A' => step.ack(1),
            'R' => step.rst(),
            _ => panic!("a flag"),
        };
    }
    let mut frame = Vec::new();
    step.write(&mut frame, payload).expect("fits");
    frame
}

fn udp(from: SocketAddr, to: SocketAddr, payload: &[u8]) -> Vec<u8> {
    let (IpAddr::V4(a), IpAddr::V4(b)) = (from.ip(), to.ip()) else { panic!("IPv4") };
    let builder = PacketBuilder::ethernet2([0; 6], [0; 6]).ipv4(a.octets(), b.octets(), 64);
    let mut frame = Vec::new();
    builder.udp(from.port(), to.port()).write(&mut frame, payload).expect("fits");
    frame
}

fn query(name: &str, reply: bool) -> Vec<u8> {
    let mut packet = if reply { Packet::new_reply(7) } else { Packet::new_query(7) };
    let name = Name::new_unchecked(name);
    let (kind, class) = (QTYPE::TYPE(TYPE::AAAA), QCLASS::CLASS(CLASS::IN));
    packet.questions.push(Question::new(name, kind, class, false));
    packet.build_bytes_vec().expect("fits")
}

fn question(server: [u8; 4], name: &str, kind: &str) -> Sighting {
    let (name, kind) = (name.to_owned(), kind.to_owned());
    Sighting::Question { server: server.into(), name, kind }
}

#[test]
fn a_connection_is_told_by_its_beginning_and_its_answer_and_by_who_began_it() {
    let (mine, hub) = (at(OWN, 41000), at(HUB, 443));
    let answered = |how| Sighting::Answered { own: mine, by: hub, how };
    for (frame, told) in [
        (tcp(mine, hub, "S", b""), Sighting::Attempt { own: mine, to: hub }),
        (tcp(hub, mine, "SA", b""), answered(Answer::SynAck)),
        (tcp(hub, mine, "RA", b""), answered(Answer::Reset)),
        (tcp(hub, mine, "S", b""), Sighting::Knock { from: hub, own: mine }),
        (tcp(mine, hub, "RA", b""), Sighting::Replied { to: hub, own: mine, how: Answer::Reset }),
    ] {
        assert_eq!(sightings(&frame, &own()), [told]);
    }
    assert!(sightings(&tcp(mine, hub, "A", b"GET"), &own()).is_empty());
}

#[test]
fn what_stays_inside_or_passes_by_is_not_the_namespaces_doing() {
    let (mine, local) = (at(OWN, 41000), at([127, 0, 0, 1], 8000));
    assert!(sightings(&tcp(local, local, "S", b""), &own()).is_empty());
    assert!(sightings(&tcp(local, mine, "S", b""), &own()).is_empty());
    assert!(sightings(&tcp(at(HUB, 1), at([172, 18, 0, 9], 2), "S", b""), &own()).is_empty());
}

#[test]
fn the_newer_protocol_is_read_as_well_and_frames_without_a_link_header() {
    let mine: SocketAddr = "[fd00::2]:41000".parse().expect("an address");
    let hub: SocketAddr = "[fd00::1]:443".parse().expect("an address");
    let told = [Sighting::Attempt { own: mine, to: hub }];
    let frame = tcp(mine, hub, "S", b"");
    assert_eq!(sightings(&frame, &own()), told);
    assert_eq!(sightings(&frame[14..], &own()), told);
}

#[test]
fn questions_are_read_from_datagrams_segments_and_on_the_way_to_dockers_resolver() {
    let asked = query("FL.Hub.example", false);
    let (mine, server) = (at(OWN, 41000), [9, 9, 9, 9]);
    let told = [question(server, "fl.hub.example", "AAAA")];
    assert_eq!(sightings(&udp(mine, at(server, 53), &asked), &own()), told);
    let mut framed = vec![0, u8::try_from(asked.len()).expect("short")];
    framed.extend(&asked);
    assert_eq!(sightings(&tcp(mine, at(server, 53), "A", &framed), &own()), told);
    let (local, docker) = (at([127, 0, 0, 1], 40000), [127, 0, 0, 11]);
    let told = [question(docker, "fl.hub.example", "AAAA")];
    assert_eq!(sightings(&udp(local, at(docker, 36011), &asked), &own()), told);
    let reply = query("fl.hub.example", true);
    assert!(sightings(&udp(at(docker, 36011), local, &reply), &own()).is_empty());
}

#[test]
fn what_is_said_to_a_name_server_and_is_no_question_is_told_as_such() {
    let frame = udp(at(OWN, 41000), at([9, 9, 9, 9], 53), b"patients");
    assert_eq!(sightings(&frame, &own()), [question([9; 4], Sighting::UNREADABLE, "?")]);
}

#[test]
fn datagrams_echoes_and_marks_are_told() {
    let (mine, time) = (at(OWN, 41000), at([9, 9, 9, 9], 123));
    assert_eq!(sightings(&udp(mine, time, b"x"), &own()), [Sighting::Datagram { to: time }]);
    let mark = udp(at(HUB, 5), mine, b"flipcheck mark 12");
    assert_eq!(sightings(&mark, &own()), [Sighting::Mark { number: 12 }]);
    assert!(sightings(&udp(at(HUB, 5), mine, b"flipcheck mark x"), &own()).is_empty());
    let mut echo = Vec::new();
    let builder = PacketBuilder::ethernet2([0; 6], [0; 6]).ipv4(OWN, [9; 4], 64);
    builder.icmpv4_echo_request(1, 1).write(&mut echo, b"").expect("fits");
    assert_eq!(sightings(&echo, &own()), [Sighting::Echo { to: [9, 9, 9, 9].into() }]);
}

proptest! {
    #[test]
    fn no_bytes_are_too_odd(frame in proptest::collection::vec(any::<u8>(), 0..200)) {
        sightings(&frame, &own());
    }

    #[test]
    fn a_frame_cut_or_changed_anywhere_is_survived(
        cut in 0_usize..90, at_byte in 0_usize..90, value: u8, over_tcp: bool
    ) {
        let (mine, server) = (at(OWN, 41000), at([9, 9, 9, 9], 53));
        let asked = query("a.long.name.of.an.example", false);
        let mut frame =
            if over_tcp { tcp(mine, server, "S", &asked) } else { udp(mine, server, &asked) };
        if let Some(byte) = frame.get_mut(at_byte) {
            *byte = value;
        }
        frame.truncate(cut.min(frame.len()));
        sightings(&frame, &own());
    }
}
