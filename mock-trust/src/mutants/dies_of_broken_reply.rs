//! Its loop ends at the first poll reply it cannot read.

use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "dies-of-broken-reply",
    breaks: &["TRUST-ROBUST-03"],
    sentence: "Its loop ends at the first poll reply it cannot read.",
    deviation: Deviation::NONE,
    apply: |habits| habits.cycle.survives_broken_reply = false,
};
