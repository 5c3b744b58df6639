//! A domain made from what a file holds.

use std::collections::BTreeMap;
use std::collections::hash_map::{Entry, HashMap};
use std::sync::Arc;

use contract::key::Secret;
use uuid::Uuid;

use super::cohort::Cohorts;
use super::models::Models;
use super::registry::Registry;
use super::slots::Slot;
use super::trust::{Trust, TrustRow};
use super::{Audit, AuditAction, AuditRow, DomainOptions, HubTime};
use crate::store::{Loaded, SlotRecord};

/// The parts of a domain that a file holds.
#[derive(Debug, Default)]
pub(super) struct Restored {
    pub(super) registry: Registry,
    pub(super) task_owners: HashMap<Uuid, Arc<Trust>>,
    pub(super) cohorts: Cohorts,
    pub(super) models: Models,
    pub(super) audit: Audit,
    /// The latest instant in it: the hub's clock must not show an earlier one.
    pub(super) latest: Option<HubTime>,
}

impl Restored {
    /// Rows of trusts, queries or models that are gone are left where they are.
    pub(super) fn from(loaded: Loaded, holds_freed_slots: bool) -> Self {
        let mut restored = Self { latest: latest(&loaded), ..Self::default() };
        let held: HashMap<Uuid, Slot> =
            loaded.slots.iter().filter_map(|slot| Some((slot.holder?, slot_of(slot)))).collect();
        for trust in loaded.trusts {
            let order = restored.registry.next_order();
            let slot = held.get(&trust.id).cloned();
            let row = TrustRow {
                id: trust.id,
                name: trust.name,
                code: trust.code,
                region: trust.region,
                created_at: trust.created_at,
                slot,
                key_hash: trust.key_hash,
                order,
            };
            restored.registry.insert(Arc::new(Trust::living(row, trust.live)));
        }
        restored.fill_slots(loaded.slots, &loaded.audit, holds_freed_slots);
        for row in loaded.audit {
            restored.audit.note(row);
        }
        for (trust, task) in loaded.tasks {
            let Some(owner) = restored.registry.by_id(trust) else { continue };
            if let Entry::Vacant(place) = restored.task_owners.entry(task.id) {
                place.insert(Arc::clone(owner));
                owner.with_tasks(|book| book.restore(task));
            }
        }
        for query in loaded.queries {
            restored.cohorts.ask(query, []);
        }
        for (query, trust) in loaded.addressed {
            restored.cohorts.ask(query, [trust]);
        }
        for counts in loaded.counts {
            restored.cohorts.restore(counts);
        }
        for model in loaded.models {
            restored.models.restore(model);
        }
        for (model, trust) in loaded.members {
            restored.models.restore_member(model, trust);
        }
        for (model, row) in loaded.metrics {
            restored.models.restore_metric(model, row);
        }
        for (model, row) in loaded.logs {
            restored.models.restore_log(model, row);
        }
        restored
    }

    /// A free slot that a deletion gave back is on hold for the name it was deleted under, where
    /// the hub holds such slots.
    fn fill_slots(&mut self, slots: Vec<SlotRecord>, audit: &[AuditRow], holds: bool) {
        let mut freed: BTreeMap<&str, (usize, &str)> = BTreeMap::new();
        for (at, row) in audit.iter().enumerate().filter(|_| holds) {
            let Some(slot) = row.slot.as_deref() else { continue };
            match row.action {
                AuditAction::Delete => drop(freed.insert(slot, (at, &row.name))),
                AuditAction::Register => drop(freed.remove(slot)),
            }
        }
        let mut on_hold = Vec::new();
        for record in slots {
            let slot = slot_of(&record);
            match (record.holder, freed.get(slot.name.as_str())) {
                (Some(holder), _) if self.registry.by_id(holder).is_some() => {
                    self.registry.slots.restore_held(slot, holder);
                }
                (_, Some((at, name))) => on_hold.push((*at, slot, (*name).to_owned())),
                (_, None) => self.registry.slots.restore_free(slot),
            }
        }
        on_hold.sort_unstable_by_key(|(at, ..)| *at);
        for (_, slot, name) in on_hold {
            self.registry.slots.restore_on_hold(slot, name);
        }
    }
}

/// The hub's environment: its own keys. A state file stands for the real hub's env file as well.
#[derive(Debug, Default)]
pub(super) struct Environment(BTreeMap<String, String>);

impl Environment {
    pub(super) fn of(loaded: &mut Loaded) -> Self {
        Self(std::mem::take(&mut loaded.environment))
    }

    /// How often the hub was started on this file before.
    pub(super) fn starts(&self) -> u64 {
        self.0.get(STARTS).and_then(|text| text.parse().ok()).unwrap_or(0)
    }

    /// Fills in what nobody gave at this start.
    pub(super) fn complete(&self, options: &mut DomainOptions) {
        let value = |name: &str| self.0.get(name).map(|text| Secret::from(text.as_str()));
        options.payload_key = options.payload_key.take().or_else(|| value(PAYLOAD_KEY));
        options.internal_key = options.internal_key.take().or_else(|| value(INTERNAL_KEY));
        for (name, key) in &self.0 {
            if let Some(kid) = name.strip_prefix(TRUST_KEY) {
                let kept = options.trust_payload_keys.entry(kid.to_owned());
                kept.or_insert_with(|| Secret::from(key.as_str()));
            }
        }
        // A seed repeats ids and keys; a second start must not hand out those of the first.
        options.seed = options.seed.map(|seed| seed ^ self.starts().wrapping_mul(STRIDE));
    }
}

fn slot_of(record: &SlotRecord) -> Slot {
    Slot { number: record.number, name: record.name.clone() }
}

fn latest(loaded: &Loaded) -> Option<HubTime> {
    let trusts =
        loaded.trusts.iter().flat_map(|trust| [Some(trust.created_at), trust.live.last_heartbeat]);
    let tasks =
        loaded.tasks.iter().flat_map(|(_, task)| [Some(task.created_at), task.dispatched_at]);
    let models = loaded.models.iter().map(|model| Some(model.heard_at));
    let audit = loaded.audit.iter().map(|row| Some(row.at));
    trusts.chain(tasks).chain(models).chain(audit).flatten().max()
}

/// Name of the platform's payload key in the environment.
pub(super) const PAYLOAD_KEY: &str = "AES_KEY_BASE64";
/// Name of the hub-internal key.
pub(super) const INTERNAL_KEY: &str = "INTERNAL_SERVICE_KEY";
/// Before the key id of a trust's own payload key.
pub(super) const TRUST_KEY: &str = "AES_TRUST_KEYS.";
/// Counts the starts on this file.
pub(super) const STARTS: &str = "STARTS";
/// Between the seeds of two starts.
const STRIDE: u64 = 0x9e37_79b9_7f4a_7c15;
