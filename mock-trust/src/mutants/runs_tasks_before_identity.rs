//! Runs tasks although no identity was compared yet.

use contract::edition::EditionId;

use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "runs-tasks-before-identity",
    breaks: &["TRUST-ID-06"],
    sentence: "Runs tasks although no identity was compared yet.",
    deviation: Deviation::of(&[EditionId::V2026_09]),
    apply: |habits| habits.identity.holds_tasks = false,
};
