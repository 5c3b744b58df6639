//! One row of the bank.

use std::fmt;

use contract::catalogue::Who;
use futures::future::LocalBoxFuture;
use serde::{Serialize, Serializer};

use super::{Bench, Scene};
use crate::finding::Judged;

/// One bug that a real federation had.
#[derive(Clone, Copy, Debug)]
pub struct Bug {
    /// Its number, such as `B14`; never changes meaning.
    pub id: &'static str,
    /// What people call it; a fragment.
    pub title: &'static str,
    /// What it belongs to.
    pub group: Group,
    /// Why it happened; a fragment without full stop.
    pub cause: &'static str,
    /// What its victims saw; a fragment without full stop.
    pub symptom: &'static str,
    /// What puts it right; a fragment without full stop.
    pub fix: &'static str,
    /// Who does that.
    pub owner: Who,
    /// Requirements it is about.
    pub clauses: &'static [&'static str],
    /// What turns red while it is there; of a bug that is not played, what would.
    pub caught_by: &'static [Catcher],
    /// How it is brought about.
    pub play: Play,
}

/// How a bug is brought about on the stand-ins.
#[derive(Clone, Copy)]
pub enum Play {
    /// Here, on loopback.
    Here {
        /// What it is made from; a fragment.
        with: &'static str,
        /// Plants it, looks for its symptom, and runs what catches it.
        play: for<'a> fn(&'a Bench) -> LocalBoxFuture<'a, Judged<Scene>>,
    },
    /// Only where there is more than loopback.
    Elsewhere {
        /// Why.
        why_not: &'static str,
    },
    /// Nobody has written it yet.
    NotYet,
}

impl Play {
    /// What the bug is made from, if it is played.
    pub fn with(&self) -> Option<&'static str> {
        match self {
            Self::Here { with, .. } => Some(with),
            Self::Elsewhere { .. } | Self::NotYet => None,
        }
    }

    /// Why it is not played, if it is not.
    pub fn why_not(&self) -> Option<&'static str> {
        match self {
            Self::Here { .. } => None,
            Self::Elsewhere { why_not } => Some(why_not),
            Self::NotYet => Some("not reproduced yet"),
        }
    }
}

impl fmt::Debug for Play {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.with().or_else(|| self.why_not()).unwrap_or_default())
    }
}

/// What a bug belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Group {
    /// FL images and what they send.
    Images,
    /// Keys and their rotation.
    Keys,
    /// Who is Online, and at what pace.
    Liveness,
    /// Names, addresses, firewalls.
    Network,
    /// Registering trusts.
    Registry,
    /// Kit files and packages.
    Kits,
    /// The machine a node runs on.
    Host,
    /// Moving to another release.
    Upgrade,
    /// Accounts and roles of the cloud.
    Cloud,
}

impl Group {
    /// The word in lists.
    pub fn word(self) -> &'static str {
        match self {
            Self::Images => "images",
            Self::Keys => "keys",
            Self::Liveness => "liveness",
            Self::Network => "network",
            Self::Registry => "registry",
            Self::Kits => "kits",
            Self::Host => "host",
            Self::Upgrade => "upgrade",
            Self::Cloud => "cloud",
        }
    }
}

/// Something that turns red while a bug is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Catcher {
    /// A scenario, by id.
    Scenario(&'static str),
    /// A cell of the matrix, such as `hub=2026.09,fl=fl-0.1.8`.
    Cell(&'static str),
    /// A check of a site's kit, package or host, by id.
    SiteCheck(&'static str),
    /// A question the judge asks of what the play brought about, by name.
    Oracle(&'static str),
}

impl fmt::Display for Catcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Scenario(id) => write!(f, "{id}"),
            Self::Cell(cell) => write!(f, "matrix:{cell}"),
            Self::SiteCheck(id) => write!(f, "site:{id}"),
            Self::Oracle(name) => write!(f, "oracle:{name}"),
        }
    }
}

impl Serialize for Catcher {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
