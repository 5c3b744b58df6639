//! One row of the catalogue and the words in its cells.

use std::fmt;

use serde::{Deserialize, Serialize, Serializer};

use super::{Deviation, Editions};
use crate::edition::EditionId;

/// One sentence about a part of the system that is either true or false.
///
/// As JSON: `{id, level, subject, editions:[id], sentence, source, hint, observe, deviation:[…],
/// note?}`, the hint as one text, `who: what`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Requirement {
    /// `AREA-TOPIC-NN`; never reused, never changes its meaning.
    pub id: &'static str,
    /// What breaking it does to a run.
    pub level: Level,
    /// The thing judged.
    pub subject: Subject,
    /// Where it applies.
    pub editions: Editions,
    /// The clause, ending in a full stop.
    pub sentence: &'static str,
    /// Where it comes from, parts divided by `; `. `S1` is the deployment document of an on-premises
    /// node, `S2` that of the central hub, each with a heading; a lower-case word is a chapter of the
    /// contract with its section; `B…` is a row of the bug bank.
    pub source: &'static str,
    /// What to do when it is broken, and who does it.
    pub hint: Hint,
    /// How to tell from outside; a fragment without full stop.
    pub observe: &'static str,
    /// Where the real system is known to break it.
    #[serde(rename = "deviation")]
    pub deviations: &'static [Deviation],
    /// A remark that is neither clause nor deviation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<&'static str>,
}

/// The weight of a requirement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Level {
    /// Informs.
    May,
    /// Warns.
    Should,
    /// Fails a run.
    Must,
}

/// The thing a requirement judges.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Subject {
    /// The node in a hospital.
    Trust,
    /// The cloud side.
    Hub,
    /// The FL server beside the hub, and the client library it shares with the trust.
    FlServer,
    /// A kit file or package and the verbs that make them.
    Kit,
    /// The machine a node runs on.
    Host,
    /// What lies between site and hub.
    Network,
}

/// Advice for a broken requirement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hint {
    /// Who acts.
    pub who: Who,
    /// What they do; a fragment without full stop.
    pub what: &'static str,
}

/// Somebody who can put a broken requirement right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Who {
    /// Registers trusts and packages kits.
    Admin,
    /// Runs the node.
    Operator,
    /// Owns firewall and host.
    SiteIt,
    /// Writes the hub.
    HubDev,
    /// Writes the trust node.
    TrustDev,
    /// Writes the FL images.
    FlDev,
}

impl Requirement {
    /// Whether the requirement can be judged on `edition`.
    pub fn applies_to(&self, edition: EditionId) -> bool {
        self.editions.includes(edition)
    }

    /// The known deviations to expect on `edition`.
    pub fn deviations_on(&self, edition: EditionId) -> impl Iterator<Item = &'static Deviation> {
        self.deviations.iter().filter(move |deviation| deviation.concerns(edition))
    }

    /// The first part of the id, such as `TRUST`.
    pub fn area(&self) -> &'static str {
        self.id.split_once('-').map_or(self.id, |(area, _)| area)
    }

    /// The parts of `source`.
    pub fn sources(&self) -> impl Iterator<Item = &'static str> {
        self.source.split("; ")
    }

    /// Ids of the rows of the bug bank that `source` names, such as `B14`.
    pub fn bugs(&self) -> impl Iterator<Item = &'static str> {
        self.sources().flat_map(|part| part.split(", ")).filter(|word| is_bug_id(word))
    }
}

fn is_bug_id(word: &str) -> bool {
    word.strip_prefix('B').is_some_and(|number| {
        !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
    })
}

impl Level {
    /// The word as documents and reports print it.
    pub fn name(self) -> &'static str {
        match self {
            Self::May => "MAY",
            Self::Should => "SHOULD",
            Self::Must => "MUST",
        }
    }
}

impl Subject {
    /// The word as documents and reports print it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Trust => "trust",
            Self::Hub => "hub",
            Self::FlServer => "fl-server",
            Self::Kit => "kit",
            Self::Host => "host",
            Self::Network => "network",
        }
    }
}

impl Who {
    /// The word as documents and reports print it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Operator => "operator",
            Self::SiteIt => "site-it",
            Self::HubDev => "hub-dev",
            Self::TrustDev => "trust-dev",
            Self::FlDev => "fl-dev",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl fmt::Display for Hint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.who, self.what)
    }
}

impl Serialize for Hint {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// How the tables are written: each cell by its name, in the order a reader wants them.
impl Requirement {
    const fn row(id: &'static str, level: Level, subject: Subject, editions: Editions) -> Self {
        let hint = Hint { who: Who::Admin, what: "" };
        Self {
            id,
            level,
            subject,
            editions,
            sentence: "",
            source: "",
            hint,
            observe: "",
            deviations: &[],
            note: None,
        }
    }

    pub(super) const fn sentence(self, sentence: &'static str) -> Self {
        Self { sentence, ..self }
    }

    pub(super) const fn observe(self, observe: &'static str) -> Self {
        Self { observe, ..self }
    }

    pub(super) const fn source(self, source: &'static str) -> Self {
        Self { source, ..self }
    }

    pub(super) const fn deviations(self, deviations: &'static [Deviation]) -> Self {
        Self { deviations, ..self }
    }

    pub(super) const fn note(self, note: &'static str) -> Self {
        Self { note: Some(note), ..self }
    }

    pub(super) const fn hint(self, who: Who, what: &'static str) -> Self {
        Self { hint: Hint { who, what }, ..self }
    }
}

pub(super) const fn must(id: &'static str, subject: Subject, editions: Editions) -> Requirement {
    Requirement::row(id, Level::Must, subject, editions)
}

pub(super) const fn should(id: &'static str, subject: Subject, editions: Editions) -> Requirement {
    Requirement::row(id, Level::Should, subject, editions)
}

pub(super) const fn may(id: &'static str, subject: Subject, editions: Editions) -> Requirement {
    Requirement::row(id, Level::May, subject, editions)
}
