//! Runs a sealed text again that came under another task id before.

use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "runs-captured-payload-again",
    breaks: &["TRUST-TASK-06"],
    sentence: "Runs a sealed text again that came under another task id before.",
    deviation: Deviation::EVERYWHERE,
    apply: |habits| habits.payload.refuses_replayed = false,
};
