//! Shows itself as ok while the hub refuses it, the loop is stuck or the key is unusable.

use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "health-always-ok",
    breaks: &["TRUST-HB-05"],
    sentence: "Shows itself as ok while the hub refuses it, the loop is stuck or the key is unusable.",
    deviation: Deviation::EVERYWHERE,
    apply: |habits| habits.health.tells_trouble = false,
};
