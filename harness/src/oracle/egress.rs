//! What packets may say of a trust: two destinations outside, known names, one open door (network 1).

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};

use crate::packets::Ledger;
use crate::packets::{connection, repeated};

/// Everybody a trust may talk to, and what may be open.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Allowed {
    /// The destinations outside, with what they are: the hub API and the FL endpoint.
    pub outside: BTreeMap<SocketAddr, &'static str>,
    /// The site's own services.
    pub site: BTreeSet<SocketAddr>,
    /// Names that may be asked for, in small letters.
    pub names: BTreeSet<String>,
    /// Name servers.
    pub resolvers: BTreeSet<IpAddr>,
    /// The port of `/health`.
    pub port: Option<u16>,
}

/// What packets show and must not be, in words, with the lines that show it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Surplus {
    /// For people.
    pub observed: String,
    /// Evidence.
    pub lines: Vec<String>,
}

/// Destinations that are neither outside and allowed nor of the site, by whatever protocol.
pub fn strangers(ledger: &Ledger, allowed: &Allowed) -> Option<Surplus> {
    let known = |to: &SocketAddr| allowed.outside.contains_key(to) || allowed.site.contains(to);
    let asks =
        |to: &SocketAddr| to.port() == NAME_SERVICE_PORT && allowed.resolvers.contains(&to.ip());
    let mut found = BTreeMap::new();
    for (to, seen) in ledger.attempts.iter().filter(|(to, _)| !known(to) && !asks(to)) {
        found.insert(to.to_string(), connection(&format!("to {to}"), seen));
    }
    for (to, seen) in &ledger.datagrams {
        found.insert(format!("{to} by UDP"), repeated("UDP to", to, seen));
    }
    for (to, seen) in &ledger.echoes {
        found.insert(format!("{to} by ICMP"), repeated("ICMP echo to", to, seen));
    }
    for (to, seen) in ledger.resolvers.iter().filter(|(to, _)| !allowed.resolvers.contains(to)) {
        found.insert(format!("{to} as a name server"), repeated("questions to", to, seen));
    }
    surplus("it contacted", found)
}

/// Names that are none of those it needs.
pub fn strange_names(ledger: &Ledger, allowed: &Allowed) -> Option<Surplus> {
    let strange = ledger.questions.iter().filter(|((name, _), _)| !allowed.names.contains(name));
    let found = strange.map(|((name, kind), seen)| {
        (name.clone(), repeated("asked for", &format!("{kind} of {name}"), seen))
    });
    surplus("it asked for", found.collect())
}

/// Ports other than that of `/health` which take what comes from outside, or answered somebody there.
pub fn doors(ledger: &Ledger, allowed: &Allowed) -> Option<Surplus> {
    let surplus_port =
        |own: &SocketAddr| !own.ip().is_loopback() && Some(own.port()) != allowed.port;
    let mut found = BTreeMap::new();
    for (word, ports) in [("TCP", &ledger.tcp_ports), ("UDP", &ledger.udp_ports)] {
        for own in ports.iter().filter(|own| surplus_port(own)) {
            found.insert(format!("{own} ({word})"), format!("{word} port {own} is open"));
        }
    }
    for ((by, own), seen) in
        ledger.knocks.iter().filter(|((_, own), seen)| seen.taken > 0 && surplus_port(own))
    {
        found.insert(format!("{own} (TCP)"), connection(&format!("from {by} to {own}"), seen));
    }
    surplus("it takes what comes at", found)
}

/// Destinations outside that were not contacted: without them a quiet ledger proves nothing.
pub fn missing(ledger: &Ledger, allowed: &Allowed) -> Vec<String> {
    let absent = allowed.outside.iter().filter(|(to, _)| !ledger.attempts.contains_key(to));
    absent.map(|(to, what)| format!("{what} ({to})")).collect()
}

fn surplus(what: &str, found: BTreeMap<String, String>) -> Option<Surplus> {
    if found.is_empty() {
        return None;
    }
    let list: Vec<&str> = found.keys().map(String::as_str).collect();
    let observed = format!("{what} {} as well", list.join(", "));
    Some(Surplus { observed, lines: found.into_values().collect() })
}

