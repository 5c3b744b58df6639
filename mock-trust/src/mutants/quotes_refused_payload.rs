//! Quotes beginning and end of a payload it refuses, in the log and in the result.

use contract::edition::EditionId;

use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "quotes-refused-payload",
    breaks: &["TRUST-LOG-01"],
    sentence: "Quotes beginning and end of a payload it refuses, in the log and in the result.",
    deviation: Deviation::of(&[EditionId::V2026_09]),
    apply: |habits| habits.log.hides_refused_payload = false,
};
