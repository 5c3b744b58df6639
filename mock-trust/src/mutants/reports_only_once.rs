//! Gives a report up after the first attempt.

use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "reports-only-once",
    breaks: &["TRUST-RESULT-02"],
    sentence: "Gives a report up after the first attempt.",
    deviation: Deviation::NONE,
    apply: |habits| habits.report.repeats = false,
};
