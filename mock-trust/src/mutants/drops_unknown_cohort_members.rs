//! Forwards only the cohort members it knows.

use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "drops-unknown-cohort-members",
    breaks: &["TRUST-TASK-07"],
    sentence: "Forwards only the cohort members it knows.",
    deviation: Deviation::NONE,
    apply: |habits| habits.task.forwards_unknown_members = false,
};
