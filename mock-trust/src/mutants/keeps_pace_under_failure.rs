//! Keeps the same pace however often the hub failed.

use contract::edition::EditionId;

use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "keeps-pace-under-failure",
    breaks: &["TRUST-ROBUST-05"],
    sentence: "Keeps the same pace however often the hub failed.",
    deviation: Deviation::of(&[EditionId::V2026_09]),
    apply: |habits| habits.cycle.widens_pause = false,
};
