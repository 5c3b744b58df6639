//! The pool of FL slots (hub 9).

use std::collections::{BTreeMap, BTreeSet, HashMap};

use contract::limits::SLOT_NUMBER_NONE;
use uuid::Uuid;

use crate::habits::SlotClaim;

/// A pre-provisioned FL identity. Ordered by number, then name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slot {
    /// The digits behind the last `_` of the name, else 10000.
    pub number: i64,
    /// The certificate name, such as `Trust_7`.
    pub name: String,
}

impl Slot {
    /// The slot of this name.
    pub fn named(name: &str) -> Self {
        let digits = name.rsplit_once('_').map_or("", |(_, tail)| tail);
        let all_digits = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
        let number = if all_digits { digits.parse().ok() } else { None };
        Self { number: number.unwrap_or(SLOT_NUMBER_NONE), name: name.to_owned() }
    }
}

/// Slots and who holds them. Slots are added, never removed.
#[derive(Debug, Default)]
pub struct SlotPool {
    free: BTreeSet<Slot>,
    /// Freed slots that others get only after every fresh one, in the order they were freed, with
    /// the name of the trust that held each.
    held: Vec<(Slot, String)>,
    holders: HashMap<String, Uuid>,
    by_number: BTreeMap<Slot, Uuid>,
    /// Slots that changed since [`SlotPool::changed`] was asked last.
    changed: Vec<Slot>,
}

