//! Registering, deleting and rotating trusts (hub 9).

use std::collections::BTreeMap;
use std::sync::Arc;

use contract::key::Secret;
use serde::Serialize;
use thiserror::Error;
use uuid::Uuid;

use super::keeping::record;
use super::models::ForgottenRows;
use super::registry::Registry;
use super::trust::{Trust, TrustRow};
use super::{AuditAction, AuditRow, Domain, KeyHash, Slot};
use crate::habits::{Habits, KeyMint, NameCheck};
use crate::store::Change;

/// What to register.
#[derive(Clone, Debug, Default)]
pub struct NewTrust {
    /// Display name; the unique key of registration.
    pub name: String,
    /// Short handle.
    pub code: String,
    /// Where it is.
    pub region: Option<String>,
    /// The id to use; absent: a new one.
    pub id: Option<Uuid>,
    /// The API key to use; absent: a new one.
    pub api_key: Option<Secret>,
    /// The site key to use; absent: a new one.
    pub site_key: Option<Secret>,
    /// The slot to use; absent: the lowest free one.
    pub slot: Option<String>,
}

/// A registration whose members were checked.
#[derive(Clone, Debug)]
pub struct Vetted(NewTrust);

/// What a registration gives out, this once.
#[derive(Clone, Debug)]
pub struct Registered {
    /// The new row.
    pub trust: Arc<Trust>,
    /// The API key.
    pub api_key: Secret,
    /// The key between the site's own services; the hub keeps nothing of it.
    pub site_key: Secret,
    /// The trust's own payload key (edition trust-keys).
    pub payload_key: Option<TrustKey>,
}

/// A payload key of one trust.
#[derive(Clone, Debug)]
pub struct TrustKey {
    /// Its key id.
    pub kid: String,
    /// The key as base64.
    pub key_base64: Secret,
}

/// Why a trust is not registered. `Display` is the hub's text.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum RegisterError {
    /// The name is blank.
    #[error("Trust name is required.")]
    NameBlank,
    /// The code is blank.
    #[error("Trust code is required.")]
    CodeBlank,
    /// Somebody has the name.
    #[error("A trust named '{0}' already exists.")]
    NameTaken(String),
    /// The pool is empty.
    #[error("No FL kit slots available. Pre-provision more FL kits and try again.")]
    NoSlot,
    /// An id, key or slot that was asked for is in use.
    #[error("The {0} asked for is in use.")]
    InUse(&'static str),
}

/// What went with a deleted trust.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DeleteReport {
    /// `deleted`.
    pub status: &'static str,
    /// Its id.
    pub trust_id: Uuid,
    /// Its name.
    pub name: String,
    /// The slot it gave back.
    pub freed_fl_kit_slot: Option<String>,
    /// Rows that went with it, by table.
    pub dependent_rows_deleted: BTreeMap<&'static str, usize>,
}

/// Outcome of a delete by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Deletion {
    /// It is gone.
    Deleted(DeleteReport),
    /// There was none.
    NotFound {
        /// `not_found`.
        status: &'static str,
        /// The name asked for.
        name: String,
    },
}

impl Domain {
    /// Registers a trust.
    pub fn register(&self, new: NewTrust, habits: &Habits) -> Result<Registered, RegisterError> {
        self.enrol(self.vet(new, habits)?, habits)
    }

    /// The first half of [`Domain::register`]: everything a hub checks before its transaction.
    pub fn vet(&self, mut new: NewTrust, habits: &Habits) -> Result<Vetted, RegisterError> {
        let habits = &habits.registry;
        if habits.refuse_blank.kept() && new.name.trim().is_empty() {
            return Err(RegisterError::NameBlank);
        }
        if habits.refuse_blank.kept() && new.code.trim().is_empty() {
            return Err(RegisterError::CodeBlank);
        }
        if habits.trim.kept() {
            trim(&mut new.name);
            trim(&mut new.code);
            new.region.as_mut().map(trim);
        }
        new.region = new.region.filter(|region| !region.is_empty());
        let check_now = habits.name_check == NameCheck::BeforeLock;
        if check_now && self.registry.read().has_name(&new.name, habits.fold_name_case.kept()) {
            return Err(RegisterError::NameTaken(new.name));
        }
        Ok(Vetted(new))
    }

