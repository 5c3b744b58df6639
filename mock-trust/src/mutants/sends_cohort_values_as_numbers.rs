//! Sends the values of counts as they came, numbers included.

use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "sends-cohort-values-as-numbers",
    breaks: &["TRUST-TASK-07"],
    sentence: "Sends the values of counts as they came, numbers included.",
    deviation: Deviation::NONE,
    apply: |habits| habits.task.sends_values_as_text = false,
};
