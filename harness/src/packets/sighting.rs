//! One thing seen on the wire, and the line in which an observer tells it.

use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};

use serde::{Deserialize, Serialize};

/// Something a namespace did, or something that was done to it. `own` is always its own end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "saw", rename_all = "kebab-case")]
pub enum Sighting {
    /// It began a TCP connection, or tried once more.
    Attempt {
        /// Its own end.
        own: SocketAddr,
        /// Where to.
        to: SocketAddr,
    },
    /// Somebody answered its attempt.
    Answered {
        /// Its own end.
        own: SocketAddr,
        /// Who.
        by: SocketAddr,
        /// How.
        how: Answer,
    },
    /// Somebody outside began a TCP connection to it.
    Knock {
        /// Who.
        from: SocketAddr,
        /// Its own end.
        own: SocketAddr,
    },
    /// It answered one of those.
    Replied {
        /// Whom.
        to: SocketAddr,
        /// Its own end.
        own: SocketAddr,
        /// How.
        how: Answer,
    },
    /// It sent a UDP datagram that is no question to a name server.
    Datagram {
        /// Where to.
        to: SocketAddr,
    },
    /// It asked a name server.
    Question {
        /// Which one.
        server: IpAddr,
        /// For what, in small letters, without the dot at the end; [`Self::UNREADABLE`] where port 53
        /// was sent something else.
        name: String,
        /// Type of the record, such as `A`.
        kind: String,
    },
    /// It sent an ICMP echo request.
    Echo {
        /// Where to.
        to: IpAddr,
    },
    /// Ports on which something in it takes what comes, by protocol; told when they change.
    Listening {
        /// TCP.
        tcp: BTreeSet<SocketAddr>,
        /// UDP.
        udp: BTreeSet<SocketAddr>,
    },
    /// The mark a judge sent from outside: everything before it has been told.
    Mark {
        /// Its number.
        number: u64,
    },
    /// There was more than an observer tells.
    Cut,
}

/// How an attempt to connect was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    /// Taken.
    SynAck,
    /// Refused.
    Reset,
}

/// A sighting and when it was, as one line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// Milliseconds since the observer began.
    pub at_ms: u64,
    /// What.
    #[serde(flatten)]
    pub sighting: Sighting,
}

impl Sighting {
    /// Stands for a name where port 53 was sent what is no question.
    pub const UNREADABLE: &str = "(unreadable)";
}

/// Whether this line says that the observer sees everything from now on.
pub fn is_ready(line: &str) -> bool {
    line.trim() == READY
}

/// The line with which an observer says so.
pub const READY: &str = r#"{"ready":true}"#;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sighting_is_one_flat_line_and_comes_back_from_it() {
        let own = SocketAddr::from(([172, 18, 0, 2], 41000));
        let to = SocketAddr::from(([172, 18, 0, 1], 443));
        let seen = Seen { at_ms: 7, sighting: Sighting::Attempt { own, to } };
        let line = serde_json::to_string(&seen).expect("plain data");
        let told = r#"{"at_ms":7,"saw":"attempt","own":"172.18.0.2:41000","to":"172.18.0.1:443"}"#;
        assert_eq!(line, told);
        assert_eq!(serde_json::from_str::<Seen>(&line).expect("the same"), seen);
        assert!(is_ready(READY) && !is_ready(&line));
    }
}
