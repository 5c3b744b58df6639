//! One registered trust and everything that is its alone.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use contract::limits::ONLINE_SECS;
use parking_lot::{Mutex, MutexGuard};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::tasks::TaskBook;
use super::windows::Window;
use super::{HubTime, KeyHash, Slot};
use crate::habits::HeartbeatHabits;

/// A row of the registry. Its identity never changes; what moves is behind its own locks, so that
/// trusts do not wait for each other.
#[derive(Debug)]
pub struct Trust {
    /// UUIDv4 of the registration.
    pub id: Uuid,
    /// Display name.
    pub name: String,
    /// Short handle.
    pub code: Option<String>,
    /// Where it is.
    pub region: Option<String>,
    /// When it was registered.
    pub created_at: HubTime,
    /// Its FL slot; only a faulty registration lacks one.
    pub slot: Option<Slot>,
    /// Digest of its API key.
    pub key_hash: KeyHash,
    /// Heartbeats of this minute.
    pub heartbeats: Window,
    /// Polls of this minute.
    pub polls: Window,
    /// Reports of this minute.
    pub reports: Window,
    /// Its id as text, shared with every record of an exchange.
    pub id_text: Arc<str>,
    pub(super) order: u64,
    identity_json: String,
    live: Mutex<Liveness>,
    tasks: Mutex<TaskBook>,
    in_flight: AtomicUsize,
}

/// What makes a trust, before it is in the registry.
#[derive(Debug)]
pub(super) struct TrustRow {
    pub(super) id: Uuid,
    pub(super) name: String,
    pub(super) code: Option<String>,
    pub(super) region: Option<String>,
    pub(super) created_at: HubTime,
    pub(super) slot: Option<Slot>,
    pub(super) key_hash: KeyHash,
    pub(super) order: u64,
}

/// What the hub knows of a trust's state.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Liveness {
    /// Time of the last accepted heartbeat.
    pub last_heartbeat: Option<HubTime>,
    /// The last snapshot.
    pub services: Option<BTreeMap<String, ServiceHealth>>,
    /// When it came.
    pub services_at: Option<HubTime>,
}

/// One service in a health snapshot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceHealth {
    /// healthy, degraded, down or unknown.
    pub status: String,
    /// What it says it is.
    pub version: Option<String>,
    /// How long it took to answer.
    pub response_ms: Option<i64>,
}

impl Trust {
    pub(super) fn new(row: TrustRow) -> Self {
        Self::living(row, Liveness::default())
    }

    /// A trust whose state is known already.
    pub(super) fn living(row: TrustRow, live: Liveness) -> Self {
        Self {
            identity_json: identity_json(&row.id.to_string(), &row.name),
            id_text: row.id.to_string().into(),
            id: row.id,
            name: row.name,
            code: row.code,
            region: row.region,
            created_at: row.created_at,
            slot: row.slot,
            key_hash: row.key_hash,
            heartbeats: Window::default(),
            polls: Window::default(),
            reports: Window::default(),
            order: row.order,
            live: Mutex::new(live),
            tasks: Mutex::default(),
            in_flight: AtomicUsize::new(0),
        }
    }

    /// `"trust_id":"…","trust_name":"…"`, ready for a reply.
    pub fn identity_json(&self) -> &str {
        &self.identity_json
    }

    /// Records a heartbeat, with or without a snapshot, and shows what came of it.
    pub(super) fn stamp_and(
        &self,
        at: HubTime,
        services: Option<BTreeMap<String, ServiceHealth>>,
        then: impl FnOnce(&Liveness),
    ) {
        let mut live = self.live.lock();
        live.last_heartbeat = Some(at);
        if let Some(services) = services {
            live.services = Some(services);
            live.services_at = Some(at);
        }
        then(&live);
    }

    /// What the hub knows of its state.
    pub fn liveness(&self) -> Liveness {
        self.live.lock().clone()
    }

    /// Whether its last heartbeat is recent enough.
    pub fn is_online(&self, now: HubTime, habits: &HeartbeatHabits) -> bool {
        if habits.heartbeats_decide.broken() {
            // No trust of the contract listens to anybody outside its site.
            return false;
        }
        let window_secs = if habits.online_window.kept() { ONLINE_SECS } else { 2 * ONLINE_SECS };
        let last = self.live.lock().last_heartbeat;
        last.is_some_and(|last| last.plus_secs(window_secs) >= now)
    }

    /// Works on its tasks. Nothing else may be locked inside.
    pub fn with_tasks<T>(&self, work: impl FnOnce(&mut TaskBook) -> T) -> T {
        let mut book: MutexGuard<'_, TaskBook> = self.tasks.lock();
        let outcome = work(&mut book);
        book.forget_changed();
        self.in_flight.store(book.in_flight(), Ordering::Release);
        outcome
    }

    /// Whether the recovery job has anything to look at.
    pub(super) fn has_work_in_flight(&self) -> bool {
        self.in_flight.load(Ordering::Acquire) > 0
    }
}

/// The identity block of a reply without its braces.
pub fn identity_json(id: &str, name: &str) -> String {
    let quoted = |text: &str| serde_json::to_string(text).expect("a string always serialises");
    format!(r#""trust_id":{},"trust_name":{}"#, quoted(id), quoted(name))
}

#[cfg(test)]
mod tests {
    use contract::edition::EditionId;

    use super::*;
    use crate::habits::Habits;

    #[test]
    fn a_trust_is_online_for_thirty_seconds_after_a_heartbeat() {
        let habits = Habits::ideal(EditionId::DEFAULT.row()).heartbeat;
        let start = HubTime::from_micros(0);
        let trust = Trust::new(TrustRow {
            id: Uuid::from_u128(1),
            name: "O\"Neill".into(),
            code: None,
            region: None,
            created_at: start,
            slot: None,
            key_hash: KeyHash::of(b"k"),
            order: 0,
        });
        assert!(!trust.is_online(start, &habits));
        trust.stamp_and(start, None, |_| {});
        assert!(trust.is_online(start.plus_secs(29), &habits));
        assert!(trust.is_online(start.plus_secs(30), &habits));
        assert!(!trust.is_online(start.plus_secs(31), &habits));
        assert!(trust.identity_json().ends_with(r#""trust_name":"O\"Neill""#));
    }
}
