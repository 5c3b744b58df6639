//! Sends a suppressed cohort as if it were an empty one.

use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "drops-suppressed-mark",
    breaks: &["TRUST-COHORT-01"],
    sentence: "Sends a suppressed cohort as if it were an empty one.",
    deviation: Deviation::NONE,
    apply: |habits| habits.task.passes_suppressed_mark = false,
};
