//! Leaves the status code out of a failed imaging status.

use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "omits-status-code",
    breaks: &["TRUST-RESULT-04"],
    sentence: "Leaves the status code out of a failed imaging status.",
    deviation: Deviation::NONE,
    apply: |habits| habits.report.states_status_code = false,
};
