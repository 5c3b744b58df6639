//! What changed, as the domain says it and the file keeps it.

use std::collections::BTreeMap;

use uuid::Uuid;

use crate::domain::{
    AuditRow, CohortCounts, HubTime, KeyHash, Liveness, LogRow, MetricRow, ServiceHealth, Task,
};

/// One change of the hub's state. Applied in the order in which they were noted.
#[derive(Clone, Debug)]
pub enum Change {
    /// A trust was registered.
    TrustAdded(TrustRecord),
    /// Another key opens a trust from now on.
    TrustRekeyed {
        /// The trust.
        id: Uuid,
        /// Digest of its key.
        key_hash: KeyHash,
    },
    /// A trust was deleted; rows that were its own go by changes of their own.
    TrustRemoved(Uuid),
    /// A trust was heard.
    Heard {
        /// The trust.
        id: Uuid,
        /// What the hub knows of its state now.
        live: Liveness,
    },
    /// A slot joined the pool or changed hands.
    Slot(SlotRecord),
    /// A registration or deletion, for good.
    Audited(AuditRow),
    /// A task was queued or moved on in its life.
    Task {
        /// Whose it is.
        trust: Uuid,
        /// The task as it is now.
        task: Task,
    },
    /// A deleted trust's tasks are gone.
    TasksRemoved {
        /// The trust.
        trust: Uuid,
    },
    /// A query was put to trusts.
    Asked {
        /// The query.
        id: Uuid,
        /// Trusts it was put to.
        trusts: Vec<Uuid>,
    },
    /// A trust's counts for a query, in place of earlier ones.
    Counted(CohortCounts),
    /// A deleted trust's counts are gone.
    CountsRemoved {
        /// The trust.
        trust: Uuid,
    },
    /// A model was added, or moved on.
    Model {
        /// The model.
        id: Uuid,
        /// Its status word.
        status: &'static str,
        /// When the FL server was heard last.
        heard_at: HubTime,
    },
    /// Trusts take part in a model.
    Members {
        /// The model.
        model: Uuid,
        /// The trusts.
        trusts: Vec<Uuid>,
    },
    /// A metric row arrived.
    Metric {
        /// Its model.
        model: Uuid,
        /// The row.
        row: MetricRow,
        /// The trust's name, for the column of old.
        trust_name: Option<String>,
        /// Whether it takes the place of earlier rows of its client, label and round.
        replaces: bool,
    },
    /// A log row arrived.
    Log {
        /// Its model.
        model: Uuid,
        /// The row.
        row: LogRow,
        /// The trust's name, for the column of old.
        trust_name: Option<String>,
    },
    /// A deleted trust's metrics, logs and links are gone.
    IngestRemoved {
        /// The trust.
        trust: Uuid,
    },
    /// A value of the hub's environment file.
    Environment {
        /// Its name.
        name: String,
        /// Its value.
        value: String,
    },
    /// The database was recreated: nothing but the environment is left.
    Recreated,
}

/// A row of the registry.
#[derive(Clone, Debug)]
pub struct TrustRecord {
    /// Its id.
    pub id: Uuid,
    /// Display name.
    pub name: String,
    /// Short handle.
    pub code: Option<String>,
    /// Where it is.
    pub region: Option<String>,
    /// When it was registered.
    pub created_at: HubTime,
    /// Digest of its API key.
    pub key_hash: KeyHash,
    /// What the hub knows of its state.
    pub live: Liveness,
}

/// A slot and who holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlotRecord {
    /// Its name.
    pub name: String,
    /// Its number.
    pub number: i64,
    /// Who holds it.
    pub holder: Option<Uuid>,
    /// Since when.
    pub assigned_at: Option<HubTime>,
}

/// A model without its rows.
#[derive(Clone, Copy, Debug)]
pub struct ModelRecord {
    /// Its id.
    pub id: Uuid,
    /// Its status word.
    pub status: &'static str,
    /// When the FL server was heard last.
    pub heard_at: HubTime,
}

/// Everything a file holds, each list in the order in which it came about.
#[derive(Debug, Default)]
pub struct Loaded {
    /// The registry.
    pub trusts: Vec<TrustRecord>,
    /// The slot pool.
    pub slots: Vec<SlotRecord>,
    /// Registrations and deletions.
    pub audit: Vec<AuditRow>,
    /// Tasks and whose they are.
    pub tasks: Vec<(Uuid, Task)>,
    /// Queries.
    pub queries: Vec<Uuid>,
    /// Query and trust it was put to.
    pub addressed: Vec<(Uuid, Uuid)>,
    /// Counts.
    pub counts: Vec<CohortCounts>,
    /// Models.
    pub models: Vec<ModelRecord>,
    /// Model and trust that takes part.
    pub members: Vec<(Uuid, Uuid)>,
    /// Metrics and their models.
    pub metrics: Vec<(Uuid, MetricRow)>,
    /// Logs and their models.
    pub logs: Vec<(Uuid, LogRow)>,
    /// The hub's environment.
    pub environment: BTreeMap<String, String>,
}

/// The services of a snapshot as they are kept.
pub(super) type Services = BTreeMap<String, ServiceHealth>;
