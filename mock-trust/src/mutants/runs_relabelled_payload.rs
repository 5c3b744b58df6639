//! Opens a payload sealed for another task type, or for none, and runs it as labelled.

use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "runs-relabelled-payload",
    breaks: &["TRUST-TASK-04", "TRUST-TASK-05"],
    sentence: "Opens a payload sealed for another task type, or for none, and runs it as labelled.",
    deviation: Deviation::NONE,
    apply: |habits| habits.payload.refuses_relabelled = false,
};
