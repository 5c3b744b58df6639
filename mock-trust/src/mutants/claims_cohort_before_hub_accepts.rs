//! Reports a cohort query as done although the hub refused its counts.

use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "claims-cohort-before-hub-accepts",
    breaks: &["TRUST-TASK-07"],
    sentence: "Reports a cohort query as done although the hub refused its counts.",
    deviation: Deviation::NONE,
    apply: |habits| habits.task.awaits_hub_for_counts = false,
};
