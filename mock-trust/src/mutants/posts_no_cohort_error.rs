//! Leaves the hub waiting for a site whose cohort query failed.

use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "posts-no-cohort-error",
    breaks: &["TRUST-COHORT-02"],
    sentence: "Leaves the hub waiting for a site whose cohort query failed.",
    deviation: Deviation::NONE,
    apply: |habits| habits.task.posts_cohort_error = false,
};