    /// The second half: the transaction that claims a slot and adds the row.
    pub fn enrol(&self, vetted: Vetted, habits: &Habits) -> Result<Registered, RegisterError> {
        let Vetted(mut new) = vetted;
        let (api_key, site_key) = self.mint_pair(&mut new, habits);
        let key_hash = KeyHash::of(api_key.expose().as_bytes());
        let settings = self.settings();
        let mut registry = self.registry.write();
        if habits.registry.name_check == NameCheck::UnderLock
            && registry.has_name(&new.name, habits.registry.fold_name_case.kept())
        {
            self.upset_holder(&mut registry, &new.name, habits);
            return Err(RegisterError::NameTaken(new.name));
        }
        let id = self.new_id(&registry, &new, habits)?;
        if registry.by_key(key_hash).is_some() {
            return Err(RegisterError::InUse("API key"));
        }
        let slot = claim(&mut registry, id, &new, &settings.slot_names, self, habits);
        let slot = match slot {
            Err(RegisterError::NoSlot) if habits.registry.undo_without_slot.broken() => None,
            slot => Some(slot?),
        };
        let without_slot = slot.is_none();
        let trust = Arc::new(Trust::new(TrustRow {
            id,
            code: Some(new.code).filter(|code| !code.is_empty()),
            name: new.name,
            region: new.region,
            created_at: self.clock.now(),
            slot,
            key_hash,
            order: registry.next_order(),
        }));
        registry.insert(Arc::clone(&trust));
        let audited = self.audit_row(AuditAction::Register, &trust);
        let slots = self.slot_changes(&mut registry);
        self.keep(|| {
            let row = [Change::TrustAdded(record(&trust)), Change::Audited(audited.clone())];
            row.into_iter().chain(slots)
        });
        drop(registry);
        self.audit.lock().note(audited);
        if without_slot {
            return Err(RegisterError::NoSlot);
        }
        let payload_key = self.mint_payload_key(&trust, settings.adopt_trust_keys);
        Ok(Registered { trust, api_key, site_key, payload_key })
    }

    /// Deletes a trust with everything that is its own.
    pub fn delete(&self, id: Uuid, habits: &Habits) -> Option<DeleteReport> {
        let _whole = self.whole();
        let (trust, audited) = {
            let mut registry = self.registry.write();
            let trust = registry.remove(id, self.clock.now())?;
            if let Some(slot) = &trust.slot {
                let hold = habits.registry.hold_freed_slots.kept().then_some(&*trust.name);
                registry.slots.release(slot, trust.id, hold);
            }
            let audited = self.audit_row(AuditAction::Delete, &trust);
            let slots = self.slot_changes(&mut registry);
            self.keep(|| {
                let row = [Change::TrustRemoved(id), Change::Audited(audited.clone())];
                row.into_iter().chain(slots)
            });
            (trust, audited)
        };
        self.audit.lock().note(audited);
        let mut rows: BTreeMap<&'static str, usize> =
            DEPENDENT_TABLES.into_iter().map(|table| (table, 0)).collect();
        if habits.registry.clear_rows.kept() {
            let models = self.forget_ingest(id);
            rows.insert("fl_metrics", models.metrics);
            rows.insert("fl_logs", models.logs);
            rows.insert("model_trust_intersect", models.links);
            rows.insert("query_result", self.forget_counts(id));
            rows.insert("trust_task", self.forget_tasks(&trust));
        }
        Some(DeleteReport {
            status: "deleted",
            trust_id: id,
            name: trust.name.clone(),
            freed_fl_kit_slot: trust.slot.as_ref().map(|slot| slot.name.clone()),
            dependent_rows_deleted: rows,
        })
    }

    /// Deletes the trust of this name, as the hub's script does.
    pub fn delete_named(&self, name: &str, habits: &Habits) -> Deletion {
        let id = self.registry.read().by_name(name).map(|trust| trust.id);
        match id.and_then(|id| self.delete(id, habits)) {
            Some(report) => Deletion::Deleted(report),
            None => Deletion::NotFound { status: "not_found", name: name.to_owned() },
        }
    }

    /// Rotates a trust's keys the only way there is: deletes it and registers it again.
    pub fn rotate(&self, id: Uuid, habits: &Habits) -> Option<Result<Registered, RegisterError>> {
        let _whole = self.whole();
        let trust = self.trust(id)?;
        self.delete(id, habits)?;
        let new = NewTrust {
            name: trust.name.clone(),
            code: trust.code.clone().unwrap_or_default(),
            region: trust.region.clone(),
            ..NewTrust::default()
        };
        Some(self.register(new, habits))
    }

    /// The trust of this id.
    pub fn trust(&self, id: Uuid) -> Option<Arc<Trust>> {
        self.registry.read().by_id(id).cloned()
    }

    /// The trust of this exact name.
    pub fn trust_named(&self, name: &str) -> Option<Arc<Trust>> {
        self.registry.read().by_name(name).cloned()
    }

    /// Every trust in the order of registration.
    pub fn trusts(&self) -> Vec<Arc<Trust>> {
        self.registry.read().all().cloned().collect()
    }

