//! Compares the first identity only and overlooks a later change.

use contract::edition::EditionId;

use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "ignores-later-identity",
    breaks: &["TRUST-ID-06"],
    sentence: "Compares the first identity only and overlooks a later change.",
    deviation: Deviation::of(&[EditionId::V2026_09]),
    apply: |habits| habits.identity.heeds_later = false,
};
