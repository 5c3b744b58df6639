//! Leaves the status code out of a failed freeze.

use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "omits-freeze-status-code",
    breaks: &["TRUST-RESULT-05"],
    sentence: "Leaves the status code out of a failed freeze.",
    deviation: Deviation::NONE,
    apply: |habits| habits.report.states_freeze_code = false,
};
