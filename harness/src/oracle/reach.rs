//! What an attempt to reach the FL endpoint says, and who acts on it (network 2).

use std::fmt;

use serde::{Deserialize, Serialize};

/// How an attempt to reach the FL endpoint ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "reach", content = "why", rename_all = "kebab-case")]
pub enum Reach {
    /// Connected, and the other end answered a TLS hello acceptably.
    Complete,
    /// Nobody answered, neither to the connection attempt nor to what was said on it.
    TimedOut,
    /// The connection was refused.
    Refused,
    /// Somebody answered, but it did not become TLS with the expected server.
    HandshakeFailed(String),
    /// No name server knows the host.
    NameUnknown(String),
    /// This side could not even try.
    Unable(String),
}

impl Reach {
    /// The word scenarios use.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Complete => "success",
            Self::TimedOut => "timeout",
            Self::Refused => "refusal",
            Self::HandshakeFailed(_) => "failed handshake",
            Self::NameUnknown(_) => "unknown name",
            Self::Unable(_) => "inability",
        }
    }

    /// Who acts, if anybody must, and what it is about.
    pub fn remedy(&self) -> Option<&'static str> {
        match self {
            Self::Complete => None,
            Self::TimedOut => {
                Some("admin: list this address at the hub; site-it: look for a dropping firewall")
            }
            Self::Refused => {
                Some("site-it: look for a rejecting firewall; admin: see that the FL server runs")
            }
            Self::HandshakeFailed(_) => Some(
                "operator: put the FL kit of this slot in place; site-it: exempt the FL port from \
                 inspection",
            ),
            Self::NameUnknown(_) => Some(
                "operator: see that NLB_SUBDOMAIN is the name the hub gives; site-it: let that name \
                 be resolved",
            ),
            Self::Unable(_) => Some("operator: run the probe on the trust's own host"),
        }
    }
}

impl fmt::Display for Reach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::HandshakeFailed(why) | Self::NameUnknown(why) | Self::Unable(why) => {
                write!(f, "{}: {why}", self.word())
            }
            _ => f.write_str(self.word()),
        }
    }
}

/// What can be said of a trust from its place in the hub's list and its own way to the FL endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Readiness {
    /// Whether it may be called able to train.
    pub able: bool,
    /// The same for people.
    pub sentence: String,
}

/// Judges a trust. `reach` is what its own egress saw; without that nobody can say.
pub fn readiness(online: bool, reach: Option<&Reach>) -> Readiness {
    let sentence = match (online, reach) {
        (true, Some(Reach::Complete)) => "Online and able to train".to_owned(),
        (true, Some(reach)) => format!(
            "Online is not trainable: the way to the FL endpoint ends in a {reach}; {}",
            reach.remedy().unwrap_or_default()
        ),
        (true, None) => {
            "Online is not trainable: nobody tried the FL endpoint from the trust's own egress"
                .to_owned()
        }
        (false, _) => "Offline: the hub has seen no heartbeat lately".to_owned(),
    };
    Readiness { able: online && reach == Some(&Reach::Complete), sentence }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn every() -> [Reach; 6] {
        let why = || "x".to_owned();
        [
            Reach::Complete,
            Reach::TimedOut,
            Reach::Refused,
            Reach::HandshakeFailed(why()),
            Reach::NameUnknown(why()),
            Reach::Unable(why()),
        ]
    }

    #[test]
    fn every_outcome_has_a_word_and_a_remedy_of_its_own() {
        let words: std::collections::BTreeSet<_> = every().iter().map(Reach::word).collect();
        let remedies: std::collections::BTreeSet<_> = every().iter().map(Reach::remedy).collect();
        assert_eq!((words.len(), remedies.len()), (6, 6));
    }

    #[test]
    fn only_a_completed_way_of_an_online_trust_is_able_to_train() {
        for reach in every() {
            let able = readiness(true, Some(&reach));
            assert_eq!(able.able, reach == Reach::Complete);
            assert_eq!(able.sentence.contains("Online is not trainable"), !able.able);
            assert!(!readiness(false, Some(&reach)).able);
        }
        assert!(!readiness(true, None).able);
    }
}
