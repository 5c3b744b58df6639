//! The hub without HTTP: its state and the rules that move it.
//!
//! [`Domain`] is the one entrance. It holds digests of keys only, reads one [`Clock`], draws from
//! one seeded [`Dice`], and takes the [`Habits`](crate::habits::Habits) of the moment as an
//! argument wherever a habit can change what happens.
//!
//! Locks: the registry is read-locked for a lookup and released; each trust has locks of its own;
//! models and queries have one each. None is held while another is taken, but for the registry
//! over the slot pool inside it, and all of them when the database is recreated. What changes is
//! noted for the state file, where there is one, under the lock that guards it.

mod audit;
mod clock;
mod cohort;
mod dice;
mod dispatch;
mod freezing;
mod keeping;
mod keys;
mod models;
mod registration;
mod registry;
mod restoring;
mod sealing;
mod settings;
mod slots;
mod snapshot;
mod state;
mod tasks;
mod training;
mod trust;
mod windows;

pub use audit::{Audit, AuditAction, AuditRow};
pub use clock::{Clock, ClockState, HubTime};
pub use cohort::{Aggregate, CohortCount, CohortCounts, CohortGroup, CohortRefusal, TrustResults};
pub use dice::Dice;
pub use dispatch::{Delivery, TaskNotQueued, TaskView};
pub use freezing::{ApprovalRefusal, ApprovedProject, CohortFreeze, NewProject};
pub use keys::{InternalKey, KeyHash, PayloadKeys, UserToken};
pub(crate) use models::status_word_known;
pub use models::{LogRow, MetricRow, Model, StatusOutcome, status_word};
pub use registration::{
    DeleteReport, Deletion, NewTrust, RegisterError, Registered, TrustKey, Vetted,
};
pub use sealing::SealFailed;
pub use settings::{IdentityOverride, Settings};
pub use slots::{Slot, SlotPool};
pub use snapshot::Snapshot;
pub use state::{Caller, Domain, DomainOptions};
pub use tasks::{NewTask, ReportRefusal, SealParameters, Sealing, Task, TaskBook, TaskStatus};
pub use training::{ClientRefusal, LogRefusal};
pub use trust::{Liveness, ServiceHealth, Trust, identity_json};
pub use windows::{Window, WindowMap};
