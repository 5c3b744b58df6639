//! The verdict over one pairing, and what it rests on.

use std::collections::BTreeMap;
use std::fmt;

use contract::edition::EditionId;
use contract::fl_line::FlLineId;
use serde::{Deserialize, Serialize};

use crate::oracle::stored::Tally;

/// What a pairing comes to, from best to worst.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default,
)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// All work is done and all of it is kept.
    #[default]
    Works,
    /// All work is kept, some of it means less.
    Degraded,
    /// Work is not done, and somebody is told.
    RefusedLoudly,
    /// Something that was sent is missing or wrong, and nobody is told.
    LostInSilence,
}

impl Verdict {
    /// Every verdict, best first.
    pub const ALL: [Self; 4] =
        [Self::Works, Self::Degraded, Self::RefusedLoudly, Self::LostInSilence];

    /// The word in reports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Works => "works",
            Self::Degraded => "degraded",
            Self::RefusedLoudly => "refused-loudly",
            Self::LostInSilence => "lost-in-silence",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// What a finding is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Points of charts.
    Metrics,
    /// Typed events.
    Events,
    /// Logs of failures.
    Logs,
    /// Status words of a model.
    Status,
    /// Posts of a run as a whole.
    Run,
    /// Places of metrics on their axis.
    Axis,
    /// Data of the site for the FL client.
    SiteData,
    /// Tasks.
    Tasks,
    /// Counts of cohort queries.
    Cohorts,
    /// Heartbeats.
    Heartbeats,
    /// Snapshots of the site's health.
    Snapshots,
    /// Who the hub says a trust is.
    Identity,
    /// What the hub tells of itself.
    HubFacts,
}

/// One thing that is not as it should be in a pairing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trace {
    /// Id of the requirement it concerns.
    pub requirement: String,
    /// What it is about.
    pub kind: Kind,
    /// How many were sent.
    pub sent: u64,
    /// How many of them are held, or done.
    pub stored: u64,
    /// The same for people.
    pub sentence: String,
    /// How much it weighs.
    pub verdict: Verdict,
}

/// Sent and stored by kind, findings or not.
pub type Counts = BTreeMap<Kind, Tally>;

/// One pairing, judged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cell {
    /// Edition of the hub.
    pub hub: EditionId,
    /// Edition of the trusts.
    pub trust: EditionId,
    /// FL server on the hub side: a line, or a package.
    pub fl_server: String,
    /// FL client on the trust side.
    pub fl_client: FlLineId,
    /// The worst of its findings.
    pub verdict: Verdict,
    /// What is not as it should be, worst first.
    pub findings: Vec<Trace>,
    /// What was sent and what is held: the clean training for metrics, events and status, the one
    /// with a crash for logs.
    pub counts: Counts,
}

impl Cell {
    /// A judged pairing; orders the findings and takes the worst.
    pub(super) fn new(names: (EditionId, EditionId, String, FlLineId)) -> Self {
        let (hub, trust, fl_server, fl_client) = names;
        let (verdict, findings, counts) = (Verdict::Works, Vec::new(), Counts::new());
        Self { hub, trust, fl_server, fl_client, verdict, findings, counts }
    }

    /// The same with these findings.
    #[must_use]
    pub(super) fn with(mut self, mut findings: Vec<Trace>, counts: Counts) -> Self {
        findings.sort_by(|a, b| {
            (b.verdict, a.kind, &a.sentence).cmp(&(a.verdict, b.kind, &b.sentence))
        });
        self.verdict = findings.iter().map(|finding| finding.verdict).max().unwrap_or_default();
        self.findings = findings;
        self.counts = counts;
        self
    }

    /// Names of the four parts.
    pub fn name(&self) -> String {
        format!(
            "hub {} · trust {} · fl-server {} · fl-client {}",
            self.hub, self.trust, self.fl_server, self.fl_client
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trace(verdict: Verdict, kind: Kind) -> Trace {
        Trace {
            requirement: "FL-LOSS-01".to_owned(),
            kind,
            sent: 1,
            stored: 0,
            sentence: "one".to_owned(),
            verdict,
        }
    }

    #[test]
    fn the_worst_finding_is_the_verdict_and_comes_first() {
        let names =
            (EditionId::V2026_09, EditionId::V2026_06, "fl-0.1.8".to_owned(), FlLineId::V0_1_8);
        let cell = Cell::new(names);
        assert_eq!(cell.verdict, Verdict::Works);
        let found = vec![
            trace(Verdict::Degraded, Kind::Axis),
            trace(Verdict::LostInSilence, Kind::Metrics),
            trace(Verdict::RefusedLoudly, Kind::Tasks),
        ];
        let cell = cell.with(found, Counts::new());
        let order: Vec<Kind> = cell.findings.iter().map(|finding| finding.kind).collect();
        assert_eq!(cell.verdict, Verdict::LostInSilence);
        assert_eq!(order, [Kind::Metrics, Kind::Tasks, Kind::Axis]);
    }

    #[test]
    fn words_are_what_is_serialised() {
        for verdict in Verdict::ALL {
            assert_eq!(serde_json::to_value(verdict).expect("a word"), verdict.word());
        }
    }
}
