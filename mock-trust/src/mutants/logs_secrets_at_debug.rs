//! Writes keys, proof and queries to the log at DEBUG.

use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "logs-secrets-at-debug",
    breaks: &["TRUST-LOG-02"],
    sentence: "Writes keys, proof and queries to the log at DEBUG.",
    deviation: Deviation::EVERYWHERE,
    apply: |habits| habits.log.masks_debug = false,
};
