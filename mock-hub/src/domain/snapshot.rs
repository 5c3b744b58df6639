//! The whole state for a reader, without any key.

use serde::Serialize;
use uuid::Uuid;

use super::{AuditRow, ClockState, Domain, HubTime, TaskView};

/// Everything the hub holds that may be shown.
#[derive(Clone, Debug, Serialize)]
pub struct Snapshot {
    /// The clock.
    pub clock: ClockState,
    /// Trusts in the order of registration.
    pub trusts: Vec<TrustRow>,
    /// Names of slots nobody holds.
    pub free_slots: Vec<String>,
    /// Tasks, by trust.
    pub tasks: Vec<TaskView>,
    /// How many queries there are.
    pub queries: usize,
    /// How many models there are.
    pub models: usize,
    /// Audit rows, oldest first.
    pub audit: Vec<AuditRow>,
}

/// A trust in a snapshot.
#[derive(Clone, Debug, Serialize)]
pub struct TrustRow {
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// Its code.
    pub code: Option<String>,
    /// Its slot.
    pub slot: Option<String>,
    /// Digest of its API key: all the hub keeps of it.
    pub api_key_hash: String,
    /// Its last heartbeat.
    pub last_heartbeat: Option<HubTime>,
}

impl Domain {
    /// The state of the moment.
    pub fn snapshot(&self) -> Snapshot {
        let trusts = self.trusts();
        Snapshot {
            clock: self.clock.state(),
            trusts: trusts
                .iter()
                .map(|trust| TrustRow {
                    id: trust.id,
                    name: trust.name.clone(),
                    code: trust.code.clone(),
                    slot: trust.slot.as_ref().map(|slot| slot.name.clone()),
                    api_key_hash: trust.key_hash.hex(),
                    last_heartbeat: trust.liveness().last_heartbeat,
                })
                .collect(),
            free_slots: self.free_slots().into_iter().map(|slot| slot.name).collect(),
            tasks: self.tasks(None, None),
            queries: self.cohorts.lock().len(),
            models: self.models.lock().len(),
            audit: self.audit(),
        }
    }
}
