//! Runs a payload that fails authentication as long as its text reads well.

use contract::edition::EditionId;

use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "runs-altered-payload",
    breaks: &["TRUST-TASK-02"],
    sentence: "Runs a payload that fails authentication as long as its text reads well.",
    deviation: Deviation::of(&[EditionId::V2026_03, EditionId::V2026_06, EditionId::V2026_07]),
    apply: |habits| habits.payload.refuses_altered = false,
};
