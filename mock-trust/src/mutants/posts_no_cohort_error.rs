//! Leaves the hub waiting for a site whose cohort query failed.

use contract::edition::EditionId;

use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "posts-no-cohort-error",
    breaks: &["TRUST-COHORT-02", "TRUST-COHORT-03"],
    sentence: "Leaves the hub waiting for a site whose cohort query failed.",
    deviation: Deviation::of(&[EditionId::V2026_03]),
    apply: |habits| habits.task.posts_cohort_error = false,
};
