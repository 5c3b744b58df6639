//! Leaves no line for a poll that went well.

use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "logs-no-calls",
    breaks: &["TRUST-LOG-03"],
    sentence: "Leaves no line for a poll that went well.",
    deviation: Deviation::NONE,
    apply: |habits| habits.log.shows_calls = false,
};