impl SlotPool {
    /// Adds the names the pool does not know yet; tells how many.
    pub fn seed<'n>(&mut self, names: impl IntoIterator<Item = &'n str>) -> usize {
        let mut added = 0;
        for name in names.into_iter().map(str::trim).filter(|name| !name.is_empty()) {
            let slot = Slot::named(name);
            let known = self.holders.contains_key(name)
                || self.free.contains(&slot)
                || self.held.iter().any(|(held, _)| *held == slot);
            if !known {
                self.free.insert(slot.clone());
                self.changed.push(slot);
                added += 1;
            }
        }
        added
    }

    /// Takes a slot for a trust: by default the lowest free one; a freed slot goes back to its
    /// former holder's name first, and to others when nothing else is left.
    pub fn claim(&mut self, trust: Uuid, trust_name: &str, how: SlotClaim) -> Option<Slot> {
        let slot = match how {
            SlotClaim::Taken => match self.by_number.keys().next() {
                Some(taken) => return Some(taken.clone()),
                None => self.free.pop_first(),
            },
            SlotClaim::Highest => self.free.pop_last(),
            SlotClaim::Lowest => self.take_held_by(trust_name).or_else(|| self.free.pop_first()),
        };
        let slot = slot.or_else(|| self.take_oldest_held())?;
        self.assign(slot.clone(), trust);
        Some(slot)
    }

    /// Takes this very slot, which a pool without it makes up.
    pub fn claim_named(&mut self, trust: Uuid, name: &str) -> Option<Slot> {
        if self.holders.contains_key(name) {
            return None;
        }
        let slot = Slot::named(name);
        self.free.remove(&slot);
        self.held.retain(|(held, _)| *held != slot);
        self.assign(slot.clone(), trust);
        Some(slot)
    }

    /// Gives a slot back: to the pool, or on hold for the trust's name.
    pub fn release(&mut self, slot: &Slot, trust: Uuid, hold_for: Option<&str>) {
        if self.holders.get(&slot.name) != Some(&trust) {
            return;
        }
        self.changed.push(slot.clone());
        self.holders.remove(&slot.name);
        self.by_number.remove(slot);
        match hold_for {
            Some(name) => self.held.push((slot.clone(), name.to_owned())),
            None => {
                self.free.insert(slot.clone());
            }
        }
    }

    /// Who holds the slot of this name.
    pub fn holder(&self, name: &str) -> Option<Uuid> {
        self.holders.get(name).copied()
    }

    /// Slots nobody holds, freed ones on hold included, lowest first.
    pub fn free(&self) -> Vec<Slot> {
        let mut all: Vec<Slot> =
            self.free.iter().chain(self.held.iter().map(|(slot, _)| slot)).cloned().collect();
        all.sort_unstable();
        all
    }

    #[cfg(test)]
    pub(super) fn as_dealt(&self) -> (&BTreeSet<Slot>, &[(Slot, String)]) {
        (&self.free, &self.held)
    }

    /// Slots a trust holds.
    pub fn assigned_count(&self) -> usize {
        self.holders.len()
    }

    /// Name, number and holder of the slots that joined or changed hands since this was asked last.
    pub(super) fn changed(&mut self) -> Vec<(String, i64, Option<Uuid>)> {
        let changed = std::mem::take(&mut self.changed);
        changed
            .into_iter()
            .map(|slot| {
                let holder = self.holder(&slot.name);
                (slot.name, slot.number, holder)
            })
            .collect()
    }

    /// Puts a slot back that a trust holds.
    pub(super) fn restore_held(&mut self, slot: Slot, trust: Uuid) {
        self.holders.insert(slot.name.clone(), trust);
        self.by_number.insert(slot, trust);
    }

    /// Puts a slot back that nobody holds.
    pub(super) fn restore_free(&mut self, slot: Slot) {
        self.free.insert(slot);
    }

    /// Puts a freed slot back that is on hold for a name, the longest held first.
    pub(super) fn restore_on_hold(&mut self, slot: Slot, name: String) {
        self.held.push((slot, name));
    }

    fn assign(&mut self, slot: Slot, trust: Uuid) {
        self.changed.push(slot.clone());
        self.holders.insert(slot.name.clone(), trust);
        self.by_number.insert(slot, trust);
    }

    fn take_held_by(&mut self, trust_name: &str) -> Option<Slot> {
        let at = self.held.iter().position(|(_, name)| name == trust_name)?;
        Some(self.held.remove(at).0)
    }

    fn take_oldest_held(&mut self) -> Option<Slot> {
        if self.held.is_empty() { None } else { Some(self.held.remove(0).0) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn pool(names: &[&str]) -> SlotPool {
        let mut pool = SlotPool::default();
        pool.seed(names.iter().copied());
        pool
    }

    fn claim(pool: &mut SlotPool, id: u128, name: &str) -> Option<String> {
        pool.claim(Uuid::from_u128(id), name, SlotClaim::Lowest).map(|slot| slot.name)
    }

    #[test]
    fn a_slot_is_numbered_by_the_digits_behind_its_last_bar() {
        for (name, number) in
            [("Trust_007", 7), ("Trust_1", 1), ("a_2_3", 3), ("site", 10_000), ("x_", 10_000)]
        {
            assert_eq!(Slot::named(name).number, number, "{name}");
        }
        assert_eq!(Slot::named("Trust_7a").number, 10_000);
    }

    #[test]
    fn the_lowest_number_goes_first_and_names_without_number_last() {
        let mut pool = pool(&["spare", "Trust_10", "Trust_2", "Trust_2"]);
        assert_eq!(claim(&mut pool, 1, "a").as_deref(), Some("Trust_2"));
        assert_eq!(claim(&mut pool, 2, "b").as_deref(), Some("Trust_10"));
        assert_eq!(claim(&mut pool, 3, "c").as_deref(), Some("spare"));
        assert_eq!(claim(&mut pool, 4, "d"), None);
    }

    #[test]
    fn a_held_slot_waits_for_its_name_and_serves_others_last() {
        let mut pool = pool(&["Trust_1", "Trust_2"]);
        let first = Slot::named("Trust_1");
        claim(&mut pool, 1, "a");
        pool.release(&first, Uuid::from_u128(1), Some("a"));
        assert_eq!(claim(&mut pool, 2, "b").as_deref(), Some("Trust_2"));
        assert_eq!(claim(&mut pool, 3, "a").as_deref(), Some("Trust_1"));
        pool.release(&first, Uuid::from_u128(3), Some("a"));
        assert_eq!(claim(&mut pool, 4, "c").as_deref(), Some("Trust_1"));
    }

    #[test]
    fn a_slot_is_released_by_its_holder_only() {
        let mut pool = pool(&["Trust_1"]);
        claim(&mut pool, 1, "a");
        pool.release(&Slot::named("Trust_1"), Uuid::from_u128(9), None);
        assert_eq!(pool.holder("Trust_1"), Some(Uuid::from_u128(1)));
    }

    proptest! {
        #[test]
        fn no_slot_is_ever_held_by_two_and_none_is_lost(
            steps in proptest::collection::vec((any::<bool>(), 0_u128..12, any::<bool>()), 0..80)
        ) {
            let names: Vec<String> = (1..=6).map(|n| format!("Trust_{n}")).collect();
            let mut pool = SlotPool::default();
            pool.seed(names.iter().map(String::as_str));
            let mut held: HashMap<u128, Slot> = HashMap::new();
            for (take, id, hold) in steps {
                let trust = Uuid::from_u128(id);
                if take && !held.contains_key(&id) {
                    let lowest = pool.free.first().cloned();
                    let full = held.len() == names.len();
                    let slot = pool.claim(trust, "other", SlotClaim::Lowest);
                    prop_assert_eq!(slot.is_none(), full);
                    if let Some(slot) = slot {
                        prop_assert!(lowest.is_none_or(|lowest| lowest == slot));
                        prop_assert!(held.values().all(|other| *other != slot));
                        held.insert(id, slot);
                    }
                } else if let Some(slot) = held.remove(&id) {
                    pool.release(&slot, trust, hold.then_some("former"));
                }
                prop_assert_eq!(pool.free().len() + pool.assigned_count(), names.len());
                prop_assert_eq!(pool.assigned_count(), held.len());
            }
        }
    }
}
