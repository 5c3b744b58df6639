//! Repeats a report although the hub's answer is final.

use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "repeats-after-final-refusal",
    breaks: &["TRUST-RESULT-03"],
    sentence: "Repeats a report although the hub's answer is final.",
    deviation: Deviation::EVERYWHERE,
    apply: |habits| habits.report.heeds_final_refusal = false,
};
