//! Reports success for a task type it does not know.

use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "claims-unknown-task-done",
    breaks: &["TRUST-TASK-01"],
    sentence: "Reports success for a task type it does not know.",
    deviation: Deviation::NONE,
    apply: |habits| habits.task.fails_unknown_type = false,
};
