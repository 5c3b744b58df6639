//! Bounds the wait for each chunk of a reply, never the whole of it.

use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "waits-for-dripping-hub",
    breaks: &["TRUST-ROBUST-02"],
    sentence: "Bounds the wait for each chunk of a reply, never the whole of it.",
    deviation: Deviation::EVERYWHERE,
    apply: |habits| habits.wire.limits_total = false,
};
