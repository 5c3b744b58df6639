//! Comes back earlier than Retry-After allows.

use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "ignores-retry-after",
    breaks: &["TRUST-ROBUST-05"],
    sentence: "Comes back earlier than Retry-After allows.",
    deviation: Deviation::EVERYWHERE,
    apply: |habits| habits.cycle.honours_retry_after = false,
};
