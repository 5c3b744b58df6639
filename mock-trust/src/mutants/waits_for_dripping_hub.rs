//! Bounds the wait for each chunk of a reply, never the whole of it.

use contract::edition::EditionId;

use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "waits-for-dripping-hub",
    breaks: &["TRUST-ROBUST-02"],
    sentence: "Bounds the wait for each chunk of a reply, never the whole of it.",
    deviation: Deviation::of(&[EditionId::V2026_09]),
    apply: |habits| habits.wire.limits_total = false,
};
