//! Writes the query of each call to the log, the SQL in base64 among it.

use contract::edition::EditionId;

use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "logs-whole-urls",
    breaks: &["TRUST-LOG-01"],
    sentence: "Writes the query of each call to the log, the SQL in base64 among it.",
    deviation: Deviation::of(&[EditionId::V2026_09]),
    apply: |habits| habits.log.hides_queries = false,
};
