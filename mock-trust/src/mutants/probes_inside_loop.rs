//! Probes the site services before each heartbeat, in the loop.

use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "probes-inside-loop",
    breaks: &["TRUST-HB-03"],
    sentence: "Probes the site services before each heartbeat, in the loop.",
    deviation: Deviation::NONE,
    apply: |habits| habits.health.probes_beside_loop = false,
};
