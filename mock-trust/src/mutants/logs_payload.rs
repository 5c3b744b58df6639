//! Writes opened payloads to the log.

use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "logs-payload",
    breaks: &["TRUST-LOG-01"],
    sentence: "Writes opened payloads to the log.",
    deviation: Deviation::NONE,
    apply: |habits| habits.log.hides_payload = false,
};
