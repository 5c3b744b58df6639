//! What a run is told: the thing judged, the scenarios, and how to judge.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use camino::Utf8PathBuf;
use contract::edition::EditionId;

use super::case_file::CaseFile;
use super::feature_set::{Case, FeatureSource};
use super::pace::Jobs;
use super::selection::Shard;
use crate::event::{Event, TargetInfo};
use crate::expect::Expectations;
use crate::outcome::Strictness;
use crate::report::Guard;
use crate::target::{Capability, HubSource, Surroundings, TrustTarget};

/// The thing judged.
#[derive(Clone)]
pub enum Subject {
    /// A trust, with what stands around it.
    Trust {
        /// The trust.
        target: Arc<dyn TrustTarget>,
        /// Hub and site services.
        around: Surroundings,
    },
    /// A hub.
    Hub {
        /// The hub.
        source: Arc<dyn HubSource>,
        /// Conduct it is started with, if it is ours.
        conduct: String,
        /// Semantic faults it is started with, if it is ours.
        faults: Vec<String>,
    },
}

impl Subject {
    /// Whether it can do that for a scenario.
    pub fn can(&self, capability: Capability) -> bool {
        match self {
            Self::Trust { target, .. } => target.can(capability),
            Self::Hub { source, .. } => source.can(capability),
        }
    }

    /// The word in reports.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Trust { target, .. } => target.kind(),
            Self::Hub { source, .. } => source.kind(),
        }
    }

    /// Federations that scenarios share.
    pub fn lanes(&self) -> usize {
        match self {
            Self::Trust { target, .. } => target.lanes(),
            Self::Hub { .. } => 0,
        }
    }

    /// Factor on the waits of the contract.
    pub fn time_scale(&self) -> f64 {
        match self {
            Self::Trust { target, .. } => target.time_scale(),
            Self::Hub { .. } => 1.0,
        }
    }
}

/// Everything one run needs to know.
pub struct RunOrder {
    /// The thing judged.
    pub subject: Subject,
    /// What reports say of it.
    pub target: TargetInfo,
    /// Edition it is judged by.
    pub edition: EditionId,
    /// Seed.
    pub seed: u64,
    /// Scenarios at once.
    pub jobs: Jobs,
    /// Whether what is not clean at a shortened pace is judged once more, nearly alone: a machine that
    /// stands still for a moment is no fault of the target.
    pub second_look: bool,
    /// Whether a broken SHOULD fails.
    pub strictness: Strictness,
    /// Known deviations.
    pub expectations: Expectations,
    /// Where failed scenarios leave their case files, and what these say of the run.
    pub cases: Option<(Utf8PathBuf, CaseFile)>,
    /// Source of the features, for messages.
    pub source: FeatureSource,
    /// The selected scenarios.
    pub selected: Vec<Case>,
    /// How much of the suite they are.
    pub part: Part,
    /// Longest a single step may take, if other than what the target's pace allows.
    pub step_limit: Option<Duration>,
    /// Collects every secret minted for the run, so that no report shows one.
    pub guard: Arc<Guard>,
}

/// How much of a side's scenarios a run takes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Part {
    /// The shard it is, if the selection was divided.
    pub shard: Option<Shard>,
    /// Ids of the selection before it was divided.
    pub undivided: BTreeSet<String>,
}

/// Receives every event, in order.
pub type Sink = Arc<dyn Fn(&Event) + Send + Sync>;
