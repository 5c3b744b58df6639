//! The data service answers with the counts of a cohort below the threshold.

use crate::mutants::{Deviation, Mutant};
use crate::site::habits::SmallCohortHabit;

pub(super) const MUTANT: Mutant = Mutant {
    name: "site-reveals-small-cohort",
    breaks: &["TRUST-COHORT-01"],
    sentence: "The data service answers with the counts of a cohort below the threshold.",
    deviation: Deviation::NONE,
    apply: |habits| habits.site.small_cohort = SmallCohortHabit::Leave,
};