const NAME_SERVICE_PORT: u16 = 53;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packets::{Answer, Seen, Sighting};

    fn at(ip: [u8; 4], port: u16) -> SocketAddr {
        SocketAddr::from((ip, port))
    }

    fn allowed() -> Allowed {
        Allowed {
            outside: [
                (at([10, 0, 0, 1], 443), "the hub API"),
                (at([10, 0, 0, 1], 8002), "the FL endpoint"),
            ]
            .into(),
            site: [at([10, 0, 0, 1], 9000)].into(),
            names: ["app.flip.test".to_owned()].into(),
            resolvers: [IpAddr::from([127, 0, 0, 11])].into(),
            port: Some(8000),
        }
    }

    fn ledger(more: &[Sighting]) -> Ledger {
        let mut ledger = Ledger::default();
        let own = at([10, 0, 0, 2], 40000);
        let usual = [
            Sighting::Attempt { own, to: at([10, 0, 0, 1], 443) },
            Sighting::Attempt { own, to: at([10, 0, 0, 1], 8002) },
            Sighting::Attempt { own, to: at([10, 0, 0, 1], 9000) },
            asked("app.flip.test"),
            open(&[at([0, 0, 0, 0], 8000), at([127, 0, 0, 11], 36000)]),
        ];
        for sighting in usual.iter().chain(more).cloned() {
            ledger.add(&Seen { at_ms: 1, sighting });
        }
        ledger
    }

    fn asked(name: &str) -> Sighting {
        let server = IpAddr::from([127, 0, 0, 11]);
        Sighting::Question { server, name: name.to_owned(), kind: "A".to_owned() }
    }

    fn open(tcp: &[SocketAddr]) -> Sighting {
        Sighting::Listening { tcp: tcp.iter().copied().collect(), udp: BTreeSet::new() }
    }

    #[test]
    fn a_trust_that_keeps_to_itself_is_clean() {
        let (ledger, allowed) = (ledger(&[]), allowed());
        assert_eq!(strangers(&ledger, &allowed), None);
        assert_eq!(strange_names(&ledger, &allowed), None);
        assert_eq!(doors(&ledger, &allowed), None);
        assert!(missing(&ledger, &allowed).is_empty());
        assert_eq!(missing(&Ledger::default(), &allowed).len(), 2);
    }

    #[test]
    fn a_third_host_shows_by_whatever_way_it_is_called() {
        let third = at([9, 9, 9, 9], 443);
        let own = at([10, 0, 0, 2], 1);
        let elsewhere = IpAddr::from([9, 9, 9, 9]);
        for call in [
            Sighting::Attempt { own, to: third },
            Sighting::Attempt { own, to: at([10, 0, 0, 1], 444) },
            Sighting::Datagram { to: third },
            Sighting::Echo { to: elsewhere },
            Sighting::Question {
                server: elsewhere,
                name: "app.flip.test".into(),
                kind: "A".into(),
            },
        ] {
            let found = strangers(&ledger(std::slice::from_ref(&call)), &allowed());
            assert_eq!(found.expect("shown").lines.len(), 1, "{call:?}");
        }
    }

    #[test]
    fn a_third_name_shows() {
        let found = strange_names(&ledger(&[asked("telemetry.example.invalid")]), &allowed());
        assert_eq!(
            found.expect("shown").observed,
            "it asked for telemetry.example.invalid as well"
        );
    }

    #[test]
    fn a_second_door_shows_by_its_table_or_by_its_answer_and_a_local_one_is_none() {
        let second = at([0, 0, 0, 0], 9999);
        assert!(doors(&ledger(&[open(&[second])]), &allowed()).is_some());
        assert!(doors(&ledger(&[open(&[at([127, 0, 0, 1], 9999)])]), &allowed()).is_none());
        let (from, own) = (at([10, 0, 0, 1], 5), at([10, 0, 0, 2], 9999));
        let reply = |how| [Sighting::Knock { from, own }, Sighting::Replied { to: from, own, how }];
        assert!(doors(&ledger(&reply(Answer::SynAck)), &allowed()).is_some());
        assert!(doors(&ledger(&reply(Answer::Reset)), &allowed()).is_none());
    }
}
