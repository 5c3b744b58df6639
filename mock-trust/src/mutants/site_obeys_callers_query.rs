//! The data service runs the caller's query over a frozen cohort.

use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "site-obeys-callers-query",
    breaks: &["TRUST-COHORT-04"],
    sentence: "The data service runs the caller's query over a frozen cohort.",
    deviation: Deviation::NONE,
    apply: |habits| habits.site.obeys_callers_query = true,
};
