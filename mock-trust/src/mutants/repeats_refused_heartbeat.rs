//! Repeats a refused heartbeat at once, twice.

use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "repeats-refused-heartbeat",
    breaks: &["TRUST-ROBUST-04"],
    sentence: "Repeats a refused heartbeat at once, twice.",
    deviation: Deviation::NONE,
    apply: |habits| habits.cycle.one_heartbeat_a_cycle = false,
};
