//! The FL client writes the rows of a cohort to its log.

use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "fl-client-logs-rows",
    breaks: &["FL-CLIENT-03"],
    sentence: "The FL client writes the rows of a cohort to its log.",
    deviation: Deviation::EVERYWHERE,
    apply: |habits| habits.fl_client.hides_cohort_rows = false,
};
