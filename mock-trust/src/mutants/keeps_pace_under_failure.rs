//! Keeps the same pace however often the hub failed.

use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "keeps-pace-under-failure",
    breaks: &["TRUST-ROBUST-05"],
    sentence: "Keeps the same pace however often the hub failed.",
    deviation: Deviation::EVERYWHERE,
    apply: |habits| habits.cycle.widens_pause = false,
};
