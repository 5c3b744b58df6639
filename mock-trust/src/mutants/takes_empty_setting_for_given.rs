//! Starts although a required variable is set but empty.

use contract::edition::EditionId;

use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "takes-empty-setting-for-given",
    breaks: &["TRUST-BOOT-01"],
    sentence: "Starts although a required variable is set but empty.",
    deviation: Deviation::of(&[EditionId::V2026_09]),
    apply: |habits| habits.start.refuses_empty_settings = false,
};
