//! Writes e-mail addresses to the log.

use contract::edition::EditionId;

use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "logs-email-addresses",
    breaks: &["TRUST-LOG-02"],
    sentence: "Writes e-mail addresses to the log.",
    deviation: Deviation::of(&[EditionId::V2026_09]),
    apply: |habits| habits.log.hides_email = false,
};
