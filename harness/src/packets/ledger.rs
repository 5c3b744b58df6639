//! Everything that was seen, folded: as much memory for a day as for a minute.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use std::net::{IpAddr, SocketAddr};

use super::sighting::{Answer, Seen, Sighting};

/// What one namespace did, as far as packets tell. Repetitions are counted, not kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ledger {
    /// TCP connections it began, by destination.
    pub attempts: BTreeMap<SocketAddr, Attempts>,
    /// TCP connections others began, by who and which port.
    pub knocks: BTreeMap<(IpAddr, SocketAddr), Attempts>,
    /// UDP datagrams it sent, questions to name servers apart.
    pub datagrams: BTreeMap<SocketAddr, Times>,
    /// What it asked name servers: name, type.
    pub questions: BTreeMap<(String, String), Times>,
    /// Name servers it asked.
    pub resolvers: BTreeMap<IpAddr, Times>,
    /// Echo requests it sent.
    pub echoes: BTreeMap<IpAddr, Times>,
    /// TCP ports that ever took connections.
    pub tcp_ports: BTreeSet<SocketAddr>,
    /// UDP ports that ever took datagrams.
    pub udp_ports: BTreeSet<SocketAddr>,
    /// The newest mark.
    pub mark: u64,
    /// Sightings that found no place. Not 0: what is missing here may have happened.
    pub cut: u64,
    open: BTreeSet<(SocketAddr, SocketAddr)>,
    knocking: BTreeSet<(SocketAddr, SocketAddr)>,
}

/// Attempts to connect, and what they were answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Attempts {
    /// Connections begun; a repeated attempt is the same connection.
    pub begun: u32,
    /// Packets that asked for them.
    pub packets: u32,
    /// Taken.
    pub taken: u32,
    /// Refused by a reset.
    pub refused: u32,
    /// When the first was, milliseconds since the observer began.
    pub first_ms: u64,
    /// When the last was.
    pub last_ms: u64,
}

/// How often and when.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Times {
    /// Packets.
    pub packets: u32,
    /// When the first was, milliseconds since the observer began.
    pub first_ms: u64,
    /// When the last was.
    pub last_ms: u64,
}

impl Attempts {
    /// Connections nobody answered, as far as is known by now.
    pub fn unanswered(&self) -> u32 {
        self.begun.saturating_sub(self.taken + self.refused)
    }

    fn note(&mut self, at_ms: u64, anew: bool) {
        if self.packets == 0 {
            self.first_ms = at_ms;
        }
        self.last_ms = at_ms;
        self.packets = self.packets.saturating_add(1);
        self.begun = self.begun.saturating_add(u32::from(anew));
    }

    fn answer(&mut self, how: Answer) {
        let count = match how {
            Answer::SynAck => &mut self.taken,
            Answer::Reset => &mut self.refused,
        };
        *count = count.saturating_add(1);
    }

    fn without(&self, earlier: Self) -> Self {
        Self {
            begun: self.begun.saturating_sub(earlier.begun),
            packets: self.packets.saturating_sub(earlier.packets),
            taken: self.taken.saturating_sub(earlier.taken),
            refused: self.refused.saturating_sub(earlier.refused),
            ..*self
        }
    }
}

impl Times {
    fn note(&mut self, at_ms: u64) {
        if self.packets == 0 {
            self.first_ms = at_ms;
        }
        self.last_ms = at_ms;
        self.packets = self.packets.saturating_add(1);
    }

    fn without(self, earlier: Self) -> Self {
        Self { packets: self.packets.saturating_sub(earlier.packets), ..self }
    }
}

impl Ledger {
    /// Takes in one sighting.
    pub fn add(&mut self, seen: &Seen) {
        let at_ms = seen.at_ms;
        let kept = match &seen.sighting {
            Sighting::Attempt { own, to } => {
                let anew = remember(&mut self.open, (*own, *to));
                entry(&mut self.attempts, *to).map(|attempts| attempts.note(at_ms, anew))
            }
            Sighting::Answered { own, by, how } => {
                // A reset in the midst of a connection answers no attempt.
                if self.open.remove(&(*own, *by)) {
                    entry(&mut self.attempts, *by).map(|attempts| attempts.answer(*how))
                } else {
                    Some(())
                }
            }
            Sighting::Knock { from, own } => {
                let anew = remember(&mut self.knocking, (*from, *own));
                let key = (from.ip(), *own);
                entry(&mut self.knocks, key).map(|attempts| attempts.note(at_ms, anew))
            }
            Sighting::Replied { to, own, how } => {
                if self.knocking.remove(&(*to, *own)) {
                    entry(&mut self.knocks, (to.ip(), *own)).map(|attempts| attempts.answer(*how))
                } else {
                    Some(())
                }
            }
            Sighting::Datagram { to } => {
                entry(&mut self.datagrams, *to).map(|times| times.note(at_ms))
            }
            Sighting::Question { server, name, kind } => {
                let asked = entry(&mut self.questions, (name.clone(), kind.clone()));
                let kept = asked.map(|times| times.note(at_ms));
                kept.and(entry(&mut self.resolvers, *server).map(|times| times.note(at_ms)))
            }
            Sighting::Echo { to } => entry(&mut self.echoes, *to).map(|times| times.note(at_ms)),
            Sighting::Listening { tcp, udp } => {
                let kept = take_in(&mut self.tcp_ports, tcp);
                kept.and(take_in(&mut self.udp_ports, udp))
            }
            Sighting::Mark { number } => {
                self.mark = self.mark.max(*number);
                Some(())
            }
            Sighting::Cut => None,
        };
        self.cut += u64::from(kept.is_none());
    }

