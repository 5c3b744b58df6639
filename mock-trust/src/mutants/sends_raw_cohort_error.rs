//! Sends the local service's raw text as the error of a cohort, also when the hub refused good counts.

use contract::edition::EditionId;

use crate::habits::CohortError;
use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "sends-raw-cohort-error",
    breaks: &["TRUST-COHORT-03"],
    sentence: "Sends the local service's raw text as the error of a cohort, also when the hub refused good counts.",
    deviation: Deviation::of(&[EditionId::V2026_09]),
    apply: |habits| habits.task.cohort_error = CohortError::RawText,
};
