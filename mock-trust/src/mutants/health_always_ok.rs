//! Shows itself as ok while the hub refuses it, the loop is stuck or the key is unusable.

use contract::edition::EditionId;

use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "health-always-ok",
    breaks: &["TRUST-HB-05"],
    sentence: "Shows itself as ok while the hub refuses it, the loop is stuck or the key is unusable.",
    deviation: Deviation::of(&[EditionId::V2026_09]),
    apply: |habits| habits.health.tells_trouble = false,
};
