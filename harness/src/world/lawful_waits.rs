//! How long the contract lets a serial trust take, from its own limits (trust 3, 4.3, 6 and 7). All in
//! seconds of the contract, before scaling.

use contract::edition::TaskType;
use contract::limits;

use super::World;

impl World {
    /// From any moment to the end of the next whole cycle: everything queued in the scenario is done
    /// first, a heartbeat and a poll may be given up, and the pause is kept twice.
    pub fn next_cycle_secs(&self) -> f64 {
        self.work_secs() + 2.0 * HUB_CALL_SECS + 2.0 * POLL_INTERVAL_SECS
    }

    /// The same until a heartbeat carries what a round of probes saw that began after this moment.
    pub fn next_snapshot_secs(&self) -> f64 {
        2.0 * PROBE_ROUND_SECS + PROBE_PAUSE_SECS + self.next_cycle_secs()
    }

    /// From any moment to the report of everything queued.
    pub fn work_end_secs(&self) -> f64 {
        let slowest = self.queued_kinds().map(|kind| self.local_call_secs(kind));
        slowest.fold(SITE_CALL_SECS, f64::max) + self.next_cycle_secs()
    }

    /// What every queued task may take, one after another: three attempts at its report, and where
    /// the scene keeps a site service silent the whole limit of its local call.
    pub fn work_secs(&self) -> f64 {
        let silent = self.vars.contains_key(SITE_SILENT);
        let task_secs =
            |kind| REPORT_PAUSES_SECS + if silent { self.local_call_secs(kind) } else { 0.0 };
        self.queued_kinds().map(task_secs).sum()
    }

    fn queued_kinds(&self) -> impl Iterator<Item = Option<TaskType>> {
        self.vars
            .iter()
            .filter(|(name, _)| name.starts_with("type "))
            .map(|(_, word)| TaskType::parse(word))
    }

    /// Limit of the local call of a task of that type, or the longest lawful one that the scene set.
    fn local_call_secs(&self, kind: Option<TaskType>) -> f64 {
        match kind {
            Some(TaskType::CohortQuery | TaskType::PersistCohort) => self
                .staged()
                .ok()
                .and_then(|stage| stage.env.get("COHORT_QUERY_TIMEOUT_SECONDS")?.parse().ok())
                .unwrap_or(COHORT_CALL_SECS),
            _ => SITE_CALL_SECS,
        }
    }
}

/// Variable that is set once a scene keeps a site service silent.
pub const SITE_SILENT: &str = "site silent";

// Small whole numbers all.
#[allow(clippy::cast_precision_loss)]
mod secs {
    use super::limits;

    pub(super) const HUB_CALL_SECS: f64 = limits::HUB_CALL_SECS as f64;
    pub(super) const SITE_CALL_SECS: f64 = limits::SITE_CALL_SECS as f64;
    pub(super) const COHORT_CALL_SECS: f64 = limits::COHORT_CALL_SECS as f64;
    pub(super) const POLL_INTERVAL_SECS: f64 = limits::POLL_INTERVAL_SECS as f64;
    pub(super) const PROBE_ROUND_SECS: f64 = limits::PROBE_ROUND_SECS as f64;
    pub(super) const PROBE_PAUSE_SECS: f64 = limits::PROBE_PAUSE_SECS as f64;
}
use secs::{
    COHORT_CALL_SECS, HUB_CALL_SECS, POLL_INTERVAL_SECS, PROBE_PAUSE_SECS, PROBE_ROUND_SECS,
    SITE_CALL_SECS,
};

/// Between the first and the third attempt at a report.
const REPORT_PAUSES_SECS: f64 = 6.0;

#[cfg(test)]
mod tests {
    use super::*;

    fn world(kinds: &[&str]) -> World {
        let mut world = World::default();
        for (n, kind) in kinds.iter().enumerate() {
            world.vars.insert(format!("type {n}"), (*kind).to_owned());
        }
        world
    }

    #[test]
    fn three_tasks_behind_a_silent_service_hold_a_serial_trust_for_108_s() {
        let mut world = world(&["update_user_profile"; 3]);
        assert!((world.work_secs() - 18.0).abs() < f64::EPSILON);
        world.vars.insert(SITE_SILENT.to_owned(), String::new());
        assert!((world.work_secs() - 108.0).abs() < f64::EPSILON);
        assert!(world.next_cycle_secs() > 108.0);
    }

    #[test]
    fn only_a_cohort_may_take_its_300_s() {
        assert!(world(&["update_user_profile"; 2]).work_end_secs() < 150.0);
        assert!(world(&["cohort_query"]).work_end_secs() > 300.0);
    }
}
