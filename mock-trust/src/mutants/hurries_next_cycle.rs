//! Pauses for a third of the configured interval.

use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "hurries-next-cycle",
    breaks: &["TRUST-POLL-01"],
    sentence: "Pauses for a third of the configured interval.",
    deviation: Deviation::NONE,
    apply: |habits| habits.cycle.pause_share = 0.3,
};
