//! Sends every heartbeat without a snapshot.

use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "never-sends-snapshot",
    breaks: &["TRUST-HB-01"],
    sentence: "Sends every heartbeat without a snapshot.",
    deviation: Deviation::NONE,
    apply: |habits| habits.health.sends_snapshot = false,
};
