//! Comes back earlier than Retry-After allows.

use contract::edition::EditionId;

use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "ignores-retry-after",
    breaks: &["TRUST-ROBUST-05"],
    sentence: "Comes back earlier than Retry-After allows.",
    deviation: Deviation::of(&[EditionId::V2026_09]),
    apply: |habits| habits.cycle.honours_retry_after = false,
};
