//! Asked to end, it first finishes the running task, however long that takes.

use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "finishes-task-before-stopping",
    breaks: &["TRUST-BOOT-04"],
    sentence: "Asked to end, it first finishes the running task, however long that takes.",
    deviation: Deviation::NONE,
    apply: |habits| habits.start.stops_in_mid_task = false,
};
