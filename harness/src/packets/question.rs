//! What a name server is asked.

use simple_dns::{Packet, PacketFlag, QTYPE};

use super::sighting::Sighting;

/// Name and type of the first question of a message, if it is one; servers look at no other.
pub(super) fn in_datagram(message: &[u8]) -> Option<(String, String)> {
    let packet = Packet::parse(message).ok()?;
    let asked = packet.questions.first().filter(|_| !packet.has_flags(PacketFlag::RESPONSE))?;
    let kind = match asked.qtype {
        QTYPE::TYPE(kind) => format!("{kind:?}"),
        other => format!("{other:?}"),
    };
    Some((asked.qname.to_string().trim_end_matches('.').to_lowercase(), kind))
}

/// The same over TCP, where a length goes first. A segment without bytes asks nothing.
pub(super) fn over_tcp(segment: &[u8]) -> Option<(String, String)> {
    if segment.is_empty() {
        return None;
    }
    let message = segment.get(2..).unwrap_or_default();
    Some(in_datagram(message).unwrap_or_else(unreadable))
}

/// What is said to a name server's port and is no question may carry anything.
pub(super) fn unreadable() -> (String, String) {
    (Sighting::UNREADABLE.to_owned(), "?".to_owned())
}
