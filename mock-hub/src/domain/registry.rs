//! The registry: trusts by key, id and name, the slot pool, and what was deleted.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::hash::{BuildHasherDefault, Hash, Hasher};
use std::sync::Arc;

use uuid::Uuid;

use super::trust::Trust;
use super::{HubTime, KeyHash, SlotPool};

/// All trusts. Only digests of keys are in here.
#[derive(Debug, Default)]
pub(super) struct Registry {
    by_key: HashMap<ByDigest, Arc<Trust>, BuildHasherDefault<Spread>>,
    by_id: HashMap<Uuid, Arc<Trust>>,
    names: HashMap<String, u32>,
    folded_names: HashMap<String, u32>,
    ordered: BTreeMap<u64, Arc<Trust>>,
    retired: VecDeque<Retired>,
    next_order: u64,
    pub(super) slots: SlotPool,
}

/// A deleted trust and when it went.
#[derive(Clone, Debug)]
pub(super) struct Retired {
    pub(super) trust: Arc<Trust>,
    pub(super) at: HubTime,
}

impl Registry {
    pub(super) fn by_key(&self, hash: KeyHash) -> Option<&Arc<Trust>> {
        self.by_key.get(&ByDigest(hash))
    }

    pub(super) fn by_id(&self, id: Uuid) -> Option<&Arc<Trust>> {
        self.by_id.get(&id)
    }

    pub(super) fn by_name(&self, name: &str) -> Option<&Arc<Trust>> {
        if !self.names.contains_key(name) {
            return None;
        }
        self.ordered.values().find(|trust| trust.name == name)
    }

    pub(super) fn has_name(&self, name: &str, fold_case: bool) -> bool {
        if fold_case {
            self.folded_names.contains_key(&name.to_lowercase())
        } else {
            self.names.contains_key(name)
        }
    }

    /// Every trust in the order of registration.
    pub(super) fn all(&self) -> impl Iterator<Item = &Arc<Trust>> {
        self.ordered.values()
    }

    pub(super) fn len(&self) -> usize {
        self.ordered.len()
    }

    pub(super) fn next_order(&mut self) -> u64 {
        self.next_order += 1;
        self.next_order
    }

    pub(super) fn insert(&mut self, trust: Arc<Trust>) {
        *self.names.entry(trust.name.clone()).or_default() += 1;
        *self.folded_names.entry(trust.name.to_lowercase()).or_default() += 1;
        self.by_key.insert(ByDigest(trust.key_hash), Arc::clone(&trust));
        self.by_id.insert(trust.id, Arc::clone(&trust));
        self.ordered.insert(trust.order, trust);
    }

    pub(super) fn remove(&mut self, id: Uuid, at: HubTime) -> Option<Arc<Trust>> {
        let trust = self.by_id.remove(&id)?;
        self.ordered.remove(&trust.order);
        self.by_key.retain_not(&trust);
        drop_one(&mut self.names, &trust.name);
        drop_one(&mut self.folded_names, &trust.name.to_lowercase());
        if self.retired.len() == RETIRED_MAX {
            self.retired.pop_front();
        }
        self.retired.push_back(Retired { trust: Arc::clone(&trust), at });
        Some(trust)
    }

    /// The newest deleted trust that held this key.
    pub(super) fn retired_by_key(&self, hash: KeyHash) -> Option<&Retired> {
        self.retired.iter().rev().find(|gone| gone.trust.key_hash == hash)
    }

    /// The newest deleted trust of this name.
    pub(super) fn retired_by_name(&self, name: &str) -> Option<&Retired> {
        self.retired.iter().rev().find(|gone| gone.trust.name == name)
    }

    /// Makes another key open a trust, in place of its own.
    pub(super) fn rekey(&mut self, trust: &Arc<Trust>, hash: KeyHash) {
        self.by_key.retain_not(trust);
        self.by_key.insert(ByDigest(hash), Arc::clone(trust));
    }

    /// Forgets every trust; optionally not the keys, which is a fault.
    pub(super) fn clear(&mut self, keep_keys: bool) {
        let keys = std::mem::take(&mut self.by_key);
        *self = Self::default();
        if keep_keys {
            self.by_key = keys;
        }
    }
}

trait RetainNot {
    fn retain_not(&mut self, trust: &Arc<Trust>);
}

impl RetainNot for HashMap<ByDigest, Arc<Trust>, BuildHasherDefault<Spread>> {
    fn retain_not(&mut self, trust: &Arc<Trust>) {
        match self.get(&ByDigest(trust.key_hash)) {
            Some(holder) if Arc::ptr_eq(holder, trust) => {
                self.remove(&ByDigest(trust.key_hash));
            }
            _ => self.retain(|_, holder| !Arc::ptr_eq(holder, trust)),
        }
    }
}

fn drop_one(names: &mut HashMap<String, u32>, name: &str) {
    if let Some(count) = names.get_mut(name) {
        *count -= 1;
        if *count == 0 {
            names.remove(name);
        }
    }
}

/// A digest needs no second hashing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct ByDigest(KeyHash);

impl Hash for ByDigest {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.0.spread());
    }
}

#[derive(Debug, Default)]
struct Spread(u64);

impl Hasher for Spread {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(byte);
        }
    }

    fn write_u64(&mut self, word: u64) {
        self.0 = word;
    }
}

const RETIRED_MAX: usize = 1024;
