//! The one stream of facts a run emits; every report is made from it, also from half of it.

use std::collections::BTreeMap;

use contract::catalogue::Level;
use contract::edition::EditionId;
use serde::{Deserialize, Serialize};

use crate::engine::Shard;
use crate::finding::Finding;
use crate::outcome::{Outcome, Verdict};

/// Version of every document flipcheck writes.
pub const SCHEMA_VERSION: u32 = 1;

/// One fact about a run, one line of the NDJSON report.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// First event: what is going to be judged, and by which scenarios.
    RunStarted(RunStarted),
    /// A scenario began.
    ScenarioStarted {
        /// Scenario id.
        id: String,
        /// Milliseconds since the run began.
        at_ms: u64,
    },
    /// A scenario ended.
    ScenarioFinished(ScenarioResult),
    /// Something about the run itself that makes it red or that its reader must know.
    Problem(Problem),
    /// Last event.
    RunFinished(RunFinished),
}

/// Something about the run itself, or one cause for all of its scenarios.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// How grave it is for the verdict.
    pub outcome: Outcome,
    /// What, where, what to do.
    pub message: String,
    /// The clause that is broken, where one says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requirement: Option<String>,
    /// Who puts it right: `hub admin`, `site IT`, …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
}

impl Problem {
    /// One of nobody in particular that breaks no clause.
    pub fn new(outcome: Outcome, message: impl Into<String>) -> Self {
        Self { outcome, message: message.into(), requirement: None, owner: None }
    }

    /// Something that keeps the run from being verified.
    pub fn not_verified(message: String) -> Self {
        Self::new(Outcome::NotVerified, message)
    }

    /// The event that tells of it.
    pub fn event(&self) -> Event {
        Event::Problem(self.clone())
    }

    /// Clause, message and owner in one line.
    pub fn words(&self) -> String {
        let clause = self.requirement.as_deref().map(|id| format!("{id} broken: "));
        let owner = self.owner.as_deref().map(|owner| format!(" ({owner})"));
        format!("{}{}{}", clause.unwrap_or_default(), self.message, owner.unwrap_or_default())
    }
}

/// What is going to be judged.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunStarted {
    /// Version of this document.
    pub schema_version: u32,
    /// Version of flipcheck.
    pub flipcheck: String,
    /// Seed that replays the run.
    pub seed: u64,
    /// Edition the target is judged by.
    pub edition: EditionId,
    /// Conduct of the embedded target, if it is embedded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conduct: Option<String>,
    /// The thing judged.
    pub target: TargetInfo,
    /// When, RFC 3339.
    pub started: String,
    /// Which part of a divided run this is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shard: Option<Shard>,
    /// Known deviations that only all parts of a divided run together can be held against.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub expected: Vec<Expected>,
    /// Every selected scenario, in order.
    pub planned: Vec<Planned>,
}

/// A known deviation a run is held against.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expected {
    /// Requirement that is broken.
    pub requirement: String,
    /// Scenario, if only that one shows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scenario: Option<String>,
    /// Why it is known.
    pub reason: String,
    /// Whether every scenario that could show it is among those selected, so that it must show.
    pub covered: bool,
    /// Whether it is stale when no scenario tries it.
    pub demanded: bool,
}

/// The thing judged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TargetInfo {
    /// `trust` or `hub`.
    pub side: Side,
    /// `embedded`, `process`, `attach`, `url`, …
    pub kind: String,
    /// What the target says of its version, if it says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The images it runs from, if it is made of containers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub images: Vec<ImageInfo>,
}

impl TargetInfo {
    /// Side, kind and version in a few words.
    pub fn words(&self) -> String {
        let version = self.version.as_deref().map(|version| format!(" {version}"));
        format!("{} {}{}", self.side.word(), self.kind, version.unwrap_or_default())
    }
}

/// An image, as reports name it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageInfo {
    /// The service that runs from it, where there are several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// As it was asked for.
    pub reference: String,
    /// Digest of its configuration and content: what the engine calls it.
    pub id: String,
    /// Digest a registry gave it; its id where none did.
    pub digest: String,
    /// Labels it carries.
    pub labels: BTreeMap<String, String>,
}

impl ImageInfo {
    /// All of it in one line; many labels are cut, and the cut is named.
    pub fn words(&self) -> String {
        let service = self.service.as_deref().map(|name| format!("{name}: ")).unwrap_or_default();
        let mut words = format!("{service}{}, digest {}", self.reference, self.digest);
        for (name, value) in self.labels.iter().take(LABELS_MAX) {
            words.push_str(&format!(", {name}={value}"));
        }
        match self.labels.len().saturating_sub(LABELS_MAX) {
            0 => words,
            more => format!("{words}, and {more} more labels"),
        }
    }
}

/// Labels of an image in a line of a report; the machine-readable ones have them all.
const LABELS_MAX: usize = 12;

/// Which half of the federation is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// The hospital's node.
    Trust,
    /// The cloud side.
    Hub,
}

impl Side {
    /// The word on the command line and in tags.
    pub fn word(self) -> &'static str {
        match self {
            Self::Trust => "trust",
            Self::Hub => "hub",
        }
    }
}

/// A scenario about to run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Planned {
    /// Scenario id: theme, capability, name.
    pub id: String,
    /// Name of the feature.
    pub feature: String,
    /// Name of the scenario.
    pub name: String,
    /// Ids of the requirements it proves.
    pub requirements: Vec<String>,
}

/// What [`ScenarioResult::step`] names where every step went through and what every scenario is held
/// against afterwards did not.
pub const STANDING_CHECKS: &str = "(standing checks)";

/// What became of one scenario.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScenarioResult {
    /// Scenario id.
    pub id: String,
    /// Name of the feature.
    pub feature: String,
    /// Name of the scenario.
    pub name: String,
    /// Ids of the requirements it proves.
    pub requirements: Vec<String>,
    /// What became of it.
    pub outcome: Outcome,
    /// Why it is not simply passed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The clause that broke while its scene was set, so that it could not test its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub because: Option<String>,
    /// How long it took, milliseconds.
    pub duration_ms: u64,
    /// Broken clauses, each with its own outcome after expectations were applied.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<JudgedFinding>,
    /// Step at which it ended early.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<String>,
    /// Case file that replays just this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<String>,
}

/// A finding and what it amounts to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct JudgedFinding {
    /// What it amounts to: failed, warned, known-deviation, passed (a MAY).
    pub outcome: Outcome,
    /// The finding.
    #[serde(flatten)]
    pub finding: Finding,
}

/// What became of one requirement.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RequirementResult {
    /// Requirement id.
    pub id: String,
    /// Its level.
    pub level: Level,
    /// Merged over all scenarios that prove it.
    pub outcome: Outcome,
}

/// The sum of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunFinished {
    /// What the run says about its target.
    pub verdict: Verdict,
    /// Exit code that goes with it.
    pub exit_code: u8,
    /// How long it took, milliseconds.
    pub duration_ms: u64,
    /// Scenarios by outcome.
    pub counts: BTreeMap<Outcome, usize>,
    /// Every requirement the selected scenarios prove.
    pub requirements: Vec<RequirementResult>,
}
