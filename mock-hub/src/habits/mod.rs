//! How this hub behaves, as plain data.
//!
//! [`Habits::ideal`] keeps every clause of the catalogue. A fault ([`crate::faults`]) changes one
//! field; the conduct `as-built` is ideal plus the faults the real hub has. Handlers and the domain
//! only ever read `habits.group.field`.

mod auth;
mod fl;
mod manners;
mod registry;
mod tasks;
mod wire;

use contract::edition::Edition;
use serde::{Deserialize, Serialize};

pub use auth::{AuthHabits, KeyReach};
pub use fl::{CohortHabits, CredentialHabits, FlHabits, MetricRows, RowOwner};
pub use manners::{Manners, Moment};
pub use registry::{KeyMint, NameCheck, RegistryHabits, SlotClaim};
pub use tasks::{Identity, Redelivery, Retries, Seal, TaskHabits, TaskOrder};
pub use wire::{
    Bucket, Conditions, Database, EdgeHabits, ErrorHabits, Fingerprint, HeartbeatHabits,
    RateHabits, ReportBucket, SnapshotCheck, WearHabits,
};

/// Whether one duty of the contract is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Duty {
    /// As the clause asks.
    Kept,
    /// The opposite of the clause.
    Broken,
}

impl Duty {
    /// Whether the hub does what the clause asks.
    pub fn kept(self) -> bool {
        self == Self::Kept
    }

    /// Whether the hub breaks the clause.
    pub fn broken(self) -> bool {
        self == Self::Broken
    }
}

/// Which hub is played.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Conduct {
    /// The hub of the contract: every clause kept, SHOULDs included.
    Ideal,
    /// The hub that exists: ideal plus every recorded deviation of the edition.
    #[default]
    AsBuilt,
}

impl Conduct {
    /// The name used on the command line and in the ready line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ideal => "ideal",
            Self::AsBuilt => "as-built",
        }
    }

    /// The habits this conduct starts from in an edition.
    pub fn habits(self, edition: &Edition) -> Habits {
        let mut habits = Habits::ideal(edition);
        if self == Self::AsBuilt {
            for fault in crate::faults::ALL.iter().filter(|f| f.deviation.contains(edition.id)) {
                (fault.apply)(&mut habits);
            }
        }
        habits
    }
}

/// Every habit a fault may change, by theme.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Habits {
    /// Who may call what (hub 2).
    pub auth: AuthHabits,
    /// Registration, slots and deletion (hub 9).
    pub registry: RegistryHabits,
    /// Hand-out, recovery and reports (hub 4 to 6).
    pub tasks: TaskHabits,
    /// Heartbeats and the Online window (hub 3).
    pub heartbeat: HeartbeatHabits,
    /// Rate limits (hub 10).
    pub rate: RateHabits,
    /// Cohort results (hub 7).
    pub cohort: CohortHabits,
    /// FL ingest (hub 8).
    pub fl: FlHabits,
    /// FL credentials (rotation 1).
    pub credentials: CredentialHabits,
    /// Shape of refusals, and what is open (hub 1).
    pub errors: ErrorHabits,
    /// What stands in front of a public hub (hub 12).
    pub edge: EdgeHabits,
    /// What adds up over calls.
    pub wear: WearHabits,
    /// What is broken around the hub.
    pub conditions: Conditions,
}

impl Habits {
    /// The habits of a hub that keeps every clause of this edition.
    pub fn ideal(_edition: &Edition) -> Self {
        Self {
            auth: AuthHabits::IDEAL,
            registry: RegistryHabits::IDEAL,
            tasks: TaskHabits::IDEAL,
            heartbeat: HeartbeatHabits::IDEAL,
            rate: RateHabits::IDEAL,
            cohort: CohortHabits::IDEAL,
            fl: FlHabits::IDEAL,
            credentials: CredentialHabits::IDEAL,
            errors: ErrorHabits::IDEAL,
            edge: EdgeHabits::IDEAL,
            wear: WearHabits::IDEAL,
            conditions: Conditions::NONE,
        }
    }
}
