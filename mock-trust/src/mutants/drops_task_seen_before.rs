//! Skips a task whose id it has seen, without a report.

use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "drops-task-seen-before",
    breaks: &["TRUST-POLL-05"],
    sentence: "Skips a task whose id it has seen, without a report.",
    deviation: Deviation::NONE,
    apply: |habits| habits.batch.runs_seen_ids = false,
};
