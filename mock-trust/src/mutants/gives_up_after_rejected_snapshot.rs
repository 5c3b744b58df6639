//! Leaves a rejected snapshot at that and goes Offline.

use contract::edition::EditionId;

use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "gives-up-after-rejected-snapshot",
    breaks: &["TRUST-HB-02"],
    sentence: "Leaves a rejected snapshot at that and goes Offline.",
    deviation: Deviation::of(&[EditionId::V2026_07, EditionId::TrustKeys]),
    apply: |habits| habits.health.repeats_bodyless = false,
};
