//! Reports success for a payload that was sealed with another key.

use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "claims-success-for-foreign-key",
    breaks: &["TRUST-TASK-03", "ROT-AES-01"],
    sentence: "Reports success for a payload that was sealed with another key.",
    deviation: Deviation::NONE,
    apply: |habits| habits.payload.fails_foreign_key = false,
};
