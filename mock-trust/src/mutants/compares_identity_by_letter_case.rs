//! Takes its own id in capitals for another trust's.

use contract::edition::EditionId;

use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "compares-identity-by-letter-case",
    breaks: &["TRUST-ID-05"],
    sentence: "Takes its own id in capitals for another trust's.",
    deviation: Deviation::of(&[EditionId::V2026_09]),
    apply: |habits| habits.identity.ignores_letter_case = false,
};
