//! Sends no heartbeat until the whole batch is done.

use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "silent-while-task-runs",
    breaks: &["TRUST-POLL-06"],
    sentence: "Sends no heartbeat until the whole batch is done.",
    deviation: Deviation::EVERYWHERE,
    apply: |habits| habits.cycle.beats_during_tasks = false,
};
