//! Writes its key to the log at start.

use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "logs-trust-key",
    breaks: &["TRUST-LOG-01"],
    sentence: "Writes its key to the log at start.",
    deviation: Deviation::NONE,
    apply: |habits| habits.log.hides_trust_key = false,
};