    /// How many trusts there are.
    pub fn trust_count(&self) -> usize {
        self.registry.read().len()
    }

    /// Slots nobody holds, lowest first.
    pub fn free_slots(&self) -> Vec<Slot> {
        self.registry.read().slots.free()
    }

    /// Free slots in the order in which others would get them, with the name each is on hold for.
    #[cfg(test)]
    pub(crate) fn slots_as_dealt(&self) -> String {
        format!("{:?}", self.registry.read().slots.as_dealt())
    }

    fn mint_pair(&self, new: &mut NewTrust, habits: &Habits) -> (Secret, Secret) {
        let api_key = new.api_key.take().unwrap_or_else(|| self.dice.key());
        let site_key = new.site_key.take().unwrap_or_else(|| self.dice.key());
        match habits.registry.mint {
            KeyMint::Proper => (api_key, site_key),
            KeyMint::TwiceTheSame => (api_key.clone(), api_key),
            KeyMint::Short => (shortened(&api_key), shortened(&site_key)),
        }
    }

    fn new_id(
        &self,
        registry: &Registry,
        new: &NewTrust,
        habits: &Habits,
    ) -> Result<Uuid, RegisterError> {
        let former = registry.retired_by_name(&new.name).map(|gone| gone.trust.id);
        let reused = former.filter(|_| habits.registry.fresh_id.broken());
        let id = new.id.or(reused).unwrap_or_else(|| self.dice.uuid());
        if registry.by_id(id).is_some() { Err(RegisterError::InUse("id")) } else { Ok(id) }
    }

    /// A repeated registration leaves the holder of the name alone, unless that is the fault.
    fn upset_holder(&self, registry: &mut Registry, name: &str, habits: &Habits) {
        if habits.registry.spare_key_on_repeat.kept() {
            return;
        }
        if let Some(holder) = registry.by_name(name).cloned() {
            let nobodys = self.dice.key();
            let key_hash = KeyHash::of(nobodys.expose().as_bytes());
            registry.rekey(&holder, key_hash);
            self.keep(|| [Change::TrustRekeyed { id: holder.id, key_hash }]);
        }
    }

    fn mint_payload_key(&self, trust: &Trust, adopt: bool) -> Option<TrustKey> {
        if !self.edition.trust_payload_keys {
            return None;
        }
        let kid = format!("trust-{}", trust.id);
        let key_base64 = self.dice.payload_key();
        if adopt {
            self.hold_trust_key(&kid, &key_base64);
        }
        Some(TrustKey { kid, key_base64 })
    }

    fn forget_ingest(&self, id: Uuid) -> ForgottenRows {
        let mut models = self.models.lock();
        self.keep(|| [Change::IngestRemoved { trust: id }]);
        models.forget_trust(id)
    }

    fn forget_counts(&self, id: Uuid) -> usize {
        let mut cohorts = self.cohorts.lock();
        self.keep(|| [Change::CountsRemoved { trust: id }]);
        cohorts.forget_trust(id)
    }

    fn audit_row(&self, action: AuditAction, trust: &Trust) -> AuditRow {
        AuditRow {
            at: self.clock.now(),
            action,
            trust_id: trust.id,
            name: trust.name.clone(),
            slot: trust.slot.as_ref().map(|slot| slot.name.clone()),
        }
    }
}

fn claim(
    registry: &mut Registry,
    id: Uuid,
    new: &NewTrust,
    configured: &[String],
    domain: &Domain,
    habits: &Habits,
) -> Result<Slot, RegisterError> {
    if let Some(name) = &new.slot {
        return registry.slots.claim_named(id, name).ok_or(RegisterError::InUse("slot"));
    }
    let how = habits.registry.claim;
    if let Some(slot) = registry.slots.claim(id, &new.name, how) {
        return Ok(slot);
    }
    if domain.edition.slot_pool_reread && habits.registry.reread_pool.kept() {
        registry.slots.seed(configured.iter().map(String::as_str));
    }
    registry.slots.claim(id, &new.name, how).ok_or(RegisterError::NoSlot)
}

fn trim(text: &mut String) {
    let trimmed = text.trim();
    if trimmed.len() != text.len() {
        *text = trimmed.to_owned();
    }
}

fn shortened(key: &Secret) -> Secret {
    Secret::new(key.expose().chars().take(SHORT_KEY_CHARS).collect::<String>())
}

const SHORT_KEY_CHARS: usize = 32;
const DEPENDENT_TABLES: [&str; 8] = [
    "fl_job_trust",
    "fl_metrics",
    "fl_logs",
    "model_trust_intersect",
    "project_trust_intersect",
    "query_result",
    "trust_task",
    "xnat_project_status",
];

#[cfg(test)]
#[path = "registration_tests.rs"]
mod tests;
