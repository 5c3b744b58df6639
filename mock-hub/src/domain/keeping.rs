//! What the domain tells its state file, where it has one.

use std::path::Path;
use std::sync::Arc;

use contract::edition::MetricBody;
use parking_lot::RwLockReadGuard;
use uuid::Uuid;

use super::registry::Registry;
use super::tasks::TaskBook;
use super::trust::{ServiceHealth, Trust};
use super::{Domain, HubTime, Liveness};
use crate::store::{Change, SlotRecord, Statement, TrustRecord};

impl Domain {
    /// Waits until everything that changed up to now is on file. The error says why it never will
    /// be; nothing may be acknowledged then.
    pub async fn settled(&self) -> Result<(), Arc<str>> {
        match &self.store {
            Some(store) => store.settled().await,
            None => Ok(()),
        }
    }

    /// Whether a state file can be written no more.
    pub fn lost_its_file(&self) -> bool {
        self.store.as_ref().is_some_and(|store| store.failed().is_some())
    }

    /// Whether the file's tables lack columns this edition reads.
    pub(super) fn lacks_columns(&self) -> bool {
        self.store.as_ref().is_some_and(|store| !store.lacking().is_empty())
    }

    /// Runs a route's statements where the tables lack columns; the error is the database's.
    pub async fn attempt(&self, statements: &'static [Statement]) -> Result<(), String> {
        match &self.store {
            Some(store) => store.attempt(statements).await,
            None => Ok(()),
        }
    }

    /// The state file, and columns its tables lack as `table.column`.
    pub fn state_file(&self) -> Option<(&Path, Vec<String>)> {
        self.store.as_ref().map(|store| (store.path(), store.lacking()))
    }

    /// Writes what is left and lets go of the state file.
    pub fn close_file(&self) {
        if let Some(store) = &self.store {
            store.close();
        }
    }

    /// While this is held, what changes is kept together: all of it or nothing outlives the process.
    pub fn whole(&self) -> Option<RwLockReadGuard<'_, ()>> {
        self.store.as_ref().map(|store| store.whole())
    }

    /// Notes changes that belong together, under the lock that guards what changed.
    pub(super) fn keep<C: IntoIterator<Item = Change>>(&self, changes: impl FnOnce() -> C) {
        if let Some(store) = &self.store {
            store.note(changes());
        }
    }

    /// Whether anything is kept.
    pub(super) fn keeps(&self) -> bool {
        self.store.is_some()
    }

    /// Records a heartbeat, with or without a snapshot.
    pub fn stamp(
        &self,
        trust: &Trust,
        at: HubTime,
        services: Option<std::collections::BTreeMap<String, ServiceHealth>>,
    ) {
        trust.stamp_and(at, services, |live| {
            self.keep(|| [Change::Heard { id: trust.id, live: live.clone() }]);
        });
    }

    /// Works on a trust's tasks and keeps what changed. Nothing else may be locked inside.
    pub(super) fn change_tasks<T>(
        &self,
        trust: &Trust,
        work: impl FnOnce(&mut TaskBook) -> T,
    ) -> T {
        trust.with_tasks(|book| {
            let outcome = work(book);
            self.keep(|| book.changed().map(|task| Change::Task { trust: trust.id, task }));
            outcome
        })
    }

    /// Slots that joined the pool or changed hands since this was asked last.
    pub(super) fn slot_changes(&self, registry: &mut Registry) -> Vec<Change> {
        let now = self.clock.now();
        let changed = registry.slots.changed();
        let row = |(name, number, holder): (String, i64, Option<Uuid>)| {
            Change::Slot(SlotRecord { name, number, holder, assigned_at: holder.map(|_| now) })
        };
        changed.into_iter().map(row).collect()
    }

    /// What the column of old says of a row's client: its name as sent where the edition knows no
    /// other, the trust's display name elsewhere.
    pub(super) fn old_client_name(
        &self,
        client: Option<&str>,
        trust: Option<Uuid>,
    ) -> Option<String> {
        if self.edition.metric_body == MetricBody::TrustName {
            return client.map(str::to_owned);
        }
        trust.and_then(|id| self.trust(id)).map(|trust| trust.name.clone())
    }
}

/// A trust as a row.
pub(super) fn record(trust: &Trust) -> TrustRecord {
    TrustRecord {
        id: trust.id,
        name: trust.name.clone(),
        code: trust.code.clone(),
        region: trust.region.clone(),
        created_at: trust.created_at,
        key_hash: trust.key_hash,
        live: Liveness::default(),
    }
}
