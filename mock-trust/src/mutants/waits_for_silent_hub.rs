//! Waits for ever for a hub that accepts and stays silent.

use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "waits-for-silent-hub",
    breaks: &["TRUST-ROBUST-01"],
    sentence: "Waits for ever for a hub that accepts and stays silent.",
    deviation: Deviation::NONE,
    apply: |habits| habits.wire.limits_silence = false,
};
