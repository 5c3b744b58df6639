//! Goes on sending the last snapshot after a round of probes hung.

use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "keeps-stale-snapshot",
    breaks: &["TRUST-HB-03"],
    sentence: "Goes on sending the last snapshot after a round of probes hung.",
    deviation: Deviation::NONE,
    apply: |habits| habits.health.drops_stale_snapshot = false,
};