    /// What was added since an earlier state of the same ledger.
    #[must_use]
    pub fn since(&self, earlier: &Self) -> Self {
        let mut later = self.clone();
        for (key, before) in &earlier.attempts {
            subtract(&mut later.attempts, key, |now| now.without(*before), |now| now.packets == 0);
        }
        for (key, before) in &earlier.knocks {
            subtract(&mut later.knocks, key, |now| now.without(*before), |now| now.packets == 0);
        }
        for (key, before) in &earlier.datagrams {
            subtract(&mut later.datagrams, key, |now| now.without(*before), |now| now.packets == 0);
        }
        for (key, before) in &earlier.questions {
            subtract(&mut later.questions, key, |now| now.without(*before), |now| now.packets == 0);
        }
        for (key, before) in &earlier.resolvers {
            subtract(&mut later.resolvers, key, |now| now.without(*before), |now| now.packets == 0);
        }
        for (key, before) in &earlier.echoes {
            subtract(&mut later.echoes, key, |now| now.without(*before), |now| now.packets == 0);
        }
        later
    }

    /// One line for each thing seen, for evidence.
    pub fn lines(&self) -> Vec<String> {
        let attempts = self.attempts.iter().map(|(to, seen)| connection(&format!("to {to}"), seen));
        let knocks =
            self.knocks.iter().map(|((by, own), seen)| connection(&format!("{by} to {own}"), seen));
        let datagrams = self.datagrams.iter().map(|(to, seen)| repeated("UDP to", to, seen));
        let questions = self
            .questions
            .iter()
            .map(|((name, kind), seen)| repeated("asked for", &format!("{kind} of {name}"), seen));
        let echoes = self.echoes.iter().map(|(to, seen)| repeated("ICMP echo to", to, seen));
        let ports = |word: &'static str, ports: &BTreeSet<SocketAddr>| {
            ports.iter().map(|own| format!("{word} port {own} is open")).collect::<Vec<_>>()
        };
        let mut lines: Vec<String> = attempts.chain(knocks).collect();
        lines.extend(datagrams.chain(questions).chain(echoes));
        lines.extend(ports("TCP", &self.tcp_ports));
        lines.extend(ports("UDP", &self.udp_ports));
        lines
    }
}

/// One line of evidence about connections.
pub(crate) fn connection(way: &str, seen: &Attempts) -> String {
    let Attempts { begun, packets, taken, refused, first_ms, last_ms } = seen;
    let silent = seen.unanswered();
    format!(
        "TCP {way}: {begun} begun with {packets} SYN, {taken} answered SYN-ACK, {refused} RST, \
         {silent} nothing ({first_ms} to {last_ms} ms)"
    )
}

/// One line of evidence about what has no answer.
pub(crate) fn repeated(what: &str, whom: &dyn Display, seen: &Times) -> String {
    format!("{what} {whom}: {} packets ({} to {} ms)", seen.packets, seen.first_ms, seen.last_ms)
}

/// The place for a key, unless there is no more room.
fn entry<K: Ord, V: Default>(map: &mut BTreeMap<K, V>, key: K) -> Option<&mut V> {
    let room = map.len() < KEPT_MAX || map.contains_key(&key);
    room.then(|| map.entry(key).or_default())
}

fn take_in(kept: &mut BTreeSet<SocketAddr>, more: &BTreeSet<SocketAddr>) -> Option<()> {
    for own in more {
        if kept.len() >= KEPT_MAX && !kept.contains(own) {
            return None;
        }
        kept.insert(*own);
    }
    Some(())
}

/// Whether a connection is a new one. The table of those without an answer is bounded: what falls out
/// is taken for new at its next attempt.
fn remember<K: Ord>(open: &mut BTreeSet<K>, key: K) -> bool {
    if open.len() >= OPEN_MAX && !open.contains(&key) {
        open.pop_first();
    }
    open.insert(key)
}

fn subtract<K: Ord + Clone, V: Copy>(
    map: &mut BTreeMap<K, V>,
    key: &K,
    rest: impl Fn(&V) -> V,
    is_nothing: impl Fn(&V) -> bool,
) {
    let Some(now) = map.get_mut(key) else { return };
    *now = rest(now);
    if is_nothing(now) {
        map.remove(key);
    }
}

/// Entries of one kind; a trust at rest has a handful.
const KEPT_MAX: usize = 256;
/// Connections that wait for an answer.
const OPEN_MAX: usize = 1024;

#[cfg(test)]
mod tests;
