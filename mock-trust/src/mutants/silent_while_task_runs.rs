//! Sends no heartbeat until the whole batch is done.

use contract::edition::EditionId;

use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "silent-while-task-runs",
    breaks: &["TRUST-POLL-06"],
    sentence: "Sends no heartbeat until the whole batch is done.",
    deviation: Deviation::of(&[EditionId::V2026_09]),
    apply: |habits| habits.cycle.beats_during_tasks = false,
};
