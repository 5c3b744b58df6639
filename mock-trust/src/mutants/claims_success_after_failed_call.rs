//! Reports success although the local service refused or did not answer.

use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "claims-success-after-failed-call",
    breaks: &["TRUST-TASK-09"],
    sentence: "Reports success although the local service refused or did not answer.",
    deviation: Deviation::NONE,
    apply: |habits| habits.task.fails_with_local_call = false,
};
