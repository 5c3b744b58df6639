//! Runs a payload that is plain JSON.

use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "runs-plain-json-payload",
    breaks: &["TRUST-TASK-05"],
    sentence: "Runs a payload that is plain JSON.",
    deviation: Deviation::NONE,
    apply: |habits| habits.payload.refuses_plain_json = false,
};
