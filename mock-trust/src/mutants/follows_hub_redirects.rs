//! Follows redirects on heartbeat, poll and result.

use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "follows-hub-redirects",
    breaks: &["TRUST-ROBUST-07"],
    sentence: "Follows redirects on heartbeat, poll and result.",
    deviation: Deviation::NONE,
    apply: |habits| habits.wire.refuses_redirects = false,
};
